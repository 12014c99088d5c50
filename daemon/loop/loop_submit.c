/*
 * loop_submit.c - listening for mail servers
 */
#include "daemon/loop/loop_submit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/loop/lmtp_layer.h"
#include "daemon/transport/tcp.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"

enum { BACKLOG = 128, CONNECTIONS_MAX = 256, SOCKET_UMASK = 0117 };

struct loop_submit_socket {
	union {
		uv_stream_t stream;
		uv_pipe_t   pipe;
		uv_tcp_t    tcp;
	} handle;
	struct loop_submit        *submit;
	struct loop_submit_socket *next;
	char                      *address; /* as the description has it */
	bool                       wanted;
};

static const char                *path_of(const char *address);
static struct loop_submit_socket *find_socket(struct loop_submit *submit, const char *address);
static enum status                open_socket(struct loop_submit *submit, const char *address,
                                              struct diagnostic *diagnostic);
static int                        open_pipe(uv_loop_t *uv, uv_pipe_t *pipe, const char *path);
static void                       drop_unwanted(struct loop_submit *submit);
static void                       socket_closed(uv_handle_t *handle);
static void                       came_in(uv_stream_t *listener, int status);
static void                       free_handle(uv_handle_t *handle);
static uint64_t                   largest_mail(const struct description_node *node);

void
loop_submit_init(struct loop_submit *submit, struct loop_clients *clients,
                 const struct config *config)
{
	*submit = (struct loop_submit){ .clients = clients, .config = config };
}

enum status
loop_submit_follow(struct loop_submit *submit, struct diagnostic *diagnostic)
{
	const struct description_texts *stated = &config_node(submit->config)->submit_lmtp;
	enum status                     result = STATUS_OK;

	for (struct loop_submit_socket *old = submit->sockets; old != NULL; old = old->next)
		old->wanted = false;
	for (size_t i = 0; i < stated->count; i++) {
		enum status status = STATUS_OK;

		if (find_socket(submit, stated->items[i]) == NULL)
			status = open_socket(submit, stated->items[i], diagnostic);
		if (status != STATUS_OK)
			result = status;
		else
			find_socket(submit, stated->items[i])->wanted = true;
	}
	drop_unwanted(submit);
	return result;
}

void
loop_submit_announce(struct loop_submit *submit)
{
	struct loop_inbox *inbox = submit->clients->streams.inbox;
	char               line[LOOP_FROM_SIZE + 256];
	char               where[TCP_TEXT_SIZE];

	for (struct loop_submit_socket *at = submit->sockets; at != NULL; at = at->next) {
		const char *text;

		where[0] = '\0';
		if (path_of(at->address) == NULL)
			tcp_local_text(&at->handle.tcp, where);
		snprintf(line, sizeof(line), "lmtp %s", where[0] != '\0' ? where : at->address);
		text                                            = loop_inbox_text(inbox, line);
		loop_inbox_add(inbox, EVENT_LISTENING, 0)->text = text;
	}
}

void
loop_submit_stop(struct loop_submit *submit)
{
	for (struct loop_submit_socket *at = submit->sockets; at != NULL; at = at->next)
		at->wanted = false;
	drop_unwanted(submit);
}

/* NULL: it is an address of TCP. */
static const char *
path_of(const char *address)
{
	return strncmp(address, "unix:", 5) == 0 ? address + 5 : NULL;
}

static struct loop_submit_socket *
find_socket(struct loop_submit *submit, const char *address)
{
	struct loop_submit_socket *at = submit->sockets;

	while (at != NULL && strcmp(at->address, address) != 0)
		at = at->next;
	return at;
}

static enum status
open_socket(struct loop_submit *submit, const char *address, struct diagnostic *diagnostic)
{
	struct loop_submit_socket *made = memory_new(1, sizeof(*made));
	uv_loop_t                 *uv   = submit->clients->streams.uv;
	const char                *path = path_of(address);
	struct tcp_address         parsed;
	enum status                status = STATUS_OK;
	int                        result = 0;

	made->submit = submit;
	if (path != NULL) {
		result = open_pipe(uv, &made->handle.pipe, path);
		if (result == 0)
			result = uv_listen(&made->handle.stream, BACKLOG, came_in);
		if (result != 0) {
			diagnostic_set(diagnostic, "cannot listen on %s: %s", path,
			               uv_strerror(result));
			status = STATUS_UNAVAILABLE;
		}
	} else {
		status = tcp_address_parse(&parsed, address, diagnostic);
		if (status != STATUS_OK) {
			free(made);
			return status;
		}
		status = tcp_listen(uv, &made->handle.tcp, &parsed, came_in, diagnostic);
	}
	made->handle.stream.data = made;
	made->address            = memory_copy_text(address);
	made->next               = submit->sockets;
	submit->sockets          = made;
	return status;
}

/* A socket that an earlier daemon left goes; another file stays, and is an error. */
static int
open_pipe(uv_loop_t *uv, uv_pipe_t *pipe, const char *path)
{
	struct stat found;
	mode_t      mask;
	int         result;

	uv_pipe_init(uv, pipe, 0);
	if (lstat(path, &found) == 0 && S_ISSOCK(found.st_mode))
		unlink(path);
	mask   = umask(SOCKET_UMASK);
	result = uv_pipe_bind(pipe, path);
	umask(mask);
	return result;
}

static void
drop_unwanted(struct loop_submit *submit)
{
	for (struct loop_submit_socket **link = &submit->sockets; *link != NULL;) {
		struct loop_submit_socket *at = *link;

		if (at->wanted) {
			link = &at->next;
			continue;
		}
		*link = at->next;
		if (path_of(at->address) != NULL)
			unlink(path_of(at->address));
		uv_close((uv_handle_t *)&at->handle, socket_closed);
	}
}

static void
socket_closed(uv_handle_t *handle)
{
	struct loop_submit_socket *at = handle->data;

	free(at->address);
	free(at);
}

static void
came_in(uv_stream_t *listener, int status)
{
	struct loop_submit_socket *at      = listener->data;
	struct loop_clients       *clients = at->submit->clients;
	uv_loop_t                 *uv      = clients->streams.uv;
	bool                       tcp     = path_of(at->address) == NULL;
	uv_stream_t        *handle = memory_new(1, tcp ? sizeof(uv_tcp_t) : sizeof(uv_pipe_t));
	struct loop_stream *client;

	if (tcp)
		uv_tcp_init(uv, (uv_tcp_t *)handle);
	else
		uv_pipe_init(uv, (uv_pipe_t *)handle, 0);
	if (status != 0 || uv_accept(listener, handle) != 0 ||
	    clients->streams.count >= CONNECTIONS_MAX) {
		log_line(LOG_WARNING, "a mail server cannot be heard on %s", at->address);
		uv_close((uv_handle_t *)handle, free_handle);
		return;
	}
	client = loop_client_new(clients);
	layers_add(&client->layers, lmtp_layer_new(config_node(at->submit->config)->name.text,
	                                           largest_mail(config_node(at->submit->config))));
	loop_client_start(clients, client, handle, geteuid(), true);
}

static void
free_handle(uv_handle_t *handle)
{
	free(handle);
}

/* By any link, or in a mailbox here; 0 = one of them states no limit. */
static uint64_t
largest_mail(const struct description_node *node)
{
	const struct description_service *mail    = description_find_service(node, "mail");
	int64_t                           largest = 0;

	if (node->gateway_count > 0 || (mail != NULL && mail->deliver != DELIVER_NONE &&
	                                mail->quota_bytes == DESCRIPTION_UNSET))
		return 0;
	if (mail != NULL && mail->deliver != DELIVER_NONE)
		largest = mail->quota_bytes;
	for (size_t i = 0; i < node->link_count; i++) {
		int64_t most = node->links[i].limit.message_bytes;

		if (node->links[i].direction == LINK_ONE_WAY_IN)
			continue;
		if (most == DESCRIPTION_UNSET)
			return 0;
		largest = most > largest ? most : largest;
	}
	return (uint64_t)largest;
}
