/*
 * line_test.c - two ends and a line between them that does what lines do
 *
 * tests/support/line_bed.h compares each byte that comes out and watches that no end asks for a
 * time that has passed; tests/line draws thousands of such lines.
 */
#include "daemon/line/line.h"

#include <string.h>

#include "daemon/line/line_frame.h"
#include "daemon/line/line_ranges.h"
#include "tests/support/line_bed.h"
#include "tests/unit/unit.h"

enum { HOUR_MS = 3600000, DRAWN = 150 };

static struct line_bed         bed;
static struct line_bed_options options;

static void
setup(void)
{
	options = (struct line_bed_options){
		.ends         = { { .number = 1001, .calls = true }, { .number = 2002 } },
		.way          = { .bytes_per_s = 960, .delay_us = 150000, .buffer = 64 },
		.stream_bytes = { 20000, 0 },
		.seed         = 7,
	};
}

static void
run(void)
{
	line_bed_init(&bed, &options);
	line_bed_run(&bed, HOUR_MS);
	CU_ASSERT_STRING_EQUAL(line_bed_judge(&bed), "");
}

static void
say_rate(int64_t bytes_per_s, int64_t round_trip_ms)
{
	options.way.bytes_per_s = bytes_per_s;
	options.way.delay_us    = round_trip_ms * 500;
	for (unsigned i = 0; i < 2; i++) {
		options.ends[i].rate_bytes    = bytes_per_s;
		options.ends[i].round_trip_ms = round_trip_ms;
	}
}

static unsigned
letters(void)
{
	struct line_figures figures;

	line_figures(bed.ends[0].line, &figures);
	return figures.letters;
}

static void
a_good_line_costs_little(void)
{
	struct line_figures figures;

	say_rate(960, 300);
	run();
	line_figures(bed.ends[0].line, &figures);
	CU_ASSERT_EQUAL(figures.frames_again, 0);
	/* 1.5 % and the opening; the other way a word for each frame */
	CU_ASSERT_TRUE(bed.ends[0].medium_bytes < 20000 * 1015 / 1000 + 60);
	CU_ASSERT_TRUE(bed.ends[1].medium_bytes < 400);
	/* and the line is never idle: half a round trip to begin, one to end */
	CU_ASSERT_TRUE(bed.now.ms - 1000 < 20000 * 1000 / 960 * 1015 / 1000 + 1200);
	line_bed_release(&bed);
}

static void
both_ways_at_once(void)
{
	say_rate(960, 300);
	options.stream_bytes[1] = 15000;
	run();
	CU_ASSERT_TRUE(bed.now.ms - 1000 < 20000 * 1000 / 960 * 103 / 100 + 1500);
	line_bed_release(&bed);
}

static void
one_error_in_ten_thousand_bytes_on_seven_bits(void)
{
	say_rate(960, 300);
	options.way.seven_bit     = true;
	options.way.eats_flow     = true;
	options.way.flip_one_in   = 10000;
	options.stream_bytes[0]   = 200000;
	options.ends[0].seven_bit = true;
	run();
	CU_ASSERT_EQUAL(letters(), 121);
	/* better than base64 on a line without an error */
	CU_ASSERT_TRUE(bed.ends[0].medium_bytes < 200000 * 128 / 100);
	line_bed_release(&bed);
}

static void
a_line_that_strips_bit_8_and_nobody_said_so(void)
{
	options.way.seven_bit = true;
	run();
	CU_ASSERT_EQUAL(letters(), 93);
	line_bed_release(&bed);
}

static void
bytes_that_are_eaten_and_nobody_knew(void)
{
	options.eaten['\n'] = options.eaten[0xff] = options.eaten[0x18] = true;
	options.eaten[0x0d] = options.eaten[0x10] = true;
	options.stream_bytes[0]                   = 60000;
	run();
	CU_ASSERT_EQUAL(letters(), 93);
	line_bed_release(&bed);
}

static void
bytes_that_one_end_avoids_are_avoided_by_both(void)
{
	static const uint8_t telnet[] = { 0xff, '\r' };

	options.ends[1].avoided       = telnet;
	options.ends[1].avoided_count = 2;
	options.eaten['\r'] = options.eaten[0xff] = true;
	options.stream_bytes[1]                   = 5000;
	run();
	CU_ASSERT_EQUAL(letters(), 252);
	line_bed_release(&bed);
}

static void
bytes_of_an_earlier_call_are_not_taken(void)
{
	options.stale           = true;
	options.stream_bytes[1] = 3000;
	for (options.seed = 0; options.seed < 20; options.seed++) {
		run();
		line_bed_release(&bed);
	}
}

static void
one_end_speaks_at_a_time(void)
{
	say_rate(150, 4000);
	options.one_at_a_time       = true;
	options.ends[0].half_duplex = options.ends[1].half_duplex = true;
	options.stream_bytes[0]                                   = 12000;
	options.stream_bytes[1]                                   = 6000;
	run();
	/* nobody was spoken over, and the turns took less than a fifth of the time */
	for (unsigned i = 0; i < 2; i++) {
		struct line_figures figures;

		line_figures(bed.ends[i].line, &figures);
		CU_ASSERT_EQUAL(figures.damaged, 0);
		CU_ASSERT_EQUAL(figures.frames_again, 0);
	}
	CU_ASSERT_TRUE(bed.now.ms - 1000 < 18000 / 150 * 1000 * 120 / 100 + 20000);
	line_bed_release(&bed);
}

static void
a_turn_that_got_lost_is_found(void)
{
	say_rate(150, 4000);
	options.one_at_a_time       = true;
	options.ends[0].half_duplex = options.ends[1].half_duplex = true;
	options.burst_one_in                                      = 1000;
	options.burst_bytes                                       = 60;
	options.stream_bytes[1]                                   = 6000;
	run();
	line_bed_release(&bed);
}

/* What end 0 says is lost from some moment on. */
static void
an_end_that_hears_nothing_gives_up(void)
{
	options.ends[0].patience_ms = options.ends[1].patience_ms = 100000;
	line_bed_init(&bed, &options);
	line_bed_run(&bed, 5000);
	CU_ASSERT_TRUE(line_is_open(bed.ends[0].line) && bed.ends[1].read > 0);
	memset(bed.options.eaten, true, sizeof(bed.options.eaten));
	line_bed_run(&bed, HOUR_MS);
	CU_ASSERT_STRING_EQUAL(line_why(bed.ends[0].line), "line: nothing was heard any more");
	CU_ASSERT_TRUE(bed.now.ms > 100000 && bed.now.ms < 120000);
	CU_ASSERT_STRING_EQUAL(bed.trouble, "");
	line_bed_release(&bed);
}

static void
nobody_who_speaks_this_is_there(void)
{
	struct instant now  = { 0 };
	struct line   *line = line_new(&options.ends[0], now);
	struct buffer  said;
	unsigned       times = 0;

	buffer_init(&said);
	while (line_tick(line, now) == STATUS_OK) {
		line_output(line, &said, now);
		CU_ASSERT_FALSE(instant_reached(line_deadline(line), now));
		now = line_deadline(line);
		/* a login prompt, which answers everything */
		CU_ASSERT_EQUAL(line_receive(line, span_of_text("login: | Password: |"), now),
		                STATUS_OK);
		times++;
	}
	CU_ASSERT_STRING_EQUAL(line_why(line), "line: nobody answered who speaks this");
	CU_ASSERT_TRUE(times < 30 && said.length < 1000);
	CU_ASSERT_EQUAL(now.ms, 300000);
	buffer_release(&said);
	line_free(line);
}

static void
our_own_bytes_come_back(void)
{
	struct instant now  = { 0 };
	struct line   *line = line_new(&options.ends[0], now);
	struct buffer  said;

	buffer_init(&said);
	for (int i = 0; i < 10; i++) {
		buffer_clear(&said);
		line_output(line, &said, now);
		CU_ASSERT_EQUAL(line_receive(line, buffer_span(&said), now), STATUS_OK);
		now = instant_after(now, 5000);
		line_tick(line, now);
	}
	CU_ASSERT_FALSE(line_is_open(line));
	buffer_release(&said);
	line_free(line);
}

static void
every_drawn_line_carries_what_it_was_given(void)
{
	for (uint64_t seed = 1; seed <= DRAWN; seed++) {
		const char *wrong;

		line_bed_draw(&options, seed);
		line_bed_init(&bed, &options);
		line_bed_run(&bed, 48 * HOUR_MS);
		wrong = line_bed_judge(&bed);
		if (wrong[0] != '\0')
			CU_FAIL("a seed failed: see build/tests/line");
		line_bed_release(&bed);
	}
}

/* --- the pieces -------------------------------------------------------------------------- */

static void
ranges_join_and_are_bounded(void)
{
	struct line_ranges ranges = { .count = 0 };
	struct line_range  gap;

	for (uint64_t i = 0; i < LINE_RANGES_MAX; i++)
		CU_ASSERT_TRUE(line_ranges_add(&ranges, (struct line_range){ 10 * i, 10 * i + 5 }));
	CU_ASSERT_FALSE(line_ranges_add(&ranges, (struct line_range){ 1000, 1001 }));
	CU_ASSERT_FALSE(line_ranges_add(&ranges, (struct line_range){ 7, 8 }));
	CU_ASSERT_TRUE(line_ranges_add(&ranges, (struct line_range){ 5, 10 }));
	CU_ASSERT_TRUE(ranges.list[0].from == 0 && ranges.list[0].to == 15);
	CU_ASSERT_EQUAL(ranges.count, LINE_RANGES_MAX - 1);
	gap = line_ranges_gap(&ranges, (struct line_range){ 3, 100 });
	CU_ASSERT_TRUE(gap.from == 15 && gap.to == 20);
	gap = line_ranges_gap(&ranges, (struct line_range){ 21, 24 });
	CU_ASSERT_EQUAL(gap.from, gap.to);
	CU_ASSERT_TRUE(line_ranges_add(&ranges, (struct line_range){ 1000, 1001 }));
	line_ranges_add_widely(&ranges, (struct line_range){ 17, 18 });
	gap = line_ranges_gap(&ranges, (struct line_range){ 15, 25 });
	CU_ASSERT_TRUE(gap.from == 15 && gap.to == 17);
	line_ranges_add_widely(&ranges, (struct line_range){ 2000, 2001 });
	CU_ASSERT_EQUAL(ranges.list[ranges.count - 1].to, 2001);
	line_ranges_drop_before(&ranges, 22);
	CU_ASSERT_EQUAL(ranges.list[0].from, 22);
}

static void
a_frame_of_another_call_or_with_another_bit_is_none(void)
{
	struct line_frame frame = { .kind         = LINE_DATA | LINE_ACK | LINE_END,
		                    .serial       = 200,
		                    .offset       = 65000,
		                    .acknowledged = 7,
		                    .heard        = 9,
		                    .range_count  = 1,
		                    .ranges       = { { 300, 20000 } },
		                    .bytes        = span_of_text("letter") };
	struct line_frame again;
	struct buffer     plain;

	buffer_init(&plain);
	line_frame_encode(&frame, 77, &plain);
	CU_ASSERT_EQUAL(plain.length, 1 + 3 + 4 + 2 + 3 + 6 + 4);
	CU_ASSERT_TRUE(line_frame_decode(&again, 77, buffer_span(&plain)));
	CU_ASSERT_TRUE(again.kind == frame.kind && again.serial == 200 && again.offset == 65000);
	CU_ASSERT_TRUE(again.acknowledged == 7 && again.heard == 9 && again.range_count == 1);
	CU_ASSERT_TRUE(again.ranges[0].gap == 300 && again.ranges[0].length == 20000);
	CU_ASSERT_TRUE(span_equal(again.bytes, frame.bytes));
	CU_ASSERT_FALSE(line_frame_decode(&again, 78, buffer_span(&plain)));
	for (size_t bit = 0; bit < plain.length * 8; bit++) {
		plain.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT_FALSE(line_frame_decode(&again, 77, buffer_span(&plain)));
		plain.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t length = 0; length < plain.length; length++)
		CU_ASSERT_FALSE(line_frame_decode(&again, 77, (struct span){ plain.data, length }));
	buffer_release(&plain);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_good_line_costs_little),
	UNIT_TEST(both_ways_at_once),
	UNIT_TEST(one_error_in_ten_thousand_bytes_on_seven_bits),
	UNIT_TEST(a_line_that_strips_bit_8_and_nobody_said_so),
	UNIT_TEST(bytes_that_are_eaten_and_nobody_knew),
	UNIT_TEST(bytes_that_one_end_avoids_are_avoided_by_both),
	UNIT_TEST(bytes_of_an_earlier_call_are_not_taken),
	UNIT_TEST(one_end_speaks_at_a_time),
	UNIT_TEST(a_turn_that_got_lost_is_found),
	UNIT_TEST(an_end_that_hears_nothing_gives_up),
	UNIT_TEST(nobody_who_speaks_this_is_there),
	UNIT_TEST(our_own_bytes_come_back),
	UNIT_TEST(every_drawn_line_carries_what_it_was_given),
	UNIT_TEST(ranges_join_and_are_bounded),
	UNIT_TEST(a_frame_of_another_call_or_with_another_bit_is_none),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo line_suite = UNIT_SUITE("line/line", setup, NULL, tests);
