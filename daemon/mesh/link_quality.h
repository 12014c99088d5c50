/*
 * link_quality.h - what the driver of a line says of it
 *
 * One line at a time, `key=value`, in printable ASCII:
 *
 *	rate=2400            bits a second, as the modem has agreed
 *	round-trip=12000     milliseconds
 *	quality=87           percent; 100 is a line without errors
 *	signal=-93dBm        up to 31 characters, in the words of whoever measured it
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
};

/* All zero: nothing was said. */
struct link_quality {
	int64_t rate_bits;     /* 0: not said                    */
	int64_t round_trip_ms; /* 0: not said                    */
	int64_t percent;       /* one more than that; 0: not said */
	char    signal[LINK_QUALITY_SIGNAL_SIZE];
	char    text[LINK_QUALITY_TEXT_SIZE];
};

/* Takes one line, without its end. STATUS_INVALID: it is none, and nothing has changed. */
enum status link_quality_take(struct link_quality *quality, struct span line);

/* Appends "2400 bit/s, 12.0 s round trip, 87 %, -93dBm: text"; nothing if nothing was said. */
void link_quality_print(const struct link_quality *quality, struct buffer *out);

#endif
