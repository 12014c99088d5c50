/*
 * channel.h - one direction of a slow or bad line, as a value under a clock that is handed in
 *
 * What is put in comes out so much later: the bytes are sent one after the other at the
 * line's rate, and each is under way for the line's delay. On the way a bit may be flipped, a
 * byte may get lost, the eighth bit may be cleared, XON and XOFF may be eaten. Programs
 * that stand in for a line (tests/emulators) and tests without any line share it.
 */
#ifndef TESTS_SUPPORT_CHANNEL_H
#define TESTS_SUPPORT_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/random.h"

#define CHANNEL_NEVER_US INT64_MAX

struct channel_options {
	int64_t  bytes_per_s; /* 0: any number at once                              */
	int64_t  delay_us;    /* one way                                            */
	size_t   buffer;      /* bytes that may wait to be sent, as in a modem; 0: 1 */
	uint64_t flip_one_in; /* bytes, on average; 0: never                        */
	uint64_t drop_one_in;
	bool     seven_bit; /* the eighth is cleared         */
	bool     eats_flow; /* XON (11 hex) and XOFF (13 hex) */
	uint64_t seed;
};

struct channel_stretch; /* bytes that were put in together */

struct channel {
	struct channel_options  options;
	struct random           random;
	struct channel_stretch *first, *last;
	int64_t                 busy_us; /* until then what was put in is being sent */
	uint64_t                carried; /* bytes that have come out                */
};

void channel_init(struct channel *channel, const struct channel_options *options);
void channel_release(struct channel *channel);

/* All that is in it is lost, as at a hang-up; what it may do with bytes stays the same. */
void channel_clear(struct channel *channel);

/* How many bytes it takes now; 0: not before channel_room_us. */
size_t  channel_room(const struct channel *channel, int64_t now_us);
int64_t channel_room_us(const struct channel *channel, int64_t now_us);

/* At most as many as there is room for. */
void channel_put(struct channel *channel, const void *bytes, size_t length, int64_t now_us);

/* Bytes that have come out, at most `room`; and when there will be the next, or NEVER. */
size_t  channel_take(struct channel *channel, void *bytes, size_t room, int64_t now_us);
int64_t channel_due_us(const struct channel *channel);

/* Nothing is on its way. */
bool channel_is_empty(const struct channel *channel);

#endif
