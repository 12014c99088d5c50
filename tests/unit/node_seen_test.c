/*
 * node_seen_test.c - the memory of what was taken: over restarts, across parts, until it is old
 */
#include "daemon/node/node.h"

#include <stdio.h>

#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

#define NODE                                                                                       \
	"node a.oz.au { visible world; link b.oz.au { transport tcp listen plain }\n"              \
	" service file { deliver drop \"/f/%u\" } }"
#define DAY_MS INT64_C(86400000)

static struct bed    bed;
static struct caller caller;

static void
setup(void)
{
	bed_make(&bed, NODE);
	caller_make(&caller, &bed);
}

static void
teardown(void)
{
	caller_release(&caller);
	bed_release(&bed);
}

static struct message_id
offer(uint8_t token, const char *address)
{
	struct envelope   envelope;
	struct transit    transit;
	struct hop        hop = { .node = *name_of("b.oz.au") };
	struct message_id id;

	envelope_init(&envelope);
	transit_init(&transit);
	snprintf(envelope.service, sizeof(envelope.service), "file");
	envelope.lifetime_ms = DAY_MS;
	address_add_text(&transit.destinations, address, NULL);
	transit_add_hop(&transit, &hop);
	caller_send(&caller, &bed, token, &envelope, &transit, span_of_text("body"));
	id = envelope.id;
	transit_release(&transit);
	envelope_release(&envelope);
	return id;
}

static size_t
copies(void)
{
	struct stored_copy copy;
	size_t             count;

	stored_copy_init(&copy);
	count = bed_count_of(&bed, "file", &copy);
	stored_copy_release(&copy);
	return count;
}

static void
parts_that_overlap_are_delivered_once(void)
{
	offer(1, "joe@*.oz.au,joe@*.au,joe@a.oz.au");
	CU_ASSERT_EQUAL(copies(), 1);
	offer(2, "joe@*.oz.au");
	offer(2, "joe@*.au"); /* parts travel apart (D19) */
	offer(2, "joe@a.oz.au");
	CU_ASSERT_EQUAL(copies(), 2);
	offer(2, "ann@*.oz.au");
	CU_ASSERT_EQUAL(copies(), 3);
}

static void
a_broadcast_is_known_again_after_a_restart(void)
{
	offer(1, "joe@*.oz.au");
	node_close(bed.node);
	bed_open_node(&bed, NODE);
	caller_release(&caller);
	caller_make(&caller, &bed);
	offer(1, "joe@*.oz.au");
	CU_ASSERT_EQUAL(copies(), 1);
}

static void
what_cannot_come_again_is_forgotten(void)
{
	struct message_id id = offer(1, "joe@*.oz.au");

	for (int days = 0; days < 7; days++)
		bed_pass(&bed, DAY_MS);
	CU_ASSERT_TRUE(store_seen_has(bed.store, &id, "joe@*.oz.au", 0));
	for (int days = 0; days < 2; days++)
		bed_pass(&bed, DAY_MS);
	CU_ASSERT_FALSE(store_seen_has(bed.store, &id, "joe@*.oz.au", 0));
	CU_ASSERT_FALSE(store_seen_has(bed.store, &id, "joe@a.oz.au", 0));
}

static CU_TestInfo tests[] = {
	UNIT_TEST(parts_that_overlap_are_delivered_once),
	UNIT_TEST(a_broadcast_is_known_again_after_a_restart),
	UNIT_TEST(what_cannot_come_again_is_forgotten),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_seen_suite = UNIT_SUITE("node/seen", setup, teardown, tests);
