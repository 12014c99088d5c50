/*
 * tcp.h - bytes over TCP: addresses, listening, dialling
 *
 * Plain TCP; what the bytes mean is the session's business. A name may stand for several
 * addresses: they are tried one after the other, each for TCP_CONNECT_MS, and the first
 * that answers is taken (RFC 8305 without its races: a spooler has time).
 */
#ifndef DAEMON_TRANSPORT_TCP_H
#define DAEMON_TRANSPORT_TCP_H

#include <uv.h>

#include "spool/base/diagnostic.h"
#include "spool/base/status.h"

enum { TCP_HOST_MAX = 253, TCP_TEXT_SIZE = 64, TCP_CONNECT_MS = 30000 };

struct tcp_address {
	char host[TCP_HOST_MAX + 1]; /* a name or a literal, without brackets */
	char port[6];                /* "0" to "65535"                        */
};

/* Reads "HOST:PORT" or "[V6]:PORT". STATUS_INVALID with the reason in *diagnostic. */
enum status tcp_address_parse(struct tcp_address *address, const char *text,
                              struct diagnostic *diagnostic);

/*
 * Binds and listens: `accepted` is called as libuv does it. Port 0 takes a free one. Looks
 * the host up at once, so a literal is wise. The caller closes the listener, on failure too.
 */
enum status tcp_listen(uv_loop_t *loop, uv_tcp_t *listener, const struct tcp_address *address,
                       uv_connection_cb accepted, struct diagnostic *diagnostic);

/* "127.0.0.1:4242", "[::1]:4242" of this end or of the far one; "?" if it is gone. */
void tcp_local_text(const uv_tcp_t *tcp, char text[TCP_TEXT_SIZE]);
void tcp_remote_text(const uv_tcp_t *tcp, char text[TCP_TEXT_SIZE]);

/* What every connection gets: no delay for small frames, and probes while it is silent. */
void tcp_tune(uv_tcp_t *tcp);

struct tcp_dial;

/* Connected: `tcp` is the callee's, heap, to be uv_closed and freed. Else NULL and why. */
typedef void tcp_dialled_function(void *data, uv_tcp_t *tcp, const char *why);

/* Calls `dialled` exactly once and never before this returns, unless it is cancelled. */
struct tcp_dial *tcp_dial_start(uv_loop_t *loop, const struct tcp_address *address,
                                tcp_dialled_function *dialled, void *data);
void             tcp_dial_cancel(struct tcp_dial *dial);

/* When it is closed, what the kernel has not sent yet is dropped; nothing where it is not TCP. */
void tcp_drop_unsent(uv_stream_t *stream);

#endif
