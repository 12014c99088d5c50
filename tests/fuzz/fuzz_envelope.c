/*
 * fuzz_envelope.c - any bytes as a heading: refused, or the same bytes come back
 */
#include <assert.h>

#include "spool/message/envelope_digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A digest goes into what lies there, and comes out again. */
static void
check_rest(struct span rest)
{
	static const uint8_t digest[ENVELOPE_DIGEST_BYTES];
	struct buffer        whole, again;

	buffer_init(&whole);
	buffer_init(&again);
	if (envelope_put_in_digest(rest, digest, &whole) == STATUS_OK) {
		envelope_leave_out_digest(buffer_span(&whole), &again);
		assert(span_equal(buffer_span(&again), rest));
	}
	buffer_release(&whole);
	buffer_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct envelope   envelope;
	struct buffer     again;
	struct message_id id;
	struct name       origin;

	check_rest((struct span){ data, size });
	envelope_init(&envelope);
	if (envelope_decode(&envelope, (struct span){ data, size }, NULL) == STATUS_OK) {
		buffer_init(&again);
		envelope_encode(&envelope, &again);
		assert(span_equal(buffer_span(&again), (struct span){ data, size }));
		assert(message_id_parse(&id, envelope.id.text, NULL) == STATUS_OK);
		message_id_origin(&id, &origin);
		assert(origin.text[0] != '\0');
		assert(service_valid(envelope.service));
		assert(envelope.lifetime_ms > 0 && envelope.size_bytes <= INT64_MAX);
		assert(priority_text(envelope.priority) != NULL);
		assert(preference_text(envelope.preference) != NULL);
		buffer_release(&again);
	}
	envelope_release(&envelope);
	return 0;
}
