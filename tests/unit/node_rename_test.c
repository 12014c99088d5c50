/*
 * node_rename_test.c - a name that was given up has a last word, and one contradiction (D31)
 */
#include "daemon/node/node.h"

#include <stdio.h>
#include <string.h>

#include "spool/store/store_topology.h"
#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

#define LINK                                                                                       \
	" link b.oz.au { transport tcp listen plain }\n service file { deliver drop \"/f/%u\" } }"
#define FORMERLY "node a.oz.au { formerly old.oz.au until 2026-11-22\n"

#define DAY_MS INT64_C(86400000)

static struct bed bed; /* its clock begins on the 20th */

static void
setup(void)
{
	bed_make(&bed, FORMERLY LINK);
}

static void
teardown(void)
{
	bed_release(&bed);
}

static void
reload(const char *description)
{
	struct event event = { .kind = EVENT_DESCRIPTION, .bytes = span_of_text(description) };

	bed_step(&bed, &event, 1);
}

/* "SERIAL PRESENT-NAME" of the last record of old.oz.au. */
static const char *
last_word(void)
{
	static char          text[NAME_MAX_BYTES + 30];
	struct stored_record stored;
	struct record        record;

	stored_record_init(&stored);
	record_init(&record);
	CU_ASSERT_TRUE(store_record_get(bed.store, "old.oz.au", &stored));
	CU_ASSERT_EQUAL(record_decode(&record, buffer_span(&stored.bytes), NULL), STATUS_OK);
	snprintf(text, sizeof(text), "%d %s", (int)stored.serial, record.renamed.text);
	record_release(&record);
	stored_record_release(&stored);
	return text;
}

/* Somebody says that old.oz.au is a node with a link. */
static void
hear(struct caller *caller, uint64_t serial)
{
	struct record      record;
	struct record_link link = { .to = *name_of("b.oz.au") };

	record_init(&record);
	record.node    = *name_of("old.oz.au");
	record.visible = *name_of("oz.au");
	record.serial  = serial;
	record_add_link(&record, &link);
	caller_tell(caller, &bed, (uint8_t)serial, &record, 1);
	record_release(&record);
}

static size_t
deliveries(void)
{
	struct stored_copy copy;
	size_t             count = 0;

	stored_copy_init(&copy);
	for (int64_t after = 0; store_copy_next(bed.store, "", after, &copy); after = copy.key)
		count += copy.state == COPY_QUEUED;
	stored_copy_release(&copy);
	return count;
}

static void
the_old_record_is_contradicted_once(void)
{
	struct caller caller;

	CU_ASSERT_STRING_EQUAL(last_word(), "1 a.oz.au");
	caller_make(&caller, &bed);
	hear(&caller, 7);
	CU_ASSERT_STRING_EQUAL(last_word(), "8 a.oz.au");
	bed_submit(&bed, "file", "joe@old.oz.au", 1);
	CU_ASSERT_EQUAL(deliveries(), 1);
	hear(&caller, 9); /* it goes past what is said of it: somebody bears the name */
	CU_ASSERT_STRING_EQUAL(last_word(), "9 ");
	bed_submit(&bed, "file", "joe@old.oz.au", 2);
	CU_ASSERT_EQUAL(deliveries(), 1);
	node_close(bed.node);
	bed_open_node(&bed, FORMERLY LINK);
	CU_ASSERT_STRING_EQUAL(last_word(), "9 ");
	caller_release(&caller);
}

static void
what_the_description_does_not_say_any_more_is_withdrawn(void)
{
	reload("node a.oz.au {" LINK);
	CU_ASSERT_STRING_EQUAL(last_word(), "2 a.oz.au"); /* until a day long ago */
	bed_submit(&bed, "file", "joe@old.oz.au", 1);
	CU_ASSERT_EQUAL(deliveries(), 0);
	reload(FORMERLY LINK);
	CU_ASSERT_STRING_EQUAL(last_word(), "3 a.oz.au");
	CU_ASSERT_EQUAL(deliveries(), 1); /* what was held goes on */
}

static void
a_former_name_ends_on_its_day(void)
{
	bed_pass(&bed, DAY_MS);
	bed_submit(&bed, "file", "joe@old.oz.au", 1);
	CU_ASSERT_EQUAL(deliveries(), 1);
	bed_pass(&bed, DAY_MS);
	bed_submit(&bed, "file", "joe@old.oz.au", 2);
	CU_ASSERT_EQUAL(deliveries(), 1);
}

static void
a_spool_changes_hands_with_the_name_only(void)
{
	static const uint8_t seed[32] = { 1 };
	struct diagnostic    diagnostic;

	bed_release(&bed);
	bed_make(&bed, "node old.oz.au {" LINK);
	CU_ASSERT_STRING_EQUAL(last_word(), "1 ");
	node_close(bed.node);
	CU_ASSERT_EQUAL(node_open(&bed.node, bed.store, span_of_text("node a.oz.au {" LINK), seed,
	                          bed.now, &bed.actions, &diagnostic),
	                STATUS_INVALID);
	bed_open_node(&bed, FORMERLY LINK);
	CU_ASSERT_STRING_EQUAL(last_word(), "2 a.oz.au");
}

/* The same message, to both names. */
static void
offer(struct caller *caller, const char *address)
{
	struct envelope envelope;
	struct transit  transit;
	struct hop      hop = { .node = *name_of("b.oz.au") };

	envelope_init(&envelope);
	transit_init(&transit);
	snprintf(envelope.service, sizeof(envelope.service), "file");
	snprintf(envelope.sender, sizeof(envelope.sender), "ann@b.oz.au");
	envelope.lifetime_ms = DAY_MS;
	address_add_text(&transit.destinations, address, NULL);
	transit_add_hop(&transit, &hop);
	caller_send(caller, &bed, 9, &envelope, &transit, span_of_text("body"));
	transit_release(&transit);
	envelope_release(&envelope);
}

static void
what_came_to_one_name_does_not_come_again_to_the_other(void)
{
	static const uint8_t token[MESSAGE_TOKEN_BYTES] = { 9, 9, 9, 9, 9, 9, 9, 9, 9, 9 };
	struct message_id    id;
	struct caller        caller;

	caller_make(&caller, &bed);
	offer(&caller, "joe@old.oz.au");
	CU_ASSERT_EQUAL(deliveries(), 1);
	offer(&caller, "a.oz.au!joe@old.oz.au");
	offer(&caller, "joe@a.oz.au");
	CU_ASSERT_EQUAL(deliveries(), 1);
	offer(&caller, "a.oz.au!ann@old.oz.au");
	CU_ASSERT_EQUAL(deliveries(), 2);
	message_id_make(&id, name_of("b.oz.au"), token);
	CU_ASSERT_EQUAL(store_begin(bed.store), STATUS_OK);
	store_seen_add(bed.store, &id, "pat@old.oz.au", 0, INT64_MAX); /* before the change */
	CU_ASSERT_EQUAL(store_commit(bed.store), STATUS_OK);
	offer(&caller, "pat@a.oz.au");
	CU_ASSERT_EQUAL(deliveries(), 2);
	caller_release(&caller);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(the_old_record_is_contradicted_once),
	UNIT_TEST(what_the_description_does_not_say_any_more_is_withdrawn),
	UNIT_TEST(a_former_name_ends_on_its_day),
	UNIT_TEST(a_spool_changes_hands_with_the_name_only),
	UNIT_TEST(what_came_to_one_name_does_not_come_again_to_the_other),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_rename_suite = UNIT_SUITE("node/rename", setup, teardown, tests);
