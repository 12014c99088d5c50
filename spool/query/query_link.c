/*
 * query_link.c - states are the daemon's word, windows the description's
 */
#include "spool/query/query_link.h"

#include <string.h>

#include "spool/description/description_printer.h"
#include "spool/query/query_text.h"

static void print_link(const struct query *query, const struct description_link *link,
                       const char *indent, struct buffer *out);
static void print_state(const struct query *query, const struct query_link *link,
                        struct buffer *out);
static const struct query_link *live_link(const struct query *query, const char *neighbor,
                                          const char *label);
static void                     print_schedule(const struct description_node          *home,
                                               const struct description_link_schedule *use, struct buffer *out);

void
query_link_print(const struct query *query, const char *neighbor, const char *indent,
                 struct buffer *out)
{
	for (size_t i = 0; i < query->home->link_count; i++) {
		const struct description_link *link = &query->home->links[i];

		if (strcmp(link->neighbor.text, neighbor) == 0 &&
		    (query->live != NULL || link->schedule_count > 0))
			print_link(query, link, indent, out);
	}
}

static void
print_link(const struct query *query, const struct description_link *link, const char *indent,
           struct buffer *out)
{
	const struct query_link *live = live_link(query, link->neighbor.text, link->label);

	buffer_append_format(out, "%sThe link to %s%s%s", indent, link->neighbor.text,
	                     link->label[0] == '\0' ? "" : " as ", link->label);
	if (live != NULL)
		print_state(query, live, out);
	for (size_t i = 0; i < link->schedule_count; i++) {
		buffer_append_text(out, live == NULL && i == 0 ? " " : "; it ");
		print_schedule(query->home, &link->schedules[i], out);
	}
	buffer_append_text(out, ".\n");
}

static void
print_state(const struct query *query, const struct query_link *link, struct buffer *out)
{
	buffer_append_format(out, " is %s", link->state);
	if (link->text[0] != '\0') {
		buffer_append_text(out, ": ");
		query_text_append(out, link->text);
	}
	if (link->next_contact.ms != 0) {
		buffer_append_text(out, "; next call ");
		query_text_relative(out, link->next_contact, query->now.wall);
	}
}

static const struct query_link *
live_link(const struct query *query, const char *neighbor, const char *label)
{
	for (size_t i = 0; query->live != NULL && i < query->live->link_count; i++) {
		const struct query_link *link = &query->live->links[i];

		if (strcmp(link->neighbor, neighbor) == 0 && strcmp(link->label, label) == 0)
			return link;
	}
	return NULL;
}

/* `opens by night (mo tu we th fr 18:00-08:00, sa su all)`: its windows as `mulga print` has them. */
static void
print_schedule(const struct description_node *home, const struct description_link_schedule *use,
               struct buffer *out)
{
	const char *comma = "";

	buffer_append_format(out, "opens by %s (", use->name);
	for (size_t i = 0; i < home->schedule_count; i++) {
		if (strcmp(home->schedules[i].name, use->name) != 0)
			continue;
		for (size_t j = 0; j < home->schedules[i].count; j++) {
			struct buffer              line;
			struct description_printer printer = { &line, 0 };

			buffer_init(&line);
			description_print_window(&printer, &home->schedules[i].windows[j]);
			buffer_append_format(out, "%s%.*s", comma,
			                     (int)strcspn(buffer_text(&line), "\n"),
			                     buffer_text(&line));
			comma = ", ";
			buffer_release(&line);
		}
	}
	buffer_append_text(out, ")");
}
