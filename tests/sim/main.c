/*
 * main.c - `sim --seed N --count M`: M worlds, each twice
 *
 * A world: nodes in a shape drawn from the seed (world_shape.c), mail and files submitted by
 * clients that repeat until they are told "accepted", faults for a while (safety), then a
 * healed world that must come to rest with everything delivered once (liveness). The second
 * run of a seed must hash equal, or the code depends on something that is not the seed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/log.h"
#include "tests/sim/world.h"

enum { FAULTY_MS = 60000, REST_MS = 7200000 };

static void run_seed(uint64_t seed, struct world *world);
static void draw_faults(struct world *world);
static void say(enum log_level level, const char *line);

static struct world world; /* the log tells its time */

int
main(int argc, char **argv)
{
	uint64_t seed = 1, count = 1, failed = 0;

	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--seed") == 0)
			seed = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--count") == 0)
			count = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--log") == 0)
			log_set_sink(say, (enum log_level)strtol(argv[i + 1], NULL, 10));
	}
	for (uint64_t i = seed; i < seed + count; i++) {
		uint64_t hash, steps;

		run_seed(i, &world);
		hash  = world.hash;
		steps = world.steps;
		if (world.failure[0] == '\0') {
			world_release(&world);
			run_seed(i, &world);
			if (world.failure[0] == '\0' && world.hash != hash)
				world_fail(&world, "the second run differs: %llu steps, then %llu",
				           (unsigned long long)steps,
				           (unsigned long long)world.steps);
		}
		if (world.failure[0] != '\0') {
			printf("seed %llu, at %lld ms: %s\n", (unsigned long long)i,
			       (long long)world.now_ms, world.failure);
			failed++;
		}
		world_release(&world);
	}
	printf("sim: %llu passed, %llu failed, 0 skipped\n", (unsigned long long)(count - failed),
	       (unsigned long long)failed);
	return failed == 0 ? 0 : 1;
}

static void
run_seed(uint64_t seed, struct world *out)
{
	world_init(out, seed, false);
	draw_faults(out);
	world_draw_shape(out, seed);
	world_draw_traffic(out, FAULTY_MS);
	for (unsigned i = 0; i < out->node_count; i++) {
		world_schedule(out, PENDING_BOOT, i, (int64_t)random_below(&out->random, 2000));
		if (world_chance(out, out->faults.full_disk))
			world_schedule(out, PENDING_FULL, i,
			               (int64_t)random_below(&out->random, FAULTY_MS));
	}
	world_run(out, FAULTY_MS);
	world_heal(out);
	world_run(out, FAULTY_MS + REST_MS);
	world_check_at_rest(out);
	world_check_databases(out);
	for (unsigned i = 0; i < out->node_count; i++)
		world_check_tables(out, out->nodes[i]);
}

/* Which faults exist at all is drawn first, then how often (swarm testing, Groce 2012). */
static void
draw_faults(struct world *out)
{
	struct world_faults *faults = &out->faults;

	if (world_chance(out, 150))
		return; /* a calm world: nothing may even be late */

	if (world_chance(out, 600))
		faults->crash_after_commit = 1U << random_below(&out->random, 8);
	if (world_chance(out, 600))
		faults->crash_at_operation = 200 + (unsigned)random_below(&out->random, 800);
	if (world_chance(out, 600))
		faults->cut = 1U << random_below(&out->random, 7);
	if (world_chance(out, 600))
		faults->fragment = 1 + (unsigned)random_below(&out->random, 300);
	if (world_chance(out, 300))
		faults->slow_disk = 1 + (unsigned)random_below(&out->random, 500);
	if (world_chance(out, 200))
		faults->full_disk = 1 + (unsigned)random_below(&out->random, 1000);
	if (world_chance(out, 700))
		faults->reader = 1 + (unsigned)random_below(&out->random, 900);
}

static void
say(enum log_level level, const char *line)
{
	fprintf(stderr, "%lld ms: %s%s\n", (long long)world.now_ms,
	        level == LOG_ERROR ? "error: " : "", line);
}
