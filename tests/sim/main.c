/*
 * main.c - `sim --seed N --count M [--stop-at F]`: M worlds, each twice; or until F were red
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

enum {
	FAULTY_MS      = 60000,
	CALM_MS        = 20 * 60000, /* by then most worlds have come to rest */
	REST_MS        = 2 * 3600000,
	DEMAND_REST_MS = 26 * 3600000, /* of links on demand one call a day is sure */
	WHOLE_REST     = 8,            /* of so many seeds one does not end before that */
};

static uint64_t run_kept(const char *path, uint64_t *run);
static bool     holds(uint64_t seed);
static void     run_seed(uint64_t seed, struct world *world);
static void     come_to_rest(struct world *world, bool whole);
static void     say(enum log_level level, const char *line);

static struct world world; /* the log tells its time */

int
main(int argc, char **argv)
{
	uint64_t    seed = 1, count = 1, run = 0, failed = 0, most = UINT64_MAX;
	const char *kept = NULL;

	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--seed") == 0)
			seed = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--count") == 0)
			count = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--stop-at") == 0)
			most = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--kept") == 0)
			kept = argv[i + 1];
		else if (strcmp(argv[i], "--log") == 0)
			log_set_sink(say, (enum log_level)strtol(argv[i + 1], NULL, 10));
	}
	for (uint64_t i = seed; i < seed + count && failed < most; i++, run++)
		failed += !holds(i);
	if (kept != NULL)
		failed += run_kept(kept, &run);
	printf("sim: %llu passed, %llu failed, 0 skipped\n", (unsigned long long)(run - failed),
	       (unsigned long long)failed);
	return failed == 0 ? 0 : 1;
}

/* The seeds of a file, one a line, each with what it once found behind it; how many failed. */
static uint64_t
run_kept(const char *path, uint64_t *run)
{
	FILE    *file   = fopen(path, "r");
	uint64_t failed = 0;
	char     line[512];

	if (file == NULL) {
		printf("%s cannot be read\n", path);
		++*run;
		return 1;
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		uint64_t seed = strtoull(line, NULL, 10);

		if (seed == 0)
			continue; /* of a line of words */
		failed += !holds(seed);
		++*run;
	}
	fclose(file);
	return failed;
}

/* Twice, and the same both times? */
static bool
holds(uint64_t seed)
{
	uint64_t hash, steps;
	bool     good;

	run_seed(seed, &world);
	hash  = world.hash;
	steps = world.steps;
	if (world.failure[0] == '\0') {
		world_release(&world);
		run_seed(seed, &world);
		if (world.failure[0] == '\0' && world.hash != hash)
			world_fail(&world, "the second run differs: %llu steps, then %llu",
			           (unsigned long long)steps, (unsigned long long)world.steps);
	}
	good = world.failure[0] == '\0';
	if (!good) {
		printf("seed %llu, at %lld ms: %s\n", (unsigned long long)seed,
		       (long long)world.now_ms, world.failure);
		fflush(stdout);
	}
	world_release(&world);
	return good;
}

static void
run_seed(uint64_t seed, struct world *out)
{
	world_init(out, seed, false);
	world_draw_faults(out);
	world_draw_shape(out, seed);
	world_draw_traffic(out, FAULTY_MS);
	world_draw_ruled_traffic(out, seed, FAULTY_MS);
	for (unsigned i = 0; i < out->node_count; i++)
		world_schedule(out, PENDING_BOOT, i, (int64_t)random_below(&out->random, 2000));
	world_draw_strikes(out, FAULTY_MS);
	world_run(out, FAULTY_MS);
	world_heal(out);
	come_to_rest(out, seed % WHOLE_REST == 0);
}

/* What is to be so at the end may be so earlier: then there is nothing to wait for. */
static void
come_to_rest(struct world *out, bool whole)
{
	int64_t end_ms = FAULTY_MS + (out->on_demand || out->scheduled ? DEMAND_REST_MS : REST_MS);
	int64_t at_ms  = whole ? end_ms : FAULTY_MS + CALM_MS;

	for (;; at_ms = at_ms * 2 < end_ms ? at_ms * 2 : end_ms) {
		world_run(out, at_ms);
		if (out->failure[0] != '\0')
			return;
		world_check_all(out);
		if (out->failure[0] == '\0' || at_ms == end_ms)
			return;
		out->failure[0] = '\0';
	}
}

static void
say(enum log_level level, const char *line)
{
	fprintf(stderr, "%lld ms: %s: %s%s\n", (long long)world.now_ms,
	        world.stepping != NULL ? world.stepping : "nobody",
	        level == LOG_ERROR ? "error: " : "", line);
}
