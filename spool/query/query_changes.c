/*
 * query_changes.c - a walk over two records
 */
#include "spool/query/query_changes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/query/query_text.h"

static struct buffer *add(struct query_changes *changes, const char *token,
                          const struct record_link *link);
static void           compare_links(struct query_changes *changes, const struct record *before,
                                    const struct record *after);
static void           compare_renames(struct query_changes *changes, const struct record *before,
                                      const struct record *after);
static void           link_changed(struct query_changes *changes, const struct record_link *before,
                                   const struct record_link *after);
static void           append_link(struct buffer *text, const struct record_link *link);
static void           append_values(struct buffer *text, const struct record_link *link);
static void           append_restriction(struct buffer *text, const struct record_link *link);

void
query_changes_init(struct query_changes *changes)
{
	*changes = (struct query_changes){ .items = NULL };
}

void
query_changes_release(struct query_changes *changes)
{
	for (size_t i = 0; i < changes->count; i++)
		buffer_release(&changes->items[i].text);
	free(changes->items);
	query_changes_init(changes);
}

void
query_changes_between(struct query_changes *changes, const struct record *before,
                      const struct record *after)
{
	if (after == NULL) {
		if (before != NULL)
			buffer_append_text(add(changes, "forgotten", NULL), "forgotten");
		return;
	}
	if (before == NULL) {
		buffer_append_format(add(changes, "heard", NULL), "heard of, visible in %s",
		                     query_text_region(after->visible.text));
	} else if (name_compare(&before->visible, &after->visible) != 0) {
		buffer_append_format(add(changes, "visible", NULL), "visible in %s -> %s",
		                     query_text_region(before->visible.text),
		                     query_text_region(after->visible.text));
	}
	compare_renames(changes, before, after);
	compare_links(changes, before, after);
	if (before != NULL &&
	    !span_equal(buffer_span(&before->contact), buffer_span(&after->contact)))
		buffer_append_text(add(changes, "contact", NULL), "other contact details");
	if (before != NULL &&
	    !span_equal(buffer_span(&before->unknown), buffer_span(&after->unknown)))
		buffer_append_text(add(changes, "unknown", NULL),
		                   "other data of a later version of mulga");
}

static struct buffer *
add(struct query_changes *changes, const char *token, const struct record_link *link)
{
	struct query_change *change;

	changes->items = memory_grow(changes->items, &changes->capacity, changes->count + 1,
	                             sizeof(changes->items[0]));
	change         = &changes->items[changes->count++];
	*change        = (struct query_change){ .token = token };
	if (link != NULL) {
		snprintf(change->far, sizeof(change->far), "%s", link->to.text);
		snprintf(change->label, sizeof(change->label), "%s", link->label);
	}
	return &change->text;
}

static void
compare_renames(struct query_changes *changes, const struct record *before,
                const struct record *after)
{
	const char *old = before != NULL ? before->renamed.text : "";

	if (strcmp(old, after->renamed.text) == 0)
		return;
	if (after->renamed.text[0] != '\0')
		buffer_append_format(add(changes, "renamed", NULL), "called %s now",
		                     after->renamed.text);
	else
		buffer_append_format(add(changes, "renamed", NULL), "not called %s any more", old);
}

/* Both are in the order of record_link_compare: one walk over the two. */
static void
compare_links(struct query_changes *changes, const struct record *before,
              const struct record *after)
{
	size_t old_count = before != NULL ? before->link_count : 0;

	for (size_t i = 0, j = 0; i < old_count || j < after->link_count;) {
		const struct record_link *old = i < old_count ? &before->links[i] : NULL;
		const struct record_link *new = j < after->link_count ? &after->links[j] : NULL;
		int order = old == NULL ? 1 : new == NULL ? -1 : record_link_compare(old, new);
		struct buffer *text;

		if (order < 0) {
			text = add(changes, "link-removed", old);
			append_link(text, old);
			buffer_append_text(text, " removed");
		} else if (order > 0) {
			text = add(changes, "link-added", new);
			append_link(text, new);
			buffer_append_text(text, " added, ");
			append_values(text, new);
		} else {
			link_changed(changes, old, new);
		}
		i += order <= 0;
		j += order >= 0;
	}
}

static void
link_changed(struct query_changes *changes, const struct record_link *before,
             const struct record_link *after)
{
	bool restricted = before->restricted != after->restricted ||
	                  name_compare(&before->restriction, &after->restriction) != 0;
	struct buffer *text;

	if (before->delay_ms == after->delay_ms && before->cost == after->cost &&
	    before->dead == after->dead && before->down == after->down && !restricted)
		return;
	text = add(changes, "link-changed", after);
	append_link(text, after);
	buffer_append_text(text, ":");
	if (before->dead && !after->dead)
		buffer_append_text(text, " alive again");
	else if (before->dead != after->dead || before->down != after->down)
		buffer_append_text(text, after->down ? " down" : " dead");
	if (before->delay_ms != after->delay_ms) {
		buffer_append_text(text, " delay ");
		query_text_duration(text, before->delay_ms);
		buffer_append_text(text, " -> ");
		query_text_duration(text, after->delay_ms);
	}
	if (before->cost != after->cost)
		buffer_append_format(text, " cost %u -> %u", before->cost, after->cost);
	if (restricted) {
		buffer_append_text(text, " for ");
		append_restriction(text, before);
		buffer_append_text(text, " -> ");
		append_restriction(text, after);
	}
}

static void
append_link(struct buffer *text, const struct record_link *link)
{
	buffer_append_format(text, "link %s %s%s%s",
	                     link->direction == RECORD_OUTBOUND ? "to" : "from", link->to.text,
	                     link->label[0] == '\0' ? "" : " as ", link->label);
}

static void
append_values(struct buffer *text, const struct record_link *link)
{
	buffer_append_text(text, "delay ");
	query_text_duration(text, link->delay_ms);
	buffer_append_format(text, ", cost %u%s", link->cost,
	                     link->down   ? ", down"
	                     : link->dead ? ", dead"
	                                  : "");
	if (link->restricted) {
		buffer_append_text(text, ", for ");
		append_restriction(text, link);
	}
}

static void
append_restriction(struct buffer *text, const struct record_link *link)
{
	buffer_append_text(text, link->restricted ? query_text_region(link->restriction.text)
	                                          : "everybody");
}
