/*
 * mail_server.c - one connection, one message
 */
#include "daemon/handler/mail_server.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/handler/job_body.h"
#include "spool/base/memory.h"
#include "spool/smtp/smtp_client.h"

enum { HOST_MAX = 256, REPLY_BYTES = 4096 };
enum { WATCH_SERVER, WATCH_TIMER, WATCH_CANCEL, WATCH_COUNT };

struct mail_server {
	struct delivery_job *job;
	struct smtp_client  *client;
	struct job_body      body;
	struct pollfd        watch[WATCH_COUNT];
	struct buffer        out;
	const char          *why; /* it ends without a word of the server's; NULL = it goes on */
};

static bool start(struct mail_server *server, struct disk *disk, int64_t timeout_ms, int cancel);
static int  connect_to(struct mail_server *server, const char *target);
static int  connect_unix(const char *path);
static int  connect_host(struct mail_server *server, const char *target);
static bool wait_for(struct mail_server *server, short events);
static void converse(struct mail_server *server);
static void send_all(struct mail_server *server);
static void hear(struct mail_server *server);
static void send_message(struct mail_server *server);
static void judge(struct mail_server *server);

void
mail_server_deliver(struct disk *disk, struct delivery_job *job, int64_t timeout_ms, int cancel)
{
	struct mail_server        *server  = memory_new(1, sizeof(*server));
	struct smtp_client_options options = { .lmtp      = job->kind == DELIVERY_LMTP,
		                               .name      = job->home,
		                               .sender    = job->sender,
		                               .recipient = job->address,
		                               .size      = job->body.size_bytes,
		                               .notify    = job->notify,
		                               .ret       = (enum smtp_return)job->ret,
		                               .envid     = job->envid,
		                               .origin    = job->origin };

	server->job    = job;
	server->client = smtp_client_new(&options);
	buffer_init(&server->out);
	if (start(server, disk, timeout_ms, cancel)) {
		converse(server);
		judge(server);
	}
	for (unsigned i = 0; i < WATCH_CANCEL; i++)
		if (server->watch[i].fd >= 0)
			close(server->watch[i].fd);
	job_body_close(&server->body);
	buffer_release(&server->out);
	smtp_client_free(server->client);
	free(server);
}

/* False: the job has its verdict. */
static bool
start(struct mail_server *server, struct disk *disk, int64_t timeout_ms, int cancel)
{
	const struct itimerspec once = { .it_value = { .tv_sec  = timeout_ms / 1000,
		                                       .tv_nsec = timeout_ms % 1000 * 1000000 } };

	server->watch[WATCH_SERVER] = (struct pollfd){ .fd = -1 };
	server->watch[WATCH_CANCEL] = (struct pollfd){ .fd = cancel, .events = POLLIN };
	server->watch[WATCH_TIMER] =
	    (struct pollfd){ .fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), .events = POLLIN };
	timerfd_settime(server->watch[WATCH_TIMER].fd, 0, &once, NULL);
	if (!job_body_open(&server->body, disk, server->job))
		return false;
	server->watch[WATCH_SERVER].fd = connect_to(server, server->job->target);
	if (server->watch[WATCH_SERVER].fd >= 0 && server->watch[WATCH_TIMER].fd >= 0)
		return true;
	server->job->verdict = DELIVERY_LATER;
	diagnostic_set(&server->job->diagnostic, "%.100s: %.100s", server->job->target,
	               server->why != NULL ? server->why : strerror(errno));
	return false;
}

static int
connect_to(struct mail_server *server, const char *target)
{
	return strncmp(target, "unix:", 5) == 0 ? connect_unix(target + 5)
	                                        : connect_host(server, target);
}

static int
connect_unix(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int                handle;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	handle = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (handle >= 0 && connect(handle, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return handle;
	if (handle >= 0) {
		int reason = errno;

		close(handle);
		errno = reason;
	}
	return -1;
}

/* "HOST:PORT" or "[HOST]:PORT", as the description's grammar has it. */
static int
connect_host(struct mail_server *server, const char *target)
{
	const struct addrinfo hints  = { .ai_socktype = SOCK_STREAM };
	const char           *colon  = strrchr(target, ':');
	bool                  square = target[0] == '[';
	char                  host[HOST_MAX];
	struct addrinfo      *found = NULL;
	int                   result, error = 0;
	socklen_t             length = sizeof(error);

	snprintf(host, sizeof(host), "%.*s", (int)(colon - target) - (square ? 2 : 0),
	         target + (square ? 1 : 0));
	result = getaddrinfo(host, colon + 1, &hints, &found);
	if (result != 0) {
		server->why = gai_strerror(result);
		return -1;
	}
	errno = ECONNREFUSED;
	for (const struct addrinfo *at = found; at != NULL; at = at->ai_next) {
		int handle = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

		server->watch[WATCH_SERVER].fd = handle;
		if (handle < 0)
			continue;
		if ((connect(handle, at->ai_addr, at->ai_addrlen) == 0 || errno == EINPROGRESS) &&
		    wait_for(server, POLLOUT) &&
		    getsockopt(handle, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0) {
			freeaddrinfo(found);
			return handle;
		}
		close(handle);
		server->watch[WATCH_SERVER].fd = -1;
		errno                          = error != 0 ? error : errno;
	}
	freeaddrinfo(found);
	return -1;
}

/* False: something else happened, and `why` says what. */
static bool
wait_for(struct mail_server *server, short events)
{
	server->watch[WATCH_SERVER].events = events;
	while (poll(server->watch, WATCH_COUNT, -1) < 0)
		if (errno != EINTR)
			return false;
	if (server->watch[WATCH_CANCEL].revents != 0)
		server->why = "the daemon stops";
	else if (server->watch[WATCH_TIMER].revents != 0)
		server->why = "it took too long";
	return server->why == NULL;
}

static void
converse(struct mail_server *server)
{
	while (server->why == NULL && smtp_client_verdict(server->client) == SMTP_OPEN) {
		hear(server);
		send_all(server);
		if (server->why == NULL && smtp_client_wants_body(server->client))
			send_message(server);
	}
}

static void
hear(struct mail_server *server)
{
	uint8_t said[REPLY_BYTES];
	ssize_t length;

	if (!wait_for(server, POLLIN))
		return;
	length = read(server->watch[WATCH_SERVER].fd, said, sizeof(said));
	if (length > 0)
		smtp_client_read(server->client, (struct span){ said, (size_t)length },
		                 &server->out);
	else if (length == 0)
		server->why = "it closed the connection";
	else if (errno != EAGAIN && errno != EINTR)
		server->why = strerror(errno);
}

static void
send_all(struct mail_server *server)
{
	while (server->out.length > 0 && server->why == NULL) {
		ssize_t sent;

		if (!wait_for(server, POLLOUT))
			return;
		sent = send(server->watch[WATCH_SERVER].fd, server->out.data, server->out.length,
		            MSG_NOSIGNAL);
		if (sent > 0)
			buffer_drop_front(&server->out, (size_t)sent);
		else if (errno != EAGAIN && errno != EINTR)
			server->why = strerror(errno);
	}
}

/* A body that cannot be read ends the connection in the middle, so that nobody takes a part for
 * the whole. */
static void
send_message(struct mail_server *server)
{
	struct span piece = server->job->head;

	do {
		smtp_client_body(server->client, piece, &server->out);
		send_all(server);
		if (!job_body_next(&server->body, &piece))
			server->why = "the body cannot be read";
	} while (server->why == NULL && piece.length > 0);
	if (server->why == NULL) {
		smtp_client_end(server->client, &server->out);
		send_all(server);
	}
}

static void
judge(struct mail_server *server)
{
	static const enum delivery_verdict verdicts[] = {
		[SMTP_OPEN] = DELIVERY_LATER,         [SMTP_TAKEN] = DELIVERY_DONE,
		[SMTP_NO_MAILBOX] = DELIVERY_NO_USER, [SMTP_REFUSED] = DELIVERY_REFUSED,
		[SMTP_LATER] = DELIVERY_LATER,
	};
	enum smtp_verdict verdict = smtp_client_verdict(server->client);

	server->job->verdict = verdicts[verdict];
	server->job->reports = smtp_client_passed_dsn(server->client);
	if (verdict == SMTP_TAKEN)
		return;
	if (server->why != NULL && verdict == SMTP_OPEN)
		diagnostic_set(&server->job->diagnostic, "%.100s: %.100s", server->job->target,
		               server->why);
	else
		diagnostic_set(&server->job->diagnostic, "%.100s said: %.140s", server->job->target,
		               smtp_client_said(server->client));
}
