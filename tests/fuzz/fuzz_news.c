/*
 * fuzz_news.c - any bytes at all as a batch of news
 *
 * Articles come out the same however the bytes arrive, none is larger than its limit, and what is read
 * of one lies within it; what was passed on has been at the site that passed it. A batch of what came
 * out is the same batch. The seeds are in corpus/news.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/news/news_article.h"
#include "spool/news/news_batch.h"
#include "spool/news/news_date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 4096 };

static void read_all(struct span bytes, size_t piece, struct buffer *out);
static void look_at(struct span bytes);
static void require(bool holds, const char *what);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer whole, bytes, again;

	buffer_init(&whole);
	buffer_init(&bytes);
	buffer_init(&again);
	read_all((struct span){ data, size }, size + 1, &whole);
	read_all((struct span){ data, size }, 1, &bytes);
	require(span_equal(buffer_span(&whole), buffer_span(&bytes)), "pieces make no difference");
	read_all(buffer_span(&whole), 7, &again);
	require(span_equal(buffer_span(&whole), buffer_span(&again)), "a batch of it is the same");
	buffer_release(&whole);
	buffer_release(&bytes);
	buffer_release(&again);
	return 0;
}

static void
read_all(struct span bytes, size_t piece, struct buffer *out)
{
	struct news_batch    batch;
	enum news_batch_item item = NEWS_BATCH_MORE;

	news_batch_init(&batch, LIMIT);
	while (item == NEWS_BATCH_MORE || item == NEWS_BATCH_ARTICLE) {
		struct span input  = { bytes.data, bytes.length < piece ? bytes.length : piece };
		size_t      before = input.length;

		item = before > 0 ? news_batch_read(&batch, &input, NULL)
		                  : news_batch_end(&batch, NULL);
		if (before > input.length)
			bytes = (struct span){ bytes.data + (before - input.length),
				               bytes.length - (before - input.length) };
		if (item == NEWS_BATCH_ARTICLE) {
			require(batch.article.length <= LIMIT, "an article keeps to its limit");
			look_at(buffer_span(&batch.article));
			if (batch.article.length > 0)
				news_batch_append(out, buffer_span(&batch.article));
		} else if (before == 0) {
			break;
		}
	}
	news_batch_release(&batch);
}

static void
look_at(struct span bytes)
{
	struct news_article article, passed;
	struct buffer       out;
	char                group[NEWS_GROUP_MAX + 1];
	struct walltime     written;
	size_t              position = 0;

	if (news_article_parse(&article, bytes, NULL) != STATUS_OK)
		return;
	while (news_article_group(&article, &position, group))
		require(news_group_valid(group) && news_pattern_match(group, group) &&
		            news_pattern_match("*", group),
		        "a group is one");
	if (news_date_parse(article.date, &written))
		require(written.ms > -INT64_C(1000000000) && written.ms < INT64_C(253403000000000),
		        "a date is one of our time");
	buffer_init(&out);
	news_article_pass(&article, "home.z", &out);
	require(news_article_parse(&passed, buffer_span(&out), NULL) == STATUS_OK &&
	            news_article_passed(&passed, "home.z") &&
	            span_equal(passed.message_id, article.message_id) &&
	            span_equal(passed.body, article.body),
	        "what was passed on is the article, and was here");
	buffer_release(&out);
}

static void
require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}
