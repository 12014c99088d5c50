/*
 * world_fault.c - what goes wrong: which kinds exist in a world, how often, and how
 *
 * Which faults a world has at all is drawn first, then how often each comes (swarm testing,
 * Groce 2012), so that now and then one fault is alone with the code that must bear it. Some
 * are chances, which world_perform.c and world_call.c ask for; the others strike a node at
 * moments that are drawn beforehand.
 */
#include "tests/sim/world.h"

enum {
	STRIKES_MAX   = 4,
	SPACE_MS      = 20000,
	RESTART_MS    = 3000,
	REFORMED_MS   = 900000, /* by then a liar's lies have arrived, and it hears of them */
	CLOSED_MS     = 40000,
	BACKUP_AGE_MS = 30000,
	SYNCS_MAX     = 20,
	LATENCY_MS    = 2000,
	BITS_PER_S    = 256000, /* of the slowest line: all must be over when the world rests */
};

#define CLOCK_MS (INT64_C(40) * 24 * 3600000) /* a clock is as wrong as that, at most */

static unsigned rate(struct world *world, unsigned exists, unsigned most);
static void     draw_strikes(struct world *world, enum world_fault fault, int64_t until_ms);
static void     take_space(struct world *world, struct world_node *node);
static void     back_up(struct world *world, struct world_node *node);
static void     restore(struct world *world, struct world_node *node);
static void     close_line(struct world *world, struct world_node *node);
static void     open_lines(struct world_node *node);

void
world_draw_faults(struct world *world)
{
	static const unsigned exists[FAULT_KINDS] = {
		[FAULT_FULL] = 200, [FAULT_RESTART] = 200, [FAULT_CLOCK] = 200,
		[FAULT_SYNC] = 300, [FAULT_BACKUP] = 200,  [FAULT_EDIT] = 350,
		[FAULT_TYPO] = 200, [FAULT_CLOSED] = 250,  [FAULT_LIE] = 200,
	};
	struct world_faults *faults = &world->faults;

	if (world_chance(world, 150))
		return; /* a calm world: nothing may even be late */
	faults->crash_after_commit = rate(world, 500, 256);
	faults->crash_at_operation = rate(world, 500, 1000);
	faults->cut                = rate(world, 500, 128);
	faults->fragment           = rate(world, 600, 300);
	faults->silent             = rate(world, 150, 32);
	faults->corrupt            = rate(world, 200, 256);
	faults->slow_disk          = rate(world, 300, 500);
	faults->slow_line          = rate(world, 300, 1000);
	faults->reader             = rate(world, 700, 1000);
	faults->handler            = rate(world, 400, 1000);
	for (unsigned fault = 0; fault < FAULT_KINDS; fault++)
		if (world_chance(world, exists[fault]))
			faults->strikes |= 1U << fault;
}

void
world_draw_strikes(struct world *world, int64_t until_ms)
{
	for (unsigned fault = 0; fault < FAULT_KINDS; fault++)
		if (world_strikes(world, (enum world_fault)fault))
			draw_strikes(world, (enum world_fault)fault, until_ms);
	for (unsigned i = 0; i < world->node_count; i++)
		for (size_t j = 0; j < world->nodes[i]->link_count; j++) {
			struct world_line *line;

			if (!world_chance(world, world->faults.slow_line))
				continue;
			line = world_line(world->nodes[i], world->nodes[i]->links[j].to->index);
			line->latency_ms = 1 + (int64_t)random_below(&world->random, LATENCY_MS);
			line->bits_per_s = (uint64_t)BITS_PER_S << random_below(&world->random, 8);
		}
}

bool
world_strikes(const struct world *world, enum world_fault fault)
{
	return (world->faults.strikes & 1U << fault) != 0;
}

void
world_strike_in(struct world *world, struct world_node *node, enum world_fault fault,
                int64_t delay_ms)
{
	world_schedule(world, PENDING_FAULT, node->index, delay_ms)->fault = fault;
}

void
world_strike(struct world *world, struct world_node *node, enum world_fault fault)
{
	if (world->healing && fault < FAULT_KINDS)
		return;
	switch (fault) {
	case FAULT_FULL:
		take_space(world, node);
		break;
	case FAULT_SPACE:
		sim_disk_set_space(node->disk, UINT64_MAX);
		break;
	case FAULT_RESTART:
	case FAULT_REFORMED:
		if (node->alive)
			world_stop(world, node,
			           10 + (int64_t)random_below(&world->random, RESTART_MS));
		break;
	case FAULT_CLOCK:
		node->clock_ms = (int64_t)random_below(&world->random, 2 * CLOCK_MS) - CLOCK_MS;
		break;
	case FAULT_SYNC:
		sim_disk_fail_sync(node->disk, random_below(&world->random, SYNCS_MAX));
		break;
	case FAULT_BACKUP:
		back_up(world, node);
		break;
	case FAULT_RESTORED:
		restore(world, node);
		break;
	case FAULT_EDIT:
		world_edit(world, node);
		break;
	case FAULT_TYPO:
		world_mistype(world, node);
		break;
	case FAULT_MENDED:
		world_reload(world, node);
		break;
	case FAULT_RELEASED:
		world_release_held(world, node);
		break;
	case FAULT_CLOSED:
		close_line(world, node);
		break;
	case FAULT_OPENED:
		open_lines(node);
		break;
	case FAULT_LIE:
		world_lie(world, node);
		break;
	case FAULT_KINDS:
	default:
		break;
	}
}

void
world_faults_end(struct world *world)
{
	for (unsigned i = 0; i < world->node_count; i++) {
		struct world_node *node = world->nodes[i];

		sim_disk_set_crash_at(node->disk, UINT64_MAX);
		sim_disk_set_space(node->disk, UINT64_MAX);
		sim_disk_fail_sync(node->disk, UINT64_MAX);
		open_lines(node);
		if (node->lied)
			world_strike_in(world, node, FAULT_REFORMED, REFORMED_MS);
	}
}

/* 0 in most worlds, else anything up to `most` of a thousand, small ones as often as large. */
static unsigned
rate(struct world *world, unsigned exists, unsigned most)
{
	unsigned limit = most;

	if (!world_chance(world, exists))
		return 0;
	while (limit > 1 && world_chance(world, 600))
		limit /= 2;
	return 1 + (unsigned)random_below(&world->random, limit);
}

static void
draw_strikes(struct world *world, enum world_fault fault, int64_t until_ms)
{
	unsigned count = 1 + (unsigned)random_below(&world->random, STRIKES_MAX);

	for (unsigned i = 0; i < count; i++)
		world_strike_in(world,
		                world->nodes[random_below(&world->random, world->node_count)],
		                fault, (int64_t)random_below(&world->random, (uint64_t)until_ms));
}

static void
take_space(struct world *world, struct world_node *node)
{
	sim_disk_set_space(node->disk,
	                   sim_disk_used(node->disk) + random_below(&world->random, 100000));
	world_strike_in(world, node, FAULT_SPACE,
	                1 + (int64_t)random_below(&world->random, SPACE_MS));
}

static void
back_up(struct world *world, struct world_node *node)
{
	if (!node->alive)
		return;
	if (node->backup != NULL)
		sim_disk_free(node->backup);
	node->backup = sim_disk_copy(node->disk, random_next(&world->random));
	world_strike_in(world, node, FAULT_RESTORED,
	                1 + (int64_t)random_below(&world->random, BACKUP_AGE_MS));
}

/* The disk is as it was some time ago. What this node alone held since then is gone. */
static void
restore(struct world *world, struct world_node *node)
{
	if (node->backup == NULL || world->healing)
		return;
	world_check_restored(world, node);
	if (node->alive)
		world_stop(world, node, 10 + (int64_t)random_below(&world->random, RESTART_MS));
	sim_vfs_free(node->vfs);
	sim_disk_free(node->disk);
	node->disk   = node->backup;
	node->backup = NULL;
	node->vfs    = sim_vfs_new(node->vfs_name, node->disk, random_next(&world->random));
}

/* A contact ends: for both, or for this end alone, which then cannot call but be called. */
static void
close_line(struct world *world, struct world_node *node)
{
	struct world_node *far;

	if (node->link_count == 0)
		return;
	far = node->links[random_below(&world->random, node->link_count)].to;
	world_line(node, far->index)->closed = true;
	if (world_chance(world, 700)) {
		world_line(far, node->index)->closed = true;
		world_calls_cut_between(world, node, far);
		world_strike_in(world, far, FAULT_OPENED, CLOSED_MS);
	}
	world_strike_in(world, node, FAULT_OPENED,
	                1 + (int64_t)random_below(&world->random, CLOSED_MS));
}

static void
open_lines(struct world_node *node)
{
	for (size_t i = 0; i < node->line_count; i++)
		node->lines[i].closed = false;
}
