/*
 * query_table.c - columns that line up
 *
 * Cells are collected first, because a column is as wide as its widest cell. If the whole
 * is too wide, the widest columns give way, and what is cut ends in "..".
 */
#include "spool/query/query_table.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/query/query_text.h"

enum { GAP = 2, NARROWEST = 8 };

static void   take(struct query_table *table, struct buffer *cell);
static size_t text_width(const char *text);
static void   measure(const struct query_table *table, size_t *widths);
static void   print_row(const struct query_table *table, const size_t *widths, size_t first,
                        struct buffer *out);
static void   print_cell(const char *text, size_t width, bool right, bool last, struct buffer *out);

void
query_table_init(struct query_table *table, const struct query_column *columns, size_t count)
{
	assert(count > 0 && count <= QUERY_TABLE_MAX_COLUMNS);
	*table = (struct query_table){ .columns = columns, .column_count = count };
	for (size_t i = 0; i < count; i++)
		query_table_add(table, columns[i].title);
}

void
query_table_release(struct query_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->cells[i]);
	free(table->cells);
	*table = (struct query_table){ .cells = NULL };
}

void
query_table_add(struct query_table *table, const char *cell)
{
	struct buffer text;

	buffer_init(&text);
	query_text_append(&text, cell);
	take(table, &text);
}

void
query_table_add_number(struct query_table *table, int64_t number)
{
	struct buffer text;

	buffer_init(&text);
	buffer_append_format(&text, "%" PRId64, number);
	take(table, &text);
}

void
query_table_add_duration(struct query_table *table, int64_t ms)
{
	struct buffer text;

	buffer_init(&text);
	query_text_duration(&text, ms);
	take(table, &text);
}

void
query_table_add_size(struct query_table *table, uint64_t bytes)
{
	struct buffer text;

	buffer_init(&text);
	query_text_size(&text, bytes);
	take(table, &text);
}

static void
take(struct query_table *table, struct buffer *cell)
{
	table->cells =
	    memory_grow(table->cells, &table->capacity, table->count + 1, sizeof(table->cells[0]));
	table->cells[table->count++] = memory_copy_text(buffer_text(cell));
	buffer_release(cell);
}

void
query_table_print(const struct query_table *table, struct buffer *out)
{
	size_t widths[QUERY_TABLE_MAX_COLUMNS];

	assert(table->count % table->column_count == 0);
	measure(table, widths);
	for (size_t first = 0; first < table->count; first += table->column_count)
		print_row(table, widths, first, out);
}

static void
measure(const struct query_table *table, size_t *widths)
{
	size_t total = GAP * (table->column_count - 1);

	memset(widths, 0, QUERY_TABLE_MAX_COLUMNS * sizeof(widths[0]));
	for (size_t i = 0; i < table->count; i++) {
		size_t width  = text_width(table->cells[i]);
		size_t column = i % table->column_count;

		if (width > widths[column])
			widths[column] = width;
	}
	for (size_t i = 0; i < table->column_count; i++)
		total += widths[i];
	for (; total > QUERY_TABLE_WIDTH; total--) {
		size_t widest = 0;

		for (size_t i = 1; i < table->column_count; i++)
			if (widths[i] > widths[widest])
				widest = i;
		if (widths[widest] <= NARROWEST)
			return;
		widths[widest]--;
	}
}

static void
print_row(const struct query_table *table, const size_t *widths, size_t first, struct buffer *out)
{
	size_t last = table->column_count - 1;

	for (; last > 0 && table->cells[first + last][0] == '\0'; last--)
		; /* no blanks at the end of a line */
	for (size_t i = 0; i <= last; i++)
		print_cell(table->cells[first + i], widths[i], table->columns[i].right, i == last,
		           out);
	buffer_append_text(out, "\n");
}

static void
print_cell(const char *text, size_t width, bool right, bool last, struct buffer *out)
{
	size_t      own  = text_width(text);
	bool        cut  = own > width;
	size_t      kept = cut ? width - 2 : own;
	const char *end  = text;

	for (size_t i = 0; i < kept; i++)
		for (end++; ((unsigned char)*end & 0xc0) == 0x80; end++)
			;
	if (right && !cut)
		buffer_append_format(out, "%*s", (int)(width - own), "");
	buffer_append(out, text, (size_t)(end - text));
	if (cut)
		buffer_append_text(out, "..");
	if (!right && !cut && !last)
		buffer_append_format(out, "%*s", (int)(width - own), "");
	if (!last)
		buffer_append_format(out, "%*s", GAP, "");
}

/* In characters: bytes that do not continue one. Cells are valid UTF-8 by then. */
static size_t
text_width(const char *text)
{
	size_t width = 0;

	for (; *text != '\0'; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}
