/*
 * loop_stream.c - bytes between a medium and the inbox
 *
 * Why a finished stream lingers: closing a socket while the other side's bytes are unread
 * makes the kernel drop our last answer. So the stream says that it has ended (shutdown),
 * throws away what still comes, and closes when the other side does, or LINGER_MS later.
 */
#include "daemon/loop/loop_stream.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/loop/loop_clock.h"
#include "daemon/loop/loop_door.h"
#include "daemon/loop/loop_tell.h"
#include "daemon/transport/tcp.h"
#include "daemon/transport/tls.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"

enum { WINDOW_BYTES = 4 * LOOP_PIECE_BYTES, LINGER_MS = 5000, SEND_LAST_MS = 30000 };

static const char closed_by_them[] = "closed by the far end";

struct loop_write {
	uv_write_t          request;
	struct loop_stream *stream;
	struct buffer       bytes; /* as the medium carries them */
};

static void           told(void *owner, enum medium_news news, const char *why);
static void           connect_stream(struct loop_stream *stream);
static void           announce(struct loop_stream *stream);
static void           pump(struct loop_stream *stream);
static enum status    send_piece(struct loop_stream *stream);
static enum status    send_layers(struct loop_stream *stream);
static void           put_on_medium(struct loop_stream *stream, struct buffer *bytes);
static void           written(uv_write_t *request, int result);
static void           count_gone(struct loop_stream *stream);
static void           give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room);
static void           came(uv_stream_t *handle, ssize_t length, const uv_buf_t *room);
static void           draw(struct loop_stream *stream, enum status status);
static void           take(struct loop_stream *stream, struct span bytes);
static void           follow_layers(struct loop_stream *stream);
static void           ticked(uv_timer_t *timer);
static void           over(struct loop_stream *stream, const char *why);
static void           ask_why(struct loop_stream *stream, const char *otherwise);
static void           say_end(struct loop_stream *stream);
static void           part(struct loop_stream *stream);
static void           shut_down(struct loop_stream *stream);
static void           ended(uv_shutdown_t *request, int result);
static void           limited(uv_timer_t *timer);
static void           timer_closed(uv_handle_t *timer);
static void           release_one(struct loop_stream *stream);
static void           unlink_stream(struct loop_stream *stream);
static struct instant now(void);

void
loop_streams_init(struct loop_streams *set, enum loop_stream_kind kind, uv_loop_t *uv,
                  struct loop_inbox *inbox)
{
	*set = (struct loop_streams){ .kind = kind, .uv = uv, .inbox = inbox };
}

struct loop_stream *
loop_streams_find(const struct loop_streams *set, uint64_t id)
{
	for (struct loop_stream *stream = set->first; stream != NULL; stream = stream->next)
		if (stream->id == id && id != 0)
			return stream;
	return NULL;
}

void
loop_streams_go_on(struct loop_streams *set, bool hold)
{
	set->unread = 0;
	for (struct loop_stream *stream = set->first, *next; stream != NULL; stream = next) {
		bool was_paused = stream->paused;

		next           = stream->next;
		stream->unread = 0;
		if (stream->cut || !stream->connected)
			continue;
		stream->paused = hold;
		if (hold && !was_paused)
			uv_read_stop(stream->medium->stream);
		if (was_paused && !hold)
			draw(stream, STATUS_OK);
		if (was_paused && !stream->paused && !stream->cut)
			uv_read_start(stream->medium->stream, give_room, came);
		if (!stream->cut)
			pump(stream);
	}
}

void
loop_streams_cut(struct loop_streams *set)
{
	for (struct loop_stream *stream = set->first; stream != NULL; stream = stream->next)
		loop_stream_cut(stream);
}

struct loop_stream *
loop_stream_new(struct loop_streams *set, uint64_t id)
{
	struct loop_stream *stream = memory_new(1, sizeof(*stream));

	assert(id != 0 && loop_streams_find(set, id) == NULL);
	*stream = (struct loop_stream){
		.set            = set,
		.next           = set->first,
		.id             = id,
		.piece_bytes    = LOOP_PIECE_BYTES,
		.window_bytes   = WINDOW_BYTES,
		.shake_limit_ms = TLS_SHAKE_LIMIT_MS,
		.handles        = 2,
	};
	layers_init(&stream->layers);
	loop_queue_init(&stream->queue);
	uv_timer_init(set->uv, &stream->limit);
	uv_timer_init(set->uv, &stream->tick);
	stream->limit.data = stream->tick.data = stream;
	set->first                             = stream;
	set->count++;
	return stream;
}

void
loop_stream_start(struct loop_stream *stream, struct medium *medium)
{
	assert(stream->medium == NULL && !stream->cut);

	stream->medium = medium;
	stream->handles++;
	medium_own(medium, told, stream);
	if (medium->stream != NULL)
		connect_stream(stream);
	else if (medium->operations->start != NULL)
		medium_start(medium);
}

void
loop_stream_hurry(struct loop_stream *stream, unsigned limit_ms)
{
	if (!stream->cut && !stream->open && uv_timer_get_due_in(&stream->limit) > limit_ms)
		uv_timer_start(&stream->limit, limited, limit_ms, 0);
}

static void
told(void *owner, enum medium_news news, const char *why)
{
	struct loop_stream *stream = owner;

	switch (news) {
	case MEDIUM_CONNECTED:
		connect_stream(stream);
		break;
	case MEDIUM_LOST:
		over(stream, why);
		break;
	case MEDIUM_STATUS:
		loop_tell_line(stream, why);
		break;
	case MEDIUM_RELEASED:
		stream->medium = NULL;
		loop_inbox_wake(stream->set->inbox); /* a loop that ends may wait for it */
		release_one(stream);
		break;
	}
}

static void
connect_stream(struct loop_stream *stream)
{
	stream->connected            = true;
	stream->medium->stream->data = stream;
	uv_read_start(stream->medium->stream, give_room, came);
	uv_timer_start(&stream->limit, limited, stream->shake_limit_ms, 0);
	draw(stream, layers_begin(&stream->layers, now()));
}

bool
loop_stream_move(struct loop_stream *stream, struct loop_streams *set, uint64_t id)
{
	loop_inbox_add(stream->set->inbox, EVENT_CLIENT_CLOSED, stream->id);
	if (!stream->connected || stream->queue.first != NULL) {
		loop_stream_cut(stream);
		return false;
	}
	loop_queue_passed(&stream->queue, UINT64_MAX); /* the medium has it */
	unlink_stream(stream);
	stream->set  = set;
	stream->id   = id;
	stream->open = false;
	stream->next = set->first;
	set->first   = stream;
	set->count++;
	connect_stream(stream);
	return true;
}

static void
announce(struct loop_stream *stream)
{
	struct loop_inbox *inbox = stream->set->inbox;
	const char        *key   = layers_key(&stream->layers);
	const char        *from  = loop_inbox_text(inbox, stream->from);
	struct span        proof = loop_inbox_span(inbox, key, strlen(key));
	struct event      *event;

	stream->open   = true;
	stream->opened = stream->put;
	uv_timer_stop(&stream->limit);
	if (stream->set->kind != LOOP_CALL)
		return;
	event        = loop_inbox_add(inbox,
                               stream->from[0] != '\0' ? EVENT_CALL_ANSWERED : EVENT_CALL_CONNECTED,
	                              stream->id);
	event->text  = from;
	event->bytes = proof;
	event->turns = stream->turns;
	if (stream->door != NULL)
		loop_door_leave(stream->door, stream);
}

/* --- out ------------------------------------------------------------------------------- */

void
loop_stream_send(struct loop_stream *stream, struct span bytes)
{
	if (!stream->cut)
		loop_queue_add(&stream->queue, bytes);
}

void
loop_stream_send_file(struct loop_stream *stream, struct disk_file *file, uint64_t offset,
                      uint32_t length)
{
	loop_queue_add_file(&stream->queue, file, offset, length);
}

void
loop_stream_flush(struct loop_stream *stream)
{
	if (stream->connected)
		pump(stream);
}

static void
pump(struct loop_stream *stream)
{
	while (stream->open && !stream->cut && stream->queue.first != NULL &&
	       stream->queue.in_flight < stream->window_bytes && layers_have_room(&stream->layers))
		if (send_piece(stream) != STATUS_OK)
			return;
	if (stream->finishing && stream->queue.unsent == 0 && !stream->cut)
		say_end(stream);
	if (stream->saying_end && layers_are_idle(&stream->layers) && !stream->cut)
		part(stream);
	follow_layers(stream);
}

/* STATUS_OK, or the stream has failed. */
static enum status
send_piece(struct loop_stream *stream)
{
	bool          plain = stream->layers.count == 0;
	struct buffer bytes;
	size_t        length;
	enum status   status;

	buffer_init(&bytes);
	status = loop_queue_take(&stream->queue, stream->piece_bytes, &bytes);
	length = bytes.length;
	if (status != STATUS_OK) {
		buffer_release(&bytes);
		loop_stream_fail(stream, "a body cannot be read");
		return status;
	}
	if (plain) {
		put_on_medium(stream, &bytes);
	} else {
		status = layers_write(&stream->layers, buffer_span(&bytes), now());
		buffer_release(&bytes);
		if (status == STATUS_OK)
			status = send_layers(stream);
	}
	if (status != STATUS_OK) {
		loop_stream_fail(stream, layers_why(&stream->layers));
		return status;
	}
	loop_queue_mark(&stream->queue,
	                layers_hold(&stream->layers) ? stream->layers.entered : stream->put,
	                length);
	return STATUS_OK;
}

/* What they have for the medium, whether the node said it or they themselves. */
static enum status
send_layers(struct loop_stream *stream)
{
	struct buffer bytes;
	enum status   status;

	buffer_init(&bytes);
	status = layers_output(&stream->layers, &bytes, now());
	put_on_medium(stream, &bytes);
	return status;
}

/* Takes the buffer over. */
static void
put_on_medium(struct loop_stream *stream, struct buffer *bytes)
{
	struct loop_write *write;
	uv_buf_t           given;

	if (bytes->length == 0) {
		buffer_release(bytes);
		return;
	}
	write         = memory_new(1, sizeof(*write));
	write->stream = stream;
	write->bytes  = *bytes;
	given         = uv_buf_init((char *)bytes->data, (unsigned)bytes->length);
	stream->put += bytes->length;
	if (uv_write(&write->request, stream->medium->out, &given, 1, written) != 0)
		abort(); /* only for a handle that is no stream */
}

static void
written(uv_write_t *request, int result)
{
	struct loop_write  *write  = (struct loop_write *)request;
	struct loop_stream *stream = write->stream;

	stream->taken += write->bytes.length;
	buffer_release(&write->bytes);
	free(write);
	if (stream->cut)
		return;
	if (result < 0) {
		ask_why(stream, uv_strerror(result));
		return;
	}
	count_gone(stream);
	pump(stream);
}

static void
count_gone(struct loop_stream *stream)
{
	uint64_t passed =
	    layers_hold(&stream->layers) ? layers_passed(&stream->layers) : stream->taken;

	bool call = stream->set->kind == LOOP_CALL;

	if (loop_queue_passed(&stream->queue, passed) && (call || stream->watched) &&
	    stream->id != 0 && stream->open) {
		struct event *event =
		    loop_inbox_add(stream->set->inbox,
		                   call ? EVENT_CALL_DRAINED : EVENT_CLIENT_DRAINED, stream->id);

		event->count  = stream->queue.unsent;
		event->offset = stream->taken > stream->opened ? stream->taken - stream->opened : 0;
	}
}

/* --- in -------------------------------------------------------------------------------- */

static void
give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
	struct loop_stream *stream = handle->data;

	(void)suggested;
	*room = uv_buf_init(stream->set->room, sizeof(stream->set->room));
}

static void
came(uv_stream_t *handle, ssize_t length, const uv_buf_t *room)
{
	struct loop_stream *stream = handle->data;
	struct span bytes = { (const uint8_t *)room->base, length > 0 ? (size_t)length : 0 };

	if (length > 0 && stream->layers.count == 0) {
		take(stream, loop_inbox_span(stream->set->inbox, bytes.data, bytes.length));
	} else if (length > 0) {
		draw(stream, layers_receive(&stream->layers, bytes, now()));
		if (!stream->cut)
			pump(stream); /* there may be room again */
	} else if (length < 0) {
		uv_read_stop(handle);
		ask_why(stream, length == UV_EOF ? closed_by_them : uv_strerror((int)length));
	}
}

/* What the layers have for the node, unless it has enough; and what they answer. */
static void
draw(struct loop_stream *stream, enum status status)
{
	struct loop_inbox *inbox  = stream->set->inbox;
	size_t             length = 1;

	if (status == STATUS_OK && !stream->open && layers_are_open(&stream->layers))
		announce(stream);
	while (status == STATUS_OK && length > 0 && !stream->paused) {
		status = layers_fill(&stream->layers, loop_inbox_room(inbox), LOOP_ROOM_BYTES,
		                     &length, now());
		if (status == STATUS_OK && !stream->open && layers_are_open(&stream->layers))
			announce(stream);
		if (length > 0)
			take(stream, loop_inbox_filled(inbox, length));
	}
	if (send_layers(stream) != STATUS_OK && status == STATUS_OK)
		status = STATUS_INVALID;
	if (status == STATUS_NOT_FOUND && (stream->finishing || stream->saying_end) &&
	    layers_hold(&stream->layers))
		status = STATUS_OK; /* that was above; below, our own end is to be confirmed yet */
	if (status != STATUS_OK) {
		over(stream,
		     status == STATUS_NOT_FOUND ? closed_by_them : layers_why(&stream->layers));
		return;
	}
	count_gone(stream);
	follow_layers(stream);
}

/* These bytes, which lie in the inbox, are for the node. */
static void
take(struct loop_stream *stream, struct span bytes)
{
	if (stream->id == 0)
		return;
	loop_inbox_add(stream->set->inbox,
	               stream->set->kind == LOOP_CALL ? EVENT_CALL_BYTES : EVENT_CLIENT_BYTES,
	               stream->id)
	    ->bytes = bytes;
	stream->unread += bytes.length;
	stream->set->unread += bytes.length;
	if (stream->unread > LOOP_UNREAD_MAX || stream->set->unread > LOOP_UNREAD_ALL) {
		stream->paused = true;
		uv_read_stop(stream->medium->stream);
	}
}

/* --- layers that have a clock ------------------------------------------------------------- */

static void
follow_layers(struct loop_stream *stream)
{
	struct instant deadline = layers_deadline(&stream->layers);
	int64_t        wait_ms  = deadline.ms - now().ms;

	loop_tell_figures(stream, now());
	if (stream->cut || deadline.ms == INSTANT_NEVER.ms)
		uv_timer_stop(&stream->tick);
	else
		uv_timer_start(&stream->tick, ticked, wait_ms > 0 ? (uint64_t)wait_ms : 0, 0);
}

static void
ticked(uv_timer_t *timer)
{
	struct loop_stream *stream = timer->data;

	draw(stream, layers_tick(&stream->layers, now()));
	if (!stream->cut)
		pump(stream);
}

/* --- the end ----------------------------------------------------------------------------- */

/* The medium carries nothing more; perhaps it knows the reason, or will. */
static void
ask_why(struct loop_stream *stream, const char *otherwise)
{
	if (stream->id == 0 || !medium_ask_why(stream->medium))
		over(stream, otherwise);
}

/* Nothing more comes. */
static void
over(struct loop_stream *stream, const char *why)
{
	if (stream->cut)
		return;
	if (!stream->open && stream->from[0] != '\0') /* the node never heard of it */
		log_line(LOG_INFO, "call from %s ended: %s", stream->from, why);
	if ((stream->finishing || stream->saying_end) && !layers_hold(&stream->layers))
		uv_read_stop(stream->medium->stream); /* it listens still, perhaps */
	else if (stream->id == 0)
		loop_stream_cut(stream);
	else
		loop_stream_fail(stream, why);
}

void
loop_stream_finish(struct loop_stream *stream)
{
	assert(stream->id != 0);

	stream->id        = 0;
	stream->finishing = true;
	if (!stream->open) {
		loop_stream_cut(stream);
		return;
	}
	uv_timer_start(&stream->limit, limited, SEND_LAST_MS + stream->shake_limit_ms, 0);
	pump(stream);
}

static void
say_end(struct loop_stream *stream)
{
	stream->finishing  = false;
	stream->saying_end = true;
	layers_close(&stream->layers, stream->parted, now());
	send_layers(stream);
}

/* Where the far end confirms what it has, both know by now; else it is told by the medium. */
static void
part(struct loop_stream *stream)
{
	if (layers_hold(&stream->layers))
		loop_stream_cut(stream);
	else
		shut_down(stream);
}

static void
shut_down(struct loop_stream *stream)
{
	uv_shutdown_t *request = memory_new(1, sizeof(*request));

	stream->saying_end = false;
	request->data      = stream;
	uv_timer_start(&stream->limit, limited, LINGER_MS, 0);
	if (uv_shutdown(request, stream->medium->out, ended) != 0) {
		free(request);
		loop_stream_cut(stream);
	}
}

static void
ended(uv_shutdown_t *request, int result)
{
	struct loop_stream *stream = request->data;

	free(request);
	if (result != 0 && !stream->cut)
		loop_stream_cut(stream);
}

static void
limited(uv_timer_t *timer)
{
	struct loop_stream *stream = timer->data;

	if (stream->open)
		loop_stream_cut(stream);
	else
		over(stream, "no TLS from the far end in time");
}

void
loop_stream_fail(struct loop_stream *stream, const char *why)
{
	struct loop_inbox *inbox = stream->set->inbox;

	if (stream->id != 0) {
		const char   *text  = loop_inbox_text(inbox, why);
		struct event *event = loop_inbox_add(
		    inbox, stream->set->kind == LOOP_CALL ? EVENT_CALL_ENDED : EVENT_CLIENT_CLOSED,
		    stream->id);

		event->text = text;
		event->busy = stream->medium != NULL && stream->medium->busy;
	}
	loop_stream_cut(stream);
}

void
loop_stream_cut(struct loop_stream *stream)
{
	if (stream->cut)
		return;
	stream->cut       = true;
	stream->connected = false;
	stream->id        = 0;
	if (stream->door != NULL)
		loop_door_leave(stream->door, stream);
	loop_queue_clear(&stream->queue);
	uv_close((uv_handle_t *)&stream->limit, timer_closed);
	uv_close((uv_handle_t *)&stream->tick, timer_closed);
	if (stream->medium != NULL)
		medium_hang_up(stream->medium);
}

void
loop_stream_abort(struct loop_stream *stream)
{
	if (!stream->cut && stream->medium != NULL && stream->medium->stream != NULL)
		tcp_drop_unsent(stream->medium->stream);
	loop_stream_cut(stream);
}

static void
timer_closed(uv_handle_t *timer)
{
	release_one(timer->data);
}

static void
release_one(struct loop_stream *stream)
{
	if (--stream->handles > 0)
		return;
	unlink_stream(stream);
	if (stream->held != 0)
		loop_inbox_add(stream->set->inbox, EVENT_CALL_RELEASED, stream->held);
	layers_release(&stream->layers);
	free(stream->called);
	free(stream);
}

static void
unlink_stream(struct loop_stream *stream)
{
	struct loop_stream **link = &stream->set->first;

	while (*link != stream)
		link = &(*link)->next;
	*link = stream->next;
	stream->set->count--;
}

static struct instant
now(void)
{
	return loop_clock_now().instant;
}
