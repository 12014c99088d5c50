/*
 * node_event.c - the list of actions of one step
 */
#include "daemon/node/node_event.h"

#include <stdlib.h>

#include "spool/base/memory.h"

void
actions_init(struct actions *actions)
{
	*actions = (struct actions){ .items = NULL };
	arena_init(&actions->arena);
}

void
actions_release(struct actions *actions)
{
	free(actions->items);
	arena_release(&actions->arena);
	actions_init(actions);
}

void
actions_clear(struct actions *actions)
{
	actions->count = 0;
	arena_clear(&actions->arena);
}

struct action *
actions_add(struct actions *actions, enum action_kind kind, uint64_t id)
{
	actions->items = memory_grow(actions->items, &actions->capacity, actions->count + 1,
	                             sizeof(actions->items[0]));
	actions->items[actions->count] = (struct action){ .kind = kind, .id = id };
	return &actions->items[actions->count++];
}
