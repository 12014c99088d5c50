/*
 * serial_medium.c - one state after the other, each with an end
 *
 * The chat reads the line byte by byte, so that what follows the last expected text is still
 * the kernel's when the stream begins to read. The stream is a second descriptor of the line: a
 * call may end with bytes that were never sent, and closing that descriptor is how libuv
 * forgets them.
 */
#include "daemon/transport/serial_medium.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/base/log.h"
#include "spool/base/memory.h"

enum serial_state {
	SERIAL_OPENS,
	SERIAL_CHATS,  /* dials and logs in                              */
	SERIAL_TALKS,  /* the stream is the owner's                      */
	SERIAL_CLOSES, /* the stream                                     */
	SERIAL_DRAINS, /* what the kernel has still to send              */
	SERIAL_LEAVES, /* the hangup dialogue                            */
	SERIAL_DROPS,  /* DTR is low                                     */
	SERIAL_RETURNS /* the line is given back, or will be at once */
};

enum { BREAK_MS = 300, LAST_BYTES_MS = 10000, DRAIN_LOOK_MS = 50, READS_MAX = 512 };

struct serial_medium {
	struct medium      medium;
	struct serial_call call;
	enum serial_state  state;
	struct serial_port port;
	size_t             number; /* of the chat that is tried */
	struct chat       *chat;   /* the one that runs         */
	struct buffer      out;    /* what it says              */
	enum chat_want     want;
	bool               breaking;
	struct instant     break_end;
	bool               deaf;     /* the line cannot be read any more */
	bool               ending;   /* the talk: its end is known, and is to be told */
	bool               returned; /* the line was given back */
	struct instant     limit;    /* of the state */
	struct buffer      why;
	uv_poll_t          poll;
	bool               polled; /* it is a handle */
};

static struct serial_medium *serial_new(uv_loop_t *loop, const struct serial_call *call);
static void                  serial_enter(struct serial_medium *serial, enum serial_state state);
static void                  timer_ended(uv_timer_t *timer);
static void                  start(struct medium *medium);
static void                  begin(struct serial_medium *serial);
static void                  begin_chat(struct serial_medium *serial);
static void                  watch(struct serial_medium *serial);
static void                  line_ready(uv_poll_t *poll, int status, int events);
static void                  hear(struct serial_medium *serial);
static void                  speak(struct serial_medium *serial);
static bool                  break_is_over(struct serial_medium *serial);
static void                  run_chat(struct serial_medium *serial);
static void                  chat_ended(struct serial_medium *serial);
static void                  attempt_failed(struct serial_medium *serial, const char *why);
static void                  tell_transcript(struct serial_medium *serial);
static void                  talk(struct serial_medium *serial);
static void                  hang_up(struct medium *medium);
static bool                  at_end(struct medium *medium);
static void                  stream_closed(uv_handle_t *stream);
static void                  leave(struct serial_medium *serial);
static void                  drop(struct serial_medium *serial);
static void                  dropped(struct serial_medium *serial);
static void                  next_attempt(struct serial_medium *serial);
static void                  give_back(struct serial_medium *serial);
static void                  poll_closed(uv_handle_t *poll);
static void                  serial_free(struct medium *medium);
static struct instant        now(const struct serial_medium *serial);

static const struct medium_operations operations = {
	.start   = start,
	.hang_up = hang_up,
	.at_end  = at_end,
	.free    = serial_free,
};

struct medium *
serial_medium_call(uv_loop_t *loop, const struct serial_call *call)
{
	return &serial_new(loop, call)->medium;
}

struct medium *
serial_medium_answer(uv_loop_t *loop, const struct serial_call *call, struct serial_port *port)
{
	struct serial_medium *serial = serial_new(loop, call);

	serial->port = *port;
	serial_port_init(port);
	return &serial->medium;
}

static struct serial_medium *
serial_new(uv_loop_t *loop, const struct serial_call *call)
{
	struct serial_medium *serial = memory_new(1, sizeof(*serial));

	medium_init(&serial->medium, &operations, loop);
	serial->call        = *call;
	serial->call.device = memory_copy_text(call->device);
	serial->limit       = INSTANT_NEVER;
	serial_port_init(&serial->port);
	buffer_init(&serial->out);
	buffer_init(&serial->why);
	return serial;
}

static void
serial_enter(struct serial_medium *serial, enum serial_state state)
{
	static const char *const names[] = { "opens",  "chats",  "talks", "closes",
		                             "drains", "leaves", "drops", "returns" };

	log_line(LOG_DEBUG, "%s: %s -> %s", serial->call.device, names[serial->state],
	         names[state]);
	serial->state = state;
	serial->limit = INSTANT_NEVER;
	if (state == SERIAL_DRAINS)
		serial->limit = instant_after(now(serial), SERIAL_DRAIN_MS);
	if (state == SERIAL_LEAVES)
		serial->limit = instant_after(now(serial), SERIAL_DIALOGUE_MS);
	if (state == SERIAL_DROPS)
		serial->limit = instant_after(now(serial), SERIAL_DTR_MS);
}

static void
timer_ended(uv_timer_t *timer)
{
	struct serial_medium *serial = timer->data;

	switch (serial->state) {
	case SERIAL_OPENS:
		begin(serial);
		break;
	case SERIAL_CHATS:
	case SERIAL_LEAVES:
		run_chat(serial);
		break;
	case SERIAL_DRAINS:
		if (serial_port_unsent(&serial->port) == 0 ||
		    instant_reached(serial->limit, now(serial)))
			leave(serial);
		else
			uv_timer_start(timer, timer_ended, DRAIN_LOOK_MS, 0);
		break;
	case SERIAL_DROPS:
		dropped(serial);
		break;
	case SERIAL_TALKS:
		medium_lost(&serial->medium, serial_port_lost_carrier(&serial->port)
		                                 ? "the carrier was lost"
		                                 : "the line was hung up");
		break;
	case SERIAL_CLOSES:
	case SERIAL_RETURNS:
		break;
	}
}

/* --- to a stream ---------------------------------------------------------------------------- */

static void
start(struct medium *medium)
{
	uv_timer_start(&medium->timer, timer_ended, 0, 0); /* not before we return */
}

static void
begin(struct serial_medium *serial)
{
	struct diagnostic diagnostic;
	enum status       status = STATUS_OK;

	diagnostic_init(&diagnostic);
	if (serial->port.file < 0)
		status = serial_port_open(&serial->port, serial->call.device,
		                          &serial->call.settings, &diagnostic);
	if (status == STATUS_OK && !serial->port.held) {
		status = serial_port_hold(&serial->port, &diagnostic);
		if (status == STATUS_OK) {
			serial_port_raise(&serial->port);
			serial_port_flush_input(&serial->port); /* of an earlier call */
		}
	}
	if (status != STATUS_OK) {
		medium_lost(&serial->medium, diagnostic.text);
		return;
	}
	uv_poll_init(serial->medium.loop, &serial->poll, serial->port.file);
	serial->poll.data = serial;
	serial->polled    = true;
	begin_chat(serial);
}

/* With the next number; without any dialogue the line is the stream at once. */
static void
begin_chat(struct serial_medium *serial)
{
	serial_enter(serial, SERIAL_CHATS);
	if (serial->number >= serial->call.chat_count) {
		talk(serial);
		return;
	}
	serial->chat = serial->call.chats[serial->number];
	serial->want = CHAT_WANT_TIME;
	run_chat(serial);
}

static void
watch(struct serial_medium *serial)
{
	int events = (serial->want == CHAT_WANT_TIME ? UV_READABLE : 0) |
	             (serial->out.length > 0 ? UV_WRITABLE : 0);
	struct instant until = instant_earlier(serial->limit, chat_deadline(serial->chat));
	int64_t        wait_ms;

	if (serial->breaking)
		until = instant_earlier(until, serial->break_end);

	uv_poll_start(&serial->poll, events, line_ready);
	if (until.ms == INSTANT_NEVER.ms) {
		uv_timer_stop(&serial->medium.timer);
		return;
	}
	wait_ms = until.ms - now(serial).ms;
	uv_timer_start(&serial->medium.timer, timer_ended, wait_ms > 0 ? (uint64_t)wait_ms : 0, 0);
}

static void
line_ready(uv_poll_t *poll, int status, int events)
{
	struct serial_medium *serial = poll->data;

	if (status < 0 || (events & UV_READABLE) != 0)
		hear(serial);
	if (serial->state == SERIAL_CHATS || serial->state == SERIAL_LEAVES)
		run_chat(serial);
}

/* What the line says, to the chat, until that has heard enough. */
static void
hear(struct serial_medium *serial)
{
	for (int i = 0; i < READS_MAX && !serial->deaf && serial->want == CHAT_WANT_TIME; i++) {
		uint8_t byte;
		ssize_t length = read(serial->port.file, &byte, 1);

		if (length == 1) {
			chat_hear(serial->chat, (struct span){ &byte, 1 });
			serial->want = chat_run(serial->chat, now(serial), &serial->out);
		} else if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
			return;
		} else {
			serial->deaf = true;
		}
	}
}

/* As much as the line takes. */
static void
speak(struct serial_medium *serial)
{
	while (serial->out.length > 0) {
		ssize_t length = write(serial->port.file, serial->out.data, serial->out.length);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0 && errno != EAGAIN)
			serial->deaf = true;
		if (length <= 0)
			return;
		buffer_drop_front(&serial->out, (size_t)length);
	}
}

static bool
break_is_over(struct serial_medium *serial)
{
	if (!serial->breaking) {
		if (serial->out.length > 0) /* is said before it */
			return false;
		serial_port_break(&serial->port, true);
		serial->breaking  = true;
		serial->break_end = instant_after(now(serial), BREAK_MS);
	}
	if (!instant_reached(serial->break_end, now(serial)))
		return false;
	serial_port_break(&serial->port, false);
	serial->breaking = false;
	return true;
}

static void
run_chat(struct serial_medium *serial)
{
	while (!serial->deaf && !instant_reached(serial->limit, now(serial))) {
		if (serial->want != CHAT_WANT_BREAK || break_is_over(serial))
			serial->want = chat_run(serial->chat, now(serial), &serial->out);
		speak(serial);
		tell_transcript(serial);
		if (serial->want == CHAT_WANT_END && serial->out.length == 0)
			break;
		if (serial->want == CHAT_WANT_END && serial->limit.ms == INSTANT_NEVER.ms)
			serial->limit = instant_after(now(serial), LAST_BYTES_MS);
		if (serial->want != CHAT_WANT_BREAK || serial->breaking || serial->out.length > 0) {
			watch(serial);
			return;
		}
	}
	uv_poll_stop(&serial->poll);
	uv_timer_stop(&serial->medium.timer);
	chat_ended(serial);
}

static void
chat_ended(struct serial_medium *serial)
{
	if (serial->breaking)
		serial_port_break(&serial->port, false);
	serial->breaking = false;
	if (serial->state == SERIAL_LEAVES)
		drop(serial);
	else if (serial->deaf)
		attempt_failed(serial, "the line was hung up");
	else if (chat_outcome(serial->chat) == CHAT_DONE && serial->out.length == 0)
		talk(serial);
	else if (chat_outcome(serial->chat) == CHAT_DONE)
		attempt_failed(serial, "the line takes no bytes");
	else
		attempt_failed(serial, chat_reason(serial->chat));
}

static void
attempt_failed(struct serial_medium *serial, const char *why)
{
	if (serial->why.length > 0)
		buffer_append_text(&serial->why, "; ");
	buffer_append_text(&serial->why, why);
	serial->number++;
	leave(serial);
}

/* Whole lines, to whom it may concern. */
static void
tell_transcript(struct serial_medium *serial)
{
	struct buffer *transcript = chat_transcript(serial->chat);
	char          *line       = (char *)transcript->data;

	for (char *newline; transcript->length > 0 && (newline = strchr(line, '\n')) != NULL;
	     line = newline + 1) {
		*newline = '\0';
		if (serial->call.line != NULL)
			serial->call.line(serial->call.data, line);
		else
			log_line(LOG_DEBUG, "%s: %s", serial->call.device, line);
	}
	buffer_clear(transcript);
}

static void
talk(struct serial_medium *serial)
{
	int        file = fcntl(serial->port.file, F_DUPFD_CLOEXEC, 0);
	uv_pipe_t *pipe;

	if (file < 0) {
		attempt_failed(serial, strerror(errno));
		return;
	}
	serial_port_mind_carrier(&serial->port);
	pipe = memory_new(1, sizeof(*pipe));
	uv_pipe_init(serial->medium.loop, pipe, 0);
	if (uv_pipe_open(pipe, file) != 0)
		abort(); /* only for what is no open file */
	serial_enter(serial, SERIAL_TALKS);
	medium_connected(&serial->medium, (uv_stream_t *)pipe, (uv_stream_t *)pipe);
}

/* --- the end ---------------------------------------------------------------------------------- */

static bool
at_end(struct medium *medium)
{
	uv_timer_start(&medium->timer, timer_ended, 0, 0); /* which tells it */
	return true;
}

static void
hang_up(struct medium *medium)
{
	struct serial_medium *serial = (struct serial_medium *)medium;
	uv_stream_t          *stream = medium->stream;

	switch (serial->state) {
	case SERIAL_OPENS:
		give_back(serial);
		break;
	case SERIAL_CHATS:
		uv_poll_stop(&serial->poll);
		leave(serial);
		break;
	case SERIAL_TALKS:
		serial_enter(serial, SERIAL_CLOSES);
		uv_timer_stop(&medium->timer);
		medium->stream = medium->out = NULL;
		stream->data                 = serial;
		uv_close((uv_handle_t *)stream, stream_closed);
		break;
	case SERIAL_CLOSES:
	case SERIAL_DRAINS:
	case SERIAL_LEAVES:
	case SERIAL_DROPS:
		break; /* after a failed attempt; there will be no other one */
	case SERIAL_RETURNS:
		if (serial->returned)
			medium_release(medium);
		break;
	}
}

static void
stream_closed(uv_handle_t *stream)
{
	struct serial_medium *serial = stream->data;

	free(stream);
	serial_enter(serial, SERIAL_DRAINS);
	timer_ended(&serial->medium.timer);
}

static void
leave(struct serial_medium *serial)
{
	buffer_clear(&serial->out);
	if (serial_port_unsent(&serial->port) > 0)
		serial_port_flush_output(&serial->port);
	serial->chat = serial->call.hangup;
	serial_enter(serial, SERIAL_LEAVES);
	if (serial->chat == NULL) {
		drop(serial);
		return;
	}
	chat_rewind(serial->chat);
	serial->want = CHAT_WANT_TIME;
	run_chat(serial);
}

static void
drop(struct serial_medium *serial)
{
	serial_enter(serial, SERIAL_DROPS);
	if (serial_port_drop(&serial->port))
		uv_timer_start(&serial->medium.timer, timer_ended, SERIAL_DTR_MS, 0);
	else
		dropped(serial); /* there is no such wire */
}

static void
dropped(struct serial_medium *serial)
{
	if (serial->medium.hung_up || serial->deaf || serial->number >= serial->call.chat_count)
		give_back(serial);
	else
		next_attempt(serial);
}

static void
next_attempt(struct serial_medium *serial)
{
	serial_port_raise(&serial->port);
	serial_port_flush_input(&serial->port);
	begin_chat(serial);
}

static void
give_back(struct serial_medium *serial)
{
	serial_enter(serial, SERIAL_RETURNS);
	uv_timer_stop(&serial->medium.timer);
	serial->poll.data = serial;
	if (serial->polled)
		uv_close((uv_handle_t *)&serial->poll, poll_closed);
	else
		poll_closed((uv_handle_t *)&serial->poll);
}

static void
poll_closed(uv_handle_t *poll)
{
	struct serial_medium *serial = poll->data;

	serial->polled = false;
	serial_port_close(&serial->port);
	serial->returned = true;
	if (serial->call.freed != NULL)
		serial->call.freed(serial->call.data);
	if (serial->medium.hung_up)
		medium_release(&serial->medium);
	else
		medium_lost(&serial->medium, buffer_text(&serial->why));
}

static void
serial_free(struct medium *medium)
{
	struct serial_medium *serial = (struct serial_medium *)medium;

	for (size_t i = 0; i < serial->call.chat_count; i++)
		chat_free(serial->call.chats[i]);
	chat_free(serial->call.hangup);
	free((char *)serial->call.device);
	buffer_release(&serial->out);
	buffer_release(&serial->why);
	free(serial);
}

static struct instant
now(const struct serial_medium *serial)
{
	return (struct instant){ (int64_t)uv_now(serial->medium.loop) };
}
