/*
 * route_table.c - routes in the order of the paper, found by hash
 */
#include "spool/route/route_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/name/name.h"

void
route_table_init(struct route_table *table)
{
	*table = (struct route_table){ .sealed = false };
	arena_init(&table->texts);
}

void
route_table_release(struct route_table *table)
{
	free(table->routes);
	arena_release(&table->texts);
	route_index_release(&table->index);
	route_table_init(table);
}

void
route_table_add(struct route_table *table, const struct route *route)
{
	assert(!table->sealed);

	table->routes               = memory_grow(table->routes, &table->capacity, table->count + 1,
	                                          sizeof(table->routes[0]));
	table->routes[table->count] = *route;
	table->routes[table->count].region = arena_text(&table->texts, route->region);
	table->count++;
}

void
route_table_seal(struct route_table *table)
{
	assert(!table->sealed);

	route_index_init(&table->index, table->count + 1);
	for (size_t i = 0; i < table->count; i++)
		route_index_put(&table->index, table->routes[i].region, (uint32_t)i);
	table->sealed = true;
}

const struct route *
route_table_find(const struct route_table *table, const char *name)
{
	uint32_t number;

	assert(table->sealed);
	number = route_index_find(&table->index, name);
	return number == ROUTE_INDEX_NONE ? NULL : &table->routes[number];
}

/* The world comes last (D2). */
const struct route *
route_table_world(const struct route_table *table)
{
	assert(table->sealed);

	if (table->count == 0 || table->routes[table->count - 1].region[0] != '\0')
		return NULL;
	return &table->routes[table->count - 1];
}

const struct route *
route_table_at(const struct route_table *table, const char *region)
{
	const struct route *route =
	    region[0] == '\0' ? route_table_world(table) : route_table_find(table, region);

	return route != NULL && strcmp(route->region, region) == 0 ? route : NULL;
}

void
route_table_compact(const struct route_table *table, struct route_table *compact)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct route *route = &table->routes[i];
		const struct route *above = NULL;

		if (route->region[0] != '\0') {
			above = route_table_find(table, name_parent(route->region));
			if (above == NULL)
				above = route_table_world(table);
		}
		if (above == NULL || strcmp(above->next_hop, route->next_hop) != 0)
			route_table_add(compact, route);
	}
	route_table_seal(compact);
}
