/*
 * loop_clients.c - who is there is what the kernel says
 *
 * A socket address holds 107 bytes of path. So the socket is bound and reached by way of
 * /proc/self/fd, where the folder has a short name whatever it is called.
 */
#include "daemon/loop/loop_clients.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/config.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/control/control.h"

enum { LISTEN_BACKLOG = 128, UNSENT_MAX = 64 * 1024 * 1024 };

static int  bind_socket(int folder);
static void came_in(uv_stream_t *handle, int status);
static void refuse(struct loop_stream *client, const char *why);
static void free_handle(uv_handle_t *handle);

enum status
loop_clients_open(struct loop_clients *clients, uv_loop_t *uv, struct loop_inbox *inbox,
                  const char *folder, struct diagnostic *diagnostic)
{
	int bound = -1, result = 0;

	*clients = (struct loop_clients){ .next_id = 1 };
	loop_streams_init(&clients->streams, LOOP_CLIENT, uv, inbox);
	clients->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (clients->folder >= 0)
		bound = bind_socket(clients->folder);
	if (bound < 0) {
		diagnostic_set(diagnostic, "cannot make %s/" HOME_SOCKET ": %s", folder,
		               strerror(errno));
		if (clients->folder >= 0)
			close(clients->folder);
		return STATUS_UNAVAILABLE;
	}
	uv_pipe_init(uv, &clients->listener, 0);
	clients->listener.data = clients;
	clients->listening     = true;
	result                 = uv_pipe_open(&clients->listener, bound);
	if (result == 0)
		result = uv_listen((uv_stream_t *)&clients->listener, LISTEN_BACKLOG, came_in);
	if (result == 0)
		return STATUS_OK;
	diagnostic_set(diagnostic, "cannot listen on %s/" HOME_SOCKET ": %s", folder,
	               uv_strerror(result));
	loop_clients_close(clients);
	return STATUS_UNAVAILABLE;
}

static int
bind_socket(int folder)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int                bound   = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (bound < 0)
		return -1;
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/" HOME_SOCKET,
	         folder);
	unlinkat(folder, HOME_SOCKET, 0);
	if (bind(bound, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
	    fchmodat(folder, HOME_SOCKET, 0666, 0) == 0)
		return bound;
	close(bound);
	return -1;
}

void
loop_clients_close(struct loop_clients *clients)
{
	if (!clients->listening)
		return;
	clients->listening = false;
	unlinkat(clients->folder, HOME_SOCKET, 0);
	close(clients->folder);
	uv_close((uv_handle_t *)&clients->listener, NULL);
}

static void
came_in(uv_stream_t *handle, int status)
{
	struct loop_clients *clients = handle->data;
	uv_pipe_t           *pipe    = memory_new(1, sizeof(*pipe));
	struct ucred         who;
	socklen_t            length = sizeof(who);
	uv_os_fd_t           fd;
	struct loop_stream  *client;

	uv_pipe_init(clients->streams.uv, pipe, 0);
	if (status != 0 || uv_accept(handle, (uv_stream_t *)pipe) != 0 ||
	    uv_fileno((uv_handle_t *)pipe, &fd) != 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length) != 0) {
		log_line(LOG_WARNING, "a program cannot be heard: %s", uv_strerror(status));
		uv_close((uv_handle_t *)pipe, free_handle);
		return;
	}
	client = loop_client_new(clients);
	loop_client_start(clients, client, (uv_stream_t *)pipe, who.uid, false);
}

struct loop_stream *
loop_client_new(struct loop_clients *clients)
{
	struct loop_stream *client = loop_stream_new(&clients->streams, clients->next_id);

	clients->next_id += 2;
	return client;
}

void
loop_client_start(struct loop_clients *clients, struct loop_stream *client, uv_stream_t *handle,
                  uint32_t uid, bool server)
{
	if (clients->refusal == NULL)
		loop_client_opened(clients->streams.inbox, client->id, uid)->server = server;
	loop_stream_start(client, medium_of_stream(handle));
	if (clients->refusal != NULL)
		refuse(client, clients->refusal);
}

void
loop_clients_perform(struct loop_clients *clients, const struct action *action)
{
	struct loop_stream *client = loop_streams_find(&clients->streams, action->id);

	if (client == NULL)
		return;
	client->watched = action->kind == ACTION_CLIENT_SEND && (action->final || client->watched);
	if (action->kind == ACTION_CLIENT_SEND)
		loop_stream_send(client, action->bytes);
	else
		loop_stream_finish(client);
	if (client->id != 0 && client->queue.unsent > UNSENT_MAX)
		loop_stream_fail(client, "it asks and does not listen");
}

bool
loop_clients_adopt(struct loop_clients *clients, uv_loop_t *uv, struct loop_inbox *inbox, int fd)
{
	uv_pipe_t          *pipe = memory_new(1, sizeof(*pipe));
	struct loop_stream *client;

	*clients = (struct loop_clients){ .next_id = 1 };
	loop_streams_init(&clients->streams, LOOP_CLIENT, uv, inbox);
	uv_pipe_init(uv, pipe, 0);
	if (uv_pipe_open(pipe, fd) != 0) {
		uv_close((uv_handle_t *)pipe, free_handle);
		return false;
	}
	client = loop_stream_new(&clients->streams, clients->next_id);
	clients->next_id += 2;
	loop_client_opened(inbox, client->id, geteuid());
	loop_stream_start(client, medium_of_stream((uv_stream_t *)pipe));
	return true;
}

struct loop_stream *
loop_clients_let_go(struct loop_clients *clients, uint64_t id)
{
	struct loop_stream *client = loop_streams_find(&clients->streams, id);

	if (client != NULL)
		loop_stream_flush(client);
	return client;
}

void
loop_clients_refuse(struct loop_clients *clients, const char *why)
{
	clients->refusal = why;
	if (why == NULL)
		return;
	for (struct loop_stream *client = clients->streams.first, *next; client != NULL;
	     client                     = next) {
		next = client->next;
		if (client->id != 0)
			refuse(client, why);
	}
}

static void
refuse(struct loop_stream *client, const char *why)
{
	const struct control_done later = { .exit_code = EX_TEMPFAIL };
	struct buffer             answer;

	buffer_init(&answer);
	control_append_errors(&answer, span_of_text("mulga: "));
	control_append_errors(&answer, span_of_text(why));
	control_append_errors(&answer, span_of_text("\n"));
	control_append_done(&answer, &later);
	loop_stream_send(client, buffer_span(&answer));
	loop_stream_finish(client);
	buffer_release(&answer);
}

struct event *
loop_client_opened(struct loop_inbox *inbox, uint64_t id, uint32_t uid)
{
	struct passwd entry, *found = NULL;
	char          room[4096];
	const char   *login = "";
	struct event *event;

	if (getpwuid_r(uid, &entry, room, sizeof(room), &found) == 0 && found != NULL)
		login = entry.pw_name;
	login          = loop_inbox_text(inbox, login);
	event          = loop_inbox_add(inbox, EVENT_CLIENT_OPENED, id);
	event->text    = login;
	event->uid     = uid;
	event->trusted = uid == 0 || uid == geteuid();
	return event;
}

static void
free_handle(uv_handle_t *handle)
{
	free(handle);
}
