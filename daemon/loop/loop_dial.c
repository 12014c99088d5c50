/*
 * loop_dial.c - one place knows every kind of transport
 *
 * The layers are put on from the medium up, before there is a connection: what the line needs, TLS
 * unless the description says `plain`, what saves bytes. On a slow line no more is put at a time
 * than it carries soon: what lies in a buffer cannot be overtaken.
 */
#include "daemon/loop/loop_dial.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/loop/loop_line.h"
#include "daemon/loop/loop_serial.h"
#include "daemon/transport/command_medium.h"
#include "daemon/transport/hook_medium.h"
#include "daemon/transport/tcp_medium.h"
#include "spool/base/memory.h"

enum {
	SHAKE_TRIPS      = 3,
	SHAKE_BYTES      = 3072,
	PIECE_MIN_BYTES  = 512,
	BUFFER_MIN_BYTES = 2048,
	BUFFER_BYTES     = 65536, /* of a program's sockets, where nothing says how slow it is */
};

/* What the description says, with the words that stand for others replaced. */
struct dial {
	const struct config                *config;
	const struct description_link      *link;
	const struct description_transport *transport; /* NULL: only to release */
	struct process_environment          environment;
	const char                         *called; /* the stream's */
	uv_loop_t                          *uv;
};

static void prepare(struct dial *dial, struct loop_identity *identity, struct loop_stream *call,
                    const struct description_link *link);
static enum status    add_layers(struct loop_identity *identity, struct loop_stream *call,
                                 const struct dial *dial, struct diagnostic *diagnostic);
static void           pace(struct loop_stream *call, const struct description_transport *transport);
static struct medium *make_medium(const struct dial *dial, size_t piece_bytes,
                                  struct diagnostic *diagnostic);
static struct medium *make_command(const struct dial *dial, size_t piece_bytes);
static struct medium *add_hooks(const struct dial *dial, struct medium *inner);
static const char   **make_arguments(const struct dial *dial, const struct description_texts *texts,
                                     struct passwd *user, char room[static 4096]);

void
loop_dial(struct loop_identity *identity, struct loop_stream *call,
          const struct description_link *link, unsigned number)
{
	struct dial       dial;
	struct medium    *medium = NULL;
	struct diagnostic diagnostic;

	diagnostic_init(&diagnostic);
	if (link == NULL || number >= link->transport_count) {
		loop_stream_fail(call, "the description no longer has this link");
		return;
	}
	prepare(&dial, identity, call, link);
	dial.transport = &link->transports[number];
	pace(call, dial.transport);
	if (add_layers(identity, call, &dial, &diagnostic) == STATUS_OK)
		medium = make_medium(&dial, call->piece_bytes, &diagnostic);
	if (medium == NULL)
		loop_stream_fail(call, diagnostic.text);
	else
		loop_stream_start(call, add_hooks(&dial, medium));
}

void
loop_dial_release(struct loop_identity *identity, struct loop_stream *call,
                  const struct description_link *link)
{
	struct dial dial;

	if (link != NULL) {
		prepare(&dial, identity, call, link);
		loop_stream_start(call, add_hooks(&dial, NULL));
	}
	loop_stream_cut(call);
}

static void
prepare(struct dial *dial, struct loop_identity *identity, struct loop_stream *call,
        const struct description_link *link)
{
	const char *folder = identity->config->home.folder;

	*dial = (struct dial){ .config = identity->config,
		               .link   = link,
		               .called = call->called,
		               .uv     = call->set->uv };
	process_environment_init(&dial->environment);
	process_environment_set(&dial->environment, "MULGA_NODE",
	                        config_node(identity->config)->name.text);
	process_environment_set(&dial->environment, "MULGA_NEIGHBOR", link->neighbor.text);
	process_environment_set(&dial->environment, "MULGA_LINK", link->label);
	if (folder != NULL && folder[0] == '/')
		process_environment_set(&dial->environment, "MULGA_HOME", folder);
}

static enum status
add_layers(struct loop_identity *identity, struct loop_stream *call, const struct dial *dial,
           struct diagnostic *diagnostic)
{
	enum status status;

	if (dial->transport->kind == TRANSPORT_SERIAL)
		loop_serial_prepare(call, dial->transport, true);
	loop_line_prepare(call, dial->transport, true);
	if (dial->transport->plain)
		return STATUS_OK;
	status = loop_identity_read(identity, diagnostic);
	if (status == STATUS_OK)
		loop_identity_call(identity, call, dial->link->auth_key);
	return status;
}

static void
pace(struct loop_stream *call, const struct description_transport *transport)
{
	int64_t bits     = transport->rate_bits > 0 ? transport->rate_bits : transport->speed_bits;
	int64_t second   = bits / 8; /* what the line carries in that time */
	int64_t shake_ms = description_patience_ms(transport, SHAKE_TRIPS, SHAKE_BYTES);

	call->shake_limit_ms += (unsigned)shake_ms;
	if (bits <= 0 || second >= LOOP_PIECE_BYTES)
		return;
	call->piece_bytes  = second > PIECE_MIN_BYTES ? (size_t)second : PIECE_MIN_BYTES;
	call->window_bytes = 2 * call->piece_bytes;
}

/* NULL, and why. */
static struct medium *
make_medium(const struct dial *dial, size_t piece_bytes, struct diagnostic *diagnostic)
{
	struct tcp_address address;
	struct serial_call serial;

	switch (dial->transport->kind) {
	case TRANSPORT_TCP:
		if (dial->transport->listen)
			break;
		if (tcp_address_parse(&address, dial->transport->address, diagnostic) != STATUS_OK)
			return NULL;
		return tcp_medium_new(dial->uv, &address);
	case TRANSPORT_COMMAND:
		return make_command(dial, piece_bytes);
	case TRANSPORT_SERIAL:
		if (loop_serial_call(dial->config, dial->transport, &serial, diagnostic) !=
		    STATUS_OK)
			return NULL;
		return serial_medium_call(dial->uv, &serial);
	case TRANSPORT_DIRECTORY:
		break;
	}
	diagnostic_set(diagnostic, "this version cannot call by this transport");
	return NULL;
}

static struct medium *
make_command(const struct dial *dial, size_t piece_bytes)
{
	char          room[4096];
	struct passwd user;
	const char  **arguments = make_arguments(dial, &dial->transport->arguments, &user, room);
	struct command_medium_order order = {
		.arguments    = arguments,
		.environment  = &dial->environment,
		.called       = dial->called,
		.buffer_bytes = BUFFER_BYTES,
	};
	struct medium *medium;

	if (piece_bytes < LOOP_PIECE_BYTES)
		order.buffer_bytes =
		    piece_bytes > BUFFER_MIN_BYTES ? (int)piece_bytes : BUFFER_MIN_BYTES;
	medium = command_medium_new(dial->uv, &order);
	free(arguments);
	return medium;
}

/* `inner` itself where nothing is to run. */
static struct medium *
add_hooks(const struct dial *dial, struct medium *inner)
{
	const struct description_link *link = dial->link;
	char                           room[4096], room_after[4096];
	struct passwd                  user, user_after;
	const char                   **before = NULL, **after = NULL;
	struct hook_medium_order       order;
	struct medium                 *medium;

	if (inner != NULL && link->before.count == 0 && link->after.count == 0)
		return inner;
	if (link->before.count > 0)
		before = make_arguments(dial, &link->before, &user, room);
	if (link->after.count > 0)
		after = make_arguments(dial, &link->after, &user_after, room_after);
	order = (struct hook_medium_order){
		.before      = before,
		.after       = after,
		.environment = &dial->environment,
		.called      = dial->called,
	};
	medium = hook_medium_new(dial->uv, inner, &order);
	free(before);
	free(after);
	return medium;
}

/* Borrowed from the description, from `user` and `room`; the list itself is the caller's to free. */
static const char **
make_arguments(const struct dial *dial, const struct description_texts *texts, struct passwd *user,
               char room[static 4096])
{
	const struct description_transport *transport = dial->transport;
	const char   **arguments = memory_new(texts->count + 1, sizeof(arguments[0]));
	struct passwd *found     = NULL;

	for (size_t i = 0; i < texts->count; i++) {
		const char *text = texts->items[i];

		if (strcmp(text, "%n") == 0)
			text = dial->link->neighbor.text;
		else if (strcmp(text, "%l") == 0)
			text = dial->link->label;
		else if (strcmp(text, "%p") == 0)
			text = transport != NULL && transport->phones.count > 0
			           ? transport->phones.items[0]
			           : "";
		else if (strcmp(text, "%u") == 0)
			text = getpwuid_r(geteuid(), user, room, 4096, &found) == 0 && found != NULL
			           ? user->pw_name
			           : "";
		else if (strcmp(text, "%f") == 0 || strcmp(text, "%a") == 0)
			text = config_node(dial->config)->name.text;
		arguments[i] = text;
	}
	return arguments;
}
