/*
 * record_test.c - records are their bytes, and nothing else is a record
 */
#include "spool/topology/record.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

static struct record record, again;
static struct buffer bytes;

static void
setup(void)
{
	struct record_link link = { .to       = *name_of("extro.ucc.su.oz.au"),
		                    .delay_ms = 5000,
		                    .cost     = 2 };

	record_init(&record);
	record_init(&again);
	buffer_init(&bytes);
	record.node    = *name_of("basser.cs.su.oz.au");
	record.visible = *name_of("su.oz.au");
	record.serial  = UINT64_C(0x1122334455667788);
	buffer_append_text(&record.contact, "Pat Example");
	CU_ASSERT_EQUAL(record_add_link(&record, &link), STATUS_OK);
	link.direction   = RECORD_INBOUND;
	link.restricted  = true;
	link.restriction = *name_of("cs.su.oz.au");
	CU_ASSERT_EQUAL(record_add_link(&record, &link), STATUS_OK);
	memcpy(link.label, "satellite", 10);
	link.dead = true;
	CU_ASSERT_EQUAL(record_add_link(&record, &link), STATUS_OK);
	CU_ASSERT_EQUAL(record_encode(&record, &bytes), STATUS_OK);
}

static void
teardown(void)
{
	record_release(&record);
	record_release(&again);
	buffer_release(&bytes);
}

static enum status
decode(void)
{
	return record_decode(&again, buffer_span(&bytes), NULL);
}

static void
append_field(unsigned number, const char *text)
{
	buffer_append_u16(&bytes, (uint16_t)number);
	buffer_append_u32(&bytes, (uint32_t)strlen(text));
	buffer_append_text(&bytes, text);
}

static void
a_record_reads_back_equal(void)
{
	CU_ASSERT_EQUAL_FATAL(decode(), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(again.node.text, "basser.cs.su.oz.au");
	CU_ASSERT_STRING_EQUAL(again.visible.text, "su.oz.au");
	CU_ASSERT_EQUAL(again.serial, record.serial);
	CU_ASSERT_STRING_EQUAL(buffer_text(&again.contact), "Pat Example");
	CU_ASSERT_EQUAL_FATAL(again.link_count, 3);
	CU_ASSERT_EQUAL(again.links[0].direction, RECORD_OUTBOUND);
	CU_ASSERT_EQUAL(again.links[0].delay_ms, 5000);
	CU_ASSERT_EQUAL(again.links[0].cost, 2);
	CU_ASSERT_FALSE(again.links[0].restricted);
	CU_ASSERT_EQUAL(again.links[1].direction, RECORD_INBOUND);
	CU_ASSERT_STRING_EQUAL(again.links[1].restriction.text, "cs.su.oz.au");
	CU_ASSERT_FALSE(again.links[1].dead);
	CU_ASSERT_STRING_EQUAL(again.links[2].label, "satellite");
	CU_ASSERT_TRUE(again.links[2].dead);
}

static void
a_name_that_was_given_up_says_for_which(void)
{
	record.renamed          = *name_of("bass.maths.su.oz.au");
	record.renamed_until.ms = INT64_MAX;
	buffer_clear(&bytes);
	CU_ASSERT_EQUAL(record_encode(&record, &bytes), STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(decode(), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(again.renamed.text, "bass.maths.su.oz.au");
	CU_ASSERT_EQUAL(again.renamed_until.ms, INT64_MAX);
	record_copy(&record, &again);
	CU_ASSERT_STRING_EQUAL(record.renamed.text, "bass.maths.su.oz.au");
	record.renamed = record.node;
	CU_ASSERT_EQUAL(record_encode(&record, &bytes), STATUS_INVALID);
	buffer_clear(&bytes);
	record.renamed = (struct name){ .text = "" };
	record_encode(&record, &bytes);
	append_field(6, "eight by"); /* a time, and no name */
	CU_ASSERT_EQUAL(decode(), STATUS_INVALID);
}

static void
limits_are_told_with_their_links(void)
{
	struct record_limits in     = { .message_bytes = 7168, .per_day_bytes = 1 };
	size_t               length = bytes.length;

	record.links[1].limits = in;
	buffer_clear(&bytes);
	CU_ASSERT_EQUAL(record_encode(&record, &bytes), STATUS_OK);
	CU_ASSERT_EQUAL(bytes.length, length + 6 + 3 + 16);
	CU_ASSERT_EQUAL_FATAL(decode(), STATUS_OK);
	CU_ASSERT_TRUE(record_limits_equal(&again.links[1].limits, &in));
	CU_ASSERT_FALSE(record_limits_any(&again.links[0].limits));
	CU_ASSERT_FALSE(record_reaches_alike(&record, &(struct record){ 0 }));
	record_copy(&record, &again);
	record.links[1].limits.message_bytes = 0;
	CU_ASSERT_FALSE(record_reaches_alike(&record, &again));
	record_limits_both(&record.links[1].limits, &in);
	CU_ASSERT_TRUE(record_reaches_alike(&record, &again));
	bytes.data[bytes.length - 17] = 0x20; /* an unknown kind */
	CU_ASSERT_EQUAL(decode(), STATUS_INVALID);
	bytes.data[bytes.length - 17] = 9;
	bytes.data[bytes.length - 18] = 3; /* there are three links */
	CU_ASSERT_EQUAL(decode(), STATUS_INVALID);
}

static void
fields_of_a_later_version_are_kept_as_they_came(void)
{
	struct buffer out;

	buffer_init(&out);
	append_field(9, "what comes after us");
	append_field(700, "");
	CU_ASSERT_EQUAL_FATAL(decode(), STATUS_OK);
	CU_ASSERT_EQUAL(record_encode(&again, &out), STATUS_OK);
	CU_ASSERT_TRUE(span_equal(buffer_span(&out), buffer_span(&bytes)));
	record_copy(&record, &again);
	buffer_clear(&out);
	CU_ASSERT_EQUAL(record_encode(&record, &out), STATUS_OK);
	CU_ASSERT_TRUE(span_equal(buffer_span(&out), buffer_span(&bytes)));
	buffer_release(&out);
}

/* Without its contact and its links it is still one, but between fields only. */
static void
a_record_cut_short_is_none(void)
{
	size_t lawful = 0;

	for (size_t length = 0; length < bytes.length; length++) {
		struct span cut = { bytes.data, length };

		if (record_decode(&again, cut, NULL) != STATUS_OK)
			continue;
		lawful++;
		CU_ASSERT_EQUAL(again.contact.length, 0);
		CU_ASSERT_TRUE(again.link_count == 0 || again.link_count == 3);
	}
	CU_ASSERT_EQUAL(lawful, 2);
}

static void
fields_ascend_and_come_once(void)
{
	append_field(9, "nine");
	append_field(9, "nine again");
	CU_ASSERT_EQUAL(decode(), STATUS_INVALID);
	buffer_clear(&bytes);
	record_encode(&record, &bytes);
	append_field(9, "nine");
	append_field(8, "eight");
	CU_ASSERT_EQUAL(decode(), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(again.node.text, "");
	buffer_clear(&bytes);
	append_field(0, "");
	CU_ASSERT_EQUAL(decode(), STATUS_INVALID);
}

static void
a_length_beyond_the_end_is_refused(void)
{
	buffer_append_u16(&bytes, 9);
	buffer_append_u32(&bytes, UINT32_MAX);
	CU_ASSERT_EQUAL(decode(), STATUS_INVALID);
}

static void
too_many_bytes_are_refused(void)
{
	static char text[RECORD_MAX_BYTES];

	memset(text, 'x', sizeof(text) - 1);
	append_field(9, text);
	CU_ASSERT_EQUAL(decode(), STATUS_TOO_BIG);
}

static void
names_have_one_spelling(void)
{
	static const char *const wrong[] = { "",   "Basser.cs.su.oz.au", "C=au", "a..b", "world",
		                             "a b" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		buffer_clear(&bytes);
		append_field(1, wrong[i]);
		append_field(2, strcmp(wrong[i], "world") == 0 ? "au" : wrong[i]);
		append_field(3, "12345678");
		CU_ASSERT_EQUAL(decode(), STATUS_INVALID);
	}
}

static void
a_record_is_encoded_only_if_it_holds_together(void)
{
	struct buffer out;

	buffer_init(&out);
	record.visible = *name_of("mu.oz.au");
	CU_ASSERT_EQUAL(record_encode(&record, &out), STATUS_INVALID);
	record.visible = record.node;
	CU_ASSERT_EQUAL(record_encode(&record, &out), STATUS_OK);
	record.serial = 0;
	CU_ASSERT_EQUAL(record_encode(&record, &out), STATUS_INVALID);
	record.serial              = 1;
	record.links[0].to.text[0] = 'X';
	CU_ASSERT_EQUAL(record_encode(&record, &out), STATUS_INVALID);
	buffer_release(&out);
}

static void
links_are_sorted_and_no_two_are_equal(void)
{
	struct record_link link = { .to = *name_of("cluster.cs.su.oz.au") };

	CU_ASSERT_EQUAL(record_add_link(&record, &link), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(record.links[0].to.text, "cluster.cs.su.oz.au");
	link.cost = 7;
	CU_ASSERT_EQUAL(record_add_link(&record, &link), STATUS_EXISTS);
	link.direction = RECORD_INBOUND;
	CU_ASSERT_EQUAL(record_add_link(&record, &link), STATUS_OK);
	for (size_t i = 1; i < record.link_count; i++)
		CU_ASSERT_TRUE(record_link_compare(&record.links[i - 1], &record.links[i]) < 0);
}

static void
a_link_beyond_its_limits_is_refused(void)
{
	struct record_link good = { .to = *name_of("a.b") }, link;

	link    = good;
	link.to = record.node;
	CU_ASSERT_EQUAL(record_add_link(&record, &link), STATUS_INVALID);
	link          = good;
	link.delay_ms = RECORD_MAX_DELAY_MS + 1;
	CU_ASSERT_EQUAL(record_add_link(&record, &link), STATUS_INVALID);
	link      = good;
	link.cost = RECORD_MAX_COST + 1;
	CU_ASSERT_EQUAL(record_add_link(&record, &link), STATUS_INVALID);
	link             = good;
	link.restriction = *name_of("b"); /* but not restricted */
	CU_ASSERT_EQUAL(record_add_link(&record, &link), STATUS_INVALID);
	link = good;
	memcpy(link.label, "a b", 4);
	CU_ASSERT_EQUAL(record_add_link(&record, &link), STATUS_INVALID);
	CU_ASSERT_EQUAL(record_add_link(&record, &good), STATUS_OK);
}

static void
there_is_a_limit_to_the_number_of_links(void)
{
	struct record_link link = { .direction = RECORD_OUTBOUND };

	while (record.link_count < RECORD_MAX_LINKS) {
		snprintf(link.to.text, sizeof(link.to.text), "n%05zu", record.link_count);
		CU_ASSERT_EQUAL_FATAL(record_add_link(&record, &link), STATUS_OK);
	}
	snprintf(link.to.text, sizeof(link.to.text), "one-more");
	CU_ASSERT_EQUAL(record_add_link(&record, &link), STATUS_TOO_BIG);
}

/* What only delays, costs and the contact tell apart. */
static void
what_came_or_went_is_told_apart_from_what_got_slower(void)
{
	struct record      a, b;
	struct record_link link = { .to = *name_of("b.x"), .direction = RECORD_OUTBOUND };

	record_init(&a);
	record_init(&b);
	a.node   = *name_of("a.x");
	a.serial = 1;
	CU_ASSERT_EQUAL(record_add_link(&a, &link), STATUS_OK);
	record_copy(&b, &a);
	b.serial            = 2;
	b.links[0].delay_ms = 70;
	b.links[0].cost     = 7;
	buffer_append_text(&b.contact, "person: Pat\n");
	CU_ASSERT_TRUE(record_reaches_alike(&a, &b));
	b.links[0].dead = true;
	CU_ASSERT_FALSE(record_reaches_alike(&a, &b));
	b.links[0].dead       = false;
	b.links[0].restricted = true;
	CU_ASSERT_FALSE(record_reaches_alike(&a, &b));
	record_copy(&b, &a);
	b.visible = *name_of("x");
	CU_ASSERT_FALSE(record_reaches_alike(&a, &b));
	record_copy(&b, &a);
	b.renamed = *name_of("c.x");
	CU_ASSERT_FALSE(record_reaches_alike(&a, &b));
	link.to = *name_of("c.x");
	record_copy(&b, &a);
	CU_ASSERT_EQUAL(record_add_link(&b, &link), STATUS_OK);
	CU_ASSERT_FALSE(record_reaches_alike(&a, &b));
	record_release(&b);
	record_release(&a);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_record_reads_back_equal),
	UNIT_TEST(a_name_that_was_given_up_says_for_which),
	UNIT_TEST(limits_are_told_with_their_links),
	UNIT_TEST(fields_of_a_later_version_are_kept_as_they_came),
	UNIT_TEST(a_record_cut_short_is_none),
	UNIT_TEST(fields_ascend_and_come_once),
	UNIT_TEST(a_length_beyond_the_end_is_refused),
	UNIT_TEST(too_many_bytes_are_refused),
	UNIT_TEST(names_have_one_spelling),
	UNIT_TEST(a_record_is_encoded_only_if_it_holds_together),
	UNIT_TEST(links_are_sorted_and_no_two_are_equal),
	UNIT_TEST(a_link_beyond_its_limits_is_refused),
	UNIT_TEST(there_is_a_limit_to_the_number_of_links),
	UNIT_TEST(what_came_or_went_is_told_apart_from_what_got_slower),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo record_suite = UNIT_SUITE("topology/record", setup, teardown, tests);
