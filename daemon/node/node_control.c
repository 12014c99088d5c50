/*
 * node_control.c - what operators ask of the running node
 *
 * Questions go to spool/query (node_query.c). What changes the node is decided here: copies in
 * the queue, links, calls, a new description.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/node/node_calling.h"
#include "daemon/node/node_chat.h"
#include "daemon/node/node_fetch.h"
#include "daemon/node/node_order.h"
#include "daemon/node/node_stick.h"
#include "daemon/node/node_topology.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/query/query.h"
#include "spool/query/query_copy.h"
#include "spool/query/query_text.h"

struct answer {
	struct buffer out;
	struct buffer errors;
	int           code;
	bool          later; /* when what was begun has ended */
};

/* Which copies `queue hold` and its like are for: NULL and 0 are any. */
struct choice {
	const char *id; /* or its beginning, or that of its random part */
	const char *neighbor;
	const char *service;
	int64_t     older_ms;
};

typedef void copy_change_function(struct node *node, struct stored_copy *copy);

static bool              change(struct node *node, struct node_client *client,
                                const struct control_request *request, struct answer *answer);
static void              change_queue(struct node *node, const struct control_request *request,
                                      struct answer *answer);
static bool              parse_choice(const struct control_request *request, struct choice *choice,
                                      struct buffer *errors);
static bool              is_meant(struct node *node, const struct choice *choice,
                                  const struct stored_copy *copy);
static void              change_link(struct node *node, const struct control_request *request,
                                     struct answer *answer);
static void              call_now(struct node *node, const struct control_request *request,
                                  struct answer *answer);
static void              hang_up(struct node *node, const struct control_request *request,
                                 struct answer *answer);
static void              test_chat(struct node *node, struct node_client *client,
                                   const struct control_request *request, struct answer *answer);
static void              forget_node(struct node *node, const struct control_request *request,
                                     struct answer *answer);
static struct node_link *link_asked(struct node *node, const struct control_request *request,
                                    size_t first, struct answer *answer);
static struct node_link *link_named(struct node *node, const char *name, const char *label,
                                    struct answer *answer);
static void              link_take(struct node *node, struct node_link *link, bool down);

static bool take_back(struct node *node, copy_change_function *wanted, struct stored_copy *copy);

static copy_change_function copy_hold, copy_release, copy_cancel, copy_return, copy_reroute,
    copy_expedite;

void
node_control_request(struct node *node, struct node_client *client,
                     const struct control_request *request)
{
	const char   *verb   = request->count > 0 ? request->arguments[0] : "";
	struct answer answer = { .code = 0 };

	if (client->trusted && strcmp(verb, "reload") == 0) {
		actions_add(node->actions, ACTION_READ_DESCRIPTION, client->id);
		return; /* answered by node_control_description */
	}
	if (node_fetch_request(node, client, request))
		return;
	if (request->count > 0 && strcmp(request->arguments[0], "answer") == 0) {
		node_answer_request(node, client, request);
		return;
	}
	buffer_init(&answer.out);
	buffer_init(&answer.errors);
	if (!change(node, client, request, &answer))
		answer.code = node_query(node, client, request, &answer.out, &answer.errors);
	if (request->count > 0 && strcmp(request->arguments[0], "watch") == 0)
		node_watch_looked(node, client);
	if (answer.code == QUERY_NOT_MINE) {
		buffer_append_format(&answer.errors, "mulga: the daemon does not know \"%s\"\n",
		                     verb);
		answer.code = 64;
	}
	if (!answer.later)
		node_client_answer(node, client, answer.code, NULL, &answer.out, &answer.errors);
	buffer_release(&answer.out);
	buffer_release(&answer.errors);
}

void
node_control_description(struct node *node, const struct event *event)
{
	struct node_client *client = node_client_find(node, event->id);
	struct buffer       out, errors;
	int                 code = event->code;

	buffer_init(&out);
	buffer_init(&errors);
	if (code != 0)
		buffer_append_span(&errors, event->bytes);
	else
		node_reload(node, event->bytes, &out);
	if (code == 0) {
		free(node->deaf);
		node->deaf = NULL;
	}
	if (code == 0 && event->text != NULL && event->text[0] != '\0') {
		node->deaf = memory_copy_text(event->text);
		code       = EX_TEMPFAIL;
		buffer_append_format(&errors, "mulga: %s\n", node->deaf);
	}
	if (client != NULL)
		node_client_answer(node, client, code, NULL, &out, &errors);
	else if (event->code != 0)
		log_line(LOG_ERROR, "the description is wrong; the old one stays");
	buffer_release(&out);
	buffer_release(&errors);
}

/* True if the request is one that changes the node; then *answer says how it went. */
static bool
change(struct node *node, struct node_client *client, const struct control_request *request,
       struct answer *answer)
{
	const char *verb = request->count > 0 ? request->arguments[0] : "";
	const char *word = request->count > 1 ? request->arguments[1] : "";
	void (*make)(struct node *, const struct control_request *, struct answer *) = NULL;

	if (strcmp(verb, "queue") == 0 && query_queue_changes(word))
		make = change_queue;
	else if (strcmp(verb, "link") == 0)
		make = change_link;
	else if (strcmp(verb, "call") == 0)
		make = call_now;
	else if (strcmp(verb, "hangup") == 0)
		make = hang_up;
	else if (strcmp(verb, "topology") == 0 && strcmp(word, "forget") == 0)
		make = forget_node;
	if (make == NULL && strcmp(verb, "reload") != 0 && strcmp(verb, "test-chat") != 0)
		return false;
	if (!client->trusted) {
		buffer_append_format(&answer->errors, "mulga: only the operator may say \"%s\"\n",
		                     verb);
		answer->code = 77;
	} else if (make != NULL) {
		make(node, request, answer);
	} else if (strcmp(verb, "test-chat") == 0) {
		test_chat(node, client, request, answer);
	}
	return true;
}

static void
change_queue(struct node *node, const struct control_request *request, struct answer *answer)
{
	static const struct {
		const char           *word;
		const char           *done;
		copy_change_function *change;
	} changes[] = {
		{ "hold", "held", copy_hold },          { "release", "released", copy_release },
		{ "cancel", "cancelled", copy_cancel }, { "return", "returned", copy_return },
		{ "reroute", "routed", copy_reroute },  { "expedite", "expedited", copy_expedite },
	};
	struct stored_copy copy;
	struct choice      choice;
	unsigned           count = 0;
	size_t             i     = 0;

	while (strcmp(changes[i].word, request->arguments[1]) != 0)
		i++;
	if (!parse_choice(request, &choice, &answer->errors)) {
		answer->code = 64;
		return;
	}
	stored_copy_init(&copy);
	for (int64_t after = 0, last = store_copy_last(node->store);
	     after < last && store_copy_next(node->store, NULL, after, &copy);) {
		after = copy.key;
		if (after > last || !is_meant(node, &choice, &copy) || copy.state == COPY_PREPARED)
			continue;
		if (!node_copy_busy(node, copy.key)) {
			node_copy_unload(node, &copy);
			changes[i].change(node, &copy);
		} else if (!take_back(node, changes[i].change, &copy))
			continue;
		count++;
	}
	stored_copy_release(&copy);
	buffer_append_format(&answer->out, "%u %s %s.\n", count, count == 1 ? "copy" : "copies",
	                     changes[i].done);
	answer->code = count > 0 ? 0 : 1;
}

/* False after a sentence: no choice at all, and a script's empty variable, is not all. */
static bool
parse_choice(const struct control_request *request, struct choice *choice, struct buffer *errors)
{
	bool good = request->count > 2;

	*choice = (struct choice){ .id = NULL };
	for (size_t i = 2; i < request->count && good; i++) {
		const char *word  = request->arguments[i];
		const char *value = i + 1 < request->count ? request->arguments[i + 1] : NULL;

		if (word[0] != '-') {
			good       = choice->id == NULL && word[0] != '\0';
			choice->id = word;
			continue;
		}
		if (strcmp(word, "--all") == 0)
			continue;
		i++;
		if (strcmp(word, "--neighbor") == 0)
			choice->neighbor = value;
		else if (strcmp(word, "--service") == 0)
			choice->service = value;
		else
			good = strcmp(word, "--older") == 0 && value != NULL &&
			       query_text_parse_duration(value, &choice->older_ms);
		good = good && value != NULL && value[0] != '\0';
	}
	if (!good)
		buffer_append_format(
		    errors, "usage: mulga queue %s ID|--neighbor N|--service S|--older T|--all\n",
		    request->arguments[1]);
	return good;
}

static bool
is_meant(struct node *node, const struct choice *choice, const struct stored_copy *copy)
{
	struct node_message message;
	bool                meant = false;

	if (choice->neighbor != NULL && strcmp(choice->neighbor, copy->neighbor) != 0)
		return false;
	node_message_init(&message);
	if (node_message_get(node, copy->message, &message)) {
		const char *id = message.stored.id.text;

		meant = (choice->id == NULL || strncmp(id, choice->id, strlen(choice->id)) == 0 ||
		         strncmp(strrchr(id, '-') + 1, choice->id, strlen(choice->id)) == 0) &&
		        (choice->service == NULL ||
		         strcmp(choice->service, message.envelope.service) == 0) &&
		        node_spool_ms(node) - message.stored.arrived_ms >= choice->older_ms;
	}
	node_message_release(&message);
	return meant;
}

/* A copy on the line can still be held or cancelled: the far end answers whether in time. */
static bool
take_back(struct node *node, copy_change_function *wanted, struct stored_copy *copy)
{
	if ((wanted != copy_hold && wanted != copy_cancel) ||
	    !node_call_withdraw(node, copy->key, wanted == copy_cancel))
		return false;
	copy_hold(node, copy);
	return true;
}

static void
copy_hold(struct node *node, struct stored_copy *copy)
{
	copy->state = COPY_HELD;
	snprintf(copy->reason, sizeof(copy->reason), "operator");
	buffer_clear(&copy->text);
	buffer_append_text(&copy->text, "held by the operator");
	store_copy_update(node->store, copy);
}

static void
copy_release(struct node *node, struct stored_copy *copy)
{
	if (copy->state != COPY_HELD && copy->next_try_ms == 0)
		return;
	if (!node_order_release(node, copy))
		node_forward_release(node, copy);
}

static void
copy_cancel(struct node *node, struct stored_copy *copy)
{
	node_report_copy(node, copy, "cancelled", "cancelled by the operator");
}

static void
copy_return(struct node *node, struct stored_copy *copy)
{
	node_report_copy(node, copy, "returned", "returned by the operator");
}

static void
copy_reroute(struct node *node, struct stored_copy *copy)
{
	node_forward_copy(node, copy, true);
}

static void
copy_expedite(struct node *node, struct stored_copy *copy)
{
	copy->priority    = PRIORITY_URGENT;
	copy->next_try_ms = 0;
	store_copy_update(node->store, copy);
	node_copy_queued(node, copy);
}

static void
change_link(struct node *node, const struct control_request *request, struct answer *answer)
{
	const char       *word = request->count > 1 ? request->arguments[1] : "";
	bool              down = strcmp(word, "down") == 0;
	bool              all  = request->count == 3;
	struct node_link *link;

	if (!down && strcmp(word, "up") != 0) {
		buffer_append_text(&answer->errors, "usage: mulga link up|down NODE [as LABEL]\n");
		answer->code = 64;
		return;
	}
	for (link = link_asked(node, request, 2, answer); link != NULL;
	     link = all ? node_link_next(node, link) : NULL) {
		link_take(node, link, down);
		buffer_append_format(&answer->out, "The link to %s is %s.\n", link->title,
		                     down ? "down; nothing is routed over it" : "in use again");
	}
	node_topology_announce(node);
	node->topology_changed = true;
}

static void
link_take(struct node *node, struct node_link *link, bool down)
{
	struct node_call *call = node_call_find(node, link->call);
	char              setting[NODE_LINK_TITLE_MAX + 16];

	link->operator_down = down;
	link->retry         = node->now.instant;
	snprintf(setting, sizeof(setting), "link-down:%s", link->title);
	store_setting_put_number(node->store, setting, down);
	if (down && call != NULL)
		node_call_close(node, call, "the operator took the link down");
	link_enter(node, link,
	           down              ? "down"
	           : link->call != 0 ? link->state
	                             : "waiting",
	           down ? "taken down by the operator" : "");
}

/* Of several links without a label the first. */
static void
call_now(struct node *node, const struct control_request *request, struct answer *answer)
{
	struct node_link *link;

	if (request->count == 2 && strcmp(request->arguments[1], "--due") == 0) {
		for (size_t i = 0; i < node->link_count; i++)
			node->links[i].retry = node->now.instant;
		buffer_append_text(&answer->out, "Every link that waits for its time is called.\n");
		return;
	}
	link = link_asked(node, request, 1, answer);
	if (link == NULL)
		return;
	if (link->call != 0) {
		buffer_append_format(&answer->out, "%s is on the line already.\n", link->title);
		return;
	}
	if (!node_link_may_dial(link)) {
		buffer_append_format(&answer->errors,
		                     "mulga: %s cannot be called from here: no transport of the "
		                     "link says how\n",
		                     link->title);
		answer->code = 1;
		return;
	}
	link->operator_call = true;
	link->retry         = node->now.instant;
	if (link->operator_down)
		buffer_append_format(&answer->out, "%s is called when the link is up again.\n",
		                     link->title);
	else if (!node_device_grants(node, link))
		buffer_append_format(&answer->out, "%s is called when %s is free.\n", link->title,
		                     link->description->device);
	else
		buffer_append_format(&answer->out, "Calling %s%s.\n", link->title,
		                     node_window_is_open(node, link) ? ""
		                                                     : ", outside of its windows");
}

static void
hang_up(struct node *node, const struct control_request *request, struct answer *answer)
{
	struct node_link *first = link_asked(node, request, 1, answer);
	struct node_call *call;

	if (first == NULL)
		return;
	answer->code = 1;
	for (struct node_link *link = first; link != NULL;
	     link                   = request->count == 2 ? node_link_next(node, link) : NULL) {
		if (link->visit.id != 0) {
			actions_add(node->actions, ACTION_VISIT_END, link->visit.id);
			buffer_append_format(&answer->out, "The visit to the folder of %s ends.\n",
			                     link->title);
			answer->code = 0;
		}
		call = node_call_find(node, link->call);
		if (call == NULL)
			continue;
		node_call_hang_up(node, call);
		buffer_append_format(&answer->out, "The call to %s ends.\n", link->title);
		answer->code = 0;
	}
	if (answer->code != 0)
		buffer_append_format(&answer->out, "There is no call to %s.\n",
		                     request->count == 2 ? first->description->neighbor.text
		                                         : first->title);
}
/* `topology forget NODE`: until somebody tells of it again. */
static void
test_chat(struct node *node, struct node_client *client, const struct control_request *request,
          struct answer *answer)
{
	struct node_link *link = link_asked(node, request, 1, answer);

	if (link == NULL)
		return;
	answer->later = node_chat_start(node, client, link, &answer->errors);
	if (!answer->later)
		answer->code = 1;
}

static void
forget_node(struct node *node, const struct control_request *request, struct answer *answer)
{
	struct name written, whole;

	if (request->count != 3 || name_parse(&written, request->arguments[2], NULL) != STATUS_OK) {
		buffer_append_text(&answer->errors, "usage: mulga topology forget NODE\n");
		answer->code = 64;
		return;
	}
	if (topology_find(&node->topology, written.text) == NULL &&
	    node_complete(node, &written, &whole))
		written = whole;
	if (strcmp(written.text, node->name.text) == 0 ||
	    topology_remove(&node->topology, written.text) != STATUS_OK) {
		buffer_append_format(&answer->errors, "mulga: %s keeps no record of \"%s\"\n",
		                     node->name.text, written.text);
		answer->code = 1;
		return;
	}
	store_record_delete(node->store, written.text, node->now.wall);
	node->topology_changed = true;
	node->learned          = true; /* its pseudolinks went with it */
	buffer_append_format(&answer->out, "%s is forgotten, until somebody tells of it again.\n",
	                     written.text);
}

/* The first link that `VERB NODE` names, or that of `VERB NODE as LABEL`; NODE is a word. */
static struct node_link *
link_asked(struct node *node, const struct control_request *request, size_t first,
           struct answer *answer)
{
	const char *const *words = (const char *const *)request->arguments + first;
	size_t             count = request->count > first ? request->count - first : 0;

	if (count == 1)
		return link_named(node, words[0], NULL, answer);
	if (count == 3 && strcmp(words[1], "as") == 0)
		return link_named(node, words[0], words[2], answer);
	buffer_append_format(&answer->errors, "usage: mulga %s %sNODE [as LABEL]\n",
	                     request->arguments[0], first == 2 ? "up|down " : "");
	answer->code = 64;
	return NULL;
}

/* `label` NULL: the first. */
static struct node_link *
link_named(struct node *node, const char *name, const char *label, struct answer *answer)
{
	struct name       written, whole;
	struct node_link *link = NULL;

	if (name_parse(&written, name, NULL) == STATUS_OK) {
		link = node_link_find(node, written.text);
		if (link == NULL && node_complete(node, &written, &whole))
			link = node_link_find(node, whole.text);
	}
	if (link != NULL && label != NULL)
		link = node_link_get(node, link->description->neighbor.text, label);
	if (link == NULL) {
		buffer_append_format(&answer->errors, "mulga: %s has no link to \"%s\"%s%s\n",
		                     node->name.text, name, label != NULL ? " as " : "",
		                     label != NULL ? label : "");
		answer->code = 1;
	}
	return link;
}
