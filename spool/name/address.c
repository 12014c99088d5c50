/*
 * address.c - lists of destinations, and short names made whole
 */
#include "spool/name/address.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

static enum status parse_list(struct address *address, const char *text,
                              struct diagnostic *diagnostic);
static void        trim(struct spelling *part);
static size_t      count_new(const struct address *address, const struct address *added);
static bool        find(const struct address *address, const struct destination *destination,
                        size_t *position);

void
address_init(struct address *address)
{
	*address = (struct address){ .count = 0 };
}

void
address_release(struct address *address)
{
	for (size_t i = 0; i < address->count; i++)
		destination_release(&address->destinations[i]);
	free(address->destinations);
	address_init(address);
}

enum status
address_add_text(struct address *address, const char *text, struct diagnostic *diagnostic)
{
	struct address added;
	enum status    status;

	address_init(&added);
	status = parse_list(&added, text, diagnostic);
	if (status == STATUS_OK &&
	    address->count + count_new(address, &added) > ADDRESS_MAX_DESTINATIONS)
		status = spelling_refuse(diagnostic, (struct spelling){ text, text, strlen(text) },
		                         "send the message in several parts, or to a region",
		                         "more than %d destinations", ADDRESS_MAX_DESTINATIONS);
	for (size_t i = 0; status == STATUS_OK && i < added.count; i++)
		address_add(address, &added.destinations[i]);
	address_release(&added);
	return status;
}

void
address_add(struct address *address, const struct destination *destination)
{
	size_t position;

	if (find(address, destination, &position))
		return;
	address->destinations = memory_grow(address->destinations, &address->capacity,
	                                    address->count + 1, sizeof(address->destinations[0]));
	memmove(&address->destinations[position + 1], &address->destinations[position],
	        (address->count - position) * sizeof(address->destinations[0]));
	destination_init(&address->destinations[position]);
	destination_copy(&address->destinations[position], destination);
	address->count++;
}

void
address_format(const struct address *address, struct buffer *out)
{
	for (size_t i = 0; i < address->count; i++) {
		if (i > 0)
			buffer_append_text(out, ",");
		destination_format(&address->destinations[i], out);
	}
}

bool
address_complete(const struct name *written, const struct name *home, address_known_function *known,
                 const void *context, struct name *completed)
{
	assert(written->text[0] != '\0' && home->text[0] != '\0');

	if (known(context, written->text))
		return false;
	for (const char *region = name_parent(home->text); *region != '\0';
	     region             = name_parent(region)) {
		struct name longer = { "" };

		if (strlen(written->text) + 1 + strlen(region) > NAME_MAX_BYTES ||
		    name_depth(written->text) + name_depth(region) > NAME_MAX_COMPONENTS)
			continue;
		snprintf(longer.text, sizeof(longer.text), "%s.%s", written->text, region);
		if (known(context, longer.text)) {
			*completed = longer;
			return true;
		}
	}
	return false;
}

/* list = destination *("," destination), with blanks around each */
static enum status
parse_list(struct address *address, const char *text, struct diagnostic *diagnostic)
{
	const char *at     = text;
	enum status status = STATUS_OK;

	while (status == STATUS_OK) {
		struct spelling    part = { text, at, strcspn(at, ",") };
		const char        *end  = at + part.length;
		struct destination destination;
		char              *piece;

		trim(&part);
		if (part.length == 0)
			return spelling_refuse(diagnostic, part, NULL, "a destination is missing");
		destination_init(&destination);
		piece = memory_new(part.length + 1, 1);
		memcpy(piece, part.at, part.length);
		status = destination_parse(&destination, piece, diagnostic);
		if (status == STATUS_OK)
			address_add(address, &destination);
		else
			spelling_shift(diagnostic, text, part.at);
		destination_release(&destination);
		free(piece);
		if (*end == '\0')
			break;
		at = end + 1;
	}
	return status;
}

static void
trim(struct spelling *part)
{
	static const char blanks[] = " \t";

	while (part->length > 0 && strchr(blanks, part->at[0]) != NULL) {
		part->at++;
		part->length--;
	}
	while (part->length > 0 && strchr(blanks, part->at[part->length - 1]) != NULL)
		part->length--;
}

static size_t
count_new(const struct address *address, const struct address *added)
{
	size_t count = 0, position;

	for (size_t i = 0; i < added->count; i++)
		count += !find(address, &added->destinations[i], &position);
	return count;
}

/* Where the destination is, or belongs. */
static bool
find(const struct address *address, const struct destination *destination, size_t *position)
{
	size_t        low = 0, high = address->count; /* it is, or belongs, in [low, high] */
	bool          found = false;
	struct buffer wanted, other;

	buffer_init(&wanted);
	buffer_init(&other);
	destination_format(destination, &wanted);
	while (low < high && !found) {
		size_t middle = low + (high - low) / 2;
		int    order;

		buffer_clear(&other);
		destination_format(&address->destinations[middle], &other);
		order = strcmp(buffer_text(&wanted), buffer_text(&other));
		found = order == 0;
		if (order <= 0)
			high = middle;
		else
			low = middle + 1;
	}
	*position = high;
	buffer_release(&other);
	buffer_release(&wanted);
	return found;
}
