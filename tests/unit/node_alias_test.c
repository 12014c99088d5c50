/*
 * node_alias_test.c - mail for a user who stands for others is theirs, once, and its sender's affair
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

#define LINKED                                                                                     \
	"node a.oz.au { visible oz.au; alias ann\n"                                                \
	" service file { deliver drop \"/f/%u\" }\n"                                               \
	" forward root to admin joe@b.oz.au\n"                                                     \
	" forward admin to pat@ann\n"                                                              \
	" forward pat to pat eve\n"                                                                \
	" forward both to root@b.oz.au pat\n"                                                      \
	" forward lost to root@b.oz.au\n"                                                          \
	" link b.oz.au { transport tcp listen plain }\n"

static struct bed    bed;
static struct caller caller;

static void
setup(void)
{
	bed_make(&bed, LINKED " service mail { deliver maildir \"/mail/%u\" } }");
}

static void
teardown(void)
{
	bed_release(&bed);
}

/* Where copies of that service go, in order, one after the other. Borrowed until the next call. */
static const char *
goes_to(const char *service)
{
	static struct buffer texts;
	struct stored_copy   copy;
	struct address       all;

	stored_copy_init(&copy);
	address_init(&all);
	for (int64_t after = 0; store_copy_next(bed.store, NULL, after, &copy); after = copy.key) {
		struct stored_message message;
		struct envelope       envelope;

		stored_message_init(&message);
		envelope_init(&envelope);
		CU_ASSERT_TRUE(store_message_get(bed.store, copy.message, &message));
		CU_ASSERT_EQUAL(envelope_decode(&envelope, buffer_span(&message.heading), NULL),
		                STATUS_OK);
		if (strcmp(envelope.service, service) == 0)
			address_add_text(&all, buffer_text(&copy.destinations), NULL);
		envelope_release(&envelope);
		stored_message_release(&message);
	}
	buffer_release(&texts);
	address_format(&all, &texts);
	address_release(&all);
	stored_copy_release(&copy);
	return buffer_text(&texts);
}

/* From joe at b, to that address; by aliases of b's, if `from` is one. */
static void
mail_from_b(uint8_t token, const char *address, const char *from)
{
	struct envelope envelope;
	struct transit  transit;
	struct hop      hop = { .node = *name_of("b.oz.au") };

	envelope_init(&envelope);
	transit_init(&transit);
	snprintf(envelope.service, sizeof(envelope.service), "mail");
	snprintf(envelope.sender, sizeof(envelope.sender), "joe@b.oz.au");
	envelope.lifetime_ms = 86400000;
	address_add_text(&transit.destinations, address, NULL);
	transit_add_hop(&transit, &hop);
	if (from != NULL)
		CU_ASSERT_TRUE(aliases_add(&transit.aliases, from, address));
	caller_send(&caller, &bed, token, &envelope, &transit, span_of_text("body"));
	transit_release(&transit);
	envelope_release(&envelope);
}

/* The delivery of what is for that user here ends badly. */
static void
refuse(const char *destination)
{
	struct stored_copy copy;
	struct event       event = { .kind    = EVENT_DELIVERY_ENDED,
		                     .verdict = DELIVERY_NO_USER,
		                     .text    = "no such user" };

	stored_copy_init(&copy);
	for (int64_t after = 0; store_copy_next(bed.store, "", after, &copy); after = copy.key)
		if (strcmp(buffer_text(&copy.destinations), destination) == 0)
			event.id = (uint64_t)copy.key;
	CU_ASSERT_NOT_EQUAL(event.id, 0);
	bed_step(&bed, &event, 1);
	stored_copy_release(&copy);
}

/* Which destination a report that waits for b is about; "" = none waits. */
static const char *
reported(void)
{
	static char        about[1024];
	struct stored_copy copy;

	about[0] = '\0';
	stored_copy_init(&copy);
	for (int64_t after = 0; store_copy_next(bed.store, "b.oz.au", after, &copy);
	     after         = copy.key) {
		struct stored_message message;
		struct envelope       envelope;

		stored_message_init(&message);
		envelope_init(&envelope);
		if (store_message_get(bed.store, copy.message, &message) &&
		    envelope_decode(&envelope, buffer_span(&message.heading), NULL) == STATUS_OK &&
		    envelope.report)
			snprintf(about, sizeof(about), "%s", envelope.about.destination);
		envelope_release(&envelope);
		stored_message_release(&message);
	}
	stored_copy_release(&copy);
	return about;
}

static void
whoever_stands_for_a_user_has_her_mail(void)
{
	bed_submit(&bed, "mail", "root@ann", 1);
	CU_ASSERT_STRING_EQUAL(goes_to("mail"), "eve@a.oz.au,joe@b.oz.au,pat@a.oz.au");
	bed_submit(&bed, "file", "root@a.oz.au", 2);
	CU_ASSERT_STRING_EQUAL(goes_to("file"), "root@a.oz.au");
}

static void
who_is_written_to_twice_has_it_once(void)
{
	struct stored_copy copy;

	stored_copy_init(&copy);
	bed_submit(&bed, "mail", "root@a.oz.au,pat@a.oz.au,joe@b.oz.au,eve@a.oz.au", 1);
	CU_ASSERT_STRING_EQUAL(goes_to("mail"), "eve@a.oz.au,joe@b.oz.au,pat@a.oz.au");
	CU_ASSERT_EQUAL(bed_count_of(&bed, "mail", &copy), 3);
	stored_copy_release(&copy);
}

static void
a_broadcast_goes_on_and_is_for_others_here(void)
{
	bed_submit(&bed, "mail", "root@*.oz.au", 1);
	CU_ASSERT_PTR_NULL(strstr(goes_to("mail"), "root@a.oz.au"));
	CU_ASSERT_PTR_NOT_NULL(strstr(goes_to("mail"), "eve@a.oz.au"));
	CU_ASSERT_PTR_NOT_NULL(strstr(goes_to("mail"), "joe@b.oz.au"));
}

static void
what_led_there_travels_with_it(void)
{
	struct transit transit;

	caller_make(&caller, &bed);
	bed_submit(&bed, "mail", "root@a.oz.au,lost@a.oz.au", 1);
	caller_pass(&caller, &bed, 1000, 10);
	transit_init(&transit);
	CU_ASSERT_EQUAL_FATAL(transit_decode(&transit, buffer_span(&caller.transit), NULL),
	                      STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(transit.aliases.count, 2); /* not of eve and pat */
	CU_ASSERT_STRING_EQUAL(aliases_written(&transit.aliases, "root@b.oz.au", ""),
	                       "lost@a.oz.au");
	CU_ASSERT_STRING_EQUAL(aliases_written(&transit.aliases, "joe@b.oz.au", ""),
	                       "root@a.oz.au");
	CU_ASSERT_STRING_EQUAL(aliases_written(&transit.aliases, "joe@b.oz.au", "a.oz.au"),
	                       "joe@b.oz.au");
	transit_release(&transit);
	caller_release(&caller);
}

static void
a_circle_of_nodes_ends_with_the_user(void)
{
	caller_make(&caller, &bed);
	mail_from_b(1, "lost@a.oz.au", "root@b.oz.au");
	CU_ASSERT_STRING_EQUAL(goes_to("mail"), "lost@a.oz.au");
	refuse("lost@a.oz.au");
	CU_ASSERT_STRING_EQUAL(reported(), "lost@a.oz.au"); /* b has replaced root itself */
	caller_release(&caller);
}

static void
others_of_a_circle_have_it(void)
{
	caller_make(&caller, &bed);
	mail_from_b(1, "both@a.oz.au", "root@b.oz.au");
	CU_ASSERT_STRING_EQUAL(goes_to("mail"), "eve@a.oz.au,pat@a.oz.au");
	caller_release(&caller);
}

static void
back_where_it_came_from_is_no_loop(void)
{
	caller_make(&caller, &bed);
	mail_from_b(1, "root@a.oz.au", NULL);
	refuse("eve@a.oz.au");
	CU_ASSERT_STRING_EQUAL(reported(), "root@a.oz.au"); /* what its sender wrote */
	CU_ASSERT_PTR_NOT_NULL(strstr(goes_to("mail"), "joe@b.oz.au"));
	caller_release(&caller);
}

static void
what_the_service_does_not_take_is_not_forwarded(void)
{
	bed_release(&bed);
	bed_make(&bed,
	         LINKED " service mail { deliver maildir \"/mail/%u\"; accept from a.oz.au } }");
	caller_make(&caller, &bed);
	mail_from_b(1, "lost@a.oz.au", NULL); /* its alias is at b */
	CU_ASSERT_PTR_NOT_NULL(memmem(caller.transit.data, caller.transit.length, "joe@b.oz.au",
	                              strlen("joe@b.oz.au"))); /* the report */
	caller_release(&caller);
}

static void
what_would_be_too_many_addresses_is_the_users_own(void)
{
	struct stored_copy copy;
	struct buffer      many;

	stored_copy_init(&copy);
	buffer_init(&many);
	for (int i = 1; i < ADDRESS_MAX_DESTINATIONS; i++)
		buffer_append_format(&many, "u%d@a.oz.au,", i);
	buffer_append_text(&many, "pat@a.oz.au"); /* and eve would be one more */
	bed_submit(&bed, "mail", buffer_text(&many), 1);
	CU_ASSERT_EQUAL(bed_count_of(&bed, "mail", &copy), ADDRESS_MAX_DESTINATIONS);
	buffer_clear(&many);
	for (int i = 1; i < ADDRESS_MAX_DESTINATIONS - 1; i++)
		buffer_append_format(&many, "u%d@a.oz.au,", i);
	buffer_append_text(&many, "pat@a.oz.au");
	bed_submit(&bed, "mail", buffer_text(&many), 2);
	CU_ASSERT_EQUAL(bed_count_of(&bed, "mail", &copy), 2 * ADDRESS_MAX_DESTINATIONS);
	stored_copy_release(&copy);
	buffer_release(&many);
}

static void
a_node_without_mailboxes_forwards(void)
{
	bed_release(&bed);
	bed_make(&bed, LINKED "}");
	bed_submit(&bed, "mail", "lost@a.oz.au", 1);
	CU_ASSERT_STRING_EQUAL(goes_to("mail"), "root@b.oz.au");
}

static CU_TestInfo tests[] = {
	UNIT_TEST(whoever_stands_for_a_user_has_her_mail),
	UNIT_TEST(who_is_written_to_twice_has_it_once),
	UNIT_TEST(a_broadcast_goes_on_and_is_for_others_here),
	UNIT_TEST(what_led_there_travels_with_it),
	UNIT_TEST(a_circle_of_nodes_ends_with_the_user),
	UNIT_TEST(others_of_a_circle_have_it),
	UNIT_TEST(back_where_it_came_from_is_no_loop),
	UNIT_TEST(what_the_service_does_not_take_is_not_forwarded),
	UNIT_TEST(what_would_be_too_many_addresses_is_the_users_own),
	UNIT_TEST(a_node_without_mailboxes_forwards),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_alias_suite = UNIT_SUITE("node/node_alias", setup, teardown, tests);
