/*
 * node_fetch.c - held for their user, and given out in pieces
 *
 * Whose file it is, its destination says; who asks, the kernel. A body may have rotted while it
 * waited, so its chunks are added up while they go out, and the last piece does not go if the sum is
 * not what the origin said: then the client has no whole file to give a name to.
 */
#include "daemon/node/node_fetch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/node_arrival.h"
#include "daemon/node/node_parts.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/disk/body_digest.h"
#include "spool/notice/notice_catalog.h"

enum { PIECE_BYTES = 16 * BODY_CHUNK_BYTES };

/* What a client is being given: pieces up to here. */
struct node_reading {
	int64_t       first, message; /* what is asked for; the part of it that is being read ... */
	uint32_t      number;         /* ... which is so manieth, from 1, ...                     */
	uint64_t      before, offset; /* ... behind so many bytes; how far in all                 */
	bool          asked;          /* the next piece is being read                             */
	struct buffer chunks;         /* digests of what went of this part                        */
};

static uint64_t waiting_bytes(struct node *node, const char *user);
static bool has_room(struct node *node, uint64_t size_bytes, const char *user, uint64_t quota_bytes,
                     struct buffer *why);
static bool find_file(struct node *node, const struct node_client *client, const char *id,
                      struct stored_copy *copy, struct node_message *message, struct buffer *why);
static bool is_meant(const struct message_id *id, const char *text);
static bool is_users(const struct stored_copy *copy, const char *user);
static void open_file(struct node *node, struct node_client *client, const struct stored_copy *copy,
                      const struct node_message *message);
static void read_piece(struct node *node, struct node_client *client,
                       const struct stored_copy *copy, const struct node_message *message,
                       const char *offset);
static bool find_part(struct node *node, struct node_reading *fetch, const struct stored_copy *copy,
                      const struct node_message *message, struct node_message *part);
static void ask_for_piece(struct node *node, struct node_client *client,
                          const struct node_message *part);
static void send_piece(struct node *node, struct node_client *client,
                       const struct node_message *message, struct span bytes);
static bool is_whole(const struct node_client *client, const struct node_message *message);
static void take(struct node *node, struct node_client *client, const struct stored_copy *copy);
static void refuse(struct node *node, struct node_client *client, const struct stored_copy *copy,
                   const char *words);
static void complain(struct node *node, struct node_client *client, int code, const char *text);

void
node_fetch_hold(struct node *node, struct stored_copy *copy)
{
	struct node_message message;
	struct destination  destination;
	struct node_outlet  outlet;
	struct buffer       why;

	node_message_init(&message);
	destination_init(&destination);
	buffer_init(&why);
	if (!node_message_get(node, copy->message, &message) ||
	    destination_parse(&destination, buffer_text(&copy->destinations), NULL) != STATUS_OK ||
	    node_outlet_find(node, &message.envelope, &destination, &outlet, &why) != STATUS_OK ||
	    outlet.kind != DELIVERY_HOLD) {
		node->delivery_cursor =
		    STORE_RANK_FIRST; /* the description has changed meanwhile */
	} else if (!has_room(node, node_parts_bytes(node, copy, &message), destination.user,
	                     outlet.quota_bytes, &why)) {
		node_report_copy(node, copy, "returned", buffer_text(&why));
	} else {
		copy->state = COPY_HELD;
		snprintf(copy->reason, sizeof(copy->reason), COPY_REASON_FETCH);
		buffer_clear(&copy->text);
		buffer_append_format(&copy->text, "it waits until %s takes it by mulga fetch",
		                     destination.user);
		store_copy_update(node->store, copy);
		node_arrival_waits(node, copy, &message, &destination);
	}
	buffer_release(&why);
	destination_release(&destination);
	node_message_release(&message);
}

/* --- room -------------------------------------------------------------------------------- */

/* The refusal says what fits: now, and if the user takes what is there. */
static bool
has_room(struct node *node, uint64_t size, const char *user, uint64_t quota_bytes,
         struct buffer *why)
{
	uint64_t used;

	if (quota_bytes == 0)
		return true;
	used = waiting_bytes(node, user);
	if (used <= quota_bytes && size <= quota_bytes - used)
		return true;
	buffer_append_format(why,
	                     "the files that wait for %s leave no room: %" PRIu64
	                     " bytes is the quota, and %" PRIu64
	                     " bytes are free; this one has %" PRIu64 " bytes",
	                     user, quota_bytes, used < quota_bytes ? quota_bytes - used : 0, size);
	return false;
}

static uint64_t
waiting_bytes(struct node *node, const char *user)
{
	struct stored_copy  copy;
	struct node_message message;
	uint64_t            bytes = 0;

	stored_copy_init(&copy);
	node_message_init(&message);
	for (int64_t after = 0; store_copy_next_held(node->store, COPY_REASON_FETCH, after, &copy);
	     after         = copy.key)
                if (is_users(&copy, user) && node_message_get(node, copy.message, &message))
                        bytes += node_parts_bytes(node, &copy, &message);
	node_message_release(&message);
	stored_copy_release(&copy);
	return bytes;
}

static bool
is_users(const struct stored_copy *copy, const char *user)
{
	const char *destination = buffer_text(&copy->destinations);
	const char *at          = strrchr(destination, '@');

	return at != NULL && (size_t)(at - destination) == strlen(user) &&
	       strncmp(destination, user, strlen(user)) == 0;
}

/* --- what `mulga fetch` asks ------------------------------------------------------------- */

void
node_fetch_forget(struct node_client *client)
{
	if (client->fetch != NULL)
		buffer_release(&client->fetch->chunks);
	free(client->fetch);
	client->fetch = NULL;
}

bool
node_fetch_request(struct node *node, struct node_client *client,
                   const struct control_request *request)
{
	static const char *const words[] = { "open", "read", "done", "refuse" };
	enum { OPEN, READ, DONE, REFUSE, WORDS };
	struct stored_copy  copy;
	struct node_message message;
	struct buffer       why;
	size_t              word = 0;
	const char         *more = request->count == 4 ? request->arguments[3] : "";

	if (request->count < 2 || strcmp(request->arguments[0], "fetch") != 0)
		return false;
	while (word < WORDS && strcmp(request->arguments[1], words[word]) != 0)
		word++;
	if (word == WORDS || request->count < 3 || request->count > 4)
		return false;
	stored_copy_init(&copy);
	node_message_init(&message);
	buffer_init(&why);
	if (client->fetch != NULL && client->fetch->asked)
		complain(node, client, 64, "one piece at a time");
	else if (!find_file(node, client, request->arguments[2], &copy, &message, &why))
		complain(node, client, 1, buffer_text(&why));
	else if (word == OPEN)
		open_file(node, client, &copy, &message);
	else if (word == READ)
		read_piece(node, client, &copy, &message, more);
	else if (word == DONE)
		take(node, client, &copy);
	else
		refuse(node, client, &copy, more);
	buffer_release(&why);
	node_message_release(&message);
	stored_copy_release(&copy);
	return true;
}

/* The only one of those that the client may see; an operator may see all. */
static bool
find_file(struct node *node, const struct node_client *client, const char *id,
          struct stored_copy *copy, struct node_message *message, struct buffer *why)
{
	int64_t found   = 0;
	bool    several = false;

	for (int64_t after = 0; store_copy_next_held(node->store, COPY_REASON_FETCH, after, copy);
	     after         = copy->key) {
		if ((!client->trusted && !is_users(copy, client->user)) ||
		    !node_message_get(node, copy->message, message) ||
		    !is_meant(&message->stored.id, id))
			continue;
		several = found != 0;
		found   = copy->key;
		if (several)
			break;
	}
	if (several)
		buffer_append_text(why, "more than one file has an id that begins so");
	else if (found == 0 || !store_copy_get(node->store, found, copy) ||
	         !node_message_get(node, copy->message, message))
		buffer_append_text(why, "no file of that id waits for you");
	else
		return true;
	return false;
}

/* The whole id, its beginning, or that of its random part. */
static bool
is_meant(const struct message_id *id, const char *text)
{
	const char *token = strrchr(id->text, '-') + 1;

	return text[0] != '\0' && (strncmp(id->text, text, strlen(text)) == 0 ||
	                           strncmp(token, text, strlen(text)) == 0);
}

/* What the client needs to make the file, a line each; the name is the last and may be empty. */
static void
open_file(struct node *node, struct node_client *client, const struct stored_copy *copy,
          const struct node_message *message)
{
	const struct envelope *envelope = &message->envelope;
	struct buffer          out;

	buffer_init(&out);
	buffer_append_format(&out, "%s\n%" PRIu64 "\n%o\n%" PRId64 "\n%s\n%s\n", envelope->id.text,
	                     node_parts_bytes(node, copy, message), (unsigned)envelope->mode,
	                     envelope->modified.ms, envelope->sender, envelope->title);
	node_client_answer(node, client, 0, NULL, &out, NULL);
	buffer_release(&out);
}

/* From the beginning to the end. */
static void
read_piece(struct node *node, struct node_client *client, const struct stored_copy *copy,
           const struct node_message *message, const char *offset)
{
	struct node_reading *fetch;
	struct node_message  part;
	uint64_t             from = strtoull(offset, NULL, 10);

	if (client->fetch == NULL)
		client->fetch = memory_new(1, sizeof(*client->fetch));
	fetch = client->fetch;
	if (from == 0) {
		buffer_clear(&fetch->chunks);
		fetch->first = fetch->message = message->stored.key;
		fetch->before = fetch->offset = 0;
		fetch->number                 = 1;
	}
	if (fetch->first != message->stored.key || fetch->offset != from) {
		complain(node, client, 64, "pieces are read in order");
		return;
	}
	node_message_init(&part);
	if (find_part(node, fetch, copy, message, &part))
		ask_for_piece(node, client, &part);
	else
		complain(node, client, 74, "a part of the file is not here any more");
	node_message_release(&part);
}

/* That which the next byte is of. */
static bool
find_part(struct node *node, struct node_reading *fetch, const struct stored_copy *copy,
          const struct node_message *message, struct node_message *part)
{
	uint32_t count = message->envelope.part.count;
	int64_t *keys  = memory_new(count > 0 ? count : 1, sizeof(keys[0]));
	bool     found = (count == 0 || node_parts_list(node, copy, message, keys)) &&
	             node_message_get(node, fetch->message, part);

	while (found && fetch->offset - fetch->before == part->stored.size_bytes &&
	       fetch->number < count) {
		fetch->before += part->stored.size_bytes;
		fetch->message = keys[fetch->number++ - 1];
		buffer_clear(&fetch->chunks);
		found = node_message_get(node, fetch->message, part);
	}
	free(keys);
	return found;
}

static void
ask_for_piece(struct node *node, struct node_client *client, const struct node_message *part)
{
	struct node_reading *fetch = client->fetch;
	uint64_t       at = fetch->offset - fetch->before, left = part->stored.size_bytes - at;
	struct action *action;
	struct buffer  body;

	if (part->stored.inline_body || left == 0) {
		buffer_init(&body);
		if (left > 0)
			store_message_body(node->store, part->stored.key, &body);
		send_piece(node, client, part, buffer_span(&body));
		buffer_release(&body);
		return;
	}
	fetch->asked   = true;
	action         = actions_add(node->actions, ACTION_BODY_READ, client->id);
	action->body   = part->stored.key;
	action->offset = at;
	action->length = left < PIECE_BYTES ? (uint32_t)left : PIECE_BYTES;
}

bool
node_fetch_piece(struct node *node, const struct event *event)
{
	struct node_client *client = node_client_find(node, event->id);
	struct node_message message;

	if (client == NULL || client->fetch == NULL || !client->fetch->asked)
		return false;
	client->fetch->asked = false;
	node_message_init(&message);
	if (event->status != STATUS_OK)
		complain(node, client, 74, "the file cannot be read");
	else if (!node_message_get(node, client->fetch->message, &message))
		complain(node, client, 1, "it has gone meanwhile");
	else
		send_piece(node, client, &message, event->bytes);
	node_message_release(&message);
	return true;
}

static void
send_piece(struct node *node, struct node_client *client, const struct node_message *message,
           struct span bytes)
{
	struct node_reading *fetch = client->fetch;
	struct buffer        out;

	for (size_t at = 0; at < bytes.length; at += BODY_CHUNK_BYTES) {
		size_t  left = bytes.length - at;
		uint8_t digest[BODY_DIGEST_BYTES];

		body_digest_chunk(bytes.data + at,
		                  left < BODY_CHUNK_BYTES ? left : BODY_CHUNK_BYTES, digest);
		buffer_append(&fetch->chunks, digest, sizeof(digest));
	}
	fetch->offset += bytes.length;
	if (fetch->offset - fetch->before == message->stored.size_bytes &&
	    !is_whole(client, message)) {
		log_line(LOG_ERROR, "%s is not what its sender wrote", message->stored.id.text);
		complain(node, client, 74, "the file does not match its digest");
		return;
	}
	buffer_init(&out);
	buffer_append_span(&out, bytes);
	node_client_answer(node, client, 0, NULL, &out, NULL);
	buffer_release(&out);
}

static bool
is_whole(const struct node_client *client, const struct node_message *message)
{
	uint8_t digest[BODY_DIGEST_BYTES];

	body_digest_of_chunks(buffer_span(&client->fetch->chunks), digest);
	return memcmp(digest, message->envelope.digest, sizeof(digest)) == 0;
}

static void
take(struct node *node, struct node_client *client, const struct stored_copy *copy)
{
	node_report_copy(node, copy, "delivered", "");
	node_client_answer(node, client, 0, NULL, NULL, NULL);
}

static void
refuse(struct node *node, struct node_client *client, const struct stored_copy *copy,
       const char *words)
{
	struct buffer why;

	buffer_init(&why);
	buffer_append_format(&why, "%s does not want it",
	                     client->user[0] != '\0' ? client->user : "the operator");
	if (words[0] != '\0') {
		buffer_append_text(&why, ": ");
		notice_append_printable(&why, words);
	}
	node_report_copy(node, copy, "returned", buffer_text(&why));
	node_client_answer(node, client, 0, NULL, NULL, NULL);
	buffer_release(&why);
}

static void
complain(struct node *node, struct node_client *client, int code, const char *text)
{
	struct buffer errors;

	buffer_init(&errors);
	buffer_append_format(&errors, "mulga fetch: %s\n", text);
	node_client_answer(node, client, code, NULL, NULL, &errors);
	buffer_release(&errors);
}
