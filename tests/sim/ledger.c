/*
 * ledger.c - lines of the ledger
 */
#include "tests/sim/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/base/random.h"

enum { CLIENT_INDEX_BITS = 40 };

static void   index_new(struct ledger *ledger);
static size_t due_place(const struct submission *submission, unsigned node);
static size_t slot_of(const struct ledger *ledger, const char *token);

void
ledger_init(struct ledger *ledger)
{
	*ledger = (struct ledger){ .items = NULL };
}

void
ledger_release(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->count; i++) {
		control_reader_release(&ledger->items[i].reader);
		buffer_release(&ledger->items[i].address);
		free(ledger->items[i].dues);
	}
	free(ledger->items);
	free(ledger->slots);
	ledger_init(ledger);
}

struct submission *
ledger_add(struct ledger *ledger)
{
	struct submission *line;

	ledger->items = memory_grow(ledger->items, &ledger->capacity, ledger->count + 1,
	                            sizeof(ledger->items[0]));
	line          = &ledger->items[ledger->count++];
	*line         = (struct submission){ .from = 0 };
	control_reader_init(&line->reader, CONTROL_DAEMON);
	return line;
}

uint64_t
ledger_client(const struct ledger *ledger, const struct submission *line)
{
	return ((uint64_t)line->attempts << CLIENT_INDEX_BITS) + (uint64_t)(line - ledger->items) +
	       1;
}

struct submission *
ledger_of_client(struct ledger *ledger, uint64_t client)
{
	uint64_t index = client & ((UINT64_C(1) << CLIENT_INDEX_BITS) - 1);

	if (index == 0 || index > ledger->count || ledger->items[index - 1].client != client)
		return NULL;
	return &ledger->items[index - 1];
}

struct submission *
ledger_find(struct ledger *ledger, const char *id)
{
	struct name       nobody = { .text = "" };
	struct message_id whole, own;
	const char       *token;
	size_t            slot;

	if (message_id_parse(&whole, id, NULL) != STATUS_OK)
		return NULL;
	token = strrchr(whole.text, '-') + 1;
	index_new(ledger);
	if (ledger->slot_count == 0)
		return NULL;
	for (slot = slot_of(ledger, token); ledger->slots[slot] != 0;
	     slot = (slot + 1) & (ledger->slot_count - 1)) {
		struct submission *line = &ledger->items[ledger->slots[slot] - 1];

		message_id_make(&own, &nobody, line->token);
		if (strcmp(strrchr(own.text, '-') + 1, token) == 0)
			return line;
	}
	return NULL;
}

/* Enters the lines that came since the last search. */
static void
index_new(struct ledger *ledger)
{
	struct name       nobody = { .text = "" };
	struct message_id id;
	size_t            slot;

	if (ledger->slot_count < 2 * ledger->count) {
		free(ledger->slots);
		for (ledger->slot_count = 64; ledger->slot_count < 4 * ledger->count;)
			ledger->slot_count *= 2;
		ledger->slots   = memory_new(ledger->slot_count, sizeof(ledger->slots[0]));
		ledger->indexed = 0;
	}
	while (ledger->indexed < ledger->count) {
		message_id_make(&id, &nobody, ledger->items[ledger->indexed++].token);
		for (slot = slot_of(ledger, strrchr(id.text, '-') + 1); ledger->slots[slot] != 0;)
			slot = (slot + 1) & (ledger->slot_count - 1);
		ledger->slots[slot] = ledger->indexed;
	}
}

static size_t
slot_of(const struct ledger *ledger, const char *token)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *token != '\0'; token++)
		hash = (hash ^ (uint8_t)*token) * UINT64_C(0x100000001b3);
	return (size_t)(hash >> 16) & (ledger->slot_count - 1);
}

void
submission_add_due(struct submission *submission, unsigned node)
{
	size_t place = due_place(submission, node);

	if (submission_due(submission, node) != NULL)
		return;
	submission->dues = memory_grow(submission->dues, &submission->due_capacity,
	                               submission->due_count + 1, sizeof(submission->dues[0]));
	memmove(submission->dues + place + 1, submission->dues + place,
	        (submission->due_count++ - place) * sizeof(submission->dues[0]));
	submission->dues[place] = (struct ledger_due){ .node = node };
}

struct ledger_due *
submission_due(const struct submission *submission, unsigned node)
{
	size_t place = due_place(submission, node);

	return place < submission->due_count && submission->dues[place].node == node
	           ? &submission->dues[place]
	           : NULL;
}

/* They are in the order of the nodes: where this one is, or would be. */
static size_t
due_place(const struct submission *submission, unsigned node)
{
	size_t low = 0, high = submission->due_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (submission->dues[middle].node < node)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
submission_body(const struct submission *submission, struct buffer *out)
{
	struct random random;
	char          letters[sizeof(uint64_t)]; /* as many as one number gives: bodies are long */

	random_seed_number(&random, submission->content);
	if (strcmp(submission->service, "mail") == 0)
		buffer_append_text(out, "Subject: a simulated mail\n\n");
	buffer_reserve(out, (size_t)submission->size_bytes + sizeof(letters));
	while (out->length < submission->size_bytes) {
		uint64_t number = random_next(&random);
		size_t   left   = (size_t)submission->size_bytes - out->length;

		for (size_t i = 0; i < sizeof(letters); i++, number >>= 8)
			letters[i] = (char)('a' + number % 16);
		buffer_append(out, letters, left < sizeof(letters) ? left : sizeof(letters));
	}
}
