/*
 * world_call.c - simulated links: latency, bandwidth, fragments, cuts
 *
 * A call is a pair of ordered byte streams. A cut loses what is under way in both
 * directions; a close lets what was sent before it arrive.
 */
#include <string.h>

#include "tests/sim/world.h"

enum { LATENCY_MS = 5, BYTES_PER_MS = 2000, REFUSED_MS = 20, FRAGMENT_MAX = 16384 };

static struct world_call *call_of(struct world *world, const struct world_node *node, uint64_t id,
                                  bool *is_caller);
static struct world_node *far_end(struct world *world, struct world_call *call, bool is_caller,
                                  uint64_t *id);
static void end_for(struct world *world, struct world_call *call, bool caller, int64_t delay_ms,
                    const char *text);
static void cut(struct world *world, struct world_call *call);

void
world_call_open(struct world *world, struct world_node *node, const struct action *action)
{
	struct world_node *far   = NULL;
	struct world_call *call  = NULL;
	struct event       event = { .kind = EVENT_CALL_ENDED, .id = action->id };

	for (unsigned i = 0; i < world->node_count; i++)
		if (strcmp(world->nodes[i].name.text, action->text) == 0)
			far = &world->nodes[i];
	for (unsigned i = 0; i < WORLD_CALLS_MAX && call == NULL; i++)
		if (!world->calls[i].open)
			call = &world->calls[i];
	if (far == NULL || !far->alive || call == NULL) {
		event.text = "nobody answers";
		world_event(world, node, &event, REFUSED_MS, 0);
		return;
	}
	*call = (struct world_call){
		.open        = true,
		.caller      = node->index,
		.answerer    = far->index,
		.caller_id   = action->id,
		.answerer_id = world->next_answer += 2,
		.free_at     = { world->now_ms + LATENCY_MS, world->now_ms + LATENCY_MS },
	};
	event = (struct event){ .kind = EVENT_CALL_CONNECTED, .id = call->caller_id };
	world_event(world, node, &event, LATENCY_MS, call->answerer_id);
	event = (struct event){ .kind = EVENT_CALL_ANSWERED,
		                .id   = call->answerer_id,
		                .text = node->name.text };
	world_event(world, far, &event, LATENCY_MS, call->answerer_id);
}

void
world_call_send(struct world *world, struct world_node *node, uint64_t id, struct span bytes)
{
	bool               is_caller;
	struct world_call *call = call_of(world, node, id, &is_caller);
	struct world_node *far;
	struct event       event   = { .kind = EVENT_CALL_BYTES };
	struct event       drained = { .kind = EVENT_CALL_DRAINED, .id = id };

	if (call == NULL)
		return;
	far = far_end(world, call, is_caller, &event.id);
	if (!world->healing && world_chance(world, world->faults.cut)) {
		cut(world, call);
		return;
	}
	while (bytes.length > 0) {
		size_t   length  = bytes.length > FRAGMENT_MAX ? FRAGMENT_MAX : bytes.length;
		int64_t *free_at = &call->free_at[is_caller ? 0 : 1];

		if (length > 1 && world_chance(world, world->faults.fragment))
			length = 1 + (size_t)random_below(&world->random, length - 1);
		event.bytes = (struct span){ bytes.data, length };
		if (*free_at < world->now_ms + LATENCY_MS)
			*free_at = world->now_ms + LATENCY_MS;
		*free_at += (int64_t)length / BYTES_PER_MS;
		world_event(world, far, &event, *free_at - world->now_ms, call->answerer_id);
		bytes.data += length;
		bytes.length -= length;
	}
	world_event(world, node, &drained, call->free_at[is_caller ? 0 : 1] - world->now_ms,
	            call->answerer_id);
}

void
world_call_close(struct world *world, struct world_node *node, uint64_t id)
{
	bool               is_caller;
	struct world_call *call = call_of(world, node, id, &is_caller);

	if (call == NULL)
		return;
	end_for(world, call, !is_caller, call->free_at[is_caller ? 0 : 1] - world->now_ms + 1,
	        "the far end hung up");
	call->open = false;
}

void
world_calls_cut(struct world *world, struct world_node *node)
{
	for (unsigned i = 0; i < WORLD_CALLS_MAX; i++)
		if (world->calls[i].open && (world->calls[i].caller == node->index ||
		                             world->calls[i].answerer == node->index))
			cut(world, &world->calls[i]);
}

static void
cut(struct world *world, struct world_call *call)
{
	for (size_t i = 0; i < world->heap_count; i++)
		if (world->heap[i].call == call->answerer_id &&
		    world->heap[i].kind == PENDING_EVENT)
			world->heap[i].boot = 0; /* lost on the line */
	end_for(world, call, true, LATENCY_MS, "cut");
	end_for(world, call, false, LATENCY_MS, "cut");
	call->open = false;
}

static void
end_for(struct world *world, struct world_call *call, bool caller, int64_t delay_ms,
        const char *text)
{
	struct event event = { .kind = EVENT_CALL_ENDED,
		               .id   = caller ? call->caller_id : call->answerer_id,
		               .text = text };

	world_event(world, &world->nodes[caller ? call->caller : call->answerer], &event,
	            delay_ms > 0 ? delay_ms : 1, 0);
}

static struct world_call *
call_of(struct world *world, const struct world_node *node, uint64_t id, bool *is_caller)
{
	for (unsigned i = 0; i < WORLD_CALLS_MAX; i++) {
		struct world_call *call = &world->calls[i];

		*is_caller = call->caller == node->index && call->caller_id == id;
		if (call->open &&
		    (*is_caller || (call->answerer == node->index && call->answerer_id == id)))
			return call;
	}
	return NULL;
}

static struct world_node *
far_end(struct world *world, struct world_call *call, bool is_caller, uint64_t *id)
{
	*id = is_caller ? call->answerer_id : call->caller_id;
	return &world->nodes[is_caller ? call->answerer : call->caller];
}
