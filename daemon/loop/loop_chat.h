/*
 * loop_chat.h - the dialogues of a link, tried for a client who looks on
 */
#ifndef DAEMON_LOOP_LOOP_CHAT_H
#define DAEMON_LOOP_LOOP_CHAT_H

#include "daemon/config.h"
#include "daemon/loop/loop_inbox.h"
#include "daemon/node/node_event.h"

struct loop_chat;

struct loop_chats {
	uv_loop_t           *uv;
	struct loop_inbox   *inbox;
	const struct config *config;
	struct loop_chat    *first;
};

void loop_chats_init(struct loop_chats *chats, uv_loop_t *uv, struct loop_inbox *inbox,
                     const struct config *config);

/* Performs an ACTION_CHAT_*. */
void loop_chats_perform(struct loop_chats *chats, const struct action *action);

/* Hangs up all of them. Some lines may still be hung up a while. */
void loop_chats_close(struct loop_chats *chats);
bool loop_chats_busy(const struct loop_chats *chats);

#endif
