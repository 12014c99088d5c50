/*
 * news_batch.c - lines that say how long what follows is
 */
#include "spool/news/news_batch.h"

#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 64, DIGITS_MAX = 12 };

static enum news_batch_item begin(struct news_batch *batch, struct span *input);
static enum news_batch_item read_line(struct news_batch *batch, struct span *input,
                                      struct diagnostic *diagnostic);
static enum news_batch_item command(struct news_batch *batch, struct diagnostic *diagnostic);
static bool                 parse_size(const char *text, uint64_t *size);
static enum news_batch_item read_article(struct news_batch *batch, struct span *input,
                                         struct diagnostic *diagnostic);
static enum news_batch_item broken(struct news_batch *batch);
static void                 take(struct buffer *out, struct span *input, size_t length);

void
news_batch_init(struct news_batch *batch, size_t article_max_bytes)
{
	*batch = (struct news_batch){ .article_max_bytes = article_max_bytes };
}

void
news_batch_release(struct news_batch *batch)
{
	buffer_release(&batch->line);
	buffer_release(&batch->article);
}

enum news_batch_item
news_batch_read(struct news_batch *batch, struct span *input, struct diagnostic *diagnostic)
{
	enum news_batch_item item = NEWS_BATCH_MORE;

	while (input->length > 0 && item == NEWS_BATCH_MORE)
		switch (batch->state) {
		case NEWS_BATCH_START:
			item = begin(batch, input);
			break;
		case NEWS_BATCH_LINE:
			item = read_line(batch, input, diagnostic);
			break;
		case NEWS_BATCH_INSIDE:
		case NEWS_BATCH_ALONE:
			item = read_article(batch, input, diagnostic);
			break;
		case NEWS_BATCH_OVER:
		default:
			diagnostic_set(diagnostic, "the batch was not readable before");
			return NEWS_BATCH_BROKEN;
		}
	return item;
}

enum news_batch_item
news_batch_end(struct news_batch *batch, struct diagnostic *diagnostic)
{
	enum news_batch_state state = batch->state;

	batch->state = NEWS_BATCH_OVER;
	switch (state) {
	case NEWS_BATCH_ALONE:
		return NEWS_BATCH_ARTICLE;
	case NEWS_BATCH_INSIDE:
		diagnostic_set(diagnostic,
		               "the batch ends in article %llu: %llu bytes of it are missing",
		               (unsigned long long)batch->count, (unsigned long long)batch->left);
		return NEWS_BATCH_BROKEN;
	case NEWS_BATCH_LINE:
		if (batch->line.length == 0)
			return NEWS_BATCH_MORE;
		diagnostic_set(diagnostic, "the batch ends in the middle of a line after %llu %s",
		               (unsigned long long)batch->count,
		               batch->count == 1 ? "article" : "articles");
		return NEWS_BATCH_BROKEN;
	case NEWS_BATCH_START:
	case NEWS_BATCH_OVER:
	default:
		return NEWS_BATCH_MORE;
	}
}

void
news_batch_append(struct buffer *out, struct span article)
{
	buffer_append_format(out, "#! rnews %zu\n", article.length);
	buffer_append_span(out, article);
}

/* Its first byte tells a batch from an article: no heading begins with '#'. */
static enum news_batch_item
begin(struct news_batch *batch, struct span *input)
{
	bool alone = input->data[0] != '#';

	batch->state = alone ? NEWS_BATCH_ALONE : NEWS_BATCH_LINE;
	batch->count = alone ? 1 : 0;
	return NEWS_BATCH_MORE;
}

static enum news_batch_item
read_line(struct news_batch *batch, struct span *input, struct diagnostic *diagnostic)
{
	const uint8_t *end    = memchr(input->data, '\n', input->length);
	size_t         length = end != NULL ? (size_t)(end - input->data) : input->length;
	bool           first  = batch->count == 0;

	if (batch->line.length + length > LINE_MAX_BYTES ||
	    memchr(input->data, '\0', length) != NULL ||
	    (batch->line.length == 0 && input->data[0] != '#')) {
		if (first)
			diagnostic_set(diagnostic, "this is no batch: it does not begin with "
			                           "\"#! rnews BYTES\"");
		else
			diagnostic_set(diagnostic,
			               "the length of article %llu is wrong: no \"#! rnews BYTES\" "
			               "follows it",
			               (unsigned long long)batch->count);
		return broken(batch);
	}
	take(&batch->line, input, length);
	if (end == NULL)
		return NEWS_BATCH_MORE;
	input->data++;
	input->length--;
	return command(batch, diagnostic);
}

static enum news_batch_item
command(struct news_batch *batch, struct diagnostic *diagnostic)
{
	char  text[LINE_MAX_BYTES + 1];
	char *word = text, *rest, *end;

	snprintf(text, sizeof(text), "%s", buffer_text(&batch->line));
	buffer_clear(&batch->line);
	if (strncmp(word, "#!", 2) == 0)
		word += 2;
	word += strspn(word, " ");
	rest                     = word + strcspn(word, " \r");
	end                      = rest + strspn(rest, " \r");
	*rest                    = '\0';
	end[strcspn(end, " \r")] = '\0';
	if (strcmp(word, "rnews") == 0 && parse_size(end, &batch->left)) {
		buffer_clear(&batch->article);
		batch->count++;
		batch->state = NEWS_BATCH_INSIDE;
		if (batch->left > 0 && batch->left <= batch->article_max_bytes)
			return NEWS_BATCH_MORE;
		diagnostic_set(diagnostic,
		               "article %llu says that it has %llu bytes; 1 to %zu are possible",
		               (unsigned long long)batch->count, (unsigned long long)batch->left,
		               batch->article_max_bytes);
		return broken(batch);
	}
	if (batch->count == 0 && *end == '\0' && strlen(word) < sizeof(batch->unpack) &&
	    strlen(word) > strlen("unbatch") &&
	    strcmp(word + strlen(word) - strlen("unbatch"), "unbatch") == 0) {
		memcpy(batch->unpack, word, strlen(word) + 1);
		batch->state = NEWS_BATCH_OVER;
		return NEWS_BATCH_PACKED;
	}
	diagnostic_set(diagnostic,
	               "behind article %llu stands \"#! %.20s %.20s\", not \"#! rnews BYTES\"",
	               (unsigned long long)batch->count, word, end);
	return broken(batch);
}

static bool
parse_size(const char *text, uint64_t *size)
{
	size_t digits = strspn(text, "0123456789");

	*size = 0;
	if (digits == 0 || digits > DIGITS_MAX || text[digits] != '\0')
		return false;
	for (; *text != '\0'; text++)
		*size = *size * 10 + (uint64_t)(*text - '0');
	return true;
}

static enum news_batch_item
read_article(struct news_batch *batch, struct span *input, struct diagnostic *diagnostic)
{
	bool   alone  = batch->state == NEWS_BATCH_ALONE;
	size_t length = input->length;

	if (!alone && length > batch->left)
		length = (size_t)batch->left;
	if (batch->article.length + length > batch->article_max_bytes) {
		diagnostic_set(diagnostic, "an article has more than %zu bytes",
		               batch->article_max_bytes);
		return broken(batch);
	}
	take(&batch->article, input, length);
	if (alone)
		return NEWS_BATCH_MORE;
	batch->left -= length;
	if (batch->left > 0)
		return NEWS_BATCH_MORE;
	batch->state = NEWS_BATCH_LINE;
	return NEWS_BATCH_ARTICLE;
}

static enum news_batch_item
broken(struct news_batch *batch)
{
	batch->state = NEWS_BATCH_OVER;
	return NEWS_BATCH_BROKEN;
}

static void
take(struct buffer *out, struct span *input, size_t length)
{
	buffer_append(out, input->data, length);
	input->data += length;
	input->length -= length;
}
