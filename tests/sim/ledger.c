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

	random_seed_number(&random, submission->content);
	if (!submission->file)
		buffer_append_text(out, "Subject: a simulated mail\n\n");
	while (out->length < submission->size_bytes)
		buffer_append_u8(out, (uint8_t)('a' + random_below(&random, 26)));
}
