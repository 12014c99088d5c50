/*
 * node_chat.c - `mulga test-chat`: the dialogues of a link, tried while its operator looks on
 *
 * The driver runs them; what they say passes to the client line by line, and how it ended is the
 * answer. It is no call: no session is made of it, and the link's own pause goes on.
 */
#include "daemon/node/node_chat.h"

static int serial_transport(const struct description_link *link);

bool
node_chat_start(struct node *node, struct node_client *client, const struct node_link *link,
                struct buffer *errors)
{
	const struct description_link *stated = link->description;
	struct action                 *action;
	int                            number = serial_transport(stated);

	if (number < 0) {
		buffer_append_format(errors, "mulga: no transport of %s is a serial line\n",
		                     link->title);
		return false;
	}
	client->chats  = true;
	action         = actions_add(node->actions, ACTION_CHAT_OPEN, client->id);
	action->text   = stated->neighbor.text;
	action->label  = stated->label;
	action->number = (unsigned)number;
	return true;
}

/* The first one; -1: none. */
static int
serial_transport(const struct description_link *link)
{
	for (size_t i = 0; i < link->transport_count; i++)
		if (link->transports[i].kind == TRANSPORT_SERIAL)
			return (int)i;
	return -1;
}

void
node_chat_forget(struct node *node, const struct node_client *client)
{
	if (client->chats)
		actions_add(node->actions, ACTION_CHAT_CLOSE, client->id);
}

void
node_chat_event(struct node *node, const struct event *event)
{
	struct node_client *client = node_client_find(node, event->id);
	struct buffer       text, frames;

	if (client == NULL || !client->chats)
		return;
	buffer_init(&text);
	buffer_init(&frames);
	if (event->kind == EVENT_CHAT_LINE) {
		buffer_append_format(&text, "%s\n", event->text);
		control_append_output(&frames, buffer_span(&text));
		actions_add(node->actions, ACTION_CLIENT_SEND, client->id)->bytes =
		    arena_span(&node->actions->arena, buffer_span(&frames));
	} else {
		client->chats = false;
		buffer_append_format(&text, event->code == 0 ? "%s\n" : "mulga: %s\n", event->text);
		node_client_answer(node, client, event->code, NULL, event->code == 0 ? &text : NULL,
		                   event->code == 0 ? NULL : &text);
	}
	buffer_release(&text);
	buffer_release(&frames);
}
