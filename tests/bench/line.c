/*
 * line.c - what a lossy line carries, of what it could; and what that costs the processor
 *
 * The clock is virtual (tests/support/line_bed.h): the shares are exact and the same on every
 * machine. A share is plain bytes in the time from the first byte of the call to the last
 * confirmation, against what the line carries in that time.
 */
#include <stdio.h>
#include <time.h>

#include "tests/support/line_bed.h"

enum { HOUR_MS = 3600000 };

static struct line_bed bed;

static void   carry(const char *what, const struct line_bed_options *options);
static void   measure_work(void);
static double seconds(void);

int
main(void)
{
	struct line_bed_options options = {
		.ends = { { .number = 1, .calls = true, .rate_bytes = 960, .round_trip_ms = 300 },
		          { .number = 2, .rate_bytes = 960, .round_trip_ms = 300 } },
		.way  = { .bytes_per_s = 960, .delay_us = 150000, .buffer = 64 },
		.stream_bytes = { 41000, 0 },
	};

	carry("no error, 41 KB", &options);
	options.stream_bytes[0] = 400000;
	carry("no error, 400 KB", &options);
	options.stream_bytes[1] = 400000;
	carry("no error, 400 KB each way", &options);
	options.stream_bytes[1] = 0;
	options.way.flip_one_in = 100000;
	carry("1 error in 100,000 bytes", &options);
	options.way.flip_one_in = 10000;
	carry("1 error in 10,000 bytes", &options);
	options.way.seven_bit = options.way.eats_flow = true;
	options.ends[0].seven_bit = options.ends[1].seven_bit = true;
	carry("1 error in 10,000 bytes, 7 bits", &options);
	options.way.flip_one_in = 1000;
	carry("1 error in 1,000 bytes, 7 bits", &options);
	options.way.flip_one_in   = 0;
	options.ends[0].seven_bit = options.ends[1].seven_bit = false;
	carry("7 bits, and nobody said so", &options);
	measure_work();
	return 0;
}

static void
carry(const char *what, const struct line_bed_options *options)
{
	struct line_figures figures;
	double              took;

	line_bed_init(&bed, options);
	line_bed_run(&bed, 24 * (int64_t)HOUR_MS);
	took = (double)(bed.now.ms - 1000) / 1000;
	line_figures(bed.ends[0].line, &figures);
	printf("9,600 bit/s, 300 ms, %-33s %5.1f %% of the line; again %llu of %llu frames%s%s\n",
	       what, 100.0 * (double)options->stream_bytes[0] / took / 960,
	       (unsigned long long)figures.frames_again, (unsigned long long)figures.frames,
	       line_bed_judge(&bed)[0] != '\0' ? "; " : "", line_bed_judge(&bed));
	line_bed_release(&bed);
}

/* Both ends, and the bed between them. */
static void
measure_work(void)
{
	struct line_bed_options options = {
		.ends         = { { .number = 1, .calls = true }, { .number = 2 } },
		.stream_bytes = { 20000000, 0 },
	};
	struct line_figures figures;
	double              began = seconds();
	double              took;

	line_bed_init(&bed, &options);
	line_bed_run(&bed, HOUR_MS);
	took = seconds() - began;
	line_figures(bed.ends[0].line, &figures);
	printf("processor, both ends of a line: %.0f frames/s, %.1f MB/s\n",
	       (double)figures.frames / took, 20.0 / took);
	line_bed_release(&bed);
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
