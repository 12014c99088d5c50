/*
 * node_parts.c - parts wait for each other
 *
 * What parts have in common is in the reason of their copies, by which the spool finds them: the
 * name of the set. A set belongs to one origin, which the ids of its messages say, so nobody else
 * can add to it. Of two parts with one number the later is returned; a message that comes twice is
 * not taken twice in the first place.
 */
#include "daemon/node/node_parts.h"

#include <stdio.h>
#include <string.h>

#include "spool/base/log.h"

static void     reason_of(const struct envelope_part *part, char reason[32]);
static bool     is_sibling(const struct node_message *message, const struct stored_copy *copy,
                           const struct node_message *other, const struct stored_copy *other_copy);
static bool     find_part(struct node *node, const struct stored_copy *copy,
                          const struct node_message *message, const char *reason, uint32_t number,
                          struct stored_copy *found, struct node_message *part);
static uint32_t count_parts(struct node *node, const struct stored_copy *copy,
                            const struct node_message *message);
static void     outlive(struct node *node, const struct stored_copy *first,
                        const struct node_message *message);
static void     wait_for_rest(struct node *node, struct stored_copy *copy,
                              const struct envelope_part *part, uint32_t here);

bool
node_parts_wait(struct node *node, struct stored_copy *copy, const struct node_message *message)
{
	const struct envelope_part *part = &message->envelope.part;
	struct stored_copy          first;
	struct node_message         other;
	char                        reason[32];
	uint32_t                    here;
	bool                        waits = true;

	if (part->set[0] == '\0' || strcmp(message->envelope.service, "mail") == 0)
		return false;
	stored_copy_init(&first);
	node_message_init(&other);
	reason_of(part, reason);
	if (find_part(node, copy, message, reason, part->number, &first, &other)) {
		node_report_end(node, message, buffer_text(&copy->destinations), "returned",
		                "this part of the file has come before");
		node_copy_end(node, copy);
	} else {
		here = count_parts(node, copy, message) + 1;
		if (here < part->count || part->number > 1)
			wait_for_rest(node, copy, part, here);
		if (here < part->count) {
			; /* the last one to come goes on */
		} else if (part->number == 1) {
			outlive(node, copy, message);
			waits = false;
		} else if (find_part(node, copy, message, reason, 1, &first, &other)) {
			first.state       = COPY_QUEUED;
			first.next_try_ms = 0;
			first.reason[0]   = '\0';
			buffer_clear(&first.text);
			store_copy_update(node->store, &first);
			node_copy_queued(node, &first);
		}
	}
	node_message_release(&other);
	stored_copy_release(&first);
	return waits;
}

static void
wait_for_rest(struct node *node, struct stored_copy *copy, const struct envelope_part *part,
              uint32_t here)
{
	copy->state = COPY_HELD;
	reason_of(part, copy->reason);
	buffer_clear(&copy->text);
	buffer_append_format(
	    &copy->text, "part %u of %u of a file waits for the others: it is the %u. that came",
	    (unsigned)part->number, (unsigned)part->count, (unsigned)here);
	store_copy_update(node->store, copy);
}

static void
reason_of(const struct envelope_part *part, char reason[32])
{
	snprintf(reason, 32, COPY_REASON_PART "%s", part->set);
}

/* Of the same file, for the same user, by the same hand. */
static bool
is_sibling(const struct node_message *message, const struct stored_copy *copy,
           const struct node_message *other, const struct stored_copy *other_copy)
{
	const struct envelope *a = &message->envelope, *b = &other->envelope;
	struct name            origin, other_origin;

	message_id_origin(&a->id, &origin);
	message_id_origin(&b->id, &other_origin);
	return strcmp(origin.text, other_origin.text) == 0 &&
	       strcmp(a->part.set, b->part.set) == 0 && a->part.count == b->part.count &&
	       strcmp(a->service, b->service) == 0 && strcmp(a->sender, b->sender) == 0 &&
	       strcmp(buffer_text(&copy->destinations), buffer_text(&other_copy->destinations)) ==
	           0;
}

/* A part of that number, held for that reason, other than the copy itself; 0: of any. */
static bool
find_part(struct node *node, const struct stored_copy *copy, const struct node_message *message,
          const char *reason, uint32_t number, struct stored_copy *found, struct node_message *part)
{
	for (int64_t after = 0; store_copy_next_held(node->store, reason, after, found);
	     after         = found->key)
                if (found->key != copy->key && node_message_get(node, found->message, part) &&
                    (number == 0 || part->envelope.part.number == number) &&
                    is_sibling(message, copy, part, found))
                        return true;
	return false;
}

static uint32_t
count_parts(struct node *node, const struct stored_copy *copy, const struct node_message *message)
{
	struct stored_copy  found;
	struct node_message part;
	char                reason[32];
	uint32_t            count = 0;

	stored_copy_init(&found);
	node_message_init(&part);
	reason_of(&message->envelope.part, reason);
	for (int64_t after = 0; store_copy_next_held(node->store, reason, after, &found);
	     after         = found.key)
                count += found.key != copy->key && node_message_get(node, found.message, &part) &&
                         is_sibling(message, copy, &part, &found);
	node_message_release(&part);
	stored_copy_release(&found);
	return count;
}

/* --- the whole --------------------------------------------------------------------------- */

bool
node_parts_list(struct node *node, const struct stored_copy *first,
                const struct node_message *message, int64_t *keys)
{
	struct stored_copy  found;
	struct node_message part;
	char                reason[32];
	uint32_t            missing = message->envelope.part.count - 1;

	memset(keys, 0, missing * sizeof(keys[0]));
	stored_copy_init(&found);
	node_message_init(&part);
	reason_of(&message->envelope.part, reason);
	for (int64_t after = 0; store_copy_next_held(node->store, reason, after, &found);
	     after         = found.key) {
		if (found.key == first->key || !node_message_get(node, found.message, &part) ||
		    !is_sibling(message, first, &part, &found) || part.envelope.part.number < 2)
			continue;
		missing -= keys[part.envelope.part.number - 2] == 0;
		keys[part.envelope.part.number - 2] = found.message;
	}
	node_message_release(&part);
	stored_copy_release(&found);
	return missing == 0;
}

/* The first is the one whose time counts from now on: with it the others end. */
static void
outlive(struct node *node, const struct stored_copy *first, const struct node_message *message)
{
	struct stored_copy  found;
	struct node_message part;
	char                reason[32];
	int64_t             now_ms = node_spool_ms(node);

	stored_copy_init(&found);
	node_message_init(&part);
	reason_of(&message->envelope.part, reason);
	for (int64_t after = 0; store_copy_next_held(node->store, reason, after, &found);
	     after         = found.key) {
		if (found.key == first->key || !node_message_get(node, found.message, &part) ||
		    !is_sibling(message, first, &part, &found))
			continue;
		found.expires_ms =
		    (first->expires_ms > now_ms ? first->expires_ms : now_ms) + NODE_DAY_MS;
		store_copy_update(node->store, &found);
	}
	node_message_release(&part);
	stored_copy_release(&found);
}

uint64_t
node_parts_bytes(struct node *node, const struct stored_copy *first,
                 const struct node_message *message)
{
	struct stored_copy  found;
	struct node_message part;
	char                reason[32];
	uint64_t            bytes = message->stored.size_bytes;

	if (message->envelope.part.set[0] == '\0')
		return bytes;
	stored_copy_init(&found);
	node_message_init(&part);
	reason_of(&message->envelope.part, reason);
	for (int64_t after = 0; store_copy_next_held(node->store, reason, after, &found);
	     after         = found.key)
                if (found.key != first->key && node_message_get(node, found.message, &part) &&
                    is_sibling(message, first, &part, &found))
                        bytes += part.stored.size_bytes;
	node_message_release(&part);
	stored_copy_release(&found);
	return bytes;
}

void
node_parts_end(struct node *node, const struct stored_copy *copy,
               const struct node_message *message, const char *outcome, const char *text)
{
	struct stored_copy    found;
	struct node_message   part;
	struct stored_outcome ended = { .at = node->now.wall };
	char                  reason[32];

	if (message->envelope.part.set[0] == '\0' || copy->neighbor[0] != '\0' ||
	    strcmp(message->envelope.service, "mail") == 0)
		return;
	stored_copy_init(&found);
	node_message_init(&part);
	reason_of(&message->envelope.part, reason);
	snprintf(ended.outcome, sizeof(ended.outcome), "%s", outcome);
	snprintf(ended.text, sizeof(ended.text), "%s", text);
	while (find_part(node, copy, message, reason, 0, &found, &part) ||
	       find_part(node, copy, message, COPY_REASON_FETCH, 1, &found, &part)) {
		log_line(LOG_DEBUG, "%s ends with %s", part.stored.id.text,
		         message->stored.id.text);
		snprintf(ended.destination, sizeof(ended.destination), "%s",
		         buffer_text(&found.destinations));
		store_outcome_add(node->store, &part.stored.id, &ended,
		                  node_spool_ms(node) + node_retain_ms(node));
		node_copy_end(node, &found);
	}
	node_message_release(&part);
	stored_copy_release(&found);
}
