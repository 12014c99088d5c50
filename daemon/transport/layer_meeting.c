/*
 * layer_meeting.c - what is above begins at once; its first bytes wait until the two have met
 */
#include "daemon/transport/layer_meeting.h"

#include <stdlib.h>

#include "spool/base/memory.h"

struct layer_meeting {
	struct layer   layer;
	struct meeting meeting;
	bool           begun;
	bool           calls, words, minds_carrier;
	struct buffer  below; /* of above, until it may be said */
};

static enum status    receive(struct layer *layer, struct span bytes, struct instant now);
static enum status    read_above(struct layer *layer, void *bytes, size_t room, size_t *length);
static enum status    write_below(struct layer *layer, struct span bytes, struct instant now);
static void           output(struct layer *layer, struct buffer *below, struct instant now);
static bool           is_open(const struct layer *layer);
static struct instant deadline(const struct layer *layer);
static enum status    tick(struct layer *layer, struct instant now);
static const char    *why(const struct layer *layer);
static void           release(struct layer *layer);

static const struct layer_operations operations = {
	.receive  = receive,
	.read     = read_above,
	.write    = write_below,
	.output   = output,
	.is_open  = is_open,
	.deadline = deadline,
	.tick     = tick,
	.why      = why,
	.free     = release,
};

struct layer *
layer_meeting_new(bool calls, bool words, bool minds_carrier)
{
	struct layer_meeting *layer = memory_new(1, sizeof(*layer));

	layer->layer.operations = &operations;
	layer->calls            = calls;
	layer->words            = words;
	layer->minds_carrier    = minds_carrier;
	buffer_init(&layer->below);
	meeting_init(&layer->meeting, calls, words, minds_carrier, INSTANT_NEVER);
	return &layer->layer;
}

/* The first call is the beginning: only now is it known when that is. */
static enum status
receive(struct layer *layer, struct span bytes, struct instant now)
{
	struct layer_meeting *self = (struct layer_meeting *)layer;

	if (!self->begun) {
		self->begun = true;
		meeting_release(&self->meeting);
		meeting_init(&self->meeting, self->calls, self->words, self->minds_carrier, now);
	}
	return meeting_receive(&self->meeting, bytes, now);
}

static enum status
read_above(struct layer *layer, void *bytes, size_t room, size_t *length)
{
	*length = buffer_take_front(&((struct layer_meeting *)layer)->meeting.above, bytes, room);
	return STATUS_OK;
}

static enum status
write_below(struct layer *layer, struct span bytes, struct instant now)
{
	(void)now;
	buffer_append_span(&((struct layer_meeting *)layer)->below, bytes);
	return STATUS_OK;
}

static void
output(struct layer *layer, struct buffer *below, struct instant now)
{
	struct layer_meeting *self = (struct layer_meeting *)layer;

	meeting_output(&self->meeting, below, now);
	if (!self->meeting.said)
		return;
	buffer_move(below, &self->below);
}

static bool
is_open(const struct layer *layer)
{
	return ((const struct layer_meeting *)layer)->meeting.met;
}

static struct instant
deadline(const struct layer *layer)
{
	return meeting_deadline(&((const struct layer_meeting *)layer)->meeting);
}

static enum status
tick(struct layer *layer, struct instant now)
{
	return meeting_tick(&((struct layer_meeting *)layer)->meeting, now);
}

static const char *
why(const struct layer *layer)
{
	return ((const struct layer_meeting *)layer)->meeting.why;
}

static void
release(struct layer *layer)
{
	struct layer_meeting *self = (struct layer_meeting *)layer;

	meeting_release(&self->meeting);
	buffer_release(&self->below);
	free(self);
}
