/*
 * tcp.c - one dial: look the name up, try its addresses in order
 *
 * A dial owns a lookup, a timer and one socket at a time. Each of them may have a libuv
 * callback under way, so the dial lives until the last of them has come home, however it
 * ended; `dialled` becomes NULL as soon as nobody is to hear of it any more.
 */
#include "daemon/transport/tcp.h"

#include <assert.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

enum { LISTEN_BACKLOG = 128, KEEPALIVE_S = 60, WHY_SIZE = 384 };

struct tcp_dial {
	uv_loop_t            *loop;
	tcp_dialled_function *dialled; /* NULL: told already, or cancelled        */
	void                 *data;
	struct tcp_address    address;
	uv_getaddrinfo_t      lookup;
	uv_connect_t          connect;
	uv_timer_t            timer;
	struct addrinfo      *found;         /* of the lookup, owned                      */
	struct addrinfo      *next;          /* to be tried when this socket has failed   */
	uv_tcp_t             *tcp;           /* the attempt under way, or NULL            */
	char                  why[WHY_SIZE]; /* of the last failure               */
	unsigned              pending;       /* callbacks of libuv to come        */
};

static void looked_up(uv_getaddrinfo_t *lookup, int result, struct addrinfo *found);
static void try_next(struct tcp_dial *dial);
static int  try_address(struct tcp_dial *dial, const struct addrinfo *address);
static void connected(uv_connect_t *connect, int result);
static void took_too_long(uv_timer_t *timer);
static void give_up_socket(struct tcp_dial *dial);
static void finish(struct tcp_dial *dial, uv_tcp_t *tcp);
static void release_one(struct tcp_dial *dial);
static void timer_closed(uv_handle_t *timer);
static void free_handle(uv_handle_t *handle);
static void note_failure(struct tcp_dial *dial, int result);
static void address_text(const struct sockaddr_storage *address, char text[TCP_TEXT_SIZE]);

enum status
tcp_address_parse(struct tcp_address *address, const char *text, struct diagnostic *diagnostic)
{
	const char *colon = strrchr(text, ':');
	const char *host = text, *end = colon;
	unsigned    port = 0;

	*address = (struct tcp_address){ 0 };
	if (colon == NULL || colon[1] == '\0' || strlen(colon + 1) > 5 ||
	    colon[1 + strspn(colon + 1, "0123456789")] != '\0' ||
	    (port = (unsigned)strtoul(colon + 1, NULL, 10)) > UINT16_MAX) {
		diagnostic_set(diagnostic, "\"%s\" does not end in a port, as in HOST:4242", text);
		return STATUS_INVALID;
	}
	if (*host == '[') {
		host++;
		end--;
		if (end <= host || *end != ']') {
			diagnostic_set(diagnostic, "\"%s\" has no \"]\" before the port", text);
			return STATUS_INVALID;
		}
	} else if (memchr(host, ':', (size_t)(end - host)) != NULL) {
		diagnostic_set(diagnostic, "an IPv6 address stands in brackets, as in [::1]:4242");
		return STATUS_INVALID;
	}
	if (end == host || end - host > TCP_HOST_MAX) {
		diagnostic_set(diagnostic, "\"%s\" has no host of 1 to %d characters", text,
		               TCP_HOST_MAX);
		return STATUS_INVALID;
	}
	memcpy(address->host, host, (size_t)(end - host));
	snprintf(address->port, sizeof(address->port), "%u", port & UINT16_MAX);
	return STATUS_OK;
}

enum status
tcp_listen(uv_loop_t *loop, uv_tcp_t *listener, const struct tcp_address *address,
           uv_connection_cb accepted, struct diagnostic *diagnostic)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
	uv_getaddrinfo_t      lookup;
	int                   result;

	uv_tcp_init(loop, listener);
	result = uv_getaddrinfo(loop, &lookup, NULL, address->host, address->port, &hints);
	if (result == 0) {
		result = uv_tcp_bind(listener, lookup.addrinfo->ai_addr, 0);
		uv_freeaddrinfo(lookup.addrinfo);
	}
	if (result == 0)
		result = uv_listen((uv_stream_t *)listener, LISTEN_BACKLOG, accepted);
	if (result == 0)
		return STATUS_OK;
	diagnostic_set(diagnostic, "cannot listen on %s port %s: %s", address->host, address->port,
	               uv_strerror(result));
	return STATUS_UNAVAILABLE;
}

void
tcp_local_text(const uv_tcp_t *tcp, char text[TCP_TEXT_SIZE])
{
	struct sockaddr_storage address;
	int                     length = sizeof(address);

	if (uv_tcp_getsockname(tcp, (struct sockaddr *)&address, &length) != 0)
		address.ss_family = AF_UNSPEC;
	address_text(&address, text);
}

void
tcp_remote_text(const uv_tcp_t *tcp, char text[TCP_TEXT_SIZE])
{
	struct sockaddr_storage address;
	int                     length = sizeof(address);

	if (uv_tcp_getpeername(tcp, (struct sockaddr *)&address, &length) != 0)
		address.ss_family = AF_UNSPEC;
	address_text(&address, text);
}

static void
address_text(const struct sockaddr_storage *address, char text[TCP_TEXT_SIZE])
{
	char host[TCP_TEXT_SIZE - 9] = "";

	if (address->ss_family == AF_INET) {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;

		uv_ip4_name(v4, host, sizeof(host));
		snprintf(text, TCP_TEXT_SIZE, "%s:%d", host, ntohs(v4->sin_port));
	} else if (address->ss_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;

		uv_ip6_name(v6, host, sizeof(host));
		snprintf(text, TCP_TEXT_SIZE, "[%s]:%d", host, ntohs(v6->sin6_port));
	} else {
		snprintf(text, TCP_TEXT_SIZE, "?");
	}
}

void
tcp_tune(uv_tcp_t *tcp)
{
	uv_tcp_nodelay(tcp, 1);
	uv_tcp_keepalive(tcp, 1, KEEPALIVE_S);
}

struct tcp_dial *
tcp_dial_start(uv_loop_t *loop, const struct tcp_address *address, tcp_dialled_function *dialled,
               void *data)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
	struct tcp_dial      *dial  = memory_new(1, sizeof(*dial));

	dial->loop        = loop;
	dial->dialled     = dialled;
	dial->data        = data;
	dial->address     = *address;
	dial->lookup.data = dial->timer.data = dial->connect.data = dial;
	uv_timer_init(loop, &dial->timer);
	dial->pending = 2; /* the timer's closing and the lookup */
	if (uv_getaddrinfo(loop, &dial->lookup, looked_up, address->host, address->port, &hints) !=
	    0)
		abort(); /* only for wrong arguments */
	return dial;
}

void
tcp_dial_cancel(struct tcp_dial *dial)
{
	assert(dial->dialled != NULL);

	dial->dialled = NULL;
	uv_cancel((uv_req_t *)&dial->lookup);
	give_up_socket(dial);
	uv_close((uv_handle_t *)&dial->timer, timer_closed);
}

static void
looked_up(uv_getaddrinfo_t *lookup, int result, struct addrinfo *found)
{
	struct tcp_dial *dial = lookup->data;

	dial->found = dial->next = found;
	if (dial->dialled != NULL) {
		if (result != 0)
			note_failure(dial, result);
		try_next(dial);
	}
	release_one(dial);
}

static void
try_next(struct tcp_dial *dial)
{
	while (dial->next != NULL) {
		const struct addrinfo *address = dial->next;
		int                    result;

		dial->next = dial->next->ai_next;
		result     = try_address(dial, address);
		if (result == 0)
			return;
		note_failure(dial, result);
		give_up_socket(dial);
	}
	finish(dial, NULL);
}

static int
try_address(struct tcp_dial *dial, const struct addrinfo *address)
{
	int result;

	dial->tcp = memory_new(1, sizeof(*dial->tcp));
	uv_tcp_init(dial->loop, dial->tcp);
	result = uv_tcp_connect(&dial->connect, dial->tcp, address->ai_addr, connected);
	if (result != 0)
		return result;
	dial->pending++;
	uv_timer_start(&dial->timer, took_too_long, TCP_CONNECT_MS, 0);
	return 0;
}

/* Also for the socket that was given up: then `tcp` is NULL and the result ECANCELED. */
static void
connected(uv_connect_t *connect, int result)
{
	struct tcp_dial *dial = connect->data;

	if (dial->dialled != NULL) {
		uv_timer_stop(&dial->timer);
		if (result == 0) {
			uv_tcp_t *tcp = dial->tcp;

			dial->tcp = NULL;
			tcp_tune(tcp);
			finish(dial, tcp);
		} else {
			note_failure(dial, result == UV_ECANCELED ? UV_ETIMEDOUT : result);
			give_up_socket(dial);
			try_next(dial);
		}
	}
	release_one(dial);
}

/* connected() hears of it as ECANCELED and goes on with the next address. */
static void
took_too_long(uv_timer_t *timer)
{
	give_up_socket(timer->data);
}

static void
give_up_socket(struct tcp_dial *dial)
{
	if (dial->tcp != NULL)
		uv_close((uv_handle_t *)dial->tcp, free_handle);
	dial->tcp = NULL;
}

static void
finish(struct tcp_dial *dial, uv_tcp_t *tcp)
{
	tcp_dialled_function *dialled = dial->dialled;

	dial->dialled = NULL;
	uv_close((uv_handle_t *)&dial->timer, timer_closed);
	dialled(dial->data, tcp, tcp == NULL ? dial->why : NULL);
}

static void
timer_closed(uv_handle_t *timer)
{
	release_one(timer->data);
}

static void
release_one(struct tcp_dial *dial)
{
	assert(dial->pending > 0);

	if (--dial->pending > 0)
		return;
	if (dial->found != NULL)
		uv_freeaddrinfo(dial->found);
	free(dial);
}

static void
note_failure(struct tcp_dial *dial, int result)
{
	snprintf(dial->why, sizeof(dial->why), "%s port %s: %s", dial->address.host,
	         dial->address.port, uv_strerror(result));
}

static void
free_handle(uv_handle_t *handle)
{
	free(handle);
}

void
tcp_drop_unsent(uv_stream_t *stream)
{
	const struct linger nothing = { .l_onoff = 1, .l_linger = 0 };
	uv_os_fd_t          fd;

	if (stream->type == UV_TCP && uv_fileno((uv_handle_t *)stream, &fd) == 0)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &nothing, sizeof(nothing));
}
