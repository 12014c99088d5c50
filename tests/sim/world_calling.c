/*
 * world_calling.c - when the links of a world are called, and whether they are when they may
 *
 * A few policies, so that ends meet that call at different times, in windows that do not overlap,
 * and over a line that several links of a node share. The windows are plain enough to be checked
 * by arithmetic alone, without the code that is under test: zones are whole multiples of the
 * period away from UTC.
 */
#include "tests/sim/world.h"

#include <string.h>

enum { OFFSETS = 4 };

static const struct {
	const char *statements;
	int         offset; /* of its windows; -1: it has none */
} policies[] = {
	{ "", -1 },
	{ "call on-demand; retry 20s doubling to 5m", -1 },
	{ "schedule w0", 0 },
	{ "schedule w1; call on-demand", 1 },
	{ "schedule w2; call on-demand; device line; retry 5s", 2 },
	{ "schedule w2; call-time 90s; device line", 2 },
	{ "schedule w3; call when any { count 3 of mail; bytes 20K; oldest 5m }; poll 1h", 3 },
	{ "schedule w0; call when all { count 1; oldest 2m }; device line slot +40s; poll 2h", 0 },
	{ "schedule w0 at-least high; schedule night; call on-demand; poll 1h", 0 },
};

enum { POLICIES = sizeof(policies) / sizeof(policies[0]) };

static int64_t offset_ms(int offset);

const char *
world_draw_calls(struct world *world)
{
	return policies[random_below(&world->random, POLICIES)].statements;
}

const char *
world_draw_zone(struct world *world)
{
	static const char *const zones[] = { "", "AEST-10AEDT,M10.1.0,M4.1.0/3", "<-0330>3:30",
		                             "CET-1CEST,M3.5.0,M10.5.0/3" };

	return zones[random_below(&world->random, sizeof(zones) / sizeof(zones[0]))];
}

/* `night` is the same hours for all of them, so that it need not be looked for. */
void
world_say_schedules(const struct world_node *node, struct buffer *out)
{
	(void)node;
	buffer_append_text(out, "\tdevice line { calls 1; order round-robin }\n");
	for (int i = 0; i < OFFSETS; i++)
		buffer_append_format(out, "\tschedule w%d { every %ds for %ds offset %llds }\n", i,
		                     WORLD_PERIOD_MS / 1000, WORLD_WINDOW_MS / 1000,
		                     (long long)offset_ms(i) / 1000);
	buffer_append_format(out, "\tschedule night { every %ds for %ds }\n",
	                     WORLD_PERIOD_MS / 1000, WORLD_WINDOW_MS / 1000);
}

void
world_check_windows(struct world *world, const struct world_node *node)
{
	for (size_t i = 0; i < node->call_count && !world_strikes(world, FAULT_CLOCK); i++) {
		const struct world_call *call     = node->calls[i];
		int64_t                  since_ms = world_wall(world).ms % WORLD_PERIOD_MS;
		int                      policy   = -1;

		if (call->caller != node->index || node->edited)
			continue;
		for (size_t j = 0; j < node->link_count; j++)
			if (node->links[j].to->index == call->answerer)
				for (int k = 0; k < POLICIES; k++)
					if (policies[k].statements == node->links[j].calls)
						policy = k;
		if (policy < 0 || policies[policy].offset < 0)
			continue;
		since_ms -= offset_ms(policies[policy].offset);
		since_ms += since_ms < 0 ? WORLD_PERIOD_MS : 0;
		if (since_ms >= WORLD_WINDOW_MS)
			world_fail(world, "%s calls %s %lld s after its window has closed",
			           node->name.text, world->nodes[call->answerer]->name.text,
			           (long long)(since_ms - WORLD_WINDOW_MS) / 1000);
	}
}

static int64_t
offset_ms(int offset)
{
	return offset * INT64_C(135000);
}
