/*
 * loop_calls.h - calls to neighbors and from them, and where we listen
 */
#ifndef DAEMON_LOOP_LOOP_CALLS_H
#define DAEMON_LOOP_LOOP_CALLS_H

#include "daemon/config.h"
#include "daemon/loop/loop_answer.h"
#include "daemon/loop/loop_bodies.h"
#include "daemon/loop/loop_door.h"
#include "daemon/loop/loop_identity.h"
#include "daemon/loop/loop_stream.h"

struct loop_listener;

struct loop_calls {
	struct loop_streams   streams;
	const struct config  *config;
	struct loop_bodies   *bodies;
	struct loop_listener *listeners;
	struct loop_door      plain_door, door; /* of callers; with TLS */
	struct loop_answers   answers;
	struct loop_identity  identity;
};

void loop_calls_init(struct loop_calls *calls, uv_loop_t *uv, struct loop_inbox *inbox,
                     const struct config *config, struct loop_bodies *bodies);

/* Frees what no stream holds, once the streams are gone. */
void loop_calls_release(struct loop_calls *calls);

/*
 * Listens where the description says, and nowhere else any more. Of addresses that cannot be
 * had, *diagnostic tells one. Without a key in the home, nothing listens but `plain`.
 */
enum status loop_calls_listen(struct loop_calls *calls, struct diagnostic *diagnostic);
void        loop_calls_announce(struct loop_calls *calls); /* EVENT_LISTENING for each */
void        loop_calls_stop_listening(struct loop_calls *calls);

/* ACTION_CLIENT_CALLS: what that client's connection carries from now on is a call, answered. */
void loop_calls_adopt(struct loop_calls *calls, struct loop_stream *client,
                      const struct action *action);

/* The node is gone: its calls are cut, and nobody is to hear of their end. */
void loop_calls_forget(struct loop_calls *calls);
/* Is something behind a call still being let go of? */
bool loop_calls_busy(const struct loop_calls *calls);

/* Performs an ACTION_CALL_*; one for a dead id is ignored. */
void loop_calls_perform(struct loop_calls *calls, const struct action *action);

#endif
