/*
 * ledger.c - lines of the ledger
 */
#include "tests/sim/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/base/random.h"

void
ledger_init(struct ledger *ledger)
{
	*ledger = (struct ledger){ .items = NULL };
}

void
ledger_release(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->count; i++)
		control_reader_release(&ledger->items[i].reader);
	free(ledger->items);
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

struct submission *
ledger_find(struct ledger *ledger, const char *id)
{
	struct name       origin;
	struct message_id whole, own;

	if (message_id_parse(&whole, id, NULL) != STATUS_OK)
		return NULL;
	message_id_origin(&whole, &origin);
	for (size_t i = 0; i < ledger->count; i++) {
		message_id_make(&own, &origin, ledger->items[i].token);
		if (strcmp(own.text, whole.text) == 0)
			return &ledger->items[i];
	}
	return NULL;
}

void
submission_body(const struct submission *submission, struct buffer *out)
{
	struct random random;
	char          letters[sizeof(uint64_t)]; /* as many as one number gives: bodies are long */

	random_seed_number(&random, submission->content);
	if (!submission->file)
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
