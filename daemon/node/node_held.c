/*
 * node_held.c - what stands behind a call: a program, a modem, what `before` has done
 *
 * A call over the network leaves nothing behind. Others do: a program has to end, and `after` has to
 * run, whatever became of the call. Until the driver says that all this is done, the link is not
 * called again. That `after` is owed is written down in the step that opens the call, so that
 * one which an end of the daemon has cut has its `after` at the next start: perhaps twice, but
 * not never. It is forgotten only with the link itself.
 */
#include "daemon/node/node_held.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/log.h"
#include "spool/base/memory.h"

enum {
	GREETING_TRIPS  = 4,    /* of TLS and of the greeting       */
	GREETING_BYTES  = 4096, /* of them, in both directions      */
	SILENCE_TRIPS   = 2,
	SILENCE_BYTES   = 16384, /* a piece, and what is before it   */
	SILENCES_TO_DIE = SESSION_PINGS_UNANSWERED + 1,
};

static void              add(struct node *node, uint64_t call, const struct node_link *link);
static struct buffer     setting_name(const struct description_link *link);
static struct node_held *find(const struct node *node, const struct node_link *link);

void
node_helds_start(struct node *node)
{
	for (size_t i = 0; i < node->link_count; i++) {
		const struct node_link *link = &node->links[i];
		struct buffer           name = setting_name(link->description);

		if (store_setting_number(node->store, buffer_text(&name), 0) != 0) {
			struct action *action =
			    actions_add(node->actions, ACTION_CALL_RELEASE, node->next_call += 2);

			action->text  = link->description->neighbor.text;
			action->label = link->description->label;
			add(node, action->id, link);
		}
		buffer_release(&name);
	}
}

void
node_helds_free(struct node *node)
{
	for (size_t i = 0; i < node->held_count; i++)
		free(node->helds[i].link);
	free(node->helds);
}

bool
node_held_is(const struct node *node, const struct node_link *link)
{
	return node->held_count > 0 && find(node, link) != NULL;
}

void
node_held_take(struct node *node, const struct node_link *link, struct action *action)
{
	const struct description_link *description = link->description;

	action->held = description->transports[action->number].kind != TRANSPORT_TCP ||
	               description->before.count > 0 || description->after.count > 0;
	if (!action->held)
		return;
	add(node, action->id, link);
	if (description->after.count > 0)
		store_setting_put_number(node->store, node->helds[node->held_count - 1].link, 1);
}

void
node_held_released(struct node *node, uint64_t call)
{
	size_t i = 0;

	while (i < node->held_count && node->helds[i].call != call)
		i++;
	if (i == node->held_count)
		return;
	if (node->helds[i].after)
		store_setting_put_number(node->store, node->helds[i].link, 0);
	free(node->helds[i].link);
	node->helds[i] = node->helds[--node->held_count];
}

void
node_held_be_patient(struct session *session, const struct node_link *link, int64_t dial_ms)
{
	const struct description_link *description = link->description;
	int64_t                        more_ms = 0, silence_ms = 0, timeout_ms = 0;

	/* Of an answered call nobody knows by which of them it came. */
	for (size_t i = 0; i < description->transport_count; i++) {
		const struct description_transport *transport = &description->transports[i];
		int64_t                             ms;

		ms         = description_patience_ms(transport, GREETING_TRIPS, GREETING_BYTES);
		more_ms    = ms > more_ms ? ms : more_ms;
		ms         = description_patience_ms(transport, SILENCE_TRIPS, SILENCE_BYTES);
		silence_ms = ms > silence_ms ? ms : silence_ms;
		ms         = transport->timeout_ms;
		timeout_ms = ms > timeout_ms ? ms : timeout_ms;
	}
	silence_ms =
	    timeout_ms > 0 ? timeout_ms / SILENCES_TO_DIE : SESSION_SILENCE_MS + silence_ms;
	session_be_patient(session, more_ms + dial_ms, silence_ms);
}

void
node_call_status(struct node_call *call, const char *line)
{
	if (link_quality_take(&call->quality, span_of_text(line)) != STATUS_OK)
		log_line(LOG_INFO, "link %s: its program says what is no status: %s",
		         call->link != NULL ? call->link->title : "?", line);
}

static void
add(struct node *node, uint64_t call, const struct node_link *link)
{
	struct buffer name = setting_name(link->description);

	node->helds = memory_grow(node->helds, &node->held_capacity, node->held_count + 1,
	                          sizeof(node->helds[0]));
	node->helds[node->held_count++] = (struct node_held){
		.call  = call,
		.link  = memory_copy_text(buffer_text(&name)),
		.after = link->description->after.count > 0 ||
		         store_setting_number(node->store, buffer_text(&name), 0) != 0,
	};
	buffer_release(&name);
}

static struct buffer
setting_name(const struct description_link *link)
{
	struct buffer name;

	buffer_init(&name);
	buffer_append_format(&name, "after:%s %s", link->neighbor.text, link->label);
	return name;
}

static struct node_held *
find(const struct node *node, const struct node_link *link)
{
	struct buffer     name  = setting_name(link->description);
	struct node_held *found = NULL;

	for (size_t i = 0; i < node->held_count && found == NULL; i++)
		if (strcmp(node->helds[i].link, buffer_text(&name)) == 0)
			found = &node->helds[i];
	buffer_release(&name);
	return found;
}
