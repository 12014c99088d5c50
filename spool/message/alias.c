/*
 * alias.c - a list of pairs, walked from its end to its beginning
 *
 * A pair is added after the one that led to its first half, so a walk to what was written goes
 * backwards once, whatever a hostile neighbor put into the list.
 */
#include "spool/message/alias.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/field.h"
#include "spool/base/memory.h"

enum alias_field_number { ALIAS_FROM = 1, ALIAS_TO };

static bool is_at(const char *address, const char *node);
static void mark(const struct aliases *aliases, const char *address, bool *led);
static bool decode_address(const struct field *field, char text[ALIAS_MAX_BYTES + 1]);

void
aliases_release(struct aliases *aliases)
{
	free(aliases->items);
	*aliases = (struct aliases){ .items = NULL };
}

bool
aliases_add(struct aliases *aliases, const char *from, const char *to)
{
	size_t capacity = aliases->count; /* few, as a rule */

	if (aliases->count == ALIASES_MAX || strlen(from) > ALIAS_MAX_BYTES ||
	    strlen(to) > ALIAS_MAX_BYTES)
		return false;
	aliases->items =
	    memory_grow(aliases->items, &capacity, aliases->count + 1, sizeof(aliases->items[0]));
	memcpy(aliases->items[aliases->count].from, from, strlen(from) + 1);
	memcpy(aliases->items[aliases->count].to, to, strlen(to) + 1);
	aliases->count++;
	return true;
}

void
aliases_take(struct aliases *aliases, const struct aliases *others,
             const struct address *destinations)
{
	bool         *led = memory_new(others->count + 1, sizeof(*led));
	struct buffer text;

	buffer_init(&text);
	for (size_t i = 0; i < destinations->count && others->count > 0; i++) {
		buffer_clear(&text);
		destination_format(&destinations->destinations[i], &text);
		mark(others, aliases_user(buffer_text(&text)), led);
	}
	for (size_t i = 0; i < others->count; i++)
		if (led[i])
			aliases_add(aliases, others->items[i].from, others->items[i].to);
	buffer_release(&text);
	free(led);
}

const char *
aliases_written(const struct aliases *aliases, const char *destination, const char *except)
{
	const char *address = aliases_user(destination), *written = destination;

	for (size_t i = aliases->count; i-- > 0;) {
		const struct alias *alias = &aliases->items[i];

		if (strcmp(alias->to, address) != 0)
			continue;
		address = alias->from;
		if (!is_at(address, except))
			written = address;
	}
	return written;
}

bool
aliases_came_by(const struct aliases *aliases, const char *destination, const char *address)
{
	const char *at = aliases_user(destination);

	for (size_t i = aliases->count; strcmp(at, address) != 0 && i-- > 0;)
		if (strcmp(aliases->items[i].to, at) == 0)
			at = aliases->items[i].from;
	return strcmp(at, address) == 0;
}

/* Those that led to that address. */
static void
mark(const struct aliases *aliases, const char *address, bool *led)
{
	for (size_t i = aliases->count; i-- > 0;)
		if (strcmp(aliases->items[i].to, address) == 0) {
			led[i]  = true;
			address = aliases->items[i].from;
		}
}

const char *
aliases_user(const char *destination)
{
	const char *bang = strrchr(destination, '!');

	return bang != NULL ? bang + 1 : destination;
}

static bool
is_at(const char *address, const char *node)
{
	const char *at = strrchr(address, '@');

	return at != NULL && strcmp(at + 1, node) == 0;
}

void
alias_encode(const struct alias *alias, struct buffer *out)
{
	field_append_text(out, ALIAS_FROM, alias->from);
	field_append_text(out, ALIAS_TO, alias->to);
}

bool
alias_decode(struct alias *alias, struct span bytes)
{
	struct reader reader;
	struct field  field;
	uint32_t      last = 0;
	unsigned      seen = 0;

	*alias = (struct alias){ .from = "" };
	reader_init(&reader, bytes);
	while (field_next(&reader, &last, &field)) {
		if (field.number > ALIAS_TO ||
		    !decode_address(&field, field.number == ALIAS_FROM ? alias->from : alias->to))
			return false;
		seen |= 1u << field.number;
	}
	return !reader.failed && seen == (1u << ALIAS_FROM | 1u << ALIAS_TO);
}

static bool
decode_address(const struct field *field, char text[ALIAS_MAX_BYTES + 1])
{
	struct destination destination;
	struct buffer      canonical;
	bool               well;

	if (!field_line(field, text, ALIAS_MAX_BYTES + 1))
		return false;
	destination_init(&destination);
	buffer_init(&canonical);
	well = destination_parse(&destination, text, NULL) == STATUS_OK &&
	       destination.user[0] != '\0' && destination.waypoint_count == 0;
	if (well)
		destination_format(&destination, &canonical);
	well = well && strcmp(buffer_text(&canonical), text) == 0;
	buffer_release(&canonical);
	destination_release(&destination);
	return well;
}
