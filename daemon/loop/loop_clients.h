/*
 * loop_clients.h - programs of this machine, on the control socket
 */
#ifndef DAEMON_LOOP_LOOP_CLIENTS_H
#define DAEMON_LOOP_LOOP_CLIENTS_H

#include "daemon/loop/loop_stream.h"

struct loop_clients {
	struct loop_streams streams;
	uv_pipe_t           listener;
	bool                listening;
	const char         *refusal; /* not NULL: there is no node, and this is why */
	uint64_t            next_id; /* odd; those of drop/ are even                */
	int                 folder;  /* of the socket                               */
};

/*
 * Makes the socket in `folder`, for everybody of this machine, and listens. The caller holds
 * the spool's lock: a socket that is there belongs to a daemon that is gone.
 */
enum status loop_clients_open(struct loop_clients *clients, uv_loop_t *uv, struct loop_inbox *inbox,
                              const char *folder, struct diagnostic *diagnostic);
/* Serves one client alone, on a socket that was handed to us: whoever ran this process as itself.
 * False: that is no socket. */
bool loop_clients_adopt(struct loop_clients *clients, uv_loop_t *uv, struct loop_inbox *inbox,
                        int fd);
/* No new ones, and the socket is removed. */
void loop_clients_close(struct loop_clients *clients);

/* Performs an ACTION_CLIENT_*; one for a dead id is ignored. */
void loop_clients_perform(struct loop_clients *clients, const struct action *action);

/* One whose connection is to become something else, once what was queued is on its way; NULL: it is gone. */
struct loop_stream *loop_clients_let_go(struct loop_clients *clients, uint64_t id);

/* Tells everybody, and everybody who comes, to try later (exit code 75), until NULL. */
void loop_clients_refuse(struct loop_clients *clients, const char *why);

/* For others who hear programs (loop_submit.h): a client without a connection, to put layers on; */
struct loop_stream *loop_client_new(struct loop_clients *clients);
/* ... and its connection, heap, which it owns from now on: what it says is said by that user,
 * or by a mail server. */
void loop_client_start(struct loop_clients *clients, struct loop_stream *client,
                       uv_stream_t *handle, uint32_t uid, bool server);

/* EVENT_CLIENT_OPENED, of which the caller says more: who it is, for a program and for a file of drop/. */
struct event *loop_client_opened(struct loop_inbox *inbox, uint64_t id, uint32_t uid);

#endif
