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

/* The copies of a file's other parts that are held for one reason, one after the other. */
struct others {
	struct node               *node;
	const struct stored_copy  *copy; /* the part that they are the others of */
	const struct node_message *message;
	char                       reason[32];
	int64_t                    after;
	struct stored_copy         found; /* the present one, ... */
	struct node_message        part;  /* ... and its message  */
};

static void reason_of(const struct envelope_part *part, char reason[32]);
static bool is_sibling(const struct node_message *message, const struct stored_copy *copy,
                       const struct node_message *other, const struct stored_copy *other_copy);
static void others_init(struct others *others, struct node *node, const struct stored_copy *copy,
                        const struct node_message *message, const char *reason);
static void others_release(struct others *others);
static bool others_next(struct others *others);
static bool others_find(struct others *others, uint32_t number);
static void end_other(const struct others *others, struct stored_outcome *ended);
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
	struct others               others;
	uint32_t                    here;
	bool                        waits = true;

	if (part->set[0] == '\0' || strcmp(message->envelope.service, "mail") == 0)
		return false;
	others_init(&others, node, copy, message, NULL);
	if (others_find(&others, part->number)) {
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
		} else if (others_find(&others, 1)) {
			struct stored_copy *first = &others.found;

			first->state       = COPY_QUEUED;
			first->next_try_ms = 0;
			first->reason[0]   = '\0';
			buffer_clear(&first->text);
			store_copy_update(node->store, first);
			node_copy_queued(node, first);
		}
	}
	others_release(&others);
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

/* NULL: they wait for each other. */
static void
others_init(struct others *others, struct node *node, const struct stored_copy *copy,
            const struct node_message *message, const char *reason)
{
	*others = (struct others){ .node = node, .copy = copy, .message = message };
	if (reason != NULL)
		snprintf(others->reason, sizeof(others->reason), "%s", reason);
	else
		reason_of(&message->envelope.part, others->reason);
	stored_copy_init(&others->found);
	node_message_init(&others->part);
}

static void
others_release(struct others *others)
{
	node_message_release(&others->part);
	stored_copy_release(&others->found);
}

static bool
others_next(struct others *others)
{
	while (store_copy_next_held(others->node->store, others->reason, others->after,
	                            &others->found)) {
		others->after = others->found.key;
		if (others->found.key != others->copy->key &&
		    node_message_get(others->node, others->found.message, &others->part) &&
		    is_sibling(others->message, others->copy, &others->part, &others->found))
			return true;
	}
	return false;
}

/* From the beginning: the part of that number; 0: any. */
static bool
others_find(struct others *others, uint32_t number)
{
	others->after = 0;
	while (others_next(others))
		if (number == 0 || others->part.envelope.part.number == number)
			return true;
	return false;
}

static uint32_t
count_parts(struct node *node, const struct stored_copy *copy, const struct node_message *message)
{
	struct others others;
	uint32_t      count = 0;

	others_init(&others, node, copy, message, NULL);
	while (others_next(&others))
		count++;
	others_release(&others);
	return count;
}

/* --- the whole --------------------------------------------------------------------------- */

bool
node_parts_list(struct node *node, const struct stored_copy *first,
                const struct node_message *message, int64_t *keys)
{
	struct others others;
	uint32_t      missing = message->envelope.part.count - 1;

	memset(keys, 0, missing * sizeof(keys[0]));
	others_init(&others, node, first, message, NULL);
	while (others_next(&others)) {
		uint32_t number = others.part.envelope.part.number;

		if (number < 2)
			continue;
		missing -= keys[number - 2] == 0;
		keys[number - 2] = others.found.message;
	}
	others_release(&others);
	return missing == 0;
}

/* The first is the one whose time counts from now on: with it the others end. */
static void
outlive(struct node *node, const struct stored_copy *first, const struct node_message *message)
{
	struct others others;
	int64_t       now_ms = node_spool_ms(node);

	others_init(&others, node, first, message, NULL);
	while (others_next(&others)) {
		others.found.expires_ms =
		    (first->expires_ms > now_ms ? first->expires_ms : now_ms) + NODE_DAY_MS;
		store_copy_update(node->store, &others.found);
	}
	others_release(&others);
}

uint64_t
node_parts_bytes(struct node *node, const struct stored_copy *first,
                 const struct node_message *message)
{
	struct others others;
	uint64_t      bytes = message->stored.size_bytes;

	if (message->envelope.part.set[0] == '\0')
		return bytes;
	others_init(&others, node, first, message, NULL);
	while (others_next(&others))
		bytes += others.part.stored.size_bytes;
	others_release(&others);
	return bytes;
}

void
node_parts_end(struct node *node, const struct stored_copy *copy,
               const struct node_message *message, const char *outcome, const char *text)
{
	struct others         waiting, fetched;
	struct stored_outcome ended = { .at = node->now.wall };

	if (message->envelope.part.set[0] == '\0' || copy->neighbor[0] != '\0' ||
	    strcmp(message->envelope.service, "mail") == 0)
		return;
	snprintf(ended.outcome, sizeof(ended.outcome), "%s", outcome);
	snprintf(ended.text, sizeof(ended.text), "%s", text);
	others_init(&waiting, node, copy, message, NULL);
	while (others_find(&waiting, 0))
		end_other(&waiting, &ended);
	others_release(&waiting);
	others_init(&fetched, node, copy, message, COPY_REASON_FETCH);
	while (others_find(&fetched, 1))
		end_other(&fetched, &ended);
	others_release(&fetched);
}

static void
end_other(const struct others *others, struct stored_outcome *ended)
{
	struct node *node = others->node;

	log_line(LOG_DEBUG, "%s ends with %s", others->part.stored.id.text,
	         others->message->stored.id.text);
	snprintf(ended->destination, sizeof(ended->destination), "%s",
	         buffer_text(&others->found.destinations));
	store_outcome_add(node->store, &others->part.stored.id, ended,
	                  node_spool_ms(node) + node_retain_ms(node));
	node_copy_end(node, &others->found);
}
