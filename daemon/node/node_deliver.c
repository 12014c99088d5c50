/*
 * node_deliver.c - copies whose destination is here become files or programs' input
 *
 * A built-in delivery has two halves with a commit between (delivery.h): prepared, then
 * published. A program runs at least once, and is told so. How many are under way is
 * bounded; which is decided by rank, like everything that waits. Where a copy is delivered
 * to, a service or a gateway, node_outlet.c says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/node_alias.h"
#include "daemon/node/node_arrival.h"
#include "daemon/node/node_fetch.h"
#include "daemon/node/node_foreign.h"
#include "daemon/node/node_order.h"
#include "daemon/node/node_parts.h"
#include "daemon/node/node_state.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/notice/notice.h"

static bool                  deliver_next(struct node *node);
static void                  deliver_copy(struct node *node, struct stored_copy *copy);
static struct delivery_job  *job_new(struct node *node, const struct stored_copy *copy,
                                     const struct node_message *message,
                                     const struct destination  *destination,
                                     const struct node_outlet *outlet, const char *const *arguments);
static void                  name_server(struct node *node, const struct node_message *message,
                                         const struct destination *destination, struct delivery_job *job);
static void                  fill_body(struct node *node, const struct node_message *message,
                                       struct delivery_body *body);
static void                  add_parts(struct node *node, const struct stored_copy *copy,
                                       const struct node_message *message, struct delivery_job *job);
static bool                  is_only_copy(struct node *node, const struct stored_copy *copy);
static const char *const    *arguments_of(struct node *node, const struct node_outlet *outlet,
                                          const struct node_message *message,
                                          const struct destination  *destination);
static struct span           mail_head(struct node *node, const struct node_message *message,
                                       const char *destination);
static void                  publish(struct node *node, const struct stored_copy *copy);
static void                  prepared(struct node *node, uint64_t key);
static void                  ended(struct node *node, const struct event *event);
static struct node_delivery *delivery_find(struct node *node, uint64_t key);
static bool                  forget_delivery(struct node *node, uint64_t key);
static unsigned              commands_running(const struct node *node);
static void hold(struct node *node, struct stored_copy *copy, const char *reason, const char *text);

void
node_deliver_resume(struct node *node)
{
	struct stored_copy copy;

	stored_copy_init(&copy);
	for (int64_t after = 0; store_copy_next(node->store, "", after, &copy); after = copy.key)
		if (copy.state == COPY_PREPARED)
			publish(node, &copy);
	stored_copy_release(&copy);
}

void
node_deliver_run(struct node *node)
{
	while (node->delivery_count < NODE_DELIVERIES && deliver_next(node))
		;
}

void
node_deliver_event(struct node *node, const struct event *event)
{
	if (event->kind == EVENT_DELIVERY_PREPARED)
		prepared(node, event->id);
	else
		ended(node, event);
}

/* Looks at the next copy in the order of the queue; false at its end. */
static bool
deliver_next(struct node *node)
{
	struct stored_copy copy;
	bool               found;

	stored_copy_init(&copy);
	found = store_copy_next_for(node->store, "", node_spool_ms(node), &node->delivery_cursor,
	                            &copy);
	if (found && !node_copy_busy(node, copy.key))
		deliver_copy(node, &copy);
	stored_copy_release(&copy);
	return found;
}

static void
deliver_copy(struct node *node, struct stored_copy *copy)
{
	struct node_message message;
	struct destination  destination;
	struct node_outlet  outlet;
	struct buffer       why;

	node_message_init(&message);
	destination_init(&destination);
	buffer_init(&why);
	if (node_message_get(node, copy->message, &message) &&
	    destination_parse(&destination, buffer_text(&copy->destinations), NULL) == STATUS_OK) {
		if (node_outlet_find(node, &message.envelope, &destination, &outlet, &why) ==
		    STATUS_OK) {
			if (!node_parts_wait(node, copy, &message) &&
			    (!outlet.ordered || outlet.kind == DELIVERY_HOLD ||
			     !node_order_waits(node, copy, &message)))
				node_deliver_begin(node, copy, &message, &destination, &outlet,
				                   NULL);
		} else
			node_report_copy(node, copy, "returned", buffer_text(&why));
	}
	buffer_release(&why);
	destination_release(&destination);
	node_message_release(&message);
}

bool
node_deliver_begin(struct node *node, const struct stored_copy *copy,
                   const struct node_message *message, const struct destination *destination,
                   const struct node_outlet *outlet, const char *const *arguments)
{
	bool command = delivery_is_handed_over(outlet->kind);

	if (command && commands_running(node) >= NODE_COMMANDS)
		return false; /* its turn comes when one ends: ended() starts over */
	actions_add(node->actions, ACTION_DELIVER, (uint64_t)copy->key)->delivery =
	    job_new(node, copy, message, destination, outlet, arguments);
	node->deliveries = memory_grow(node->deliveries, &node->delivery_capacity,
	                               node->delivery_count + 1, sizeof(node->deliveries[0]));
	node->deliveries[node->delivery_count++] = (struct node_delivery){
		.copy    = copy->key,
		.command = command,
		.maildir = outlet->kind == DELIVERY_MAILDIR,
		.holds   = outlet->kind == DELIVERY_HOLD,
		.beyond  = outlet->beyond,
		.target  = memory_copy_text(outlet->path),
	};
	return true;
}

static struct delivery_job *
job_new(struct node *node, const struct stored_copy *copy, const struct node_message *message,
        const struct destination *destination, const struct node_outlet *outlet,
        const char *const *arguments)
{
	struct arena        *arena = &node->actions->arena;
	struct delivery_job *job   = arena_new(arena, 1, sizeof(*job));

	job->kind        = outlet->kind;
	job->id          = message->stored.id;
	job->target      = arena_text(arena, outlet->path);
	job->user        = arena_text(arena, destination->user);
	job->title       = arena_text(arena, message->envelope.title);
	job->sender      = arena_text(arena, message->envelope.sender);
	job->quota_bytes = outlet->quota_bytes;
	job->mode        = message->envelope.mode;
	job->modified_ms = message->envelope.modified.ms;
	job->home        = node->name.text;
	job->attempt     = copy->attempts + 1;
	if (job->kind == DELIVERY_COMMAND)
		job->arguments = arguments != NULL
		                     ? arguments
		                     : arguments_of(node, outlet, message, destination);
	if (outlet->kind == DELIVERY_LMTP || outlet->kind == DELIVERY_SMTP)
		name_server(node, message, destination, job);
	else if (strcmp(message->envelope.service, "mail") == 0 && !outlet->beyond)
		job->head = mail_head(node, message, buffer_text(&copy->destinations));
	fill_body(node, message, &job->body);
	job->body.is_last = !message->stored.inline_body && message->envelope.part.count == 0 &&
	                    is_only_copy(node, copy);
	add_parts(node, copy, message, job);
	return job;
}

static void
fill_body(struct node *node, const struct node_message *message, struct delivery_body *body)
{
	struct buffer bytes;

	body->key        = message->stored.key;
	body->size_bytes = message->stored.size_bytes;
	memcpy(body->digest, message->envelope.digest, sizeof(body->digest));
	if (!message->stored.inline_body)
		return;
	buffer_init(&bytes);
	store_message_body(node->store, message->stored.key, &bytes);
	body->bytes = arena_span(&node->actions->arena, buffer_span(&bytes));
	buffer_release(&bytes);
}

/* Of a file that came in parts, the others. One that is missing here is missed by its digest there. */
static void
add_parts(struct node *node, const struct stored_copy *copy, const struct node_message *message,
          struct delivery_job *job)
{
	struct arena         *arena = &node->actions->arena;
	struct delivery_body *rest;
	struct node_message   part;
	int64_t              *keys;

	if (message->envelope.part.count == 0 || copy->neighbor[0] != '\0')
		return; /* a neighbor gets each part as it is */
	job->rest_count = message->envelope.part.count - 1;
	rest            = arena_new(arena, job->rest_count, sizeof(rest[0]));
	keys            = arena_new(arena, job->rest_count, sizeof(keys[0]));
	node_parts_list(node, copy, message, keys);
	node_message_init(&part);
	for (size_t i = 0; i < job->rest_count; i++)
		if (node_message_get(node, keys[i], &part))
			fill_body(node, &part, &rest[i]);
	node_message_release(&part);
	job->rest = rest;
}

/* A server writes the return path itself, and is told of whom and for whom in its protocol. */
static void
name_server(struct node *node, const struct node_message *message,
            const struct destination *destination, struct delivery_job *job)
{
	const struct envelope *envelope = &message->envelope;
	struct arena          *arena    = &node->actions->arena;
	struct buffer          address, origin;

	buffer_init(&address);
	buffer_init(&origin);
	destination_format(destination, &address);
	job->address = arena_text(arena, buffer_text(&address));
	job->notify  = notify_find(&envelope->notify,
	                           node_alias_written(message, buffer_text(&address)), &origin);
	if (envelope->receipt && (job->notify & NOTIFY_NEVER) == 0)
		job->notify |= NOTIFY_SUCCESS | NOTIFY_FAILURE;
	job->ret    = (unsigned)envelope->notify.ret;
	job->envid  = arena_text(arena, envelope->notify.envid);
	job->origin = arena_text(arena, buffer_text(&origin));
	buffer_release(&origin);
	buffer_release(&address);
}

static bool
is_only_copy(struct node *node, const struct stored_copy *copy)
{
	struct stored_copy other;
	bool               only = true;

	stored_copy_init(&other);
	for (int64_t after = 0;
	     store_copy_next_of_message(node->store, copy->message, after, &other) && only;
	     after = other.key)
		only = other.key == copy->key;
	stored_copy_release(&other);
	return only;
}

/*
 * The operator's words with %u (user), %a (the address, user@node), %f (origin node) and %n
 * (who brought it; at a gateway, the node beyond that it is for), each one argument.
 */
static const char *const *
arguments_of(struct node *node, const struct node_outlet *outlet,
             const struct node_message *message, const struct destination *destination)
{
	struct arena *arena    = &node->actions->arena;
	const char **arguments = arena_new(arena, outlet->arguments->count + 1, sizeof(*arguments));
	struct buffer address;
	struct name   origin;

	buffer_init(&address);
	destination_format(destination, &address);
	message_id_origin(&message->stored.id, &origin);
	for (size_t i = 0; i < outlet->arguments->count; i++) {
		const char *word = outlet->arguments->items[i];

		if (strcmp(word, "%u") == 0)
			word = destination->user;
		else if (strcmp(word, "%a") == 0)
			word = buffer_text(&address);
		else if (strcmp(word, "%f") == 0)
			word = origin.text;
		else if (strcmp(word, "%n") == 0)
			word = outlet->beyond ? destination->node.text : message->stored.neighbor;
		arguments[i] = arena_text(arena, word);
	}
	buffer_release(&address);
	return arguments;
}

/* RFC 5321 section 4.4: the final delivery writes the return path. */
static struct span
mail_head(struct node *node, const struct node_message *message, const char *destination)
{
	struct buffer head;
	struct span   span;

	buffer_init(&head);
	buffer_append_format(&head, "Return-Path: <%s>\nDelivered-To: %s\n",
	                     message->envelope.sender, destination);
	span = arena_span(&node->actions->arena, buffer_span(&head));
	buffer_release(&head);
	return span;
}

/* The target is kept in the row: publish must see the one that prepare saw. */
static void
prepared(struct node *node, uint64_t key)
{
	const struct node_delivery *delivery = delivery_find(node, key);
	struct stored_copy          copy;

	stored_copy_init(&copy);
	if (delivery == NULL || !store_copy_get(node->store, (int64_t)key, &copy)) {
		; /* it has ended meanwhile */
	} else if (delivery->holds) {
		forget_delivery(node, key);
		node_fetch_hold(node, &copy);
	} else {
		copy.state = COPY_PREPARED;
		snprintf(copy.reason, sizeof(copy.reason), "%s",
		         delivery->maildir ? "maildir" : "drop");
		buffer_clear(&copy.text);
		buffer_append_text(&copy.text, delivery->target);
		store_copy_update(node->store, &copy);
		publish(node, &copy);
	}
	stored_copy_release(&copy);
}

static void
publish(struct node *node, const struct stored_copy *copy)
{
	struct arena       *arena = &node->actions->arena;
	struct node_message message;
	struct destination  destination;

	node_message_init(&message);
	destination_init(&destination);
	if (node_message_get(node, copy->message, &message) &&
	    destination_parse(&destination, buffer_text(&copy->destinations), NULL) == STATUS_OK) {
		struct delivery_job *job = arena_new(arena, 1, sizeof(*job));

		job->kind = strcmp(copy->reason, "maildir") == 0 ? DELIVERY_MAILDIR : DELIVERY_DROP;
		job->id   = message.stored.id;
		job->target = arena_text(arena, buffer_text(&copy->text));
		job->user   = arena_text(arena, destination.user);
		job->title  = arena_text(arena, message.envelope.title);
		job->mode   = message.envelope.mode;
		actions_add(node->actions, ACTION_PUBLISH, (uint64_t)copy->key)->delivery = job;
	}
	destination_release(&destination);
	node_message_release(&message);
}

static void
ended(struct node *node, const struct event *event)
{
	struct stored_copy          copy;
	const char                 *text     = event->text != NULL ? event->text : "";
	const struct node_delivery *delivery = delivery_find(node, event->id);
	bool                        beyond   = delivery != NULL && delivery->beyond;

	if (forget_delivery(node, event->id))
		node->delivery_cursor = STORE_RANK_FIRST; /* some were passed over, perhaps */
	stored_copy_init(&copy);
	if (store_copy_get(node->store, (int64_t)event->id, &copy)) {
		switch (event->verdict) {
		case DELIVERY_DONE:
			node_arrival_dropped(node, &copy, text);
			node_report_copy(node, &copy,
			                 event->reports ? NODE_REPORT_BEYOND
			                 : beyond       ? NOTICE_RELAYED
			                                : "delivered",
			                 "");
			break;
		case DELIVERY_REFUSED:
		case DELIVERY_NO_USER:
			node_report_copy(node, &copy, "returned", text);
			break;
		case DELIVERY_FULL:
			node_copy_later(node, &copy, "mailbox-full", text);
			break;
		case DELIVERY_LATER:
			node_copy_later(node, &copy, "later", text);
			break;
		case DELIVERY_FAILED:
		default:
			hold(node, &copy, "failed", text);
			break;
		}
	}
	stored_copy_release(&copy);
	node_foreign_ended(node, event);
}

static void
hold(struct node *node, struct stored_copy *copy, const char *reason, const char *text)
{
	log_line(LOG_ERROR, "copy %lld is held: %s", (long long)copy->key, text);
	copy->state = COPY_HELD;
	snprintf(copy->reason, sizeof(copy->reason), "%s", reason);
	buffer_clear(&copy->text);
	buffer_append_text(&copy->text, text);
	store_copy_update(node->store, copy);
}

static struct node_delivery *
delivery_find(struct node *node, uint64_t key)
{
	for (size_t i = 0; i < node->delivery_count; i++)
		if ((uint64_t)node->deliveries[i].copy == key)
			return &node->deliveries[i];
	return NULL;
}

/* True if it was a program, of which only so many run: the place is free for another. */
static bool
forget_delivery(struct node *node, uint64_t key)
{
	struct node_delivery *delivery = delivery_find(node, key);
	bool                  command  = delivery != NULL && delivery->command;

	if (delivery == NULL)
		return false; /* published after a crash: it was not begun in this life */
	free(delivery->target);
	*delivery = node->deliveries[--node->delivery_count];
	return command;
}

static unsigned
commands_running(const struct node *node)
{
	unsigned running = 0;

	for (size_t i = 0; i < node->delivery_count; i++)
		running += node->deliveries[i].command;
	return running;
}
