/*
 * route_message.c - rows to bytes and back, and no second spelling of either
 */
#include "spool/route/route_message.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/field.h"
#include "spool/base/memory.h"
#include "spool/name/name.h"

enum {
	FIELD_VISIBLE = 1, /* a region                                       */
	FIELD_HOP     = 2, /* names, ascending; each is the hop of some row  */
	FIELD_ROW     = 3, /* class, number of the hop from 0, region        */
	FIELD_OTHER   = 4, /* number of a row from 0, its cheapest hop       */
};

struct decoder {
	struct arena      *arena;
	const char       **hops;
	bool              *used; /* by number of the hop */
	size_t             hop_count;
	struct route_told *rows;
	size_t             row_count;
	size_t             other_rows; /* that may still get another hop: from this one on */
	const char        *visible;
};

static size_t count_fitting(const struct route_message *message, size_t first);
static void append_rows(const struct route_told *const *rows, size_t count, const char *const *hops,
                        size_t hop_count, struct buffer *out);
static void append_others(const struct route_told *const *rows, size_t count, struct buffer *out);
static size_t gather_hops(const struct route_told *const *rows, size_t count, const char **hops);
static const char *decode_fields(struct decoder *decoder, struct span bytes);
static const char *decode_visible(struct decoder *decoder, const struct field *field);
static const char *decode_hop(struct decoder *decoder, const struct field *field);
static const char *decode_row(struct decoder *decoder, const struct field *field);
static const char *decode_other(struct decoder *decoder, const struct field *field);
static bool        read_region(struct span bytes, struct name *region);
static int         row_compare(const void *left, const void *right);
static int         text_compare(const void *left, const void *right);

struct route_told
route_told_of(const struct route_tables *tables, size_t index)
{
	const struct route_table *cheapest = &tables->tables[ROUTE_CHEAPEST];
	const struct route       *route    = &tables->tables[ROUTE_FASTEST].routes[index];
	const struct route       *other    = route->region[0] == '\0'
	                                         ? route_table_world(cheapest)
	                                         : route_table_find(cheapest, route->region);
	struct route_told         told     = {
			    .region   = route->region,
			    .next_hop = route->next_hop,
			    .class    = route->class,
	};

	if (other != NULL && strcmp(other->next_hop, route->next_hop) != 0)
		told.cheapest_hop = other->next_hop;
	return told;
}

bool
route_told_by(const struct route_told *told, const char *node)
{
	return strcmp(told->next_hop, node) == 0 ||
	       (told->cheapest_hop != NULL && strcmp(told->cheapest_hop, node) == 0);
}

size_t
route_message_encode(const struct route_message *message, size_t first, struct buffer *out)
{
	size_t                    count = count_fitting(message, first), hop_count;
	const struct route_told **rows  = memory_new(count + 1, sizeof(rows[0]));
	const char              **hops  = memory_new(count + 1, sizeof(hops[0]));

	for (size_t i = 0; i < count; i++)
		rows[i] = &message->rows[first + i];
	qsort(rows, count, sizeof(rows[0]), row_compare);
	hop_count = gather_hops(rows, count, hops);
	field_append_text(out, FIELD_VISIBLE, message->visible);
	for (size_t i = 0; i < hop_count; i++)
		field_append_text(out, FIELD_HOP, hops[i]);
	append_rows(rows, count, hops, hop_count, out);
	append_others(rows, count, out);
	free(hops);
	free(rows);
	return first + count;
}

enum status
route_message_decode(struct route_message *message, const char *sender, struct span bytes,
                     struct arena *arena, struct diagnostic *diagnostic)
{
	struct decoder decoder = { .arena = arena };
	enum status    status  = STATUS_INVALID;
	const char    *error;

	*message = (struct route_message){ .sender = arena_text(arena, sender), .visible = "" };
	if (bytes.length > ROUTE_MESSAGE_MAX_BYTES) {
		error  = "a table message is too large";
		status = STATUS_TOO_BIG;
	} else {
		error = decode_fields(&decoder, bytes);
	}
	if (error != NULL) {
		if (diagnostic != NULL)
			diagnostic_set(diagnostic, "%s", error);
		return status;
	}
	message->visible = decoder.visible;
	message->rows    = decoder.rows;
	message->count   = decoder.row_count;
	return STATUS_OK;
}

/* No more than surely fit, whatever their names. */
static size_t
count_fitting(const struct route_message *message, size_t first)
{
	size_t bytes = NAME_MAX_BYTES + 16, count = 0;

	while (first + count < message->count && count < ROUTE_MESSAGE_MAX_ROWS) {
		const struct route_told *row = &message->rows[first + count];

		bytes += 16 + strlen(row->region) + strlen(row->next_hop);
		if (row->cheapest_hop != NULL)
			bytes += 16 + strlen(row->cheapest_hop);
		if (bytes > ROUTE_MESSAGE_MAX_BYTES)
			break;
		count++;
	}
	return count;
}

static void
append_rows(const struct route_told *const *rows, size_t count, const char *const *hops,
            size_t hop_count, struct buffer *out)
{
	struct buffer row;

	buffer_init(&row);
	for (size_t i = 0; i < count; i++) {
		const char *const *hop =
		    bsearch(&rows[i]->next_hop, hops, hop_count, sizeof(hops[0]), text_compare);

		assert(hop != NULL && (i == 0 || row_compare(&rows[i - 1], &rows[i]) < 0));
		buffer_clear(&row);
		buffer_append_u8(&row, (uint8_t)rows[i]->class);
		varint_append(&row, (uint64_t)(hop - hops));
		buffer_append_text(&row, rows[i]->region);
		field_append(out, FIELD_ROW, buffer_span(&row));
	}
	buffer_release(&row);
}

static void
append_others(const struct route_told *const *rows, size_t count, struct buffer *out)
{
	struct buffer other;

	buffer_init(&other);
	for (size_t i = 0; i < count; i++) {
		if (rows[i]->cheapest_hop == NULL)
			continue;
		buffer_clear(&other);
		varint_append(&other, i);
		buffer_append_text(&other, rows[i]->cheapest_hop);
		field_append(out, FIELD_OTHER, buffer_span(&other));
	}
	buffer_release(&other);
}

/* Each once, ascending; returns how many. */
static size_t
gather_hops(const struct route_told *const *rows, size_t count, const char **hops)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		hops[i] = rows[i]->next_hop;
	qsort(hops, count, sizeof(hops[0]), text_compare);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || strcmp(hops[kept - 1], hops[i]) != 0)
			hops[kept++] = hops[i];
	return kept;
}

/* NULL, or what is wrong. */
static const char *
decode_fields(struct decoder *decoder, struct span bytes)
{
	struct reader reader;
	struct field  field;
	uint32_t      last  = 0;
	const char   *error = NULL;

	/* A field takes two bytes or more. */
	decoder->hops = arena_new(decoder->arena, ROUTE_MESSAGE_MAX_ROWS, sizeof(decoder->hops[0]));
	decoder->used = arena_new(decoder->arena, ROUTE_MESSAGE_MAX_ROWS, sizeof(decoder->used[0]));
	decoder->rows = arena_new(decoder->arena, ROUTE_MESSAGE_MAX_ROWS, sizeof(decoder->rows[0]));
	reader_init(&reader, bytes);
	while (error == NULL && field_next(&reader, &last, &field)) {
		if (field.number == FIELD_VISIBLE)
			error = decode_visible(decoder, &field);
		else if (field.number == FIELD_HOP)
			error = decode_hop(decoder, &field);
		else if (field.number == FIELD_ROW)
			error = decode_row(decoder, &field);
		else if (field.number == FIELD_OTHER)
			error = decode_other(decoder, &field);
	}
	if (error == NULL && reader.failed)
		error = "a table message is not made of fields";
	if (error == NULL && decoder->visible == NULL)
		error = "a table message does not say where its sender is visible";
	for (size_t i = 0; error == NULL && i < decoder->hop_count; i++)
		if (!decoder->used[i])
			error = "a table message names a hop that it does not use";
	return error;
}

static const char *
decode_visible(struct decoder *decoder, const struct field *field)
{
	struct name region;

	if (decoder->visible != NULL || !read_region(field->value, &region))
		return "a table message's visible region is none, or there are two";
	decoder->visible = arena_text(decoder->arena, region.text);
	return NULL;
}

static const char *
decode_hop(struct decoder *decoder, const struct field *field)
{
	struct name hop;

	if (decoder->hop_count == ROUTE_MESSAGE_MAX_ROWS)
		return "a table message has too many hops";
	if (!read_region(field->value, &hop) || hop.text[0] == '\0')
		return "a hop of a table message is no name";
	if (decoder->hop_count > 0 && strcmp(decoder->hops[decoder->hop_count - 1], hop.text) >= 0)
		return "the hops of a table message are not in order";
	decoder->hops[decoder->hop_count++] = arena_text(decoder->arena, hop.text);
	return NULL;
}

static const char *
decode_row(struct decoder *decoder, const struct field *field)
{
	struct reader reader;
	struct name   region;
	uint64_t      hop;
	uint8_t class;
	struct route_told *row = &decoder->rows[decoder->row_count];

	if (decoder->row_count == ROUTE_MESSAGE_MAX_ROWS)
		return "a table message has too many rows";
	reader_init(&reader, field->value);
	class = reader_u8(&reader);
	hop   = reader_varint(&reader);
	if (reader.failed || class > ROUTE_OTHER || hop >= decoder->hop_count)
		return "a row of a table message has no such class, or no such hop";
	if (!read_region(reader_bytes(&reader, reader_left(&reader)), &region))
		return "a row of a table message is about no region";
	if (decoder->row_count > 0 && strcmp(row[-1].region, region.text) >= 0)
		return "the rows of a table message are not in order";
	*row = (struct route_told){
		.region   = arena_text(decoder->arena, region.text),
		.next_hop = decoder->hops[hop],
		.class    = (enum route_class) class,
	};
	decoder->used[hop] = true;
	decoder->row_count++;
	return NULL;
}

static const char *
decode_other(struct decoder *decoder, const struct field *field)
{
	struct reader reader;
	struct name   hop;
	uint64_t      row;

	reader_init(&reader, field->value);
	row = reader_varint(&reader);
	if (reader.failed || row < decoder->other_rows || row >= decoder->row_count)
		return "another hop of a table message is of no row, or not in order";
	if (!read_region(reader_bytes(&reader, reader_left(&reader)), &hop) ||
	    hop.text[0] == '\0' || strcmp(decoder->rows[row].next_hop, hop.text) == 0)
		return "another hop of a table message is no name, or the same";
	decoder->rows[row].cheapest_hop = arena_text(decoder->arena, hop.text);
	decoder->other_rows             = (size_t)row + 1;
	return NULL;
}

/* Only the plain spelling, "" for the world. */
static bool
read_region(struct span bytes, struct name *region)
{
	struct field field = { .number = FIELD_ROW, .value = bytes };
	char         text[NAME_MAX_BYTES + 1];

	if (!field_text(&field, text, sizeof(text)))
		return false;
	return name_parse_region(region, text, NULL) == STATUS_OK &&
	       strcmp(region->text, text) == 0;
}

static int
row_compare(const void *left, const void *right)
{
	const struct route_told *const *a = left, *const *b = right;

	return strcmp((*a)->region, (*b)->region);
}

static int
text_compare(const void *left, const void *right)
{
	const char *const *a = left, *const *b = right;

	return strcmp(*a, *b);
}
