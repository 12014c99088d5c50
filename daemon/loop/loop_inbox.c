/*
 * loop_inbox.c - two halves that change places
 */
#include "daemon/loop/loop_inbox.h"

#include <assert.h>
#include <stdlib.h>

#include "spool/base/memory.h"

static void stay_awake(uv_idle_t *idle);

void
loop_inbox_init(struct loop_inbox *inbox, uv_loop_t *uv)
{
	*inbox = (struct loop_inbox){ .filling = 0 };
	uv_idle_init(uv, &inbox->idle);
	for (size_t i = 0; i < 2; i++)
		arena_init(&inbox->halves[i].arena);
}

void
loop_inbox_release(struct loop_inbox *inbox)
{
	for (size_t i = 0; i < 2; i++) {
		free(inbox->halves[i].events);
		arena_release(&inbox->halves[i].arena);
	}
}

struct event *
loop_inbox_add(struct loop_inbox *inbox, enum event_kind kind, uint64_t id)
{
	struct loop_batch *half = &inbox->halves[inbox->filling];
	struct event      *event;

	loop_inbox_wake(inbox);
	half->events =
	    memory_grow(half->events, &half->capacity, half->count + 1, sizeof(half->events[0]));
	event  = &half->events[half->count++];
	*event = (struct event){ .kind = kind, .id = id, .text = "" };
	return event;
}

struct span
loop_inbox_span(struct loop_inbox *inbox, const void *data, size_t length)
{
	return arena_span(&inbox->halves[inbox->filling].arena, (struct span){ data, length });
}

uint8_t *
loop_inbox_room(struct loop_inbox *inbox)
{
	struct loop_batch *half = &inbox->halves[inbox->filling];

	if (half->room == NULL)
		half->room = arena_room(&half->arena, LOOP_ROOM_BYTES + 1);
	return half->room;
}

/* A room that is mostly empty is used again: until the turn it would be memory for nothing. */
struct span
loop_inbox_filled(struct loop_inbox *inbox, size_t length)
{
	struct loop_batch *half  = &inbox->halves[inbox->filling];
	struct span        bytes = { half->room, length };

	assert(half->room != NULL && length <= LOOP_ROOM_BYTES);
	if (length < LOOP_ROOM_BYTES / 2)
		return arena_span(&half->arena, bytes);
	half->room[length] = '\0'; /* as arena_span leaves it */
	half->room         = NULL;
	return bytes;
}

const char *
loop_inbox_text(struct loop_inbox *inbox, const char *text)
{
	return arena_text(&inbox->halves[inbox->filling].arena, text);
}

void
loop_inbox_wake(struct loop_inbox *inbox)
{
	uv_idle_start(&inbox->idle, stay_awake);
}

bool
loop_inbox_is_awake(const struct loop_inbox *inbox)
{
	return uv_is_active((const uv_handle_t *)&inbox->idle);
}

size_t
loop_inbox_count(const struct loop_inbox *inbox)
{
	return inbox->halves[inbox->filling].count;
}

const struct loop_batch *
loop_inbox_take(struct loop_inbox *inbox)
{
	const struct loop_batch *taken = &inbox->halves[inbox->filling];

	inbox->filling = 1 - inbox->filling;
	assert(inbox->halves[inbox->filling].count == 0);
	uv_idle_stop(&inbox->idle);
	return taken;
}

void
loop_inbox_done(struct loop_inbox *inbox)
{
	struct loop_batch *taken = &inbox->halves[1 - inbox->filling];

	taken->count = 0;
	taken->room  = NULL;
	arena_clear(&taken->arena);
}

/* The inbox is looked at by the check handle; this one only keeps the poll from waiting. */
static void
stay_awake(uv_idle_t *idle)
{
	(void)idle;
}
