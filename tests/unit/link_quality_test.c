/*
 * link_quality_test.c - lines that say something of a line, and lines that do not
 */
#include "daemon/mesh/link_quality.h"

#include <stdbool.h>
#include <string.h>

#include "tests/unit/unit.h"

static struct link_quality quality;

static void
setup(void)
{
	memset(&quality, 0, sizeof(quality));
}

static bool
take(const char *line)
{
	return link_quality_take(&quality, span_of_text(line)) == STATUS_OK;
}

static void
words_are(const char *expected)
{
	struct buffer words;

	buffer_init(&words);
	link_quality_print(&quality, &words);
	CU_ASSERT_STRING_EQUAL(buffer_text(&words), expected);
	buffer_release(&words);
}

static void
what_is_said_is_shown(void)
{
	words_are("");
	CU_ASSERT(take("rate=2400"));
	CU_ASSERT(take("round-trip=12000"));
	CU_ASSERT(take("quality=0"));
	CU_ASSERT(take("signal=-93dBm"));
	CU_ASSERT(take("text=a = b"));
	words_are("2400 bit/s, 12000 ms round trip, 0 %, signal -93dBm, a = b");
}

static void
a_line_that_repairs_itself_says_how_often(void)
{
	CU_ASSERT(take("frames=90"));
	words_are("0 of 90 frames sent again");
	CU_ASSERT(take("again=3") && take("damaged=2"));
	words_are("3 of 90 frames sent again, 2 came damaged");
	CU_ASSERT_FALSE(take("frames=2147483648"));
	words_are("3 of 90 frames sent again, 2 came damaged");
}

static void
an_empty_value_takes_it_back(void)
{
	CU_ASSERT(take("rate=2400") && take("quality=7") && take("text=x"));
	CU_ASSERT(take("rate=") && take("quality=") && take("text="));
	words_are("");
}

static void
what_is_no_status_changes_nothing(void)
{
	static const char *const lines[] = {
		"",
		"rate",
		"=1",
		"rate=-1",
		"rate=1k",
		"rate=0x10",
		"quality=101",
		"text=\x7f",
		"text=\n",
		"rate=1000000001",
		"rate= 1",
		"text=caf\xc3\xa9",
		"quality=99999999999999999999",
		"signal=12345678901234567890123456789012",
	};

	CU_ASSERT(take("rate=2400"));
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		CU_ASSERT_FALSE(take(lines[i]));
	words_are("2400 bit/s");
}

static void
other_keys_are_of_other_versions(void)
{
	CU_ASSERT(take("weather=fine"));
	words_are("");
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_is_said_is_shown),
	UNIT_TEST(a_line_that_repairs_itself_says_how_often),
	UNIT_TEST(an_empty_value_takes_it_back),
	UNIT_TEST(what_is_no_status_changes_nothing),
	UNIT_TEST(other_keys_are_of_other_versions),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo link_quality_suite = UNIT_SUITE("mesh/link_quality", setup, NULL, tests);
