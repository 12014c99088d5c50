/*
 * loop_calls.c - dialling and answering
 *
 * Who calls stays at the door (loop_door.h) until TLS knows his key, or, where there is none, until
 * he says something; then the node ends calls that do not say who they are. Beyond ANSWERED_MAX
 * calls, new ones are closed unheard, so that a crowd cannot take the descriptors that the spool
 * needs (trust T6).
 */
#include "daemon/loop/loop_calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/loop/loop_dial.h"
#include "daemon/loop/loop_line.h"
#include "daemon/loop/loop_serial.h"
#include "daemon/transport/tcp.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"

enum {
	ANSWERED_MAX        = 1024,
	HANDED_BUFFER_BYTES = 16384, /* of a socket whose other end is a line, perhaps a slow one */
	HANDED_SHAKE_MORE_MS =
	    60000, /* likewise                                                  */
};

struct loop_listener {
	uv_tcp_t              tcp;
	struct loop_calls    *calls;
	struct loop_listener *next;
	char                 *address; /* as the description has it */
	bool                  plain;
	bool                  wanted;
};

static struct loop_listener *find_listener(struct loop_calls *calls, const char *address);
static enum status listen_at(struct loop_calls *calls, const struct description_listen *listen,
                             struct diagnostic *diagnostic);
static enum status add_listener(struct loop_calls *calls, const char *address,
                                struct diagnostic *diagnostic);
static void        drop_unwanted(struct loop_calls *calls);
static void        listener_closed(uv_handle_t *handle);
static void        answered(uv_stream_t *handle, int status);
static void        begin_plain(void *owner, struct loop_stream *call);
static void        begin_tls(void *owner, struct loop_stream *call);
static void        open_call(struct loop_calls *calls, const struct action *action);
static struct loop_stream *find_releasing(const struct loop_calls *calls, const char *called);
static void                send_body(struct loop_calls *calls, struct loop_stream *call,
                                     const struct action *action);
static void                free_handle(uv_handle_t *handle);

void
loop_calls_init(struct loop_calls *calls, uv_loop_t *uv, struct loop_inbox *inbox,
                const struct config *config, struct loop_bodies *bodies)
{
	*calls = (struct loop_calls){ .config = config, .bodies = bodies };
	loop_streams_init(&calls->streams, LOOP_CALL, uv, inbox);
	calls->streams.next_id = 1;
	loop_identity_init(&calls->identity, config);
	loop_answers_init(&calls->answers, &calls->streams, &calls->identity);
	loop_door_init(&calls->plain_door, begin_plain, calls);
	loop_door_init(&calls->door, begin_tls, calls);
}

/* --- listening ----------------------------------------------------------------------------- */

enum status
loop_calls_listen(struct loop_calls *calls, struct diagnostic *diagnostic)
{
	const struct description_node *node   = config_node(calls->config);
	enum status                    result = STATUS_OK;

	for (struct loop_listener *old = calls->listeners; old != NULL; old = old->next)
		old->wanted = false;
	for (size_t i = 0; i < node->listen_count; i++) {
		enum status status = listen_at(calls, &node->listens[i], diagnostic);

		if (status != STATUS_OK)
			result = status;
	}
	drop_unwanted(calls);
	loop_answers_follow(&calls->answers);
	return result;
}

static enum status
listen_at(struct loop_calls *calls, const struct description_listen *listen,
          struct diagnostic *diagnostic)
{
	enum status status =
	    listen->plain ? STATUS_OK : loop_identity_read(&calls->identity, diagnostic);

	if (status == STATUS_OK && find_listener(calls, listen->address) == NULL)
		status = add_listener(calls, listen->address, diagnostic);
	if (status == STATUS_OK) {
		struct loop_listener *listener = find_listener(calls, listen->address);

		listener->plain  = listen->plain;
		listener->wanted = true;
	}
	return status;
}

void
loop_calls_release(struct loop_calls *calls)
{
	loop_identity_release(&calls->identity);
}

static struct loop_listener *
find_listener(struct loop_calls *calls, const char *address)
{
	struct loop_listener *listener = calls->listeners;

	while (listener != NULL && strcmp(listener->address, address) != 0)
		listener = listener->next;
	return listener;
}

static enum status
add_listener(struct loop_calls *calls, const char *address, struct diagnostic *diagnostic)
{
	struct loop_listener *listener;
	struct tcp_address    parsed;
	enum status           status = tcp_address_parse(&parsed, address, diagnostic);

	if (status != STATUS_OK)
		return status;
	listener = memory_new(1, sizeof(*listener));
	status   = tcp_listen(calls->streams.uv, &listener->tcp, &parsed, answered, diagnostic);
	listener->tcp.data = listener;
	listener->calls    = calls;
	listener->address  = memory_copy_text(address);
	listener->next     = calls->listeners;
	calls->listeners   = listener;
	return status;
}

static void
drop_unwanted(struct loop_calls *calls)
{
	for (struct loop_listener **link = &calls->listeners; *link != NULL;) {
		struct loop_listener *listener = *link;

		if (listener->wanted) {
			link = &listener->next;
			continue;
		}
		*link = listener->next;
		uv_close((uv_handle_t *)&listener->tcp, listener_closed);
	}
}

static void
listener_closed(uv_handle_t *handle)
{
	struct loop_listener *listener = handle->data;

	free(listener->address);
	free(listener);
}

void
loop_calls_announce(struct loop_calls *calls)
{
	struct loop_inbox *inbox = calls->streams.inbox;

	for (struct loop_listener *listener = calls->listeners; listener != NULL;
	     listener                       = listener->next) {
		char        address[TCP_TEXT_SIZE], line[TCP_TEXT_SIZE + 4];
		const char *text;

		tcp_local_text(&listener->tcp, address);
		snprintf(line, sizeof(line), "tcp %s", address);
		text                                            = loop_inbox_text(inbox, line);
		loop_inbox_add(inbox, EVENT_LISTENING, 0)->text = text;
	}
	loop_answers_announce(&calls->answers);
}

void
loop_calls_stop_listening(struct loop_calls *calls)
{
	for (struct loop_listener *listener = calls->listeners; listener != NULL;
	     listener                       = listener->next)
                listener->wanted = false;
	drop_unwanted(calls);
	loop_answers_stop(&calls->answers);
}

static void
answered(uv_stream_t *handle, int status)
{
	struct loop_listener *listener = handle->data;
	struct loop_calls    *calls    = listener->calls;
	uv_tcp_t             *tcp;
	struct loop_stream   *call;

	if (status != 0) {
		log_line(LOG_WARNING, "a call cannot be answered: %s", uv_strerror(status));
		return;
	}
	tcp = memory_new(1, sizeof(*tcp));
	uv_tcp_init(calls->streams.uv, tcp);
	if (uv_accept(handle, (uv_stream_t *)tcp) != 0 || calls->streams.count >= ANSWERED_MAX) {
		uv_close((uv_handle_t *)tcp, free_handle);
		return;
	}
	tcp_tune(tcp);
	call = loop_stream_new(&calls->streams, calls->streams.next_id);
	calls->streams.next_id += 2;
	tcp_remote_text(tcp, call->from);
	loop_door_enter(listener->plain ? &calls->plain_door : &calls->door, call, tcp);
}

static void
begin_plain(void *owner, struct loop_stream *call)
{
	(void)owner;
	(void)call;
}

static void
begin_tls(void *owner, struct loop_stream *call)
{
	struct loop_calls *calls = owner;

	loop_identity_answer(&calls->identity, call);
}

/* What the program says of its line. */
static void
prepare_handed(struct loop_stream *client, const struct action *action)
{
	struct description_transport line;

	description_transport_init(&line, TRANSPORT_COMMAND);
	line.path_unreliable  = (action->path & PATH_UNRELIABLE) != 0;
	line.path_7bit        = (action->path & PATH_7BIT) != 0;
	line.path_half_duplex = (action->path & PATH_HALF_DUPLEX) != 0;
	if (action->terminal)
		loop_serial_prepare(client, &line, false);
	loop_line_prepare(client, &line, false);
}

void
loop_calls_adopt(struct loop_calls *calls, struct loop_stream *client, const struct action *action)
{
	struct diagnostic diagnostic;
	int               buffer_bytes = HANDED_BUFFER_BYTES;

	diagnostic_init(&diagnostic);
	if (calls->streams.count >= ANSWERED_MAX ||
	    (!action->plain && loop_identity_read(&calls->identity, &diagnostic) != STATUS_OK)) {
		loop_stream_fail(client, diagnostic.text);
		return;
	}
	prepare_handed(client, action);
	if (!action->plain)
		loop_identity_answer(&calls->identity, client);
	snprintf(client->from, sizeof(client->from), "%s", action->text);
	client->shake_limit_ms += HANDED_SHAKE_MORE_MS + action->number;
	uv_send_buffer_size((uv_handle_t *)client->medium->out, &buffer_bytes);
	if (loop_stream_move(client, &calls->streams, calls->streams.next_id))
		calls->streams.next_id += 2;
}

/* --- actions --------------------------------------------------------------------------------- */

void
loop_calls_perform(struct loop_calls *calls, const struct action *action)
{
	struct loop_stream *call = loop_streams_find(&calls->streams, action->id);

	if (action->kind == ACTION_CALL_OPEN || action->kind == ACTION_CALL_RELEASE)
		open_call(calls, action);
	else if (call == NULL)
		return;
	else if (action->kind == ACTION_CALL_SEND)
		loop_stream_send(call, action->bytes);
	else if (action->kind == ACTION_CALL_SEND_BODY)
		send_body(calls, call, action);
	else if (action->final)
		loop_stream_abort(call);
	else {
		call->parted = action->parted;
		loop_stream_finish(call);
	}
	if (action->apart && call != NULL && !call->cut)
		loop_queue_end_piece(&call->queue);
}

static void
open_call(struct loop_calls *calls, const struct action *action)
{
	const struct description_link *link =
	    description_find_link(config_node(calls->config), action->text, action->label);
	struct buffer       called;
	struct loop_stream *call;

	buffer_init(&called);
	buffer_append_format(&called, "link %s%s%s", action->text,
	                     action->label[0] != '\0' ? " as " : "", action->label);
	call = action->kind == ACTION_CALL_RELEASE ? find_releasing(calls, buffer_text(&called))
	                                           : NULL;
	if (call != NULL) { /* an earlier node's, which this process still lets go of */
		call->held = action->id;
	} else {
		call         = loop_stream_new(&calls->streams, action->id);
		call->called = memory_copy_text(buffer_text(&called));
		if (action->held || action->kind == ACTION_CALL_RELEASE)
			call->held = action->id;
		if (action->kind == ACTION_CALL_OPEN)
			loop_dial(&calls->identity, call, link, action->number);
		else
			loop_dial_release(&calls->identity, call, link);
	}
	buffer_release(&called);
}

static struct loop_stream *
find_releasing(const struct loop_calls *calls, const char *called)
{
	struct loop_stream *call = calls->streams.first;

	while (call != NULL && (call->medium == NULL || !call->medium->hung_up ||
	                        call->called == NULL || strcmp(call->called, called) != 0))
		call = call->next;
	return call;
}

void
loop_calls_forget(struct loop_calls *calls)
{
	loop_streams_cut(&calls->streams);
	for (struct loop_stream *call = calls->streams.first; call != NULL; call = call->next)
		call->held = 0;
}

bool
loop_calls_busy(const struct loop_calls *calls)
{
	for (const struct loop_stream *call = calls->streams.first; call != NULL; call = call->next)
		if (call->medium != NULL && medium_is_slow_to_leave(call->medium))
			return true;
	return false;
}

static void
send_body(struct loop_calls *calls, struct loop_stream *call, const struct action *action)
{
	struct disk_file *file = loop_bodies_open(calls->bodies, action->body);

	if (file == NULL) {
		loop_stream_fail(call, "a body cannot be opened");
		return;
	}
	loop_stream_send(call, action->bytes);
	loop_stream_send_file(call, file, action->offset, action->length);
}

static void
free_handle(uv_handle_t *handle)
{
	free(handle);
}
