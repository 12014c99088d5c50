/*
 * news_test.c - batches and what is wrong with them, paths, groups, patterns
 */
#include <stdio.h>
#include <string.h>

#include "spool/news/news_article.h"
#include "spool/news/news_batch.h"
#include "spool/news/news_date.h"
#include "tests/unit/unit.h"

static struct news_article
article_of(const char *text)
{
	struct news_article article;

	CU_ASSERT_EQUAL_FATAL(news_article_parse(&article, span_of_text(text), NULL), STATUS_OK);
	return article;
}

/* What comes of a batch: articles between '|', and what is wrong with it after '!'. */
static const char *
result_of(const char *text, size_t piece)
{
	static char          result[1024];
	struct news_batch    batch;
	struct diagnostic    diagnostic;
	struct span          rest = span_of_text(text);
	enum news_batch_item item = NEWS_BATCH_MORE;
	size_t               used = 0;

	result[0] = '\0';
	diagnostic_init(&diagnostic);
	news_batch_init(&batch, 20);
	while (item == NEWS_BATCH_MORE || item == NEWS_BATCH_ARTICLE) {
		struct span input = { rest.data, rest.length < piece ? rest.length : piece };
		size_t      had   = input.length;

		item = had > 0 ? news_batch_read(&batch, &input, &diagnostic)
		               : news_batch_end(&batch, &diagnostic);
		rest = (struct span){ rest.data + (had - input.length),
			              rest.length - (had - input.length) };
		if (item == NEWS_BATCH_ARTICLE)
			used += (size_t)snprintf(result + used, sizeof(result) - used, "%s|",
			                         buffer_text(&batch.article));
		else if (had == 0)
			break;
	}
	if (item == NEWS_BATCH_BROKEN)
		snprintf(result + used, sizeof(result) - used, "!%s", diagnostic.text);
	if (item == NEWS_BATCH_PACKED)
		snprintf(result + used, sizeof(result) - used, "packed %s", batch.unpack);
	news_batch_release(&batch);
	return result;
}

static void
a_batch_is_read_in_pieces_of_any_size(void)
{
	static const struct {
		const char *batch, *result;
	} cases[] = {
		{ "", "" },
		{ "#! rnews 3\nabc#! rnews 2\nd\n", "abc|d\n|" },
		{ "#! rnews 12\n#! rnews 9\nx", "#! rnews 9\nx|" },
		{ "#!rnews 3 \r\nabc", "abc|" },
		{ "From: x\n\nalone\n", "From: x\n\nalone\n|" },
		{ "#! gunbatch\nrest", "packed gunbatch" },
		{ "#! rnews 4\nabc#! rnews 2\nd\n",
		  "abc#|!the length of article 1 is wrong: no \"#! rnews BYTES\" follows it" },
		{ "#! rnews 2\nabc#! rnews 2\nd\n",
		  "ab|!the length of article 1 is wrong: no \"#! rnews BYTES\" follows it" },
		{ "#! rnews 3\nabc#! rnews 9\nd\n",
		  "abc|!the batch ends in article 2: 7 bytes of it are missing" },
		{ "#! rnews 3\nabc#! rne",
		  "abc|!the batch ends in the middle of a line after 1 article" },
		{ "#! rnews 3\nabc#! gunbatch\n",
		  "abc|!behind article 1 stands \"#! gunbatch \", not \"#! rnews BYTES\"" },
		{ "#! rnews 21\nabc",
		  "!article 1 says that it has 21 bytes; 1 to 20 are possible" },
		{ "#! rnews 0\n", "!article 1 says that it has 0 bytes; 1 to 20 are possible" },
		{ "#! rnews 99999999999999999999\nabc",
		  "!behind article 0 stands \"#! rnews 99999999999999999999\", not \"#! rnews "
		  "BYTES\"" },
		{ "From: more than twenty bytes\n\n", "!an article has more than 20 bytes" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t piece = 1; piece < 30; piece++)
			CU_ASSERT_STRING_EQUAL(result_of(cases[i].batch, piece), cases[i].result);
}

static void
a_heading_says_what_is_missing(void)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "Newsgroups: a\nMessage-ID: <1@x>\n", "it has a heading without end" },
		{ "Newsgroups: a\n\nx", "it has no Message-ID" },
		{ "Newsgroups: a\nMessage-ID: 1@x\n\nx", "it has no Message-ID that is one" },
		{ "Message-ID: <1@x>\n\nx", "it has no Newsgroups" },
		{ "Path: \nNewsgroups: a\nMessage-ID: <1@x>\n\nx", "its Path is empty" },
		{ "Newsgroups: a\nx\n\n", "a line of its heading is none" },
		{ "Newsgroups: a\nNewsgroups: b\n\n", "it has two fields \"Newsgroups\"" },
	};
	struct news_article article;
	struct diagnostic   diagnostic;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_EQUAL(
		    news_article_parse(&article, span_of_text(cases[i].text), &diagnostic),
		    STATUS_INVALID);
		CU_ASSERT_STRING_EQUAL(diagnostic.text, cases[i].why);
	}
}

static void
a_path_tells_where_an_article_was(void)
{
	struct news_article article =
	    article_of("Path: a.x!b.y!\n c.z!ann\nNewsgroups: g\nMessage-ID: <1@x>\n\n");
	struct buffer out;

	CU_ASSERT_TRUE(news_article_passed(&article, "a.x"));
	CU_ASSERT_TRUE(news_article_passed(&article, "B.y"));
	CU_ASSERT_TRUE(news_article_passed(&article, "c.z"));
	CU_ASSERT_FALSE(news_article_passed(&article, "ann")); /* a person */
	CU_ASSERT_FALSE(news_article_passed(&article, "z"));
	CU_ASSERT_FALSE(news_article_passed(&article, "c.z!ann"));
	buffer_init(&out);
	news_article_pass(&article, "me.z", &out);
	CU_ASSERT_STRING_EQUAL(
	    buffer_text(&out),
	    "Path: me.z!a.x!b.y!\n c.z!ann\nNewsgroups: g\nMessage-ID: <1@x>\n\n");
	buffer_clear(&out);
	news_article_pass(&article, "a.x", &out);
	CU_ASSERT_TRUE(span_equal(buffer_span(&out), article.bytes));
	buffer_clear(&out);
	article = article_of("Newsgroups: g\nMessage-ID: <1@x>\n\n");
	news_article_pass(&article, "me.z", &out);
	CU_ASSERT_STRING_EQUAL(buffer_text(&out),
	                       "Path: me.z!not-for-mail\nNewsgroups: g\nMessage-ID: <1@x>\n\n");
	buffer_release(&out);
}

static void
a_group_that_is_no_name_is_passed_over(void)
{
	struct news_article article =
	    article_of("Newsgroups: aus.test, ../etc,a/b,\n .x,y.,7.8,comp.lang.c++,a..b,"
	               "z\nMessage-ID: <1@x>\n\n");
	char   group[NEWS_GROUP_MAX + 1];
	size_t position = 0;

	CU_ASSERT_TRUE(news_article_group(&article, &position, group));
	CU_ASSERT_STRING_EQUAL(group, "aus.test");
	CU_ASSERT_TRUE(news_article_group(&article, &position, group));
	CU_ASSERT_STRING_EQUAL(group, "comp.lang.c++");
	CU_ASSERT_TRUE(news_article_group(&article, &position, group));
	CU_ASSERT_STRING_EQUAL(group, "z");
	CU_ASSERT_FALSE(news_article_group(&article, &position, group));
}

static void
the_last_pattern_that_matches_decides(void)
{
	static const struct {
		const char *patterns, *group;
		bool        matches;
	} cases[] = {
		{ "*", "aus.test", true },
		{ "aus.*", "aus.test", true },
		{ "aus.*", "aus", false },
		{ "aus.*,!aus.test", "aus.test", false },
		{ "aus.*,!aus.test", "aus.tests", true },
		{ "!aus.test,aus.*", "aus.test", true },
		{ "comp.*.c", "comp.lang.c", true },
		{ "comp.*.c", "comp.lang.c.d", false },
		{ "*a*b*", "xxaxxbxx", true },
		{ "*a*b*", "xxbxxa", false },
		{ "a?c", "abc", true },
		{ "a?c", "ac", false },
		{ "b,a", "ab", false },
		{ "a", "a", true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CU_ASSERT_EQUAL(news_pattern_match(cases[i].patterns, cases[i].group),
		                cases[i].matches);
	CU_ASSERT_TRUE(news_pattern_valid("aus.*,!aus.jokes,a?b"));
	CU_ASSERT_FALSE(news_pattern_valid(""));
	CU_ASSERT_FALSE(news_pattern_valid("aus.*,"));
	CU_ASSERT_FALSE(news_pattern_valid("a b"));
	CU_ASSERT_FALSE(news_pattern_valid("../x"));
}

static void
a_date_is_read_as_people_write_it(void)
{
	static const struct {
		const char *value, *expected; /* NULL: none */
	} cases[] = {
		{ "Fri, 20 Nov 2026 10:40:00 +0000", "2026-11-20T10:40:00Z" },
		{ "Fri, 20 Nov 2026 10:40:07 +1130 (AEDT)", "2026-11-19T23:10:07Z" },
		{ "20 nov 2026 10:40 -0500", "2026-11-20T15:40:00Z" },
		{ " Thu,\r\n\t1 Jan 70 00:00:00 GMT", "1970-01-01T00:00:00Z" },
		{ "1 Feb 03 23:59:60 UT", "2003-02-01T23:59:59Z" },
		{ "Wednesday, 29 Feb 2024 00:00:00 EST", "2024-02-29T00:00:00Z" },
		{ "29 Feb 2023 00:00:00 +0000", NULL },
		{ "32 Jan 2023 00:00:00 +0000", NULL },
		{ "1 Foo 2023 00:00:00 +0000", NULL },
		{ "1 Jan 1969 00:00:00 +0000", NULL },
		{ "1 Jan 20233 00:00:00 +0000", NULL },
		{ "1 Jan 2023 24:00:00 +0000", NULL },
		{ "1 Jan 2023 -1:00:00 +0000", NULL },
		{ "1 Jan 2023 00:00:000 +0000", NULL },
		{ "1 Jan 2023 00:00", NULL },
		{ "1 Jan 2023 00:00:00 +1:00", NULL },
		{ "1 Jan 2023 00:00:00 +0060", NULL },
		{ "2026-11-20T10:40:00Z", NULL },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, 1 Jan 2023 00:00:00 +0000", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct walltime wall;
		char            text[WALLTIME_TEXT_SIZE];
		bool            is_date = news_date_parse(span_of_text(cases[i].value), &wall);

		CU_ASSERT_EQUAL(is_date, cases[i].expected != NULL);
		if (is_date && cases[i].expected != NULL)
			CU_ASSERT_STRING_EQUAL(walltime_format(wall, text), cases[i].expected);
	}
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_batch_is_read_in_pieces_of_any_size),
	UNIT_TEST(a_heading_says_what_is_missing),
	UNIT_TEST(a_path_tells_where_an_article_was),
	UNIT_TEST(a_group_that_is_no_name_is_passed_over),
	UNIT_TEST(the_last_pattern_that_matches_decides),
	UNIT_TEST(a_date_is_read_as_people_write_it),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo news_suite = UNIT_SUITE("news/news", NULL, NULL, tests);
