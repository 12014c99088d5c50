/*
 * node_carry_in.c - bundles that somebody brings
 *
 * An item is taken like an offer of a call: what was taken before is known, what may not come in
 * is refused, a large body goes on where an earlier attempt stopped. What is answered is
 * collected and told its writer in one message when the bundle is at its end; it travels as any
 * message does, and is itself not acknowledged: if it is lost, the items come again, and are
 * known.
 *
 * A bundle for another node, from a stranger, or sealed to another key is passed over: whoever
 * brings it keeps it.
 */
#include "daemon/node/node_body.h"
#include "daemon/node/node_carry.h"
#include "daemon/node/node_topology.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/field.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/query/query_text.h"

enum { EXIT_NOT_OURS = 1, EXIT_DATA = 65, EXIT_KEY = 77, EXIT_LATER = 75 };
enum { LOST_TOLD_MAX = 256 }; /* of one gap, to be sent again at once */

#define ANSWER_LIFETIME_MS (400 * NODE_DAY_MS) /* a stick may be under way for long */

static int         digit(char c);
static const char *objection(const struct node *node, const struct bundle_label *label, int *code);
static void        take(struct node *node, struct carry_in *in, const struct bundle_item *item);
static void        begin_bundle(struct node *node, struct carry_in *in);
static void        begin_item(struct node *node, struct carry_taken *taken,
                              const struct bundle_item *item);
static void        lose_items(struct node *node, struct carry_taken *taken,
                              const struct bundle_item *item);
static struct carry_taken *find_taken(const struct node *node, uint64_t id, struct carry_in **in);
static void                check_bundle(struct node *node, struct carry_in *in);
static void                report(struct carry_in *in, const struct carry_taken *taken);
static void                tell_writer(struct node *node, struct carry_taken *taken);
static void                note_run(struct carry_taken *taken);
static void note_other(struct carry_taken *taken, uint32_t item, enum session_verdict verdict,
                       const char *text);
static void worse(struct carry_in *in, int code);

/* `carry look HEX`: would the bundle that begins so be taken? In words, and 0 if it would. */
void
node_carry_look(struct node *node, struct node_client *client,
                const struct control_request *request)
{
	const char         *hex = request->count > 2 ? request->arguments[2] : "";
	struct buffer       bytes, out;
	struct bundle_label label;
	struct diagnostic   diagnostic;
	const char         *why;
	int                 code = EXIT_NOT_OURS;

	buffer_init(&bytes);
	buffer_init(&out);
	diagnostic_init(&diagnostic);
	for (; digit(hex[0]) >= 0 && digit(hex[1]) >= 0; hex += 2)
		buffer_append_u8(&bytes, (uint8_t)(digit(hex[0]) << 4 | digit(hex[1])));
	if (bundle_label_peek(&label, buffer_span(&bytes), &diagnostic) != STATUS_OK) {
		buffer_append_format(&out, "no bundle that this version reads: %s",
		                     diagnostic.text);
	} else {
		why = objection(node, &label, &code);
		if (node->carrier->has_key &&
		    bundle_label_is_of(buffer_span(&bytes), node->carrier->identity.public_key)) {
			buffer_append_text(&out, "own ");
			for (size_t i = 0; i < BUNDLE_ID_BYTES; i++)
				buffer_append_format(&out, "%02x", label.id[i]);
			code = EXIT_NOT_OURS;
		} else {
			buffer_append_format(&out, "from %s for %s%s%s", label.from.text,
			                     label.to.text, why != NULL ? ": " : "",
			                     why != NULL ? why : "");
			code = why == NULL ? 0 : code;
		}
	}
	buffer_append_text(&out, "\n");
	node_client_answer(node, client, code, NULL, &out, NULL);
	buffer_release(&out);
	buffer_release(&bytes);
}

/* -1: it is none. */
static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Why a bundle with that label is not to be taken; NULL: it is, if its signature is good. */
static const char *
objection(const struct node *node, const struct bundle_label *label, int *code)
{
	const struct node_link *link = node_carry_link(node, label->from.text);

	*code = EXIT_NOT_OURS;
	if (strcmp(label->to.text, node->name.text) != 0 && !node_rename_was(node, label->to.text))
		return "not for this node";
	if (link == NULL)
		return "no link leads to its writer";
	if (link->operator_down) {
		*code = EXIT_LATER;
		return "the link is down";
	}
	for (; link != NULL; link = node_link_next(node, link))
		if (link->description->auth_key != NULL)
			return NULL;
	*code = EXIT_KEY;
	return "its writer's link states no `auth key`";
}

void
node_carry_in_begin(struct node *node, struct node_client *client)
{
	struct carry_in *in = memory_new(1, sizeof(*in));

	in->id             = node->carrier->next_id++;
	in->client         = client->id;
	in->reader         = bundle_reader_new();
	in->next           = node->carrier->ins;
	node->carrier->ins = in;
}

void
node_carry_in_free(struct node *node, struct carry_in *in)
{
	struct carry_in **place = &node->carrier->ins;

	while (*place != in)
		place = &(*place)->next;
	*place = in->next;
	while (in->taken != NULL) {
		struct carry_taken *taken = in->taken;

		in->taken = taken->next;
		buffer_release(&taken->runs);
		buffer_release(&taken->others);
		buffer_release(&taken->lost);
		free(taken);
	}
	bundle_reader_free(in->reader);
	buffer_release(&in->out);
	free(in);
}

static struct carry_in *
find_in(const struct node *node, uint64_t client)
{
	struct carry_in *in = node->carrier->ins;

	while (in != NULL && (in->client != client || in->over))
		in = in->next;
	return in;
}

void
node_carry_bytes(struct node *node, const struct node_client *client, struct span bytes)
{
	struct carry_in   *in = find_in(node, client->id);
	struct bundle_item item;

	if (in == NULL)
		return; /* refused: what still comes is nobody's */
	do {
		bundle_read(in->reader, &bytes, &item);
		take(node, in, &item);
	} while (item.kind != BUNDLE_NOTHING);
}

void
node_carry_bytes_end(struct node *node, const struct node_client *client)
{
	struct carry_in   *in = find_in(node, client->id);
	struct bundle_item item;

	if (in == NULL)
		return;
	do {
		bundle_read_rest(in->reader, &item);
		take(node, in, &item);
	} while (item.kind != BUNDLE_NOTHING);
	in->over = true;
	check_bundle(node, in);
}

void
node_carry_in_gone(struct node *node, struct carry_in *in)
{
	struct bundle_item item;

	in->client = 0;
	if (in->over)
		return; /* it only waits for the disk */
	do {
		bundle_read_rest(in->reader, &item);
		take(node, in, &item);
	} while (item.kind != BUNDLE_NOTHING);
	in->over = true;
	check_bundle(node, in);
}

/* --- one bundle ----------------------------------------------------------------------------- */

static void
take(struct node *node, struct carry_in *in, const struct bundle_item *item)
{
	struct carry_taken  *taken   = find_taken(node, in->bundle, NULL);
	struct node_arrival *arrival = NULL;

	if (item->kind == BUNDLE_LABEL) {
		begin_bundle(node, in);
		return;
	}
	if (taken == NULL || item->kind == BUNDLE_NOTHING)
		return;
	arrival = node_arrival_of_item(node, taken->id, item->number);
	switch (item->kind) {
	case BUNDLE_ITEM:
		begin_item(node, taken, item);
		break;
	case BUNDLE_BODY:
		if (arrival != NULL) {
			struct span bytes = item->bytes;
			size_t      skip  = arrival->carried.skip < bytes.length
			                        ? (size_t)arrival->carried.skip
			                        : bytes.length;

			arrival->carried.skip -= skip;
			bytes.data += skip;
			bytes.length -= skip;
			if (bytes.length > 0)
				node_arrival_bytes(node, arrival,
				                   arena_span(&node->actions->arena, bytes));
		}
		break;
	case BUNDLE_ITEM_END:
		if (arrival != NULL)
			node_arrival_finish(node, arrival);
		break;
	case BUNDLE_LOST:
		lose_items(node, taken, item);
		break;
	case BUNDLE_END:
		taken->ended = true;
		taken->whole = item->whole;
		in->bundle   = 0;
		check_bundle(node, in);
		break;
	default:
		break;
	}
}

static void
begin_bundle(struct node *node, struct carry_in *in)
{
	const struct bundle_label *label  = bundle_reader_label(in->reader);
	int                        code   = EXIT_NOT_OURS;
	const char                *why    = objection(node, label, &code);
	enum status                status = STATUS_INVALID;
	struct carry_taken        *taken;
	uint8_t                    key[SEAL_PUBLIC_BYTES];

	for (const struct node_link *link = node_link_find(node, label->from.text);
	     link != NULL && why == NULL && status == STATUS_INVALID;
	     link = node_link_next(node, link))
		if (link->description->auth_key != NULL &&
		    seal_public_parse(key, link->description->auth_key) == STATUS_OK) {
			status = bundle_reader_open(in->reader, key, &node->carrier->identity);
			break;
		}
	if (why == NULL && status != STATUS_OK) {
		code = EXIT_KEY;
		why  = status == STATUS_DENIED
		           ? "it is sealed to another key than this node's"
		           : "its writer has not the key that the description states";
	}
	if (why != NULL) {
		buffer_append_format(&in->out, "A bundle from %s for %s is left alone: %s.\n",
		                     label->from.text, label->to.text, why);
		in->skipped++;
		worse(in, code);
		return;
	}
	taken          = memory_new(1, sizeof(*taken));
	taken->id      = node->carrier->next_id++;
	taken->written = label->written;
	snprintf(taken->from, sizeof(taken->from), "%s", label->from.text);
	bundle_reader_token(in->reader, taken->token);
	taken->next = in->taken;
	in->taken   = taken;
	in->bundle  = taken->id;
	node_link_heard(node, node_carry_link(node, taken->from));
	node_link_note(node, node_carry_link(node, taken->from));
}

static void
begin_item(struct node *node, struct carry_taken *taken, const struct bundle_item *item)
{
	struct node_link    *link         = node_carry_link(node, taken->from);
	struct session_event event        = { .heading = item->heading,
		                              .transit = item->transit,
		                              .size    = item->size };
	int64_t              travelled_ms = node->now.wall.ms - taken->written.ms;

	if (link == NULL)
		return; /* reloaded away meanwhile */
	taken->pending++;
	node_accept_carried(node, taken->id, item->number, link, &event,
	                    travelled_ms > 0 ? travelled_ms : 0);
}

static void
lose_items(struct node *node, struct carry_taken *taken, const struct bundle_item *item)
{
	struct node_arrival *arrival = node_arrival_of_item(node, taken->id, item->number);

	if (taken->lost.length > 0)
		buffer_append_text(&taken->lost, ", ");
	if (arrival != NULL) {
		buffer_append_format(&taken->lost, "%s", arrival->envelope.id.text);
		node_arrival_abandon(node, arrival);
		taken->pending--;
	} else {
		buffer_append_format(&taken->lost, "number %" PRIu32, item->number + 1);
	}
	if (item->count > 1)
		buffer_append_format(&taken->lost, " and %" PRIu32 " more", item->count - 1);
	else if (item->count == 0)
		buffer_append_text(&taken->lost, " and what follows");
	taken->lost_items += item->count > 0 ? item->count : 1;
	for (uint32_t i = 0; i < item->count && i < LOST_TOLD_MAX; i++)
		note_other(taken, item->number + i, SESSION_LATER, "it was damaged on its way");
}

void
node_carry_answered(struct node *node, const struct node_arrival *arrival,
                    enum session_verdict verdict, const char *text)
{
	struct carry_in    *in;
	struct carry_taken *taken  = find_taken(node, arrival->carried.bundle, &in);
	bool                answer = strcmp(arrival->envelope.service, "control") == 0 &&
	              strcmp(arrival->envelope.title, TITLE_CARRIED) == 0;

	if (taken == NULL)
		return;
	taken->pending--;
	taken->count += verdict == SESSION_TAKEN;
	taken->refused += verdict == SESSION_REFUSED;
	taken->later += verdict == SESSION_LATER || verdict == SESSION_RESTART;
	if (!answer && verdict == SESSION_TAKEN) {
		if (arrival->carried.item != taken->run_first + taken->run_count)
			note_run(taken);
		if (taken->run_count++ == 0)
			taken->run_first = arrival->carried.item;
	} else if (!answer) {
		note_other(taken, arrival->carried.item, verdict, text);
	}
	if (taken->runs.length + taken->others.length > NODE_CONTROL_BODY)
		tell_writer(node, taken);
	if (taken->ended && taken->pending == 0)
		check_bundle(node, in);
}

/* Tells what has ended, and answers the client when all has. */
static void
check_bundle(struct node *node, struct carry_in *in)
{
	struct node_client *client;
	struct carry_taken *taken;
	bool                waits = false;

	for (taken = in->taken; taken != NULL; taken = taken->next) {
		waits = waits || !taken->ended || taken->pending > 0;
		if (taken->ended && taken->pending == 0)
			tell_writer(node, taken);
	}
	if (waits || !in->over)
		return;
	for (taken = in->taken; taken != NULL; taken = taken->next)
		report(in, taken);
	if (in->taken == NULL && in->skipped == 0) {
		buffer_append_text(&in->out, "There is no bundle in it.\n");
		worse(in, EXIT_NOT_OURS);
	}
	client = node_client_find(node, in->client);
	if (client != NULL) {
		struct buffer out  = in->out;
		int           code = in->code;

		buffer_init(&in->out);
		node_carry_in_free(node, in);
		node_client_answer(node, client, code, NULL, &out, NULL);
		buffer_release(&out);
	} else {
		node_carry_in_free(node, in);
	}
}

static void
report(struct carry_in *in, const struct carry_taken *taken)
{
	struct buffer *out = &in->out;

	buffer_append_format(out, "From %s: %" PRIu32 " message%s taken", taken->from, taken->count,
	                     taken->count == 1 ? "" : "s");
	if (taken->refused > 0)
		buffer_append_format(out, ", %" PRIu32 " refused", taken->refused);
	if (taken->later > 0) {
		buffer_append_format(out, ", %" PRIu32 " not now", taken->later);
		worse(in, EXIT_LATER);
	}
	if (!taken->whole) {
		buffer_append_text(out, taken->lost.length > 0 ? "; damaged, not whole: "
		                                               : "; damaged, nothing missing");
		buffer_append_span(out, buffer_span(&taken->lost));
		worse(in, EXIT_DATA);
	}
	buffer_append_text(out, ".\n");
}

/* One message of service control: which items were taken, and what became of others. */
static void
tell_writer(struct node *node, struct carry_taken *taken)
{
	struct envelope    envelope;
	struct transit     transit;
	struct destination to;
	struct buffer      body;

	note_run(taken);
	if (taken->runs.length + taken->others.length == 0)
		return;
	envelope_init(&envelope);
	transit_init(&transit);
	destination_init(&to);
	buffer_init(&body);
	field_append(&body, ANSWER_TOKEN, (struct span){ taken->token, sizeof(taken->token) });
	buffer_append_span(&body, buffer_span(&taken->runs));
	buffer_append_span(&body, buffer_span(&taken->others));
	snprintf(envelope.service, sizeof(envelope.service), "control");
	snprintf(envelope.title, sizeof(envelope.title), TITLE_CARRIED);
	envelope.priority    = PRIORITY_URGENT;
	envelope.report      = true;
	envelope.lifetime_ms = ANSWER_LIFETIME_MS;
	if (name_parse(&to.node, taken->from, NULL) == STATUS_OK)
		address_add(&transit.destinations, &to);
	node_accept_own(node, &envelope, &transit, buffer_span(&body));
	buffer_clear(&taken->runs);
	buffer_clear(&taken->others);
	buffer_release(&body);
	destination_release(&to);
	envelope_release(&envelope);
	transit_release(&transit);
}

/* The items in a row that were taken become a field. */
static void
note_run(struct carry_taken *taken)
{
	struct buffer value;

	if (taken->run_count == 0)
		return;
	buffer_init(&value);
	varint_append(&value, taken->run_first);
	varint_append(&value, taken->run_count);
	field_append(&taken->runs, ANSWER_TAKEN, buffer_span(&value));
	buffer_release(&value);
	taken->run_count = 0;
}

static void
note_other(struct carry_taken *taken, uint32_t item, enum session_verdict verdict, const char *text)
{
	struct buffer value;

	buffer_init(&value);
	varint_append(&value, item);
	varint_append(&value, verdict);
	buffer_append(&value, text, strlen(text) < 255 ? strlen(text) : 255);
	field_append(&taken->others, ANSWER_OTHER, buffer_span(&value));
	buffer_release(&value);
}

static struct carry_taken *
find_taken(const struct node *node, uint64_t id, struct carry_in **in)
{
	for (struct carry_in *each = node->carrier->ins; each != NULL; each = each->next)
		for (struct carry_taken *taken = each->taken; taken != NULL; taken = taken->next)
			if (taken->id == id && id != 0) {
				if (in != NULL)
					*in = each;
				return taken;
			}
	return NULL;
}

/* The exit code of the whole: the worst that happened. */
static void
worse(struct carry_in *in, int code)
{
	if (code > in->code)
		in->code = code;
}
