/*
 * node_client.c - programs of this machine: what they submit, and what they ask
 *
 * A client is a control socket's connection or a file of drop/; both bring the same bytes
 * (control.h). Who it is, the kernel has said: a submission's sender is the user of that
 * login at this node, unless root or this node's own user speaks for somebody else (T23).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/node_body.h"
#include "daemon/node/node_chat.h"
#include "daemon/node/node_fetch.h"
#include "daemon/node/node_language.h"
#include "daemon/node/node_permit.h"
#include "daemon/node/node_sender.h"
#include "daemon/node/node_stick.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/notice/notice_catalog.h"
#include "spool/topology/short_name.h"

static void client_new(struct node *node, const struct event *event);
static void client_free(struct node *node, struct node_client *client);
static void cancel(struct node *node, struct node_arrival *arrival);
static void client_bytes(struct node *node, struct node_client *client, struct span bytes);
static void client_said(struct node *node, struct node_client *client,
                        const struct control_item *item, const struct diagnostic *diagnostic);
static void put_off(struct node *node, struct node_client *client, struct span bytes);
static void read_on(struct node *node, uint64_t id);
static void check_end(struct node *node, struct node_client *client);
static void settle(struct node *node, struct node_client *client);
static void submit(struct node *node, struct node_client *client, struct span bytes);
static void submitted(struct node *node, struct node_client *client);
static int  make_envelope(struct node *node, const struct node_client *client,
                          const struct control_submission *submission, struct envelope *envelope,
                          struct diagnostic *diagnostic);
static int  make_destinations(struct node *node, const struct control_submission *submission,
                              struct address *out, struct buffer *completed,
                              struct diagnostic *diagnostic);
static void complete_name(struct node *node, struct name *name, struct buffer *completed);
static int  check_permit(struct node *node, struct node_client *client,
                         struct diagnostic *diagnostic);
static void set_language(const struct node *node, struct node_client *client, const char *language);
static void take_wishes(struct node *node, const struct node_client *client, struct notify *from,
                        struct notify *to);
static void whole_destination(const void *context, const char *written, struct buffer *out);
static void more_bytes(struct node *node, struct node_client *client, struct span bytes);
static int  check_size(struct node *node, struct node_client *client, uint64_t size_bytes,
                       struct diagnostic *diagnostic);
static void request(struct node *node, struct node_client *client, struct span bytes, bool feed);

void
node_client_event(struct node *node, const struct event *event)
{
	struct node_client *client = node_client_find(node, event->id);

	if (event->kind == EVENT_CLIENT_OPENED)
		client_new(node, event);
	if (client == NULL)
		return;
	if (event->kind == EVENT_CLIENT_BYTES) {
		client_bytes(node, client, event->bytes);
	} else if (event->kind == EVENT_CLIENT_ENDED) {
		client->ended = true;
		if (client->unread.length == 0)
			check_end(node, client);
	} else if (event->kind == EVENT_CLIENT_CLOSED) {
		node_chat_forget(node, client);
		client_free(node, client);
	}
}

struct node_client *
node_client_find(struct node *node, uint64_t id)
{
	for (struct node_client *client = node->clients; client != NULL; client = client->next)
		if (client->id == id)
			return client;
	return NULL;
}

void
node_clients_free(struct node *node)
{
	while (node->clients != NULL)
		client_free(node, node->clients);
}

void
node_client_answer(struct node *node, struct node_client *client, int code,
                   const struct message_id *id, const struct buffer *out,
                   const struct buffer *errors)
{
	struct control_done done = { .exit_code = code, .fits_bytes = client->told_fits };
	struct buffer       bytes;

	client->told_fits = 0;
	if (code > client->code)
		client->code = code;
	if (errors != NULL && errors->length > 0 && client->drop)
		log_line(LOG_WARNING, "drop/: %s", buffer_text(errors));
	if (id != NULL)
		done.id = *id;
	buffer_init(&bytes);
	if (out != NULL && out->length > 0)
		control_append_output(&bytes, buffer_span(out));
	if (errors != NULL && errors->length > 0)
		control_append_errors(&bytes, buffer_span(errors));
	control_append_done(&bytes, &done);
	if (!client->drop)
		actions_add(node->actions, ACTION_CLIENT_SEND, client->id)->bytes =
		    arena_span(&node->actions->arena, buffer_span(&bytes));
	buffer_release(&bytes);
	settle(node, client);
}

void
node_client_accepted(struct node *node, uint64_t client_id, const struct message_id *message)
{
	struct node_client *client = node_client_find(node, client_id);
	struct buffer       completed;

	if (client == NULL)
		return; /* gone: it will ask `sent`, or send the same token again */
	completed = client->completed;
	buffer_init(&client->completed);
	client->arrival = NULL;
	node_client_answer(node, client, 0, message, NULL, &completed); /* may free the client */
	buffer_release(&completed);
	read_on(node, client_id);
}

void
node_client_refused(struct node *node, uint64_t client_id, int code, const char *text)
{
	struct node_client *client = node_client_find(node, client_id);
	struct buffer       errors;

	if (client == NULL)
		return;
	if (client->arrival != NULL) {
		client->arrival->client = 0;
		node_arrival_free(node, client->arrival);
		client->arrival = NULL;
	}
	buffer_init(&errors);
	notice_catalog_say(notice_catalog_find(client->language), text, &errors);
	buffer_append_text(&errors, "\n");
	node_client_answer(node, client, code, NULL, NULL, &errors);
	buffer_release(&errors);
	read_on(node, client_id);
}

static void
client_new(struct node *node, const struct event *event)
{
	struct node_client *client = memory_new(1, sizeof(*client));

	client->id      = event->id;
	client->uid     = event->uid;
	client->drop    = event->drop;
	client->trusted = event->trusted;
	client->server  = event->server;
	snprintf(client->user, sizeof(client->user), "%s", event->text != NULL ? event->text : "");
	set_language(node, client, "");
	control_reader_init(&client->reader, CONTROL_CLIENT);
	client->next  = node->clients;
	node->clients = client;
}

static void
client_free(struct node *node, struct node_client *client)
{
	struct node_client **place = &node->clients;

	while (*place != client)
		place = &(*place)->next;
	*place = client->next;
	if (client->arrival != NULL && client->arrival->complete)
		client->arrival->client = 0; /* every byte came: it is accepted all the same */
	else if (client->arrival != NULL)
		cancel(node, client->arrival);
	if (node->carrier != NULL)
		node_carry_client_gone(node, client->id);
	control_reader_release(&client->reader);
	buffer_release(&client->completed);
	node_fetch_forget(client);
	buffer_release(&client->unread);
	free(client);
}

/* Nobody will send the rest of it: what came takes room until the row goes, and its file. */
static void
cancel(struct node *node, struct node_arrival *arrival)
{
	struct stored_message row;

	stored_message_init(&row);
	if (arrival->in_file && store_message_get(node->store, arrival->key, &row))
		node_message_drop(node, &row);
	stored_message_release(&row);
	node_arrival_free(node, arrival);
}

static void
client_bytes(struct node *node, struct node_client *client, struct span bytes)
{
	struct control_item item;
	struct diagnostic   diagnostic;
	uint64_t            id = client->id;

	diagnostic_init(&diagnostic);
	do {
		if (client->arrival != NULL && client->arrival->complete) {
			put_off(node, client, bytes);
			return;
		}
		control_read(&client->reader, &bytes, &item, &diagnostic);
		client_said(node, client, &item, &diagnostic);
	} while (item.kind != CONTROL_NOTHING && item.kind != CONTROL_BROKEN &&
	         node_client_find(node, id) != NULL);
}

/* Answers come in the order of what they answer: the rest is read when this one is. */
static void
put_off(struct node *node, struct node_client *client, struct span bytes)
{
	if (client->unread.length + bytes.length <= NODE_UNREAD_BYTES) {
		buffer_append_span(&client->unread, bytes);
		return;
	}
	client->ended = true;
	buffer_clear(&client->unread);
	client->arrival->client = 0; /* every byte of it came: it is accepted all the same */
	client->arrival         = NULL;
	node_client_refused(node, client->id, 75, "too much came before an answer was read");
}

/* An answer has gone out: what had to wait for it is next. */
static void
read_on(struct node *node, uint64_t id)
{
	struct node_client *client = node_client_find(node, id);
	struct buffer       bytes;

	if (client == NULL || client->unread.length == 0)
		return;
	bytes = client->unread;
	buffer_init(&client->unread);
	client_bytes(node, client, buffer_span(&bytes));
	buffer_release(&bytes);
	client = node_client_find(node, id);
	if (client != NULL && client->ended && client->unread.length == 0)
		check_end(node, client);
}

/* No more bytes will come. */
static void
check_end(struct node *node, struct node_client *client)
{
	if (!control_reader_complete(&client->reader))
		node_client_refused(node, client->id, 65,
		                    "the file ends in the middle of a message");
	else
		settle(node, client);
}

static void
client_said(struct node *node, struct node_client *client, const struct control_item *item,
            const struct diagnostic *diagnostic)
{
	switch (item->kind) {
	case CONTROL_REQUEST:
	case CONTROL_FEED:
		request(node, client, item->bytes, item->kind == CONTROL_FEED);
		break;
	case CONTROL_SUBMIT:
		submit(node, client, item->bytes);
		break;
	case CONTROL_DATA:
		if (client->arrival != NULL)
			more_bytes(node, client, item->bytes);
		else
			node_carry_bytes(node, client, item->bytes);
		break;
	case CONTROL_END:
		if (client->arrival != NULL)
			submitted(node, client);
		else
			node_carry_bytes_end(node, client);
		break;
	case CONTROL_CANCEL:
		if (client->arrival != NULL)
			cancel(node, client->arrival);
		client->arrival = NULL;
		break;
	case CONTROL_BROKEN:
		client->ended = true;
		node_client_refused(node, client->id, 65, diagnostic->text);
		break;
	default:
		break;
	}
}

/* A file of drop/ gets its verdict when all it holds has been answered; a socket that broke
 * the protocol is closed. */
static void
settle(struct node *node, struct node_client *client)
{
	if (!client->ended || client->arrival != NULL || client->unread.length > 0)
		return;
	actions_add(node->actions, ACTION_CLIENT_CLOSE, client->id)->code = client->code;
	client_free(node, client);
}

static void
submit(struct node *node, struct node_client *client, struct span bytes)
{
	struct control_submission submission;
	struct diagnostic         diagnostic;
	struct node_arrival      *arrival = node_arrival_new(node);
	int                       code    = 65;

	diagnostic_init(&diagnostic);
	control_submission_init(&submission);
	arrival->client = client->id;
	client->arrival = arrival;
	if (control_submission_decode(&submission, bytes, &diagnostic) == STATUS_OK)
		code = make_envelope(node, client, &submission, &arrival->envelope, &diagnostic);
	set_language(node, client, submission.notify.language);
	node_user_speaks(node, client->user, submission.notify.language);
	if (code == 0)
		code = make_destinations(node, &submission, &arrival->transit.destinations,
		                         &client->completed, &diagnostic);
	if (code == 0)
		code = check_permit(node, client, &diagnostic);
	client->has_priority = submission.has_priority;
	client->priority     = submission.priority;
	client->fits_bytes   = 0;
	if (code == 0) {
		take_wishes(node, client, &submission.notify, &arrival->envelope.notify);
		code = check_size(node, client, submission.declared_bytes, &diagnostic);
	}
	snprintf(arrival->owner, sizeof(arrival->owner), "%s", client->user);
	control_submission_release(&submission);
	if (code != 0)
		node_client_refused(node, client->id, code, diagnostic.text);
}

/* What was left in drop/ has been promised: it comes back by a report. */
static int
check_permit(struct node *node, struct node_client *client, struct diagnostic *diagnostic)
{
	struct node_arrival *arrival = client->arrival;
	int                  code    = node_permit(node, client, arrival->envelope.service,
	                                           &arrival->transit.destinations, diagnostic);

	if (code == 0 || !client->drop)
		return code;
	buffer_append_text(&arrival->denied, diagnostic->text);
	return 0;
}

/* In which it is spoken with:what it said, or else the node's. */
static void
set_language(const struct node *node, struct node_client *client, const char *language)
{
	if (language[0] == '\0')
		language = node->home->language != NULL ? node->home->language : "";
	snprintf(client->language, sizeof(client->language), "%s", language);
}

/* What reports are wanted goes into the heading, for the destinations as they are called there. */
static void
take_wishes(struct node *node, const struct node_client *client, struct notify *from,
            struct notify *to)
{
	*to = *from;
	notify_init(from);
	notify_rename(to, whole_destination, node);
	snprintf(to->language, sizeof(to->language), "%s", client->language);
}

static void
whole_destination(const void *context, const char *written, struct buffer *out)
{
	struct address address;
	struct name    node;

	address_init(&address);
	if (address_add_text(&address, written, NULL) == STATUS_OK && address.count == 1) {
		struct destination *destination = &address.destinations[0];

		if (!destination->broadcast && node_complete(context, &destination->node, &node))
			destination->node = node;
		for (size_t i = 0; i < destination->waypoint_count; i++)
			if (node_complete(context, &destination->waypoints[i], &node))
				destination->waypoints[i] = node;
		destination_format(destination, out);
	}
	address_release(&address);
}

/* The next bytes of a submission. What has become too large to go is refused at once. */
static void
more_bytes(struct node *node, struct node_client *client, struct span bytes)
{
	struct node_arrival *arrival = client->arrival;
	struct diagnostic    diagnostic;
	int                  code = 0;

	node_arrival_bytes(node, arrival, bytes);
	if (arrival->received <= client->fits_bytes)
		return;
	diagnostic_init(&diagnostic);
	client->fits_bytes = 2 * arrival->received;
	if (check_size(node, client, client->fits_bytes, &diagnostic) != 0) {
		client->fits_bytes = arrival->received;
		code               = check_size(node, client, arrival->received, &diagnostic);
	}
	if (code != 0) {
		size_t used = strlen(diagnostic.text);

		snprintf(diagnostic.text + used, sizeof(diagnostic.text) - used, " so far");
		node_arrival_refuse(node, arrival, code, diagnostic.text);
	}
}

/*
 * Would a message of that size go? What was left in drop/ has been promised: it comes back by a
 * report. 0, or the exit code.
 */
static int
check_size(struct node *node, struct node_client *client, uint64_t size_bytes,
           struct diagnostic *diagnostic)
{
	struct envelope *envelope = &client->arrival->envelope;
	enum priority    usual    = priority_usual(envelope->service, size_bytes);
	bool             may_say = client->priority >= usual || client->priority == PRIORITY_URGENT;
	int              code;

	envelope->priority = client->has_priority && may_say ? client->priority : usual;
	if (client->drop || size_bytes == 0)
		return 0;
	code = node_limit_submission(node, client->arrival, size_bytes, diagnostic);
	if (code == 69)
		client->told_fits = node_limit_fits(node, client->arrival, size_bytes);
	return code;
}

static void
submitted(struct node *node, struct node_client *client)
{
	struct node_arrival *arrival = client->arrival;
	struct diagnostic    diagnostic;
	int                  code = check_size(node, client, arrival->received, &diagnostic);

	if (code != 0)
		node_arrival_refuse(node, arrival, code, diagnostic.text);
	else
		node_arrival_finish(node, arrival);
}

/* Returns 0 or the exit code with the reason in *diagnostic. */
static int
make_envelope(struct node *node, const struct node_client *client,
              const struct control_submission *submission, struct envelope *envelope,
              struct diagnostic *diagnostic)
{
	bool trusted = client->trusted;

	if (strcmp(submission->service, "control") == 0) {
		diagnostic_set(diagnostic, "service \"control\" is the nodes' own");
		return 77;
	}
	if (strcmp(submission->service, "area") == 0 && !trusted) {
		diagnostic_set(diagnostic, "only the operator may ask for newsgroups");
		return 77;
	}
	if (submission->has_priority && submission->priority == PRIORITY_URGENT && !trusted) {
		diagnostic_set(diagnostic, "only the operator may say --urgent");
		return 77;
	}
	message_id_make(&envelope->id, &node->name, submission->token);
	snprintf(envelope->service, sizeof(envelope->service), "%s", submission->service);
	snprintf(envelope->title, sizeof(envelope->title), "%s", submission->title);
	if (submission->report && !node_sender_brings(node, client)) {
		diagnostic_set(diagnostic, "only the operator's programs may send reports");
		return 77;
	}
	node_sender_set(node, client, submission, envelope);
	envelope->preference = submission->preference;
	envelope->priority   = submission->priority;
	envelope->receipt    = submission->receipt;
	envelope->part       = submission->part;
	envelope->mode       = submission->mode;
	envelope->modified   = submission->modified;
	envelope->created    = node->now.wall;
	envelope->lifetime_ms =
	    submission->lifetime_ms > 0 ? submission->lifetime_ms : 7 * NODE_DAY_MS;
	return 0;
}

static int
make_destinations(struct node *node, const struct control_submission *submission,
                  struct address *out, struct buffer *completed, struct diagnostic *diagnostic)
{
	struct address     written;
	struct destination destination;
	int                code = 0;

	address_init(&written);
	if (address_add_text(&written, buffer_text(&submission->address), diagnostic) !=
	    STATUS_OK) {
		address_release(&written);
		return 65;
	}
	if (written.count == 0) {
		diagnostic_set(diagnostic, "no address is given");
		code = 65;
	}
	for (size_t i = 0; i < written.count && code == 0; i++) {
		destination_init(&destination);
		destination_copy(&destination, &written.destinations[i]);
		if (!destination.broadcast)
			complete_name(node, &destination.node, completed);
		for (size_t w = 0; w < destination.waypoint_count; w++)
			complete_name(node, &destination.waypoints[w], completed);
		if (strcmp(submission->service, "mail") == 0 && destination.user[0] == '\0') {
			diagnostic_set(diagnostic, "mail to %s needs a user: user@%s",
			               destination.node.text, destination.node.text);
			code = 65;
		}
		address_add(out, &destination);
		destination_release(&destination);
	}
	address_release(&written);
	return code;
}

/* Short names and aliases become whole names; what was changed is told the submitter. */
static void
complete_name(struct node *node, struct name *name, struct buffer *completed)
{
	struct name whole;

	if (!node_complete(node, name, &whole))
		return;
	buffer_append_format(completed, "%s is %s\n", name->text, whole.text);
	*name = whole;
}

bool
node_complete(const struct node *node, const struct name *written, struct name *whole)
{
	*whole = *written;
	return short_name_complete_name(whole, node->home, &node->topology, NULL);
}

static void
request(struct node *node, struct node_client *client, struct span bytes, bool feed)
{
	struct control_request asked;
	struct diagnostic      diagnostic;

	diagnostic_init(&diagnostic);
	control_request_init(&asked);
	if (client->drop)
		node_client_refused(node, client->id, 65, "a file of drop/ holds messages only");
	else if (control_request_decode(&asked, bytes, &diagnostic) != STATUS_OK)
		node_client_refused(node, client->id, 64, diagnostic.text);
	else if (!node_carry_request(node, client, &asked, feed))
		node_control_request(node, client, &asked);
	control_request_release(&asked);
}
