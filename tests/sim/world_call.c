/*
 * world_call.c - simulated links: latency, bandwidth, fragments, cuts
 *
 * A call is a pair of ordered byte streams, each over the line to one of its ends: line 0 to
 * the answerer, line 1 to the caller. A cut loses what is under way in both directions; a
 * close lets what was sent before it arrive.
 */
#include <stdlib.h>

#include "spool/base/memory.h"
#include "tests/sim/world.h"

enum {
	USUAL_LATENCY_MS = 5,
	USUAL_BITS_PER_S = 16000000,
	REFUSED_MS       = 20,
	FRAGMENT_MAX     = 16384,
	BUFFER_BYTES     = 65536
};

static struct world_call *call_of(struct world_node *node, uint64_t id, unsigned *to_far);
static struct world_node *far_end(struct world *world, const struct world_call *call,
                                  unsigned to_far, uint64_t *id);
static void end_for(struct world *world, struct world_call *call, unsigned end, int64_t delay_ms,
                    const char *text);
static void call_add(struct world_node *node, struct world_call *call);
static void call_remove(struct world_node *node, const struct world_call *call);
static struct world_line line_to(const struct world_node *node, unsigned to);
static int64_t wait_ms(const struct world *world, const struct world_call *call, unsigned line);

struct world_line *
world_line(struct world_node *node, unsigned to)
{
	struct world_line usual = line_to(node, to);

	for (size_t i = 0; i < node->line_count; i++)
		if (node->lines[i].to == to)
			return &node->lines[i];
	node->lines = memory_grow(node->lines, &node->line_capacity, node->line_count + 1,
	                          sizeof(node->lines[0]));
	node->lines[node->line_count++] = usual;
	return &node->lines[node->line_count - 1];
}

void
world_call_open(struct world *world, struct world_node *node, const struct action *action)
{
	struct world_node *far   = world_find(world, action->text);
	struct event       event = { .kind = EVENT_CALL_ENDED, .id = action->id };
	struct world_line  line  = { .closed = false };
	struct world_call *call;

	node->dialled++;
	if (far != NULL)
		line = line_to(node, far->index);
	if (far == NULL || !far->alive || line.closed) {
		event.text = "nobody answers";
		world_event(world, node, &event, REFUSED_MS, NULL);
		world_call_release(world, node, action->held ? action->id : 0);
		return;
	}
	call  = memory_new(1, sizeof(*call));
	*call = (struct world_call){
		.caller      = node->index,
		.answerer    = far->index,
		.caller_id   = action->id,
		.answerer_id = world->next_answer += 2,
		.held        = action->held,
		.lines       = { line, line_to(far, node->index) },
		.open        = true,
		.references  = 1,
	};
	for (unsigned i = 0; i < 2; i++)
		call->free_us[i] = 1000 * (world->now_ms + call->lines[i].latency_ms);
	call_add(node, call);
	call_add(far, call);
	event = (struct event){ .kind = EVENT_CALL_CONNECTED, .id = call->caller_id };
	world_event(world, node, &event, call->lines[1].latency_ms, call);
	event = (struct event){ .kind = EVENT_CALL_ANSWERED,
		                .id   = call->answerer_id,
		                .text = node->name.text };
	world_event(world, far, &event, call->lines[0].latency_ms, call);
}

void
world_call_send(struct world *world, struct world_node *node, uint64_t id, struct span bytes)
{
	unsigned           line;
	struct world_call *call = call_of(node, id, &line);
	struct world_node *far;
	struct event       event   = { .kind = EVENT_CALL_BYTES };
	struct event       drained = { .kind = EVENT_CALL_DRAINED, .id = id };
	int64_t           *free_us, first_us;

	if (call == NULL)
		return;
	far = far_end(world, call, line, &event.id);
	if (!world->healing && world_chance(world, world->faults.cut)) {
		world_call_cut(world, call);
		return;
	}
	if (!world->healing && world_chance(world, world->faults.silent)) {
		call->silent[line]     = true;
		call->silent[1 - line] = world_chance(world, 500);
	}
	if (call->silent[line])
		return;
	node->sent_bytes += bytes.length;
	call->unsaid_bytes[line] += bytes.length;
	free_us  = &call->free_us[line];
	first_us = 1000 * (world->now_ms + call->lines[line].latency_ms);
	*free_us = *free_us < first_us ? first_us : *free_us;
	while (bytes.length > 0) {
		size_t length = bytes.length > FRAGMENT_MAX ? FRAGMENT_MAX : bytes.length;

		if (length > 1 && world_chance(world, world->faults.fragment))
			length = 1 + (size_t)random_below(&world->random, length - 1);
		event.bytes = (struct span){ bytes.data, length };
		*free_us += (int64_t)(length * 8 * 1000000 / call->lines[line].bits_per_s);
		world_event(world, far, &event, wait_ms(world, call, line), call);
		bytes.data += length;
		bytes.length -= length;
	}
	/* Less than a buffer of the kernel would take is as good as gone at once. */
	if (world->steady && call->unsaid_bytes[line] < BUFFER_BYTES)
		return;
	call->unsaid_bytes[line] = 0;
	world_event(world, node, &drained, wait_ms(world, call, line), call);
}

void
world_call_close(struct world *world, struct world_node *node, uint64_t id)
{
	unsigned           line;
	struct world_call *call = call_of(node, id, &line);

	if (call == NULL)
		return;
	if (!call->silent[line])
		end_for(world, call, line, wait_ms(world, call, line) + 1, "the far end hung up");
	world_call_forget(world, call);
}

/* Nothing stands behind a simulated call, so it is let go of at once. */
void
world_call_release(struct world *world, struct world_node *node, uint64_t id)
{
	struct event event = { .kind = EVENT_CALL_RELEASED, .id = id };

	if (id != 0)
		world_event(world, node, &event, REFUSED_MS, NULL);
}

void
world_calls_cut(struct world *world, struct world_node *node)
{
	while (node->call_count > 0)
		world_call_cut(world, node->calls[0]);
}

void
world_call_cut(struct world *world, struct world_call *call)
{
	if (!call->open)
		return;
	call->cut = true;
	for (unsigned end = 0; end < 2; end++)
		end_for(world, call, end, call->lines[end].latency_ms, "cut");
	world_call_forget(world, call);
}

void
world_calls_cut_between(struct world *world, struct world_node *node, const struct world_node *far)
{
	for (size_t i = node->call_count; i > 0; i--)
		if (node->calls[i - 1]->caller == far->index ||
		    node->calls[i - 1]->answerer == far->index)
			world_call_cut(world, node->calls[i - 1]);
}

void
world_call_forget(struct world *world, struct world_call *call)
{
	call->open = false;
	world_call_release(world, world->nodes[call->caller], call->held ? call->caller_id : 0);
	call_remove(world->nodes[call->caller], call);
	call_remove(world->nodes[call->answerer], call);
	world_call_drop(call);
}

void
world_call_drop(struct world_call *call)
{
	if (--call->references == 0)
		free(call);
}

/* End 0 is the answerer, whom line 0 leads to. What it hears is not lost by a cut. */
static void
end_for(struct world *world, struct world_call *call, unsigned end, int64_t delay_ms,
        const char *text)
{
	struct event event = { .kind = EVENT_CALL_ENDED, .text = text };

	world_event(world, far_end(world, call, end, &event.id), &event,
	            delay_ms > 0 ? delay_ms : 1, NULL);
}

/* An open call of the node, and which of its lines leads to the far end. */
static struct world_call *
call_of(struct world_node *node, uint64_t id, unsigned *to_far)
{
	for (size_t i = 0; i < node->call_count; i++) {
		struct world_call *call = node->calls[i];

		*to_far = call->caller == node->index && call->caller_id == id ? 0 : 1;
		if (*to_far == 0 || (call->answerer == node->index && call->answerer_id == id))
			return call;
	}
	return NULL;
}

static struct world_node *
far_end(struct world *world, const struct world_call *call, unsigned to_far, uint64_t *id)
{
	*id = to_far == 0 ? call->answerer_id : call->caller_id;
	return world->nodes[to_far == 0 ? call->answerer : call->caller];
}

static void
call_add(struct world_node *node, struct world_call *call)
{
	node->calls = memory_grow(node->calls, &node->call_capacity, node->call_count + 1,
	                          sizeof(struct world_call *));
	node->calls[node->call_count++] = call;
}

static void
call_remove(struct world_node *node, const struct world_call *call)
{
	size_t at = 0;

	while (node->calls[at] != call)
		at++;
	node->calls[at] = node->calls[--node->call_count];
}

static struct world_line
line_to(const struct world_node *node, unsigned to)
{
	for (size_t i = 0; i < node->line_count; i++)
		if (node->lines[i].to == to)
			return node->lines[i];
	return (struct world_line){ .to         = to,
		                    .latency_ms = USUAL_LATENCY_MS,
		                    .bits_per_s = USUAL_BITS_PER_S };
}

/* Until what was said last over that line is at its end. */
static int64_t
wait_ms(const struct world *world, const struct world_call *call, unsigned line)
{
	int64_t at_ms = call->free_us[line] / 1000;

	return at_ms > world->now_ms ? at_ms - world->now_ms : 0;
}
