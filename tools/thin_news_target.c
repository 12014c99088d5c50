/*
 * thin_news_target.c - articles for the same targets become one message
 */
#include "tools/thin_news_target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "tools/thin_submit.h"

static struct news_parcel *parcel_for(struct news_targets *targets, const uint8_t *wanted,
                                      size_t size);
static bool                has_passed(const struct news_article *article, const char *site,
                                      const struct name *node);
static int send_parcel(const struct news_targets *targets, const struct news_parcel *parcel,
                       const struct home *home, const struct name *node,
                       struct control_submission *submission);

void
news_targets_init(struct news_targets *targets, size_t parcel_max_bytes)
{
	*targets = (struct news_targets){ .parcel_max_bytes = parcel_max_bytes };
}

void
news_targets_release(struct news_targets *targets)
{
	for (size_t i = 0; i < targets->count; i++) {
		free(targets->items[i].address);
		free(targets->items[i].site);
		free(targets->items[i].patterns);
	}
	for (size_t i = 0; i < targets->parcel_count; i++) {
		free(targets->parcels[i].wanted);
		buffer_release(&targets->parcels[i].batch);
	}
	free(targets->items);
	free(targets->parcels);
}

void
news_targets_add(struct news_targets *targets, const char *address, const char *patterns)
{
	const char *at = strrchr(address, '@');

	targets->items = memory_grow(targets->items, &targets->capacity, targets->count + 1,
	                             sizeof(targets->items[0]));
	targets->items[targets->count++] = (struct news_target){
		.address  = memory_copy_text(address),
		.site     = memory_copy_text(at != NULL ? at + 1 : address),
		.patterns = memory_copy_text(patterns),
	};
}

void
news_targets_take(struct news_targets *targets, const struct news_article *article,
                  const struct name *node)
{
	size_t              size   = targets->count / 8 + 1;
	uint8_t            *wanted = memory_new(size, 1);
	bool                any    = false;
	struct news_parcel *parcel;
	struct buffer       passed;

	for (size_t i = 0; i < targets->count; i++) {
		const struct news_target *target = &targets->items[i];

		if (has_passed(article, target->site, node) ||
		    !news_article_wanted(article, target->patterns))
			continue;
		wanted[i / 8] |= (uint8_t)(1 << i % 8);
		any = true;
	}
	if (any) {
		buffer_init(&passed);
		news_article_pass(article, node->text, &passed);
		parcel = parcel_for(targets, wanted, size);
		news_batch_append(&parcel->batch, buffer_span(&passed));
		parcel->count++;
		buffer_release(&passed);
	}
	free(wanted);
}

int
news_targets_send(struct news_targets *targets, const struct home *home, const struct name *node,
                  struct control_submission *submission)
{
	int code = 0;

	for (size_t i = 0; i < targets->parcel_count && code == 0; i++)
		code = send_parcel(targets, &targets->parcels[i], home, node, submission);
	return code;
}

/* A site may be called by a short name, as UUCP's programs do: then it is one of our own regions. */
static bool
has_passed(const struct news_article *article, const char *site, const struct name *node)
{
	struct buffer whole;
	bool          passed = news_article_passed(article, site);

	buffer_init(&whole);
	for (const char *region = name_parent(node->text); !passed && region != NULL;
	     region             = name_parent(region)) {
		buffer_clear(&whole);
		buffer_append_format(&whole, "%s.%s", site, region);
		passed = news_article_passed(article, buffer_text(&whole));
	}
	buffer_release(&whole);
	return passed;
}

/* The last one for these targets, if it has room; else a new one. */
static struct news_parcel *
parcel_for(struct news_targets *targets, const uint8_t *wanted, size_t size)
{
	struct news_parcel *parcel;

	for (size_t i = targets->parcel_count; i > 0; i--) {
		parcel = &targets->parcels[i - 1];
		if (memcmp(parcel->wanted, wanted, size) != 0)
			continue;
		if (parcel->batch.length < targets->parcel_max_bytes)
			return parcel;
		break;
	}
	targets->parcels = memory_grow(targets->parcels, &targets->parcel_capacity,
	                               targets->parcel_count + 1, sizeof(targets->parcels[0]));
	parcel           = &targets->parcels[targets->parcel_count++];
	*parcel          = (struct news_parcel){ .wanted = memory_copy(wanted, size) };
	return parcel;
}

static int
send_parcel(const struct news_targets *targets, const struct news_parcel *parcel,
            const struct home *home, const struct name *node, struct control_submission *submission)
{
	struct span        rest = buffer_span(&parcel->batch);
	struct thin_submit submit;
	int                code;

	buffer_clear(&submission->address);
	for (size_t i = 0; i < targets->count; i++)
		if ((parcel->wanted[i / 8] & 1 << i % 8) != 0)
			buffer_append_format(&submission->address, "%s%s",
			                     submission->address.length > 0 ? "," : "",
			                     targets->items[i].address);
	snprintf(submission->title, sizeof(submission->title), "%u article%s", parcel->count,
	         parcel->count == 1 ? "" : "s");
	thin_submit_draw(submission);
	code = thin_submit_begin(&submit, home, node, submission);
	while (code == 0 && rest.length > 0) {
		size_t length = rest.length < CONTROL_PIECE_MAX ? rest.length : CONTROL_PIECE_MAX;

		code = thin_submit_data(&submit, (struct span){ rest.data, length });
		rest = (struct span){ rest.data + length, rest.length - length };
	}
	code = thin_submit_finish(&submit, code);
	return code;
}
