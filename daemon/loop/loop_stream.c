/*
 * loop_stream.c - bytes between a socket and the inbox
 *
 * Why a finished stream lingers: closing a socket while the other side's bytes are unread
 * makes the kernel drop our last answer. So the stream says that it has ended (shutdown),
 * throws away what still comes, and closes when the other side does, or LINGER_MS later.
 */
#include "daemon/loop/loop_stream.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/log.h"
#include "spool/base/memory.h"

enum { IN_FLIGHT_MAX = 4 * LOOP_PIECE_BYTES, LINGER_MS = 5000, SEND_LAST_MS = 30000 };

struct loop_output {
	struct loop_output *next;
	struct buffer       bytes; /* either these, ...              */
	struct disk_file   *file;  /* ... or `left` bytes from here  */
	uint64_t            offset;
	uint32_t            left;
};

struct loop_write {
	uv_write_t          request;
	struct loop_stream *stream;
	struct buffer       bytes; /* as the line carries them */
	size_t              plain; /* how many of the node's bytes those are */
};

static void                announce(struct loop_stream *stream);
static struct loop_output *add_output(struct loop_stream *stream);
static void                drop_output(struct loop_stream *stream);
static void                pump(struct loop_stream *stream);
static enum status         fill(struct loop_stream *stream, struct buffer *bytes);
static enum status         seal(struct loop_stream *stream, struct buffer *bytes);
static void                send_tls(struct loop_stream *stream);
static void put_on_line(struct loop_stream *stream, struct buffer *bytes, size_t plain);
static void written(uv_write_t *request, int result);
static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room);
static void came(uv_stream_t *handle, ssize_t length, const uv_buf_t *room);
static void unseal(struct loop_stream *stream, struct span bytes);
static void take(struct loop_stream *stream, size_t length);
static void over(struct loop_stream *stream, const char *why);
static void say_end(struct loop_stream *stream);
static void ended(uv_shutdown_t *request, int result);
static void lingered(uv_timer_t *timer);
static void handle_closed(uv_handle_t *handle);
static void timer_closed(uv_handle_t *timer);
static void release_one(struct loop_stream *stream);

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
		next           = stream->next;
		stream->unread = 0;
		if (stream->cut || stream->handle == NULL)
			continue;
		if (stream->paused && !hold)
			uv_read_start(stream->handle, give_room, came);
		else if (!stream->paused && hold)
			uv_read_stop(stream->handle);
		stream->paused = hold;
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
	*stream = (struct loop_stream){ .set = set, .next = set->first, .id = id };
	uv_timer_init(set->uv, &stream->linger);
	stream->linger.data  = stream;
	stream->open_handles = 1;
	set->first           = stream;
	set->count++;
	return stream;
}

void
loop_stream_connect(struct loop_stream *stream, uv_stream_t *handle)
{
	assert(stream->handle == NULL && !stream->cut);

	stream->handle = handle;
	handle->data   = stream;
	stream->open_handles++;
	uv_read_start(handle, give_room, came);
	if (stream->tls == NULL) {
		announce(stream);
		return;
	}
	uv_timer_start(&stream->linger, lingered, TLS_SHAKE_LIMIT_MS, 0);
	unseal(stream, (struct span){ NULL, 0 });
}

static void
announce(struct loop_stream *stream)
{
	struct loop_inbox *inbox = stream->set->inbox;
	const char        *key   = stream->tls == NULL ? "" : tls_key(stream->tls);
	const char        *from  = loop_inbox_text(inbox, stream->from);
	struct span        proof = loop_inbox_span(inbox, key, strlen(key));
	struct event      *event;

	stream->open = true;
	uv_timer_stop(&stream->linger);
	if (stream->set->kind != LOOP_CALL)
		return;
	event        = loop_inbox_add(inbox,
                               stream->from[0] != '\0' ? EVENT_CALL_ANSWERED : EVENT_CALL_CONNECTED,
	                              stream->id);
	event->text  = from;
	event->bytes = proof;
}

/* --- out ------------------------------------------------------------------------------- */

void
loop_stream_send(struct loop_stream *stream, struct span bytes)
{
	struct loop_output *last = stream->output_last;

	if (bytes.length == 0 || stream->cut)
		return;
	if (last == NULL || last->file != NULL || last->bytes.length >= LOOP_PIECE_BYTES)
		last = add_output(stream);
	buffer_append_span(&last->bytes, bytes);
	stream->unsent += bytes.length;
}

void
loop_stream_send_file(struct loop_stream *stream, struct disk_file *file, uint64_t offset,
                      uint32_t length)
{
	struct loop_output *output = add_output(stream);

	output->file   = file;
	output->offset = offset;
	output->left   = length;
	stream->unsent += length;
}

static struct loop_output *
add_output(struct loop_stream *stream)
{
	struct loop_output *output = memory_new(1, sizeof(*output));

	buffer_init(&output->bytes);
	if (stream->output == NULL)
		stream->output = output;
	else
		stream->output_last->next = output;
	stream->output_last = output;
	return output;
}

static void
drop_output(struct loop_stream *stream)
{
	struct loop_output *output = stream->output;

	stream->output = output->next;
	if (stream->output == NULL)
		stream->output_last = NULL;
	if (output->file != NULL)
		output->file->disk->operations->close(output->file);
	buffer_release(&output->bytes);
	free(output);
}

static void
pump(struct loop_stream *stream)
{
	while (stream->open && !stream->cut && stream->output != NULL &&
	       stream->in_flight < IN_FLIGHT_MAX) {
		struct buffer bytes;
		size_t        plain;

		buffer_init(&bytes);
		if (fill(stream, &bytes) != STATUS_OK) {
			buffer_release(&bytes);
			loop_stream_fail(stream, "a body cannot be read");
			return;
		}
		plain = bytes.length;
		if (seal(stream, &bytes) != STATUS_OK) {
			buffer_release(&bytes);
			loop_stream_fail(stream, tls_why(stream->tls));
			return;
		}
		stream->in_flight += plain;
		put_on_line(stream, &bytes, plain);
	}
	if (stream->finishing && stream->unsent == 0 && !stream->cut)
		say_end(stream);
}

/* The next bytes of the queue, about LOOP_PIECE_BYTES of them. */
static enum status
fill(struct loop_stream *stream, struct buffer *bytes)
{
	while (stream->output != NULL && bytes->length < LOOP_PIECE_BYTES) {
		struct loop_output *output = stream->output;
		size_t              room   = LOOP_PIECE_BYTES - bytes->length;
		uint32_t            length = output->left < room ? output->left : (uint32_t)room;
		enum status         status;

		if (output->file == NULL) {
			buffer_append_span(bytes, buffer_span(&output->bytes));
			drop_output(stream);
			continue;
		}
		buffer_reserve(bytes, length);
		status = output->file->disk->operations->read_at(
		    output->file, output->offset, bytes->data + bytes->length, length);
		if (status != STATUS_OK)
			return status;
		bytes->length += length;
		output->offset += length;
		output->left -= length;
		if (output->left == 0)
			drop_output(stream);
	}
	return STATUS_OK;
}

/* Into what the line carries. */
static enum status
seal(struct loop_stream *stream, struct buffer *bytes)
{
	struct buffer line;
	enum status   status;

	if (stream->tls == NULL)
		return STATUS_OK;
	buffer_init(&line);
	status = tls_write(stream->tls, buffer_span(bytes), &line);
	buffer_release(bytes);
	*bytes = line;
	return status;
}

/* What TLS itself has to say. */
static void
send_tls(struct loop_stream *stream)
{
	struct buffer line;

	buffer_init(&line);
	tls_output(stream->tls, &line);
	if (line.length > 0)
		put_on_line(stream, &line, 0);
}

/* Takes the buffer over. */
static void
put_on_line(struct loop_stream *stream, struct buffer *bytes, size_t plain)
{
	struct loop_write *write = memory_new(1, sizeof(*write));
	uv_buf_t           given = uv_buf_init((char *)bytes->data, (unsigned)bytes->length);

	write->stream = stream;
	write->bytes  = *bytes;
	write->plain  = plain;
	if (uv_write(&write->request, stream->handle, &given, 1, written) != 0)
		abort(); /* only for a handle that is no stream */
}

static void
written(uv_write_t *request, int result)
{
	struct loop_write  *write  = (struct loop_write *)request;
	struct loop_stream *stream = write->stream;

	stream->in_flight -= write->plain;
	stream->unsent -= write->plain;
	buffer_release(&write->bytes);
	free(write);
	if (stream->cut)
		return;
	if (result < 0) {
		loop_stream_fail(stream, uv_strerror(result));
		return;
	}
	if (stream->set->kind == LOOP_CALL && stream->id != 0 && stream->open)
		loop_inbox_add(stream->set->inbox, EVENT_CALL_DRAINED, stream->id)->count =
		    stream->unsent;
	pump(stream);
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

	if (length < 0)
		over(stream, length == UV_EOF ? "closed by the far end" : uv_strerror((int)length));
	else if (length > 0 && stream->tls != NULL)
		unseal(stream, (struct span){ (uint8_t *)room->base, (size_t)length });
	else if (length > 0)
		take(stream, (size_t)length);
}

/* Bytes of the line become the node's, in the set's room, and perhaps an answer of TLS. */
static void
unseal(struct loop_stream *stream, struct span bytes)
{
	struct loop_streams *set    = stream->set;
	enum status          status = tls_receive(stream->tls, bytes);
	size_t               length = 0;

	if (status == STATUS_OK && !stream->open && tls_is_open(stream->tls))
		announce(stream);
	do {
		if (status == STATUS_OK)
			status = tls_read(stream->tls, set->room, sizeof(set->room), &length);
		if (status == STATUS_OK && length > 0)
			take(stream, length);
	} while (status == STATUS_OK && length > 0);
	send_tls(stream);
	if (status != STATUS_OK)
		over(stream,
		     status == STATUS_NOT_FOUND ? "closed by the far end" : tls_why(stream->tls));
}

/* So many bytes in the set's room are for the node. */
static void
take(struct loop_stream *stream, size_t length)
{
	struct loop_inbox *inbox = stream->set->inbox;
	struct span        bytes;

	if (stream->id == 0)
		return;
	bytes = loop_inbox_span(inbox, stream->set->room, length);
	loop_inbox_add(inbox,
	               stream->set->kind == LOOP_CALL ? EVENT_CALL_BYTES : EVENT_CLIENT_BYTES,
	               stream->id)
	    ->bytes = bytes;
	stream->unread += bytes.length;
	stream->set->unread += bytes.length;
	if (stream->unread > LOOP_UNREAD_MAX || stream->set->unread > LOOP_UNREAD_ALL) {
		stream->paused = true;
		uv_read_stop(stream->handle);
	}
}

/* Nothing more comes. */
static void
over(struct loop_stream *stream, const char *why)
{
	if (!stream->open && stream->from[0] != '\0') /* the node never heard of it */
		log_line(LOG_INFO, "call from %s ended: %s", stream->from, why);
	if (stream->finishing)
		uv_read_stop(stream->handle); /* it listens still, perhaps */
	else if (stream->id == 0)
		loop_stream_cut(stream);
	else
		loop_stream_fail(stream, why);
}

/* --- the end ----------------------------------------------------------------------------- */

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
	uv_timer_start(&stream->linger, lingered, SEND_LAST_MS, 0);
	pump(stream);
}

static void
say_end(struct loop_stream *stream)
{
	uv_shutdown_t *request = memory_new(1, sizeof(*request));

	stream->finishing = false;
	request->data     = stream;
	if (stream->tls != NULL) {
		tls_close(stream->tls);
		send_tls(stream);
	}
	uv_timer_start(&stream->linger, lingered, LINGER_MS, 0);
	if (uv_shutdown(request, stream->handle, ended) != 0) {
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
lingered(uv_timer_t *timer)
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
		const char *text = loop_inbox_text(inbox, why);

		loop_inbox_add(
		    inbox, stream->set->kind == LOOP_CALL ? EVENT_CALL_ENDED : EVENT_CLIENT_CLOSED,
		    stream->id)
		    ->text = text;
	}
	loop_stream_cut(stream);
}

void
loop_stream_cut(struct loop_stream *stream)
{
	if (stream->cut)
		return;
	stream->cut = true;
	stream->id  = 0;
	if (stream->dial != NULL)
		tcp_dial_cancel(stream->dial);
	stream->dial = NULL;
	while (stream->output != NULL)
		drop_output(stream);
	if (stream->handle != NULL)
		uv_close((uv_handle_t *)stream->handle, handle_closed);
	uv_close((uv_handle_t *)&stream->linger, timer_closed);
}

static void
handle_closed(uv_handle_t *handle)
{
	release_one(handle->data);
	free(handle);
}

static void
timer_closed(uv_handle_t *timer)
{
	release_one(timer->data);
}

static void
release_one(struct loop_stream *stream)
{
	struct loop_stream **link = &stream->set->first;

	if (--stream->open_handles > 0)
		return;
	while (*link != stream)
		link = &(*link)->next;
	*link = stream->next;
	stream->set->count--;
	tls_free(stream->tls);
	free(stream);
}
