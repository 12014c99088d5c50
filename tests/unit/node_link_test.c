/*
 * node_link_test.c - silence is told, survives restarts, and ends with the first word
 */
#include <stdio.h>
#include <string.h>

#include "spool/store/store_topology.h"
#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

#define HOUR_MS INT64_C(3600000)

static const char linked[] = "node a.oz.au { visible oz.au\n"
			     "link b.oz.au { transport tcp listen }\n"
			     "link out.oz.au { one-way out; transport tcp listen }\n"
			     "link stick.oz.au { delay 7d; transport tcp listen } }\n";

static struct bed    bed;
static struct caller caller;

static void
setup(void)
{
	bed_make(&bed, linked);
}

static void
teardown(void)
{
	bed_release(&bed);
}

static void
pass_hours(int hours)
{
	while (hours-- > 0)
		bed_pass(&bed, HOUR_MS);
}

/* "alive", "down" or "dead": what the node's own record says of the link, each way the same. */
static const char *
told_of(const char *neighbor)
{
	struct stored_record stored;
	struct record        record;
	const char          *told = "nothing";

	stored_record_init(&stored);
	record_init(&record);
	CU_ASSERT_TRUE_FATAL(store_record_get(bed.store, "a.oz.au", &stored));
	CU_ASSERT_EQUAL_FATAL(record_decode(&record, buffer_span(&stored.bytes), NULL), STATUS_OK);
	for (size_t i = 0; i < record.link_count; i++) {
		const struct record_link *link = &record.links[i];
		const char *says = link->down ? "down" : link->dead ? "dead" : "alive";

		if (strcmp(link->to.text, neighbor) != 0)
			continue;
		if (strcmp(told, "nothing") != 0)
			CU_ASSERT_STRING_EQUAL(told, says);
		told = says;
	}
	record_release(&record);
	stored_record_release(&stored);
	return told;
}

static void
hang_up(void)
{
	const struct event event = { .kind = EVENT_CALL_ENDED, .id = 1, .text = "over" };

	caller_release(&caller);
	bed_step(&bed, &event, 1);
}

static void
a_silent_link_is_told_as_down_then_dead(void)
{
	pass_hours(23);
	CU_ASSERT_STRING_EQUAL(told_of("b.oz.au"), "alive");
	pass_hours(1);
	CU_ASSERT_STRING_EQUAL(told_of("b.oz.au"), "down");
	pass_hours(6 * 24 - 1);
	CU_ASSERT_STRING_EQUAL(told_of("b.oz.au"), "down");
	pass_hours(1);
	CU_ASSERT_STRING_EQUAL(told_of("b.oz.au"), "dead");
	CU_ASSERT_STRING_EQUAL(told_of("out.oz.au"), "alive");
	CU_ASSERT_STRING_EQUAL(told_of("stick.oz.au"), "alive");
	pass_hours(14 * 24);
	CU_ASSERT_STRING_EQUAL(told_of("stick.oz.au"), "down");
}

/* Of the mail to joe at b; -1: it is not here any more. */
static int
mail_state(void)
{
	struct stored_copy copy;
	int                state = -1;

	stored_copy_init(&copy);
	for (int64_t after = 0; store_copy_next(bed.store, NULL, after, &copy); after = copy.key)
		if (strcmp(buffer_text(&copy.destinations), "joe@b.oz.au") == 0)
			state = (int)copy.state;
	stored_copy_release(&copy);
	return state;
}

static void
what_waits_for_a_silent_link_is_routed_anew(void)
{
	bed_submit(&bed, "mail", "joe@b.oz.au", 1);
	pass_hours(23);
	CU_ASSERT_EQUAL(mail_state(), COPY_QUEUED);
	pass_hours(1);
	CU_ASSERT_EQUAL(mail_state(), COPY_HELD);
	caller_make(&caller, &bed);
	CU_ASSERT_EQUAL(mail_state(), -1);
	hang_up();
}

/* Nobody steps this node but its own deadline. */
static void
silence_is_a_deadline_of_the_node(void)
{
	for (int steps = 0; strcmp(told_of("b.oz.au"), "alive") == 0 && steps < 100; steps++)
		bed_pass(&bed, node_deadline(bed.node).ms - bed.now.instant.ms);
	CU_ASSERT_STRING_EQUAL(told_of("b.oz.au"), "down");
	CU_ASSERT_EQUAL(bed.now.instant.ms - 1000, 24 * HOUR_MS);
}

static void
the_first_word_makes_it_alive(void)
{
	pass_hours(9 * 24);
	CU_ASSERT_STRING_EQUAL(told_of("b.oz.au"), "dead");
	caller_make(&caller, &bed);
	CU_ASSERT_STRING_EQUAL(told_of("b.oz.au"), "alive");
	hang_up();
	pass_hours(23);
	CU_ASSERT_STRING_EQUAL(told_of("b.oz.au"), "alive");
	pass_hours(1);
	CU_ASSERT_STRING_EQUAL(told_of("b.oz.au"), "down");
}

static void
restarts_neither_end_the_silence_nor_count_as_it(void)
{
	for (int day = 0; day < 3; day++) {
		CU_ASSERT_STRING_EQUAL(told_of("b.oz.au"), "alive");
		pass_hours(8);
		node_close(bed.node);
		bed.now.instant.ms = 1000; /* another boot, a month later */
		bed.now.wall.ms += 30 * 24 * HOUR_MS;
		bed_open_node(&bed, linked);
	}
	CU_ASSERT_STRING_EQUAL(told_of("b.oz.au"), "down");
}

static void
what_the_operator_takes_down_stays_down(void)
{
	pass_hours(25);
	ASK(&bed, "link", "down", "b.oz.au");
	CU_ASSERT_STRING_EQUAL(told_of("b.oz.au"), "down");
	ASK(&bed, "link", "up", "b.oz.au");
	CU_ASSERT_STRING_EQUAL(told_of("b.oz.au"), "down");
	caller_make(&caller, &bed);
	CU_ASSERT_STRING_EQUAL(told_of("b.oz.au"), "alive");
	ASK(&bed, "link", "down", "b.oz.au");
	CU_ASSERT_STRING_EQUAL(told_of("b.oz.au"), "down");
	ASK(&bed, "link", "up", "b.oz.au");
	CU_ASSERT_STRING_EQUAL(told_of("b.oz.au"), "alive");
	hang_up();
}

static void
add_link(struct record *record, enum record_direction direction)
{
	const struct record_link link = {
		.to = *name_of("a.oz.au"), .direction = direction, .dead = true, .down = true
	};

	CU_ASSERT_EQUAL_FATAL(record_add_link(record, &link), STATUS_OK);
}

/* What waits for the node b itself. */
static size_t
waiting(void)
{
	struct stored_copy copy;
	size_t             count = 0;

	stored_copy_init(&copy);
	for (int64_t after = 0; store_copy_next(bed.store, NULL, after, &copy); after = copy.key)
		count += strcmp(buffer_text(&copy.destinations), "b.oz.au") == 0;
	stored_copy_release(&copy);
	return count;
}

/* Each end still has the other's word that the link is down, and there is no other way. */
static void
an_old_word_does_not_keep_the_new_one_off_the_line(void)
{
	struct record      record;
	struct stored_copy copy;

	record_init(&record);
	stored_copy_init(&copy);
	record.node    = *name_of("b.oz.au");
	record.visible = *name_of("oz.au");
	record.serial  = 1;
	add_link(&record, RECORD_OUTBOUND);
	add_link(&record, RECORD_INBOUND);
	caller_make(&caller, &bed);
	caller_tell(&caller, &bed, 1, &record, 1);
	hang_up();
	bed_submit(&bed, "mail", "joe@b.oz.au", 1);
	CU_ASSERT_EQUAL(bed_count_of(&bed, "mail", &copy), 1);
	CU_ASSERT_STRING_EQUAL(copy.reason, "unreachable");
	caller_make(&caller, &bed);
	CU_ASSERT_EQUAL(waiting(), 0);
	hang_up();
	stored_copy_release(&copy);
	record_release(&record);
}

/* What the node's own record says of the way in. */
static uint32_t
told_delay_ms(const char *neighbor, uint64_t *serial)
{
	struct stored_record stored;
	struct record        record;
	uint32_t             delay_ms = 0;

	stored_record_init(&stored);
	record_init(&record);
	CU_ASSERT_TRUE_FATAL(store_record_get(bed.store, "a.oz.au", &stored));
	CU_ASSERT_EQUAL_FATAL(record_decode(&record, buffer_span(&stored.bytes), NULL), STATUS_OK);
	for (size_t i = 0; i < record.link_count; i++)
		if (record.links[i].direction == RECORD_INBOUND &&
		    strcmp(record.links[i].to.text, neighbor) == 0)
			delay_ms = record.links[i].delay_ms;
	*serial = record.serial;
	record_release(&record);
	stored_record_release(&stored);
	return delay_ms;
}

/* Half a round trip, told when it has changed for good, and not again for its jitter. */
static void
a_delay_that_changed_is_told_and_its_jitter_is_not(void)
{
	uint64_t before, serial;

	caller_make(&caller, &bed);
	caller_pass(&caller, &bed, 3 * HOUR_MS, 120);
	CU_ASSERT_EQUAL(told_delay_ms("b.oz.au", &before), 50);
	caller_pass(&caller, &bed, 1, 30000); /* one bad moment */
	for (int hour = 0; hour < 24; hour++)
		caller_pass(&caller, &bed, HOUR_MS, hour % 2 == 0 ? 120 : 130);
	CU_ASSERT_EQUAL(told_delay_ms("b.oz.au", &serial), 50);
	CU_ASSERT_EQUAL(serial, before);
	caller_pass(&caller, &bed, 316000, 240);
	CU_ASSERT_TRUE(told_delay_ms("b.oz.au", &serial) >= 80);
	CU_ASSERT_EQUAL(serial, before + 1);
	caller_pass(&caller, &bed, 24 * HOUR_MS, 240);
	CU_ASSERT_TRUE(told_delay_ms("b.oz.au", &serial) >= 90);
	CU_ASSERT_TRUE(serial <= before + 2);
	hang_up();
}

static void
a_restart_tells_nothing_anew(void)
{
	uint64_t before, serial;

	caller_make(&caller, &bed);
	caller_pass(&caller, &bed, HOUR_MS, 120);
	told_delay_ms("b.oz.au", &before);
	hang_up();
	node_close(bed.node);
	bed_open_node(&bed, linked);
	CU_ASSERT_EQUAL(told_delay_ms("b.oz.au", &serial), 50);
	CU_ASSERT_EQUAL(serial, before);
	caller_make(&caller, &bed);
	caller_pass(&caller, &bed, HOUR_MS, 120);
	told_delay_ms("b.oz.au", &serial);
	CU_ASSERT_EQUAL(serial, before);
	hang_up();
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_silent_link_is_told_as_down_then_dead),
	UNIT_TEST(what_waits_for_a_silent_link_is_routed_anew),
	UNIT_TEST(silence_is_a_deadline_of_the_node),
	UNIT_TEST(the_first_word_makes_it_alive),
	UNIT_TEST(restarts_neither_end_the_silence_nor_count_as_it),
	UNIT_TEST(what_the_operator_takes_down_stays_down),
	UNIT_TEST(an_old_word_does_not_keep_the_new_one_off_the_line),
	UNIT_TEST(a_delay_that_changed_is_told_and_its_jitter_is_not),
	UNIT_TEST(a_restart_tells_nothing_anew),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_link_suite = UNIT_SUITE("node/node_link", setup, teardown, tests);
