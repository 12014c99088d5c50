/*
 * medium.c - what all media have in common
 */
#include "daemon/transport/medium.h"

#include <assert.h>
#include <stdlib.h>

#include "spool/base/memory.h"

static void plain_free(struct medium *medium);
static void close_stream(struct medium *medium, uv_stream_t *stream);
static void stream_closed(uv_handle_t *stream);
static void timer_closed(uv_handle_t *timer);
static void release_one(struct medium *medium);

static const struct medium_operations plain = { .hang_up = medium_release, .free = plain_free };

struct medium *
medium_of_stream(uv_stream_t *stream)
{
	struct medium *medium = memory_new(1, sizeof(*medium));

	medium_init(medium, &plain, stream->loop);
	medium->stream = medium->out = stream;
	return medium;
}

static void
plain_free(struct medium *medium)
{
	free(medium);
}

void
medium_init(struct medium *medium, const struct medium_operations *operations, uv_loop_t *loop)
{
	*medium = (struct medium){ .operations = operations, .loop = loop };
	uv_timer_init(loop, &medium->timer);
	medium->timer.data = medium;
}

void
medium_own(struct medium *medium, medium_tell_function *tell, void *owner)
{
	medium->tell  = tell;
	medium->owner = owner;
}

bool
medium_is_slow_to_leave(const struct medium *medium)
{
	return medium->operations != &plain;
}

void
medium_start(struct medium *medium)
{
	medium->operations->start(medium);
}

void
medium_hang_up(struct medium *medium)
{
	if (medium->hung_up)
		return;
	medium->hung_up = true;
	if (medium->stream != NULL)
		uv_read_stop(medium->stream);
	medium->operations->hang_up(medium);
}

bool
medium_ask_why(struct medium *medium)
{
	if (medium->lost || medium->hung_up || medium->operations->at_end == NULL)
		return medium->lost;
	return medium->operations->at_end(medium);
}

void
medium_connected(struct medium *medium, uv_stream_t *stream, uv_stream_t *out)
{
	assert(!medium->hung_up && medium->stream == NULL);
	medium->stream = stream;
	medium->out    = out;
	medium->tell(medium->owner, MEDIUM_CONNECTED, "");
}

void
medium_status(struct medium *medium, const char *line)
{
	if (medium->stream != NULL && !medium->lost && !medium->hung_up)
		medium->tell(medium->owner, MEDIUM_STATUS, line);
}

void
medium_lost(struct medium *medium, const char *why)
{
	if (medium->lost || medium->hung_up)
		return;
	medium->lost = true;
	medium->tell(medium->owner, MEDIUM_LOST, why);
}

void
medium_release(struct medium *medium)
{
	assert(medium->hung_up);
	medium->handles = 1;
	if (medium->out != NULL && medium->out != medium->stream)
		close_stream(medium, medium->out);
	if (medium->stream != NULL)
		close_stream(medium, medium->stream);
	uv_close((uv_handle_t *)&medium->timer, timer_closed);
}

static void
close_stream(struct medium *medium, uv_stream_t *stream)
{
	medium->handles++;
	stream->data = medium;
	uv_close((uv_handle_t *)stream, stream_closed);
}

static void
stream_closed(uv_handle_t *stream)
{
	struct medium *medium = stream->data;

	free(stream);
	release_one(medium);
}

static void
timer_closed(uv_handle_t *timer)
{
	release_one(timer->data);
}

static void
release_one(struct medium *medium)
{
	medium_tell_function *tell  = medium->tell;
	void                 *owner = medium->owner;

	if (--medium->handles > 0)
		return;
	medium->operations->free(medium);
	if (tell != NULL)
		tell(owner, MEDIUM_RELEASED, "");
}
