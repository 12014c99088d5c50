/*
 * node_full_test.c - who may ask for everything, who may tell it, and what that changes (D29)
 */
#include "daemon/node/node.h"

#include <stdio.h>
#include <string.h>

#include "spool/base/field.h"
#include "spool/store/store_topology.h"
#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

#define LINK   " link b.oz.au { transport tcp listen plain } }"
#define DAY_MS INT64_C(86400000)

enum { FIELD_RECORD = 1, FIELD_SINCE = 2 };

static struct bed    bed;
static struct caller caller;

static void
setup(void)
{
	bed_make(&bed, "node a.oz.au { database full-from b.oz.au\n" LINK);
	caller_make(&caller, &bed);
}

static void
teardown(void)
{
	caller_release(&caller);
	bed_release(&bed);
}

/* b.oz.au says something of service control, of which this is the title. */
static void
say(const char *title, uint8_t token, struct span body)
{
	struct envelope envelope;
	struct transit  transit;
	struct hop      hop = { .node = *name_of("b.oz.au") };

	envelope_init(&envelope);
	transit_init(&transit);
	snprintf(envelope.service, sizeof(envelope.service), "control");
	snprintf(envelope.title, sizeof(envelope.title), "%s", title);
	envelope.report      = true;
	envelope.lifetime_ms = DAY_MS;
	address_add_text(&transit.destinations, "a.oz.au", NULL);
	transit_add_hop(&transit, &hop);
	caller_send(&caller, &bed, token, &envelope, &transit, body);
	transit_release(&transit);
	envelope_release(&envelope);
}

/* A database of one record, far.nz, known to b up to that time of its clock. */
static void
tell_database(uint8_t token, uint64_t serial, uint64_t since)
{
	struct record      record;
	struct record_link link = { .to = *name_of("farther.nz") };
	struct buffer      bytes, body;

	record_init(&record);
	buffer_init(&bytes);
	buffer_init(&body);
	record.node    = *name_of("far.nz");
	record.visible = *name_of("nz");
	record.serial  = serial;
	record_add_link(&record, &link);
	CU_ASSERT_EQUAL(record_encode(&record, &bytes), STATUS_OK);
	field_append(&body, FIELD_RECORD, buffer_span(&bytes));
	field_append_number(&body, FIELD_SINCE, since);
	say("database", token, buffer_span(&body));
	buffer_release(&body);
	buffer_release(&bytes);
	record_release(&record);
}

/* The serial of far.nz among foreign records; 0: it is not there. */
static uint64_t
foreign(void)
{
	struct stored_record stored;
	uint64_t             serial = 0;

	stored_record_init(&stored);
	if (store_foreign_next(bed.store, "", &stored) && strcmp(stored.node.text, "far.nz") == 0)
		serial = stored.serial;
	stored_record_release(&stored);
	return serial;
}

static void
what_a_hub_tells_lies_apart(void)
{
	struct stored_record stored;

	stored_record_init(&stored);
	tell_database(1, 7, 500);
	CU_ASSERT_EQUAL(foreign(), 7);
	CU_ASSERT_FALSE(store_record_get(bed.store, "far.nz", &stored));
	node_close(bed.node);
	bed_open_node(&bed, "node a.oz.au { database full-from b.oz.au\n" LINK);
	CU_ASSERT_EQUAL(foreign(), 7);
	stored_record_release(&stored);
}

static void
nobody_tells_it_unasked(void)
{
	struct event event = { .kind  = EVENT_DESCRIPTION,
		               .bytes = span_of_text("node a.oz.au {" LINK) };

	tell_database(1, 7, 500);
	bed_step(&bed, &event, 1);
	CU_ASSERT_EQUAL(foreign(), 0);
	tell_database(2, 8, 600);
	CU_ASSERT_EQUAL(foreign(), 0);
}

/* When the hub was last asked, and for what is newer than when by its clock. */
static int64_t
asked_ms(void)
{
	return store_setting_number(bed.store, "database-asked", -1);
}

static int64_t
since_ms(void)
{
	return store_setting_number(bed.store, "database-since", -1);
}

static void
a_hub_is_asked_daily_for_what_is_new_and_weekly_for_all(void)
{
	int64_t first_ms = asked_ms();

	CU_ASSERT_EQUAL(since_ms(), 0);
	tell_database(1, 7, 500);
	for (int hours = 0; hours < 23; hours++)
		bed_pass(&bed, DAY_MS / 24);
	CU_ASSERT_EQUAL(asked_ms(), first_ms);
	bed_pass(&bed, DAY_MS / 12);
	CU_ASSERT_TRUE(asked_ms() >= first_ms + DAY_MS);
	CU_ASSERT_EQUAL(since_ms(), 500);
	for (int days = 0; days < 7; days++)
		bed_pass(&bed, DAY_MS);
	CU_ASSERT_EQUAL(since_ms(), 0);
	CU_ASSERT_EQUAL(foreign(), 7);
	for (int days = 0; days < 9; days++)
		bed_pass(&bed, DAY_MS);
	CU_ASSERT_EQUAL(foreign(), 0); /* it was not told again */
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_a_hub_tells_lies_apart),
	UNIT_TEST(nobody_tells_it_unasked),
	UNIT_TEST(a_hub_is_asked_daily_for_what_is_new_and_weekly_for_all),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_full_suite = UNIT_SUITE("node/full", setup, teardown, tests);
