/*
 * node_carry.c - who has what is on a stick: we, until we hear of it
 *
 * A copy on a stick is queued, with the reason "carried" and no time of its own: no call offers
 * it, no lifetime ends it. It goes when its item is acknowledged, and back into the queue when
 * the stick is overdue or said to be lost. An acknowledgement that comes later than that still
 * counts, if the copy is there; if it is not, somebody gets the message twice and knows it.
 */
#include "daemon/node/node_carry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/node_notice.h"
#include "spool/base/field.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/query/query_text.h"

enum { OVERDUE_DELAYS = 3 };

static void     written(struct node *node, struct node_client *client,
                        const struct control_request *request);
static void     put_on_stick(struct node *node, struct carry_out *out, struct stored_stick *stick);
static int64_t  overdue_ms(const struct node *node, const char *neighbor);
static void     give_up(struct node *node, struct node_client *client,
                        const struct control_request *request);
static uint64_t release_stick(struct node *node, const struct stored_stick *stick,
                              enum stick_state state);
static void     asked_for(struct node *node, struct node_client *client,
                          const struct control_request *request);
static void     take_answer(struct node *node, const struct stored_bundle *bundle, uint32_t item,
                            enum session_verdict verdict, const char *text);
static void     answer_line(struct node *node, struct node_client *client, int code,
                            const struct buffer *out, const char *errors);
static void     follow_deadline(struct node *node);

void
node_carry_start(struct node *node)
{
	seal_start();
	node->carrier           = memory_new(1, sizeof(*node->carrier));
	node->carrier->next_id  = 1;
	node->carrier->deadline = node->now.instant;
}

void
node_carry_release(struct node *node)
{
	if (node->carrier == NULL)
		return;
	while (node->carrier->outs != NULL)
		node_carry_out_free(node, node->carrier->outs);
	while (node->carrier->ins != NULL)
		node_carry_in_free(node, node->carrier->ins);
	seal_identity_forget(&node->carrier->identity);
	free(node->carrier);
	node->carrier = NULL;
}

void
node_set_key(struct node *node, const uint8_t seed[SEAL_SEED_BYTES])
{
	seal_identity_make(&node->carrier->identity, seed);
	node->carrier->has_key = true;
}

bool
node_carry_request(struct node *node, struct node_client *client,
                   const struct control_request *request, bool feed)
{
	const char *word = request->count > 1 ? request->arguments[1] : "";
	void (*act)(struct node *, struct node_client *, const struct control_request *) = NULL;

	if (request->count == 0 || strcmp(request->arguments[0], "carry") != 0)
		return false;
	if (feed && strcmp(word, "in") == 0) {
		if (node->carrier->has_key)
			node_carry_in_begin(node, client);
		else
			answer_line(node, client, 78, NULL,
			            "this node has no key (mulga init makes one)");
		return true;
	}
	if (strcmp(word, "plan") == 0)
		act = node_carry_plan;
	else if (strcmp(word, "write") == 0)
		act = node_carry_write;
	else if (strcmp(word, "written") == 0)
		act = written;
	else if (strcmp(word, "lost") == 0)
		act = give_up;
	else if (strcmp(word, "wanted") == 0)
		act = asked_for;
	else if (strcmp(word, "look") == 0)
		act = node_carry_look;
	if (act == NULL)
		return false;
	if (!client->trusted && act != node_carry_look)
		answer_line(node, client, 77, NULL, "only the operator may carry messages away");
	else
		act(node, client, request);
	return true;
}

void
node_carry_client_gone(struct node *node, uint64_t client)
{
	for (struct carry_out *out = node->carrier->outs, *next; out != NULL; out = next) {
		next = out->next;
		if (out->client == client)
			node_carry_out_free(node, out);
	}
	for (struct carry_in *in = node->carrier->ins, *next; in != NULL; in = next) {
		next = in->next;
		if (in->client == client)
			node_carry_in_gone(node, in);
	}
}

void
node_carry_event(struct node *node, const struct event *event)
{
	for (struct carry_out *out = node->carrier->outs; out != NULL; out = out->next)
		if (out->client == event->id && out->writer != NULL) {
			node_carry_out_event(node, out, event);
			return;
		}
}

bool
node_carry_holds(const struct node *node, int64_t copy)
{
	for (const struct carry_out *out = node->carrier->outs; out != NULL; out = out->next)
		for (size_t i = 0; i < out->plan_count; i++)
			if (out->plan[i].copy == copy)
				return true;
	return false;
}

bool
node_copy_is_carried(const struct stored_copy *copy)
{
	return copy->state == COPY_QUEUED && strcmp(copy->reason, COPY_REASON_CARRIED) == 0;
}

void
node_copy_unload(struct node *node, struct stored_copy *copy)
{
	struct stored_message message;

	if (!node_copy_is_carried(copy))
		return;
	stored_message_init(&message);
	if (store_message_get(node->store, copy->message, &message))
		copy->expires_ms = message.expires_ms;
	stored_message_release(&message);
	copy->next_try_ms = 0;
	snprintf(copy->reason, sizeof(copy->reason), "waiting");
	buffer_clear(&copy->text);
	store_copy_update(node->store, copy);
	node_copy_queued(node, copy);
}

struct node_link *
node_carry_link(const struct node *node, const char *neighbor)
{
	struct node_link *first = node_link_find(node, neighbor);

	for (struct node_link *link = first; link != NULL; link = node_link_next(node, link))
		if (node_carry_transport(link) != NULL)
			return link;
	return first;
}

const struct description_transport *
node_carry_transport(const struct node_link *link)
{
	int number = link == NULL ? -1 : node_visit_transport(link, 0);

	return number < 0 ? NULL : &link->description->transports[number];
}

bool
node_carry_is_answer(const struct node_message *message)
{
	return strcmp(message->envelope.service, "control") == 0 &&
	       strcmp(message->envelope.title, TITLE_CARRIED) == 0;
}

/* --- written ---------------------------------------------------------------------------- */

/* `carry written PLACE`: all that this client was given is durable there. */
static void
written(struct node *node, struct node_client *client, const struct control_request *request)
{
	struct stored_stick stick = { .written = node->now.wall, .overdue = { INT64_MAX } };
	struct buffer       out;
	bool                any = false;

	snprintf(stick.place, sizeof(stick.place), "%s",
	         request->count > 2 ? request->arguments[2] : "-");
	for (struct carry_out *each = node->carrier->outs; each != NULL; each = each->next) {
		int64_t due_ms = node->now.wall.ms + overdue_ms(node, each->neighbor);

		if (each->client != client->id || each->writer != NULL)
			continue;
		any              = true;
		stick.overdue.ms = due_ms < stick.overdue.ms ? due_ms : stick.overdue.ms;
	}
	if (!any) {
		answer_line(node, client, 1, NULL, "nothing was written");
		return;
	}
	store_stick_insert(node->store, &stick);
	buffer_init(&out);
	for (struct carry_out *each = node->carrier->outs, *next; each != NULL; each = next) {
		next = each->next;
		if (each->client != client->id || each->writer != NULL)
			continue;
		buffer_append_format(&out, "Stick %" PRId64 ": %zu message%s for %s, ", stick.key,
		                     each->written_count, each->written_count == 1 ? "" : "s",
		                     each->neighbor);
		query_text_size(&out, each->bytes);
		buffer_append_text(&out, " bytes.\n");
		put_on_stick(node, each, &stick);
		node_carry_packed(each);
		node_carry_out_free(node, each);
	}
	store_carry_purge(node->store); /* answers alone make no stick to wait for */
	follow_deadline(node);
	answer_line(node, client, 0, &out, NULL);
	buffer_release(&out);
}

static void
put_on_stick(struct node *node, struct carry_out *out, struct stored_stick *stick)
{
	struct stored_bundle bundle = { .stick = stick->key, .size_bytes = out->bytes };
	struct stored_copy   copy;
	char                 since[WALLTIME_TEXT_SIZE], overdue[WALLTIME_TEXT_SIZE];

	snprintf(bundle.neighbor, sizeof(bundle.neighbor), "%s", out->neighbor);
	snprintf(bundle.id, sizeof(bundle.id), "%s", out->id);
	memcpy(bundle.token, out->token, sizeof(bundle.token));
	store_bundle_insert(node->store, &bundle);
	stored_copy_init(&copy);
	for (size_t i = 0; i < out->written_count; i++) {
		struct node_message   message;
		struct stored_carried carried = { bundle.key, (uint32_t)i, out->written[i] };

		if (!store_copy_get(node->store, out->written[i], &copy) ||
		    copy.state != COPY_QUEUED)
			continue; /* it has ended meanwhile, or its operator holds it */
		node_message_init(&message);
		if (node_message_get(node, copy.message, &message) &&
		    node_carry_is_answer(&message)) {
			node_copy_end(node, &copy); /* nobody answers an answer */
		} else {
			store_carried_insert(node->store, &carried);
			copy.next_try_ms = INT64_MAX;
			copy.expires_ms  = INT64_MAX;
			copy.attempts++;
			snprintf(copy.reason, sizeof(copy.reason), COPY_REASON_CARRIED);
			buffer_clear(&copy.text);
			walltime_format(stick->written, since);
			walltime_format(stick->overdue, overdue);
			buffer_append_format(&copy.text,
			                     "on stick %" PRId64 " (%s) since %s, overdue at %s",
			                     stick->key, stick->place, since, overdue);
			store_copy_update(node->store, &copy);
		}
		node_message_release(&message);
	}
	stored_copy_release(&copy);
}

/* As the description says, else three times the link's delay, and not less than a day. */
static int64_t
overdue_ms(const struct node *node, const char *neighbor)
{
	const struct node_link             *link      = node_carry_link(node, neighbor);
	const struct description_transport *transport = node_carry_transport(link);
	int64_t                             usual_ms  = NODE_DAY_MS;

	if (transport != NULL && transport->overdue_ms > 0)
		return transport->overdue_ms;
	if (link != NULL && OVERDUE_DELAYS * link->description->delay_ms > usual_ms)
		usual_ms = OVERDUE_DELAYS * link->description->delay_ms;
	return usual_ms;
}

/* --- given up ------------------------------------------------------------------------------ */

/* `carry lost STICK` */
static void
give_up(struct node *node, struct node_client *client, const struct control_request *request)
{
	struct stored_stick stick = { .key = 0 };
	struct buffer       out;
	uint64_t            count;
	char               *end = NULL;

	if (request->count == 3)
		stick.key = strtoll(request->arguments[2], &end, 10);
	if (end == NULL || *end != '\0') {
		answer_line(node, client, 64, NULL, "usage: mulga carry lost STICK");
		return;
	}
	if (!store_stick_get(node->store, stick.key, &stick)) {
		answer_line(node, client, 1, NULL,
		            "no such stick is under way; mulga carry list shows those that are");
		return;
	}
	count = release_stick(node, &stick, STICK_LOST);
	buffer_init(&out);
	buffer_append_format(&out, "Stick %" PRId64 " is lost: %" PRIu64 " message%s again.\n",
	                     stick.key, count, count == 1 ? " goes" : "s go");
	answer_line(node, client, 0, &out, NULL);
	buffer_release(&out);
}

/* What is on it and on no newer one goes again. Returns how many copies that are. */
static uint64_t
release_stick(struct node *node, const struct stored_stick *stick, enum stick_state state)
{
	struct stored_bundle  bundle = { .key = 0 };
	struct stored_carried carried;
	struct stored_copy    copy;
	uint64_t              count = 0;

	stored_copy_init(&copy);
	store_stick_set_state(node->store, stick->key, state);
	while (store_bundle_next(node->store, stick->key, bundle.key, &bundle))
		for (uint32_t from = 0; store_carried_next(node->store, bundle.key, from, &carried);
		     from          = carried.item + 1) {
			if (!store_copy_get(node->store, carried.copy, &copy) ||
			    !node_copy_is_carried(&copy) ||
			    store_carried_stick(node->store, copy.key) != stick->key)
				continue;
			node_copy_unload(node, &copy);
			node_forward_copy(node, &copy, false);
			count++;
		}
	stored_copy_release(&copy);
	store_carry_purge(node->store);
	follow_deadline(node);
	return count;
}

void
node_carry_run(struct node *node)
{
	struct stored_stick stick;

	if (!instant_reached(node->carrier->deadline, node->now.instant))
		return;
	while (store_stick_first_overdue(node->store, &stick) &&
	       stick.overdue.ms <= node->now.wall.ms) {
		uint64_t      count = release_stick(node, &stick, STICK_OVERDUE);
		struct buffer text;
		char          title[64];

		if (count == 0)
			continue;
		buffer_init(&text);
		buffer_append_format(&text,
		                     "Stick %" PRId64 ", written to %s, was not heard of in time: "
		                     "%" PRIu64 " message%s again. If it comes after all, nothing "
		                     "is delivered twice.",
		                     stick.key, stick.place, count, count == 1 ? " goes" : "s go");
		snprintf(title, sizeof(title), "stick %" PRId64 " is overdue", stick.key);
		node_notice(node, NULL, title, buffer_text(&text));
		buffer_release(&text);
	}
	follow_deadline(node);
}

struct instant
node_carry_deadline(const struct node *node)
{
	return node->carrier->deadline;
}

/* The wall clock may be set: it is looked at every hour at least, while anything is under way. */
static void
follow_deadline(struct node *node)
{
	struct stored_stick stick;
	int64_t             wait_ms;

	node->carrier->deadline = INSTANT_NEVER;
	if (!store_stick_first_overdue(node->store, &stick))
		return;
	wait_ms = stick.overdue.ms - node->now.wall.ms;
	if (wait_ms > NODE_UPKEEP_MS)
		wait_ms = NODE_UPKEEP_MS;
	node->carrier->deadline = instant_after(node->now.instant, wait_ms > 0 ? wait_ms : 0);
}

/* --- acknowledged ---------------------------------------------------------------------------- */

/* `carry wanted ID`: is anything of that bundle of ours not acknowledged? 1: nothing is. */
static void
asked_for(struct node *node, struct node_client *client, const struct control_request *request)
{
	struct stored_bundle bundle;
	struct stored_stick  stick = { .state = STICK_LOST };
	bool                 wanted;

	wanted = request->count > 2 &&
	         store_bundle_find_id(node->store, request->arguments[2], &bundle) &&
	         store_stick_get(node->store, bundle.stick, &stick) &&
	         stick.state == STICK_UNDER_WAY;
	answer_line(node, client, wanted ? 0 : 1, NULL, NULL);
}

bool
node_carry_control(struct node *node, const char *title, const char *origin, struct span body)
{
	struct reader        reader;
	struct field         field;
	struct stored_bundle bundle;
	uint32_t             last  = 0;
	bool                 known = false;

	if (strcmp(title, TITLE_CARRIED) != 0)
		return false;
	reader_init(&reader, body);
	while (field_next(&reader, &last, &field)) {
		struct reader value;
		uint64_t      item, number;
		char          text[256];

		if (field.number == ANSWER_TOKEN) {
			known = field.value.length == STORE_TOKEN_BYTES &&
			        store_bundle_find(node->store, field.value.data, &bundle) &&
			        strcmp(bundle.neighbor, origin) == 0;
			continue;
		}
		reader_init(&value, field.value);
		item   = reader_varint(&value);
		number = reader_varint(&value);
		if (!known || value.failed || item > UINT32_MAX || number > UINT32_MAX)
			continue;
		if (field.number == ANSWER_TAKEN) {
			struct stored_carried carried;

			for (uint64_t from = item; store_carried_next(node->store, bundle.key,
			                                              (uint32_t)from, &carried) &&
			                           carried.item - item < number;
			     from = (uint64_t)carried.item + 1)
				take_answer(node, &bundle, carried.item, SESSION_TAKEN, "");
		} else if (field.number == ANSWER_OTHER) {
			struct span rest = reader_bytes(&value, reader_left(&value));

			snprintf(text, sizeof(text), "%.*s",
			         (int)(rest.length < sizeof(text) ? rest.length : sizeof(text) - 1),
			         (const char *)rest.data);
			for (char *c = text; *c != '\0'; c++)
				if ((unsigned char)*c < ' ' || *c == 0x7f)
					*c = '?';
			take_answer(node, &bundle, (uint32_t)item, (enum session_verdict)number,
			            text);
		}
	}
	store_carry_purge(node->store);
	follow_deadline(node);
	return true;
}

static void
take_answer(struct node *node, const struct stored_bundle *bundle, uint32_t item,
            enum session_verdict verdict, const char *text)
{
	struct stored_carried carried;
	struct stored_copy    copy;

	if (!store_carried_next(node->store, bundle->key, item, &carried) || carried.item != item)
		return;
	stored_copy_init(&copy);
	if (!store_copy_get(node->store, carried.copy, &copy)) {
		store_carried_delete(node->store, bundle->key, item);
	} else if (!node_copy_busy(node, copy.key) &&
	           (copy.state == COPY_QUEUED || copy.state == COPY_HELD)) {
		if (verdict == SESSION_TAKEN) {
			store_carried_delete(node->store, bundle->key, item);
			node_copy_end(node, &copy);
		} else if (verdict == SESSION_REFUSED) {
			store_carried_delete(node->store, bundle->key, item);
			node_report_copy(node, &copy, "returned", text);
		} else if (node_copy_is_carried(
			       &copy)) { /* a twin of the stick may still be taken */
			node_copy_unload(node, &copy);
			node_copy_later(node, &copy, "later", text);
		}
	}
	stored_copy_release(&copy);
}

static void
answer_line(struct node *node, struct node_client *client, int code, const struct buffer *out,
            const char *errors)
{
	struct buffer text;

	buffer_init(&text);
	if (errors != NULL)
		buffer_append_format(&text, "mulga carry: %s\n", errors);
	node_client_answer(node, client, code, NULL, out, &text);
	buffer_release(&text);
}
