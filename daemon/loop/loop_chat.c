/*
 * loop_chat.c - a call that ends where its stream would begin
 *
 * The client has its answer when the line has been hung up, so that it may be tried again at once.
 */
#include "daemon/loop/loop_chat.h"

#include <stdlib.h>
#include <sysexits.h>

#include "daemon/loop/loop_serial.h"
#include "spool/base/memory.h"

struct loop_chat {
	struct loop_chat  *next;
	struct loop_chats *chats;
	uint64_t           client; /* 0: he does not wait any more */
	struct medium     *medium;
	int                code;
	struct buffer      text; /* how it ended */
};

static void open_chat(struct loop_chats *chats, const struct action *action);
static void fail(struct loop_chats *chats, uint64_t client, const char *why);
static void told(void *owner, enum medium_news news, const char *why);
static void said(void *data, const char *line);
static void release(struct loop_chat *chat);

void
loop_chats_init(struct loop_chats *chats, uv_loop_t *uv, struct loop_inbox *inbox,
                const struct config *config)
{
	*chats = (struct loop_chats){ .uv = uv, .inbox = inbox, .config = config };
}

void
loop_chats_perform(struct loop_chats *chats, const struct action *action)
{
	if (action->kind == ACTION_CHAT_OPEN) {
		open_chat(chats, action);
		return;
	}
	for (struct loop_chat *chat = chats->first; chat != NULL; chat = chat->next)
		if (chat->client == action->id) {
			chat->client = 0;
			medium_hang_up(chat->medium);
			return;
		}
}

static void
open_chat(struct loop_chats *chats, const struct action *action)
{
	const struct description_link *link =
	    description_find_link(config_node(chats->config), action->text, action->label);
	const struct description_transport *transport;
	struct loop_chat                   *chat;
	struct serial_call                  call;
	struct diagnostic                   diagnostic;

	if (link == NULL || action->number >= link->transport_count ||
	    link->transports[action->number].kind != TRANSPORT_SERIAL) {
		fail(chats, action->id, "the description no longer has this link");
		return;
	}
	transport = &link->transports[action->number];
	diagnostic_init(&diagnostic);
	if (loop_serial_call(chats->config, transport, &call, &diagnostic) != STATUS_OK) {
		fail(chats, action->id, diagnostic.text);
		return;
	}
	chat         = memory_new(1, sizeof(*chat));
	chat->chats  = chats;
	chat->client = action->id;
	chat->next   = chats->first;
	chats->first = chat;
	buffer_init(&chat->text);
	call.line    = said;
	call.data    = chat;
	chat->medium = serial_medium_call(chats->uv, &call);
	medium_own(chat->medium, told, chat);
	medium_start(chat->medium);
}

static void
fail(struct loop_chats *chats, uint64_t client, const char *why)
{
	const char   *text  = loop_inbox_text(chats->inbox, why);
	struct event *event = loop_inbox_add(chats->inbox, EVENT_CHAT_ENDED, client);

	event->text = text;
	event->code = EX_TEMPFAIL;
}

static void
said(void *data, const char *line)
{
	struct loop_chat *chat = data;
	const char       *text;

	if (chat->client == 0)
		return;
	text = loop_inbox_text(chat->chats->inbox, line);
	loop_inbox_add(chat->chats->inbox, EVENT_CHAT_LINE, chat->client)->text = text;
}

static void
told(void *owner, enum medium_news news, const char *why)
{
	struct loop_chat *chat = owner;

	switch (news) {
	case MEDIUM_CONNECTED:
		buffer_append_text(&chat->text, "The dialogues ended as they should.");
		medium_hang_up(chat->medium);
		break;
	case MEDIUM_STATUS:
		break;
	case MEDIUM_LOST:
		chat->code = EX_TEMPFAIL;
		buffer_append_text(&chat->text, why);
		medium_hang_up(chat->medium);
		break;
	case MEDIUM_RELEASED:
		release(chat);
		break;
	}
}

static void
release(struct loop_chat *chat)
{
	struct loop_inbox *inbox = chat->chats->inbox;
	struct loop_chat **link  = &chat->chats->first;

	if (chat->client != 0) {
		const char   *text  = loop_inbox_text(inbox, buffer_text(&chat->text));
		struct event *event = loop_inbox_add(inbox, EVENT_CHAT_ENDED, chat->client);

		event->text = text;
		event->code = chat->code;
	}
	while (*link != chat)
		link = &(*link)->next;
	*link = chat->next;
	buffer_release(&chat->text);
	free(chat);
}

void
loop_chats_close(struct loop_chats *chats)
{
	for (struct loop_chat *chat = chats->first; chat != NULL; chat = chat->next) {
		chat->client = 0;
		medium_hang_up(chat->medium);
	}
}

bool
loop_chats_busy(const struct loop_chats *chats)
{
	return chats->first != NULL;
}
