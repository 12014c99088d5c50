/*
 * layer_line.c - what is above may say more than the line takes: that waits here
 */
#include "daemon/transport/layer_line.h"

#include <stdlib.h>

#include "spool/base/log.h"
#include "spool/base/memory.h"

/* Free in the line before more is wanted: what lies in it is overtaken by nothing. */
enum { ROOM_BYTES = LINE_FRAME_BYTES * 3 / 4 };

struct layer_line {
	struct layer        layer;
	struct line_options options;
	struct line        *line;    /* NULL: not begun                       */
	struct buffer       waiting; /* for room in the line                  */
	bool                closing; /* nothing follows what waits            */
};

static enum status    receive(struct layer *layer, struct span bytes, struct instant now);
static enum status    read_plain(struct layer *layer, void *bytes, size_t room, size_t *length);
static enum status    write_plain(struct layer *layer, struct span bytes, struct instant now);
static void           output(struct layer *layer, struct buffer *below, struct instant now);
static bool           is_open(const struct layer *layer);
static bool           has_room(const struct layer *layer);
static uint64_t       held(const struct layer *layer);
static void           say_end(struct layer *layer, struct instant now);
static void           push(struct layer_line *self, struct instant now);
static struct instant deadline(const struct layer *layer);
static enum status    tick(struct layer *layer, struct instant now);
static const char    *why(const struct layer *layer);
static void           describe(const struct layer *layer, struct buffer *lines);
static void           release(struct layer *layer);

static const struct layer_operations operations = {
	.receive  = receive,
	.read     = read_plain,
	.write    = write_plain,
	.output   = output,
	.is_open  = is_open,
	.has_room = has_room,
	.held     = held,
	.close    = say_end,
	.deadline = deadline,
	.tick     = tick,
	.why      = why,
	.describe = describe,
	.free     = release,
};

struct layer *
layer_line_new(const struct line_options *options)
{
	struct layer_line *self = memory_new(1, sizeof(*self));

	self->layer.operations      = &operations;
	self->options               = *options;
	self->options.avoided_count = 0;
	buffer_init(&self->waiting);
	return &self->layer;
}

/* The first call is the beginning: only now is it known when that is. */
static enum status
receive(struct layer *layer, struct span bytes, struct instant now)
{
	struct layer_line *self = (struct layer_line *)layer;

	if (self->line == NULL)
		self->line = line_new(&self->options, now);
	return line_receive(self->line, bytes, now);
}

static enum status
read_plain(struct layer *layer, void *bytes, size_t room, size_t *length)
{
	return line_read(((struct layer_line *)layer)->line, bytes, room, length);
}

static enum status
write_plain(struct layer *layer, struct span bytes, struct instant now)
{
	struct layer_line *self = (struct layer_line *)layer;

	buffer_append_span(&self->waiting, bytes);
	push(self, now);
	return STATUS_OK;
}

/* As much as the line has room for, and when all of it went, that it was all. */
static void
push(struct layer_line *self, struct instant now)
{
	size_t room;

	if (self->line == NULL)
		return;
	room = line_room(self->line);
	if (room > self->waiting.length)
		room = self->waiting.length;
	if (room > 0) {
		line_write(self->line, (struct span){ self->waiting.data, room }, now);
		buffer_drop_front(&self->waiting, room);
	}
	if (self->closing && self->waiting.length == 0)
		line_close(self->line, now);
}

static void
output(struct layer *layer, struct buffer *below, struct instant now)
{
	struct layer_line *self = (struct layer_line *)layer;
	size_t             before;

	if (self->line == NULL)
		return;
	do {
		before = below->length;
		line_output(self->line, below, now);
		push(self, now);
	} while (below->length > before);
}

static bool
is_open(const struct layer *layer)
{
	const struct layer_line *self = (const struct layer_line *)layer;

	return self->line != NULL && line_is_open(self->line);
}

static bool
has_room(const struct layer *layer)
{
	const struct layer_line *self = (const struct layer_line *)layer;

	return self->line != NULL && self->waiting.length == 0 &&
	       line_room(self->line) >= ROOM_BYTES;
}

/* Until both ends know that nothing follows, that counts as a byte. */
static uint64_t
held(const struct layer *layer)
{
	const struct layer_line *self = (const struct layer_line *)layer;
	uint64_t last = self->closing && !(line_drained(self->line) && line_has_ended(self->line));

	return self->line == NULL ? self->waiting.length
	                          : self->waiting.length + line_unconfirmed(self->line) + last;
}

static void
say_end(struct layer *layer, struct instant now)
{
	struct layer_line *self = (struct layer_line *)layer;

	self->closing = self->line != NULL;
	push(self, now);
}

static struct instant
deadline(const struct layer *layer)
{
	const struct layer_line *self = (const struct layer_line *)layer;

	return self->line == NULL ? INSTANT_NEVER : line_deadline(self->line);
}

static enum status
tick(struct layer *layer, struct instant now)
{
	return line_tick(((struct layer_line *)layer)->line, now);
}

static const char *
why(const struct layer *layer)
{
	return line_why(((const struct layer_line *)layer)->line);
}

static void
describe(const struct layer *layer, struct buffer *lines)
{
	const struct layer_line *self = (const struct layer_line *)layer;
	struct line_figures      figures;

	if (self->line == NULL)
		return;
	line_figures(self->line, &figures);
	if (figures.round_trip_ms >= 0)
		buffer_append_format(lines, "round-trip=%lld\n", (long long)figures.round_trip_ms);
	buffer_append_format(
	    lines, "frames=%llu\nagain=%llu\ndamaged=%llu\n", (unsigned long long)figures.frames,
	    (unsigned long long)figures.frames_again, (unsigned long long)figures.damaged);
}

static void
release(struct layer *layer)
{
	struct layer_line  *self = (struct layer_line *)layer;
	struct line_figures figures;

	if (self->line != NULL) {
		line_figures(self->line, &figures);
		log_line(LOG_INFO,
		         "a line carried %llu frames of ours, %llu of them again, and damaged %llu "
		         "of theirs; %u letters, frames of %u bytes, round trip %lld ms",
		         (unsigned long long)figures.frames,
		         (unsigned long long)figures.frames_again,
		         (unsigned long long)figures.damaged, figures.letters, figures.frame_bytes,
		         (long long)figures.round_trip_ms);
	}
	line_free(self->line);
	buffer_release(&self->waiting);
	free(self);
}
