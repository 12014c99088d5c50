/*
 * line - thousands of drawn lines, each bad in its own way
 *
 *	line [--seed N] [--count N] [--verbose]
 *
 * Each seed is a line, two ends and two streams (tests/support/line_bed.h). What comes out is
 * what went in, from its beginning and to its end; no end asks to be called at a time
 * that has passed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/line_bed.h"

enum { DAY_MS = 86400000 };

static bool run(uint64_t seed, bool verbose);
static void tell(const struct line_bed *bed);
static void tell_end(const struct line_bed *bed, unsigned which);

int
main(int count, char **words)
{
	unsigned long seed = 1, seeds = 1000, failed = 0;
	bool          verbose = false;

	for (int i = 1; i < count; i++) {
		if (strcmp(words[i], "--seed") == 0 && i + 1 < count) {
			seed = strtoul(words[++i], NULL, 10);
		} else if (strcmp(words[i], "--count") == 0 && i + 1 < count) {
			seeds = strtoul(words[++i], NULL, 10);
		} else if (strcmp(words[i], "--verbose") == 0) {
			verbose = true;
		} else {
			fputs("usage: line [--seed N] [--count N] [--verbose]\n", stderr);
			return 64;
		}
	}
	for (unsigned long i = 0; i < seeds; i++)
		failed += run(seed + i, verbose) ? 0 : 1;
	printf("line: %lu passed, %lu failed, 0 skipped\n", seeds - failed, failed);
	return failed > 0;
}

static bool
run(uint64_t seed, bool verbose)
{
	struct line_bed_options options;
	static struct line_bed  bed;
	const char             *wrong;
	bool                    passed;

	line_bed_draw(&options, seed);
	line_bed_init(&bed, &options);
	line_bed_run(&bed, 2 * (int64_t)DAY_MS);
	wrong  = line_bed_judge(&bed);
	passed = wrong[0] == '\0';
	if (!passed)
		printf("seed %llu: %s\n", (unsigned long long)seed, wrong);
	if (verbose)
		tell(&bed);
	line_bed_release(&bed);
	return passed;
}

static void
tell(const struct line_bed *bed)
{
	const struct line_bed_options *options = &bed->options;
	const struct channel_options  *way     = &options->way;

	printf("seed %llu: %lld bytes/s, %lld ms;", (unsigned long long)options->seed,
	       (long long)way->bytes_per_s, (long long)way->delay_us / 500);
	printf(" flip %llu, drop %llu, invent %llu, double %llu, burst %llu of %llu;",
	       (unsigned long long)way->flip_one_in, (unsigned long long)way->drop_one_in,
	       (unsigned long long)options->invent_one_in,
	       (unsigned long long)options->double_one_in,
	       (unsigned long long)options->burst_one_in, (unsigned long long)options->burst_bytes);
	printf("%s%s%s%s%s", way->seven_bit ? " seven-bit" : "", way->eats_flow ? " flow" : "",
	       options->one_at_a_time ? " one-at-a-time" : "", options->stale ? " stale" : "",
	       options->echo ? " echo" : "");
	printf(" stall %lld of %lld, pause %lld, eaten", (long long)options->stall_ms,
	       (long long)options->stall_every_ms, (long long)options->pause_ms);
	for (unsigned byte = 0; byte < 256; byte++)
		if (options->eaten[byte])
			printf(" %02x", byte);
	puts("");
	tell_end(bed, 0);
	tell_end(bed, 1);
}

static void
tell_end(const struct line_bed *bed, unsigned which)
{
	const struct line_options *end = &bed->options.ends[which];
	struct line_figures        figures;

	line_figures(bed->ends[which].line, &figures);
	printf("  says%s%s%s rate %lld, trip %lld;", end->seven_bit ? " seven-bit" : "",
	       end->xonxoff ? " flow" : "", end->half_duplex ? " half-duplex" : "",
	       (long long)end->rate_bytes, (long long)end->round_trip_ms);
	printf(" %llu bytes in %llu, %lld ms, %llu steps; frames %llu, again %llu, damaged %llu,"
	       " round trip %lld, length %u, letters %u\n",
	       (unsigned long long)bed->options.stream_bytes[which],
	       (unsigned long long)bed->ends[which].medium_bytes, (long long)bed->now.ms - 1000,
	       (unsigned long long)bed->steps, (unsigned long long)figures.frames,
	       (unsigned long long)figures.frames_again, (unsigned long long)figures.damaged,
	       (long long)figures.round_trip_ms, figures.frame_bytes, figures.letters);
}
