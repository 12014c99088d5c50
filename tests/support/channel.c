/*
 * channel.c - stretches of bytes, each with the time at which its first byte began
 *
 * The bytes of a stretch follow each other at the line's rate, so a stretch needs one time
 * only; what was lost or eaten has taken its time all the same.
 */
#include "tests/support/channel.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

enum {
	UNPACED_ROOM = 65536, /* of a line without a rate, at a time                 */
	UNPACED_HELD = 64,    /* times so much may be under way on one               */
};

struct channel_stretch {
	struct channel_stretch *next;
	int64_t                 began_us; /* its first byte began to be sent */
	size_t                  length, taken;
	uint16_t                bytes[]; /* GONE: it was lost on the way     */
};

enum { GONE = 0x100 };

static uint16_t suffer(struct channel *channel, uint8_t byte);
static int64_t  sent_us(const struct channel *channel, size_t count);

void
channel_init(struct channel *channel, const struct channel_options *options)
{
	*channel = (struct channel){ .options = *options };
	random_seed_number(&channel->random, options->seed);
	if (channel->options.buffer == 0)
		channel->options.buffer = 1;
}

void
channel_release(struct channel *channel)
{
	channel_clear(channel);
}

void
channel_clear(struct channel *channel)
{
	for (struct channel_stretch *stretch = channel->first, *next; stretch != NULL;
	     stretch                         = next) {
		next = stretch->next;
		free(stretch);
	}
	channel->first = channel->last = NULL;
	channel->busy_us               = 0;
}

bool
channel_is_empty(const struct channel *channel)
{
	return channel->first == NULL;
}

size_t
channel_room(const struct channel *channel, int64_t now_us)
{
	int64_t waiting;

	if (channel->options.bytes_per_s == 0) {
		size_t held = 0;

		for (const struct channel_stretch *stretch = channel->first; stretch != NULL;
		     stretch                               = stretch->next)
                        held++;
		return held < UNPACED_HELD ? UNPACED_ROOM : 0;
	}
	if (channel->busy_us <= now_us)
		return channel->options.buffer;
	/* What is not yet sent, a byte that has begun included. */
	waiting = ((channel->busy_us - now_us) * channel->options.bytes_per_s + 999999) / 1000000;
	return (size_t)waiting < channel->options.buffer ? channel->options.buffer - (size_t)waiting
	                                                 : 0;
}

int64_t
channel_room_us(const struct channel *channel, int64_t now_us)
{
	int64_t full_us;

	if (channel_room(channel, now_us) > 0)
		return now_us;
	if (channel->options.bytes_per_s == 0)
		return channel_due_us(channel);
	/* Until half of the buffer is free again: a byte at a time would be much ado. */
	full_us = sent_us(channel, (channel->options.buffer + 1) / 2);
	return channel->busy_us - full_us;
}

void
channel_put(struct channel *channel, const void *bytes, size_t length, int64_t now_us)
{
	struct channel_stretch *stretch;
	const uint8_t          *from = bytes;

	assert(length <= channel_room(channel, now_us));
	if (length == 0)
		return;
	stretch  = memory_new(1, sizeof(*stretch) + length * sizeof(stretch->bytes[0]));
	*stretch = (struct channel_stretch){ .length = length };
	for (size_t i = 0; i < length; i++)
		stretch->bytes[i] = suffer(channel, from[i]);
	stretch->began_us = channel->busy_us > now_us ? channel->busy_us : now_us;
	channel->busy_us  = stretch->began_us + sent_us(channel, length);
	if (channel->first == NULL)
		channel->first = stretch;
	else
		channel->last->next = stretch;
	channel->last = stretch;
}

static uint16_t
suffer(struct channel *channel, uint8_t byte)
{
	const struct channel_options *options = &channel->options;

	if (options->seven_bit)
		byte &= 0x7f;
	if (options->eats_flow && (byte == 0x11 || byte == 0x13))
		return GONE;
	if (options->drop_one_in > 0 && random_below(&channel->random, options->drop_one_in) == 0)
		return GONE;
	if (options->flip_one_in > 0 && random_below(&channel->random, options->flip_one_in) == 0)
		byte ^= (uint8_t)(1u << random_below(&channel->random, options->seven_bit ? 7 : 8));
	return byte;
}

size_t
channel_take(struct channel *channel, void *bytes, size_t room, int64_t now_us)
{
	uint8_t *to    = bytes;
	size_t   count = 0;

	while (channel->first != NULL && channel_due_us(channel) <= now_us) {
		struct channel_stretch *stretch = channel->first;
		uint16_t                byte    = stretch->bytes[stretch->taken];

		if (byte != GONE && count == room)
			break;
		if (byte != GONE)
			to[count++] = (uint8_t)byte;
		if (++stretch->taken < stretch->length)
			continue;
		channel->first = stretch->next;
		if (channel->first == NULL)
			channel->last = NULL;
		free(stretch);
	}
	channel->carried += count;
	return count;
}

int64_t
channel_due_us(const struct channel *channel)
{
	const struct channel_stretch *stretch = channel->first;

	if (stretch == NULL)
		return CHANNEL_NEVER_US;
	return stretch->began_us + sent_us(channel, stretch->taken + 1) + channel->options.delay_us;
}

/* How long so many bytes take. */
static int64_t
sent_us(const struct channel *channel, size_t count)
{
	int64_t rate = channel->options.bytes_per_s;

	return rate == 0 ? 0 : (int64_t)count * 1000000 / rate;
}
