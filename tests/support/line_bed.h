/*
 * line_bed.h - two ends of daemon/line and a bad line between them, under a virtual clock
 *
 * Each end writes a stream that is known, byte for byte, and ends it; what comes out at the
 * other is compared at once. The line is two channels (channel.h), and may do worse than
 * they: invent and double bytes, lose many in a row, eat any set of values, stand still,
 * garble what is said while the other end speaks, and begin with bytes of an earlier call.
 */
#ifndef TESTS_SUPPORT_LINE_BED_H
#define TESTS_SUPPORT_LINE_BED_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/line/line.h"
#include "spool/base/random.h"
#include "tests/support/channel.h"

struct line_bed_options {
	struct line_options    ends[2];
	struct channel_options way; /* each; the second has another seed      */
	uint64_t               invent_one_in, double_one_in; /* bytes; 0: never */
	uint64_t               burst_one_in;                 /* bytes; then ... */
	uint64_t               burst_bytes;                  /* ... so many are noise */
	int64_t                stall_every_ms, stall_ms;     /* 0: never       */
	bool                   eaten[256];
	bool                   one_at_a_time; /* speaking together is noise at both ends */
	bool                   stale;         /* bytes of an earlier call come first    */
	bool                   echo;          /* an end hears itself as well            */
	uint64_t               stream_bytes[2];
	int64_t                pause_ms; /* between pieces that an end writes; 0: none */
	size_t                 piece_bytes;
	uint64_t               seed;
};

struct line_bed_end {
	struct line   *line;
	struct channel way;     /* to the other end                      */
	struct buffer  pending; /* for it, and it has no room            */
	uint64_t       written, read;
	bool           closed, ended;
	struct instant next_piece;
	uint64_t       burst_left;
	int64_t        burst_until_ms;
	int64_t        stalled_until_ms, next_stall_ms;
	bool           garbled;      /* what it says now is noise */
	uint64_t       medium_bytes; /* that it said              */
};

struct line_bed {
	struct line_bed_options options;
	struct line_bed_end     ends[2];
	struct random           dice;
	struct instant          now;
	uint64_t                steps;
	char                    trouble[200]; /* what must not be; "" */
};

void line_bed_init(struct line_bed *bed, const struct line_bed_options *options);
void line_bed_release(struct line_bed *bed);

/* Until both streams have ended at both ends, an end died, there is trouble, or so long. */
void line_bed_run(struct line_bed *bed, int64_t limit_ms);

/* All came, and both ends know that. */
bool line_bed_is_done(const struct line_bed *bed);

/* A line and what is to be carried, by chance; all of them can carry it. */
void line_bed_draw(struct line_bed_options *options, uint64_t seed);

/* What is wrong after a drawn one ran; "" if nothing is. */
const char *line_bed_judge(struct line_bed *bed);

/* The stream of an end is random bytes that a position names. */
uint8_t line_bed_byte(unsigned end, uint64_t position);

#endif
