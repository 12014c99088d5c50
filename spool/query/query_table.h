/*
 * query_table.h - rows of aligned cells for people
 *
 * The first row is the titles of the columns. A table is at most QUERY_TABLE_WIDTH
 * characters wide; cells that do not fit are cut.
 */
#ifndef SPOOL_QUERY_QUERY_TABLE_H
#define SPOOL_QUERY_QUERY_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"

enum { QUERY_TABLE_WIDTH = 100, QUERY_TABLE_MAX_COLUMNS = 8 };

struct query_column {
	const char *title;
	bool        right; /* numbers stand to the right */
};

struct query_table {
	const struct query_column *columns; /* borrowed */
	size_t                     column_count;
	char                     **cells; /* row after row; owned */
	size_t                     count;
	size_t                     capacity;
};

void query_table_init(struct query_table *table, const struct query_column *columns, size_t count);
void query_table_release(struct query_table *table);
void query_table_add(struct query_table *table, const char *cell); /* made safe */
void query_table_add_number(struct query_table *table, int64_t number);
void query_table_add_duration(struct query_table *table, int64_t ms);
void query_table_add_size(struct query_table *table, uint64_t bytes);
void query_table_print(const struct query_table *table, struct buffer *out);

#endif
