/*
 * node_carry_out.c - a bundle for a stick: whom there is something for, and its bytes
 *
 * While a bundle is being written its copies are busy, as if they were on a line; if the client goes
 * away, nothing has happened. What goes on it, and how much, is node_carry_pack.c's.
 */
#include "daemon/node/node_carry.h"
#include "daemon/node/node_topology.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/query/query_text.h"

enum { REPAIR_AS_DESCRIBED = 101 };

enum {
	READ_BYTES  = 256 << 10, /* of a body at a time */
	PIECE_ITEMS = 256,       /* items of one step   */
};

static bool parse_write(const struct control_request *request, struct carry_wanted *wanted);
static bool parse_number(const char *text, uint64_t most, uint64_t *number);
static bool find_reader(const struct node *node, const struct node_link *link,
                        uint8_t key[SEAL_PUBLIC_BYTES], struct diagnostic *diagnostic);
static void plan_of_stick(struct node *node, struct node_client *client, const char *text);
static bool has_anything(struct node *node, const char *neighbor);
static void begin(struct node *node, struct node_client *client, struct carry_out *out,
                  const struct carry_wanted *wanted, uint64_t content);
static void draw(struct node *node, uint8_t *out, size_t size);
static void pump(struct node *node, struct carry_out *out);
static void write_item(struct node *node, struct carry_out *out, const struct carry_plan *plan,
                       struct buffer *bytes);
static void read_body(struct node *node, struct carry_out *out);
static void finish(struct node *node, struct carry_out *out);
static void send(struct node *node, struct carry_out *out, struct buffer *bytes);
static void fail(struct node *node, struct node_client *client, int code, const char *text);

/* --- what there is ----------------------------------------------------------------------- */

/*
 * `carry plan [--again STICK | NODE...]`: one neighbor a line for which there is anything to write. Without names
 * those whose link has a folder, or, where none has one, all.
 */
void
node_carry_plan(struct node *node, struct node_client *client,
                const struct control_request *request)
{
	struct buffer out, errors;
	bool          folders = false;
	int           code    = 0;

	for (size_t i = 0; i < node->link_count; i++)
		folders = folders || node_carry_transport(&node->links[i]) != NULL;
	if (request->count == 4 && strcmp(request->arguments[2], "--again") == 0) {
		plan_of_stick(node, client, request->arguments[3]);
		return;
	}
	buffer_init(&out);
	buffer_init(&errors);
	for (size_t i = 2; i < request->count; i++) {
		struct name name, whole;

		if (name_parse(&name, request->arguments[i], NULL) == STATUS_OK &&
		    node_link_find(node, name.text) == NULL && node_complete(node, &name, &whole))
			name = whole;
		if (node_link_find(node, name.text) != NULL) {
			buffer_append_format(&out, "%s\n", name.text);
			continue;
		}
		buffer_append_format(&errors, "mulga carry: %s has no link to \"%s\"\n",
		                     node->name.text, request->arguments[i]);
		code = 1;
	}
	for (size_t i = 0; i < node->link_count && request->count <= 2; i++) {
		struct node_link *link     = &node->links[i];
		const char       *neighbor = link->description->neighbor.text;

		if (node_link_find(node, neighbor) == link && !link->description->foreign &&
		    !link->operator_down &&
		    (!folders || node_carry_transport(node_carry_link(node, neighbor)) != NULL) &&
		    (has_anything(node, neighbor) || link->life != LINK_ALIVE))
			buffer_append_format(&out, "%s\n", neighbor);
	}
	node_client_answer(node, client, code, NULL, &out, &errors);
	buffer_release(&errors);
	buffer_release(&out);
}

/* `carry plan --again STICK`: where it was written to, and then for whom. */
static void
plan_of_stick(struct node *node, struct node_client *client, const char *text)
{
	struct stored_stick  stick;
	struct stored_bundle bundle = { .key = 0 };
	struct buffer        out;
	uint64_t             number;

	if (!parse_number(text, INT64_MAX, &number) ||
	    !store_stick_get(node->store, (int64_t)number, &stick)) {
		fail(node, client, 1,
		     "no such stick is under way; mulga carry list shows those that are");
		return;
	}
	buffer_init(&out);
	buffer_append_format(&out, "%s\n", stick.place);
	while (store_bundle_next(node->store, stick.key, bundle.key, &bundle))
		buffer_append_format(&out, "%s\n", bundle.neighbor);
	node_client_answer(node, client, 0, NULL, &out, NULL);
	buffer_release(&out);
}

static bool
has_anything(struct node *node, const char *neighbor)
{
	struct stored_copy copy;
	struct store_rank  rank = STORE_RANK_FIRST;
	bool               has;

	stored_copy_init(&copy);
	has = store_copy_next_for(node->store, neighbor, node_spool_ms(node), &rank, &copy);
	stored_copy_release(&copy);
	return has;
}

/* --- a bundle begins ------------------------------------------------------------------------ */

/* `carry write NODE [--visit] [--space N] [--used N] [--repair PERCENT] [--again STICK]` */
void
node_carry_write(struct node *node, struct node_client *client,
                 const struct control_request *request)
{
	struct node_link   *link;
	struct carry_wanted wanted;
	struct carry_out   *out;
	uint64_t            content;

	if (!parse_write(request, &wanted)) {
		fail(node, client, 64, "that is no request to write a bundle");
		return;
	}
	link = node_carry_link(node, wanted.neighbor);
	if (link == NULL || !node->carrier->has_key) {
		fail(node, client, link == NULL ? 1 : 78,
		     link == NULL ? "there is no such neighbor" : "this node has no key");
		return;
	}
	if (wanted.repair_percent == REPAIR_AS_DESCRIBED)
		wanted.repair_percent = node_carry_transport(link) == NULL
		                            ? 0
		                            : node_carry_transport(link)->repair_percent;
	for (out = node->carrier->outs; out != NULL; out = out->next)
		if (out->client == client->id && out->writer != NULL) {
			fail(node, client, 64, "another bundle is being written for you");
			return;
		}
	out         = memory_new(1, sizeof(*out));
	out->client = client->id;
	snprintf(out->neighbor, sizeof(out->neighbor), "%s", wanted.neighbor);
	content             = node_carry_pack(node, link, &wanted, out);
	out->next           = node->carrier->outs;
	node->carrier->outs = out;
	begin(node, client, out, &wanted, content);
}

static bool
parse_write(const struct control_request *request, struct carry_wanted *wanted)
{
	uint64_t number;
	bool     good = request->count >= 3;

	*wanted =
	    (struct carry_wanted){ .space = UINT64_MAX, .repair_percent = REPAIR_AS_DESCRIBED };
	if (good)
		wanted->neighbor = request->arguments[2];
	for (size_t i = 3; good && i < request->count; i++) {
		const char *word = request->arguments[i];

		if (strcmp(word, "--visit") == 0) {
			wanted->visit = true;
			continue;
		}
		if (++i == request->count ||
		    !parse_number(request->arguments[i], INT64_MAX, &number))
			return false;
		if (strcmp(word, "--space") == 0)
			wanted->space = number;
		else if (strcmp(word, "--used") == 0)
			wanted->used = number;
		else if (strcmp(word, "--again") == 0)
			wanted->again = (int64_t)number;
		else if (strcmp(word, "--repair") == 0 && number <= 100)
			wanted->repair_percent = (unsigned)number;
		else
			good = false;
	}
	return good;
}

static bool
parse_number(const char *text, uint64_t most, uint64_t *number)
{
	char *end;

	*number = strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && *number <= most;
}

static void
begin(struct node *node, struct node_client *client, struct carry_out *out,
      const struct carry_wanted *wanted, uint64_t content)
{
	const struct node_link *link    = node_carry_link(node, out->neighbor);
	struct bundle_options   options = {
		  .from     = node->name,
		  .to       = link->description->neighbor,
		  .written  = node->now.wall,
		  .shape    = bundle_shape_for(content, wanted->repair_percent),
		  .identity = &node->carrier->identity,
	};
	uint8_t           reader[SEAL_PUBLIC_BYTES];
	struct diagnostic diagnostic;
	struct buffer     bytes, left;
	bool              seals = !link->description->seal_never;
	bool              empty;

	diagnostic_init(&diagnostic);
	buffer_init(&left);
	/* Where nothing was heard for long, a bundle without a message is a word of ours. */
	empty = out->plan_count == 0 &&
	        (out->left_out_count > 0 || out->closed || link->life == LINK_ALIVE);
	if (out->left_out_count > 0) {
		buffer_append_format(&left, "%" PRIu64 " message%s for %s, ", out->left_out_count,
		                     out->left_out_count == 1 ? "" : "s", out->neighbor);
		query_text_size(&left, out->left_out_bytes);
		buffer_append_text(&left, " bytes, find no room and stay queued");
	}
	if (empty || (seals && !find_reader(node, link, reader, &diagnostic))) {
		node_carry_out_free(node, out);
		fail(node, client,
		     !empty            ? 78
		     : left.length > 0 ? 73
		                       : 1,
		     !empty            ? diagnostic.text
		     : left.length > 0 ? buffer_text(&left)
		                       : NULL);
		buffer_release(&left);
		return;
	}
	if (left.length > 0) {
		buffer_append_text(&left, "\n");
		buffer_init(&bytes);
		control_append_errors(&bytes, buffer_span(&left));
		actions_add(node->actions, ACTION_CLIENT_SEND, client->id)->bytes =
		    arena_span(&node->actions->arena, buffer_span(&bytes));
		buffer_release(&bytes);
	}
	buffer_release(&left);
	draw(node, options.random, sizeof(options.random));
	options.reader = seals ? reader : NULL;
	buffer_init(&bytes);
	out->writer = bundle_writer_new(&options, &bytes);
	if (out->writer == NULL) {
		node_carry_out_free(node, out);
		fail(node, client, 78, "the neighbor's key cannot be sealed to");
	} else {
		for (size_t i = 0; i < BUNDLE_ID_BYTES; i++)
			snprintf(out->id + 2 * i, 3, "%02x", bundle_writer_id(out->writer)[i]);
		bundle_writer_token(out->writer, out->token);
		send(node, out, &bytes);
		pump(node, out);
	}
	seal_forget(options.random, sizeof(options.random));
	buffer_release(&bytes);
}

static void
draw(struct node *node, uint8_t *out, size_t size)
{
	uint8_t nonce[SEAL_SEED_BYTES];

	for (size_t i = 0; i < sizeof(nonce); i += 8) {
		uint64_t drawn = random_next(&node->random);

		memcpy(nonce + i, &drawn, 8);
	}
	seal_draw(&node->carrier->identity, nonce, out, size);
}

/* The key that the neighbor's link states. */
static bool
find_reader(const struct node *node, const struct node_link *link, uint8_t key[SEAL_PUBLIC_BYTES],
            struct diagnostic *diagnostic)
{
	const char *neighbor = link->description->neighbor.text;

	for (const struct node_link *each = node_link_find(node, neighbor); each != NULL;
	     each                         = node_link_next(node, each))
                if (each->description->auth_key != NULL &&
                    seal_public_parse(key, each->description->auth_key) == STATUS_OK)
                        return true;
	diagnostic_set(diagnostic,
	               "nothing can be sealed to %s: its link states no `auth key` "
	               "(or say `seal never` there)",
	               neighbor);
	return false;
}

void
node_carry_out_free(struct node *node, struct carry_out *out)
{
	struct carry_out **place = &node->carrier->outs;

	while (*place != NULL && *place != out)
		place = &(*place)->next;
	if (*place == out)
		*place = out->next;
	node_carry_unpack(node, out);
	bundle_writer_free(out->writer);
	free(out->plan);
	free(out->written);
	free(out);
}

/* --- its bytes ------------------------------------------------------------------------------ */

void
node_carry_out_event(struct node *node, struct carry_out *out, const struct event *event)
{
	struct node_client *client = node_client_find(node, out->client);
	struct buffer       bytes;

	if (event->kind == EVENT_CLIENT_DRAINED) {
		out->unsent = event->count;
	} else if (event->kind == EVENT_BODY_READ && out->reading) {
		out->reading = false;
		if (event->status != STATUS_OK || event->bytes.length > out->left) {
			log_line(LOG_ERROR, "a body for a bundle: %s", event->text);
			node_carry_out_free(node, out);
			fail(node, client, 74, "a message's body cannot be read");
			return;
		}
		buffer_init(&bytes);
		bundle_writer_body(out->writer, event->bytes, &bytes);
		out->offset += event->bytes.length;
		out->left -= event->bytes.length;
		if (out->left == 0)
			out->body = 0;
		send(node, out, &bytes);
		buffer_release(&bytes);
	}
	pump(node, out);
}

static void
pump(struct node *node, struct carry_out *out)
{
	struct buffer bytes;

	buffer_init(&bytes);
	for (int items = 0; out->body == 0 && out->at < out->plan_count &&
	                    (items < PIECE_ITEMS || bytes.length == 0) &&
	                    out->unsent + bytes.length < NODE_UNSENT_BYTES;
	     items++)
		write_item(node, out, &out->plan[out->at++], &bytes);
	send(node, out, &bytes);
	buffer_release(&bytes);
	if (out->body != 0 && !out->reading && out->unsent < NODE_UNSENT_BYTES)
		read_body(node, out);
	else if (out->body == 0 && out->at == out->plan_count)
		finish(node, out);
}

static void
write_item(struct node *node, struct carry_out *out, const struct carry_plan *plan,
           struct buffer *bytes)
{
	struct node_message message;
	struct stored_copy  copy;
	struct buffer       transit, body;
	struct node_link   *link = node_carry_link(node, out->neighbor);

	node_message_init(&message);
	stored_copy_init(&copy);
	buffer_init(&transit);
	buffer_init(&body);
	if (link != NULL && store_copy_get(node->store, plan->copy, &copy) &&
	    copy.state == COPY_QUEUED && node_message_get(node, plan->message, &message) &&
	    (!message.stored.inline_body ||
	     store_message_body(node->store, plan->message, &body))) {
		node_copy_transit(node, &message, &copy, &transit);
		if (node_news_may_go(node, link, &message,
		                     message.stored.heading.length + transit.length +
		                         message.stored.size_bytes,
		                     &copy)) {
			bundle_writer_item(out->writer, buffer_span(&message.stored.heading),
			                   buffer_span(&transit), message.stored.size_bytes, bytes);
			bundle_writer_body(out->writer, buffer_span(&body), bytes);
			out->written = memory_grow(out->written, &out->written_capacity,
			                           out->written_count + 1, sizeof(out->written[0]));
			out->written[out->written_count++] = plan->copy;
			if (!message.stored.inline_body) {
				out->body   = plan->message;
				out->offset = 0;
				out->left   = message.stored.size_bytes;
			}
		}
	}
	buffer_release(&body);
	buffer_release(&transit);
	stored_copy_release(&copy);
	node_message_release(&message);
}

static void
read_body(struct node *node, struct carry_out *out)
{
	struct action *action = actions_add(node->actions, ACTION_BODY_READ, out->client);

	action->body   = out->body;
	action->offset = out->offset;
	action->length = out->left < READ_BYTES ? (uint32_t)out->left : READ_BYTES;
	out->reading   = true;
}

/* The bundle is complete; the client says when it is durable. */
static void
finish(struct node *node, struct carry_out *out)
{
	struct node_client *client = node_client_find(node, out->client);
	struct buffer       bytes;

	buffer_init(&bytes);
	bundle_writer_end(out->writer, &bytes);
	send(node, out, &bytes);
	buffer_release(&bytes);
	bundle_writer_free(out->writer);
	out->writer = NULL;
	node_client_answer(node, client, 0, NULL, NULL, NULL);
}

static void
send(struct node *node, struct carry_out *out, struct buffer *bytes)
{
	struct buffer  frames;
	struct action *action;

	if (bytes->length == 0)
		return;
	buffer_init(&frames);
	control_append_output(&frames, buffer_span(bytes));
	action        = actions_add(node->actions, ACTION_CLIENT_SEND, out->client);
	action->bytes = arena_span(&node->actions->arena, buffer_span(&frames));
	action->final = true;
	out->unsent += frames.length;
	out->bytes += bytes->length;
	buffer_release(&frames);
}

static void
fail(struct node *node, struct node_client *client, int code, const char *text)
{
	struct buffer errors;

	buffer_init(&errors);
	if (text != NULL)
		buffer_append_format(&errors, "mulga carry: %s\n", text);
	node_client_answer(node, client, code, NULL, NULL, &errors);
	buffer_release(&errors);
}
