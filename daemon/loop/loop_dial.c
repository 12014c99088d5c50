/*
 * loop_dial.c - one place knows every kind of transport
 *
 * The layers are put on from the medium up, before there is a connection: what the line needs, TLS
 * unless the description says `plain`, what saves bytes.
 */
#include "daemon/loop/loop_dial.h"

#include "daemon/loop/loop_line.h"
#include "daemon/loop/loop_serial.h"
#include "daemon/transport/tcp_medium.h"

static struct medium *make_medium(struct loop_calls                  *calls,
                                  const struct description_transport *transport,
                                  struct diagnostic                  *diagnostic);
static enum status    add_layers(struct loop_calls *calls, struct loop_stream *call,
                                 const struct description_link      *link,
                                 const struct description_transport *transport,
                                 struct diagnostic                  *diagnostic);

void
loop_dial(struct loop_calls *calls, struct loop_stream *call, const struct description_link *link,
          unsigned number)
{
	const struct description_transport *transport;
	struct medium                      *medium = NULL;
	struct diagnostic                   diagnostic;

	diagnostic_init(&diagnostic);
	if (link == NULL || number >= link->transport_count) {
		loop_stream_fail(call, "the description no longer has this link");
		return;
	}
	transport = &link->transports[number];
	if (add_layers(calls, call, link, transport, &diagnostic) == STATUS_OK)
		medium = make_medium(calls, transport, &diagnostic);
	if (medium == NULL)
		loop_stream_fail(call, diagnostic.text);
	else
		loop_stream_start(call, medium);
}

static enum status
add_layers(struct loop_calls *calls, struct loop_stream *call, const struct description_link *link,
           const struct description_transport *transport, struct diagnostic *diagnostic)
{
	enum status status;

	if (transport->kind == TRANSPORT_SERIAL)
		loop_serial_prepare(call, transport, true);
	loop_line_prepare(call, transport, true);
	if (transport->plain)
		return STATUS_OK;
	status = loop_calls_identify(calls, diagnostic);
	if (status == STATUS_OK)
		loop_calls_secure(call, tls_call(calls->identity, link->auth_key));
	return status;
}

/* NULL, and why. */
static struct medium *
make_medium(struct loop_calls *calls, const struct description_transport *transport,
            struct diagnostic *diagnostic)
{
	struct tcp_address address;
	struct serial_call serial;

	if (transport->kind == TRANSPORT_SERIAL) {
		if (loop_serial_call(calls->config, transport, &serial, diagnostic) != STATUS_OK)
			return NULL;
		return serial_medium_call(calls->streams.uv, &serial);
	}
	if (transport->kind != TRANSPORT_TCP || transport->listen) {
		diagnostic_set(diagnostic, "this version cannot call by `%s`",
		               transport->kind == TRANSPORT_COMMAND ? "command" : "directory");
		return NULL;
	}
	if (tcp_address_parse(&address, transport->address, diagnostic) != STATUS_OK)
		return NULL;
	return tcp_medium_call(calls->streams.uv, &address);
}
