/*
 * channel_test.c - the line that tests are done over
 */
#include "tests/support/channel.h"

#include <string.h>

#include "tests/unit/unit.h"

enum { SECOND_US = 1000000 };

static struct channel channel;

static void
open_with(struct channel_options options)
{
	channel_init(&channel, &options);
}

static void
teardown(void)
{
	channel_release(&channel);
}

static void
bytes_come_at_the_lines_rate_after_its_delay(void)
{
	uint8_t bytes[100] = { 0 }, out[100];

	open_with(
	    (struct channel_options){ .bytes_per_s = 100, .delay_us = 200000, .buffer = 100 });
	CU_ASSERT_EQUAL(channel_room(&channel, 0), 100);
	channel_put(&channel, bytes, 50, 0);
	CU_ASSERT_EQUAL(channel_take(&channel, out, 100, 209999), 0);
	CU_ASSERT_EQUAL(channel_due_us(&channel), 210000);
	CU_ASSERT_EQUAL(channel_take(&channel, out, 100, 210000), 1);
	CU_ASSERT_EQUAL(channel_take(&channel, out, 100, 400000), 19);
	CU_ASSERT_EQUAL(channel_take(&channel, out, 100, SECOND_US), 30);
	CU_ASSERT_TRUE(channel_is_empty(&channel));
}

static void
a_full_buffer_takes_more_as_it_is_sent(void)
{
	uint8_t bytes[100] = { 0 };

	open_with((struct channel_options){ .bytes_per_s = 100, .buffer = 20 });
	channel_put(&channel, bytes, 20, 0);
	CU_ASSERT_EQUAL(channel_room(&channel, 0), 0);
	CU_ASSERT_EQUAL(channel_room_us(&channel, 0), 100000);
	CU_ASSERT_EQUAL(channel_room(&channel, 100000), 10);
	channel_put(&channel, bytes, 10, 100000);
	CU_ASSERT_EQUAL(channel_room(&channel, 300000), 20);
}

static void
some_bits_are_flipped_and_some_bytes_lost(void)
{
	uint8_t bytes[1000] = { 0 }, out[1000];
	size_t  flipped     = 0, came;

	open_with((struct channel_options){ .flip_one_in = 100, .drop_one_in = 100, .seed = 7 });
	channel_put(&channel, bytes, sizeof(bytes), 0);
	came = channel_take(&channel, out, sizeof(out), 0);
	for (size_t i = 0; i < came; i++)
		flipped += out[i] != 0;
	CU_ASSERT_TRUE(came < 1000 && came > 950);
	CU_ASSERT_TRUE(flipped > 0 && flipped < 50);
}

static void
seven_bits_pass_and_flow_control_does_not(void)
{
	uint8_t bytes[] = { 0x80, 0x11, 0x13, 0x91, 0xff, 0x41 }, out[6];

	open_with((struct channel_options){ .seven_bit = true, .eats_flow = true });
	channel_put(&channel, bytes, sizeof(bytes), 0);
	CU_ASSERT_EQUAL(channel_take(&channel, out, sizeof(out), 0), 3);
	CU_ASSERT_EQUAL(memcmp(out, "\0\x7f\x41", 3), 0);
}

static void
what_is_cut_is_lost(void)
{
	uint8_t bytes[10] = { 0 };

	open_with((struct channel_options){ .bytes_per_s = 10, .buffer = 10 });
	channel_put(&channel, bytes, 10, 0);
	channel_clear(&channel);
	CU_ASSERT_EQUAL(channel_due_us(&channel), CHANNEL_NEVER_US);
	CU_ASSERT_EQUAL(channel_room(&channel, 0), 10);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(bytes_come_at_the_lines_rate_after_its_delay),
	UNIT_TEST(a_full_buffer_takes_more_as_it_is_sent),
	UNIT_TEST(some_bits_are_flipped_and_some_bytes_lost),
	UNIT_TEST(seven_bits_pass_and_flow_control_does_not),
	UNIT_TEST(what_is_cut_is_lost),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo channel_suite = UNIT_SUITE("support/channel", NULL, teardown, tests);
