/*
 * world_queue.c - what is due, in the order of (moment, sequence)
 *
 * The heap holds the order alone, the things themselves stay where they are and are used
 * again: most of what happens in a large world passes through here.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "tests/sim/world.h"

struct world_moment {
	int64_t         at_ms;
	uint64_t        sequence;
	struct pending *pending;
};

static bool            earlier(const struct world_moment *a, const struct world_moment *b);
static struct pending *pop(struct world *world);

struct pending *
world_schedule(struct world *world, enum pending_kind kind, unsigned node, int64_t delay_ms)
{
	struct world_moment moment = { .at_ms    = world->now_ms + delay_ms,
		                       .sequence = ++world->sequence,
		                       .pending  = world->unused };
	size_t              at     = world->heap_count++;

	if (moment.pending != NULL)
		world->unused = moment.pending->next_unused;
	else
		moment.pending = memory_new(1, sizeof(*moment.pending));
	*moment.pending =
	    (struct pending){ .kind = kind, .node = node, .boot = world->nodes[node]->boot };
	world->heap = memory_grow(world->heap, &world->heap_capacity, world->heap_count,
	                          sizeof(world->heap[0]));
	for (; at > 0 && earlier(&moment, &world->heap[(at - 1) / 2]); at = (at - 1) / 2)
		world->heap[at] = world->heap[(at - 1) / 2];
	world->heap[at] = moment;
	return moment.pending;
}

void
world_event(struct world *world, struct world_node *node, const struct event *event,
            int64_t delay_ms, struct world_call *call)
{
	struct pending *pending = world_schedule(world, PENDING_EVENT, node->index, delay_ms);

	pending->event = *event;
	pending->call  = call;
	if (call != NULL)
		call->references++;
	if (event->bytes.length > 0) {
		pending->bytes            = memory_copy(event->bytes.data, event->bytes.length);
		pending->event.bytes.data = pending->bytes;
	}
	if (event->text != NULL)
		pending->event.text = pending->text = memory_copy_text(event->text);
}

struct pending *
world_next(struct world *world, int64_t until_ms)
{
	if (world->heap_count == 0 || world->heap[0].at_ms > until_ms)
		return NULL;
	world->now_ms = world->heap[0].at_ms;
	return pop(world);
}

struct pending *
world_next_with(struct world *world, const struct pending *first)
{
	const struct pending *next;

	if (first->kind != PENDING_EVENT || world->heap_count == 0 ||
	    world->heap[0].at_ms != world->now_ms)
		return NULL;
	next = world->heap[0].pending;
	if (next->kind != PENDING_EVENT || next->node != first->node || next->boot != first->boot)
		return NULL;
	return pop(world);
}

void
world_done(struct world *world, struct pending *pending)
{
	if (pending->call != NULL)
		world_call_drop(pending->call);
	free(pending->bytes);
	free(pending->text);
	pending->next_unused = world->unused;
	world->unused        = pending;
}

void
world_queue_release(struct world *world)
{
	for (size_t i = 0; i < world->heap_count; i++)
		world_done(world, world->heap[i].pending);
	free(world->heap);
	for (struct pending *pending = world->unused, *next; pending != NULL; pending = next) {
		next = pending->next_unused;
		free(pending);
	}
	world->heap       = NULL;
	world->unused     = NULL;
	world->heap_count = world->heap_capacity = 0;
}

static struct pending *
pop(struct world *world)
{
	struct pending     *first = world->heap[0].pending;
	struct world_moment last  = world->heap[--world->heap_count];
	size_t              at    = 0;

	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= world->heap_count)
			break;
		if (child + 1 < world->heap_count &&
		    earlier(&world->heap[child + 1], &world->heap[child]))
			child++;
		if (!earlier(&world->heap[child], &last))
			break;
		world->heap[at] = world->heap[child];
		at              = child;
	}
	world->heap[at] = last;
	return first;
}

static bool
earlier(const struct world_moment *a, const struct world_moment *b)
{
	return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->sequence < b->sequence;
}
