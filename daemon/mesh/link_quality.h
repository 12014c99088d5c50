/*
 * link_quality.h - what is known of a line: by the driver that says it, by the frames that it carries
 *
 * One line at a time, `key=value`, in printable ASCII:
 *
 *	rate=2400            bits a second, as the modem has agreed
 *	round-trip=12000     milliseconds
 *	quality=87           percent; 100 is a line without errors
 *	signal=-93dBm        up to 31 characters, in the words of whoever measured it
 *	frames=1204          of ours, that a line which repairs itself has carried
 *	again=37             of those, such as had been sent before
 *	damaged=12           of the far end's, pieces that could not be read
 *	text=...             up to 127 characters, for people
 *
 * An empty value takes back what was said. Other keys are of other versions, and passed over.
 */
#ifndef DAEMON_MESH_LINK_QUALITY_H
#define DAEMON_MESH_LINK_QUALITY_H

#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/status.h"

enum {
	LINK_QUALITY_SIGNAL_SIZE   = 32,
	LINK_QUALITY_TEXT_SIZE     = 128,
	LINK_QUALITY_RATE_MAX_BITS = 1000000000,
	LINK_QUALITY_TRIP_MAX_MS   = 86400000,
	LINK_QUALITY_FRAMES_MAX    = INT32_MAX,
};

/* All zero: nothing was said. */
struct link_quality {
	int64_t rate_bits;     /* 0: not said                    */
	int64_t round_trip_ms; /* 0: not said                    */
	int64_t percent;       /* one more than that; 0: not said */
	int64_t frames;        /* of ours, on the line; 0: not said, or none */
	int64_t again;         /* of those, such as were lost and sent again */
	int64_t damaged;       /* of the far end's, pieces that were no frame */
	char    signal[LINK_QUALITY_SIGNAL_SIZE];
	char    text[LINK_QUALITY_TEXT_SIZE];
};

/* Takes one line, without its end. STATUS_INVALID: it is none, and nothing has changed. */
enum status link_quality_take(struct link_quality *quality, struct span line);

/* Appends "2400 bit/s, 12000 ms round trip, 87 %, signal -93dBm, 3 of 90 frames sent again, text"; nothing if nothing was said. */
void link_quality_print(const struct link_quality *quality, struct buffer *out);

#endif
