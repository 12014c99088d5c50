/*
 * base_test.c - the checked reader, growing buffers, arenas, two kinds of time, fair dice
 */
#include <string.h>

#include "spool/base/arena.h"
#include "spool/base/buffer.h"
#include "spool/base/instant.h"
#include "spool/base/random.h"
#include "tests/unit/unit.h"

static void
a_reader_that_ran_past_the_end_stays_failed(void)
{
	struct buffer buffer;
	struct reader reader;

	buffer_init(&buffer);
	buffer_append_u16(&buffer, 0x1234);
	buffer_append_u8(&buffer, 7);
	reader_init(&reader, buffer_span(&buffer));
	CU_ASSERT_EQUAL(reader_u16(&reader), 0x1234);
	CU_ASSERT_EQUAL(reader_u32(&reader), 0);
	CU_ASSERT_TRUE(reader.failed);
	CU_ASSERT_EQUAL(reader_u8(&reader), 0);
	CU_ASSERT_EQUAL(reader_left(&reader), 0);
	buffer_release(&buffer);
}

static void
numbers_come_back_as_they_went(void)
{
	struct buffer buffer;
	struct reader reader;

	buffer_init(&buffer);
	buffer_append_u64(&buffer, UINT64_C(0xfedcba9876543210));
	buffer_append_u32(&buffer, UINT32_C(0x89abcdef));
	CU_ASSERT_EQUAL(buffer.length, 12);
	CU_ASSERT_EQUAL(buffer.data[0], 0xfe);
	reader_init(&reader, buffer_span(&buffer));
	CU_ASSERT_EQUAL(reader_u64(&reader), UINT64_C(0xfedcba9876543210));
	CU_ASSERT_EQUAL(reader_u32(&reader), UINT32_C(0x89abcdef));
	CU_ASSERT_FALSE(reader.failed);
	buffer_drop_front(&buffer, 8);
	CU_ASSERT_EQUAL(buffer.length, 4);
	CU_ASSERT_EQUAL(buffer.data[0], 0x89);
	buffer_release(&buffer);
}

static void
walltimes_are_rfc_3339(void)
{
	static const struct {
		int64_t     ms;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ 951782400000, "2000-02-29T00:00:00Z" },
		{ 1795171200123, "2026-11-20T10:40:00.123Z" },
		{ -1, "1969-12-31T23:59:59.999Z" },
		{ INT64_MAX, "9999-12-31T23:59:59.999Z" },
	};
	char text[WALLTIME_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CU_ASSERT_STRING_EQUAL(walltime_format((struct walltime){ cases[i].ms }, text),
		                       cases[i].text);
}

static void
a_walltime_is_read_as_it_is_written(void)
{
	static const struct {
		const char *text;
		int64_t     ms; /* -1: it is none */
	} cases[] = {
		{ "1970-01-01", 0 },
		{ "1970-01-01T00:00:01Z", 1000 },
		{ "2000-02-29", INT64_C(951782400000) },
		{ "2026-11-20T10:40:00Z", INT64_C(1795171200000) },
		{ "9999-12-31T23:59:59Z", INT64_C(253402300799000) },
		{ "2026-02-29", -1 },
		{ "2026-13-01", -1 },
		{ "2026-11-20T24:00:00Z", -1 },
		{ "2026-11-20T10:40:00", -1 },
		{ "2026-11-2", -1 },
		{ "2026/11/20", -1 },
		{ "", -1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct walltime wall = { 0 };

		CU_ASSERT_EQUAL(walltime_parse(cases[i].text, &wall), cases[i].ms >= 0);
		if (cases[i].ms >= 0)
			CU_ASSERT_EQUAL(wall.ms, cases[i].ms);
	}
}

static void
instants_saturate_at_never(void)
{
	CU_ASSERT_EQUAL(instant_after(INSTANT_NEVER, 5).ms, INT64_MAX);
	CU_ASSERT_EQUAL(instant_after((struct instant){ 10 }, 5).ms, 15);
	CU_ASSERT_FALSE(instant_reached(INSTANT_NEVER, (struct instant){ INT64_MAX - 1 }));
}

static void
the_same_seed_gives_the_same_dice(void)
{
	struct random a, b;
	unsigned      seen[6] = { 0 };

	random_seed_number(&a, 1);
	random_seed_number(&b, 1);
	for (int i = 0; i < 6000; i++) {
		uint64_t roll = random_below(&a, 6);

		CU_ASSERT_EQUAL_FATAL(roll, random_below(&b, 6));
		seen[roll]++;
	}
	for (int i = 0; i < 6; i++)
		CU_ASSERT_TRUE(seen[i] > 850 && seen[i] < 1150);
}

static void
an_arena_is_zero_whenever_it_is_used_again(void)
{
	struct arena arena;

	arena_init(&arena);
	for (size_t size = 100; size <= 102400; size *= 2) {
		for (unsigned i = 0; i < 3; i++) {
			uint8_t *bytes = arena_new(&arena, size, 1), all = 0;

			for (size_t at = 0; at < size; at++)
				all |= bytes[at];
			CU_ASSERT_EQUAL(all, 0);
			memset(bytes, 0xa5, size);
		}
		arena_clear(&arena);
	}
	arena_release(&arena);
}

static void
what_is_taken_or_moved_does_not_stay(void)
{
	struct buffer from, to;
	char          room[4];

	buffer_init(&from);
	buffer_init(&to);
	CU_ASSERT_EQUAL(buffer_take_front(&from, room, sizeof(room)), 0);
	buffer_append_text(&from, "abcdef");
	CU_ASSERT_EQUAL(buffer_take_front(&from, room, sizeof(room)), 4);
	CU_ASSERT_TRUE(memcmp(room, "abcd", 4) == 0);
	buffer_append_text(&to, "x");
	buffer_move(&to, &from);
	CU_ASSERT_STRING_EQUAL(buffer_text(&to), "xef");
	CU_ASSERT_STRING_EQUAL(buffer_text(&from), "");
	buffer_release(&to);
	buffer_release(&from);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_is_taken_or_moved_does_not_stay),
	UNIT_TEST(a_reader_that_ran_past_the_end_stays_failed),
	UNIT_TEST(numbers_come_back_as_they_went),
	UNIT_TEST(walltimes_are_rfc_3339),
	UNIT_TEST(a_walltime_is_read_as_it_is_written),
	UNIT_TEST(instants_saturate_at_never),
	UNIT_TEST(the_same_seed_gives_the_same_dice),
	UNIT_TEST(an_arena_is_zero_whenever_it_is_used_again),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo base_suite = UNIT_SUITE("base", NULL, NULL, tests);
