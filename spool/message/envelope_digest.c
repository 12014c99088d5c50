/*
 * envelope_digest.c - a field is taken out, a field is put in
 */
#include "spool/message/envelope_digest.h"

#include "spool/base/field.h"

enum { FIELD_DIGEST = 14 }; /* of envelope.c and doc/PROTOCOL.md */

void
envelope_leave_out_digest(struct span heading, struct buffer *out)
{
	struct reader reader;
	struct field  field;
	uint32_t      last = 0;

	reader_init(&reader, heading);
	while (field_next(&reader, &last, &field))
		if (field.number != FIELD_DIGEST)
			field_append(out, field.number, field.value);
}

enum status
envelope_put_in_digest(struct span rest, const uint8_t digest[ENVELOPE_DIGEST_BYTES],
                       struct buffer *out)
{
	struct reader reader;
	struct field  field;
	uint32_t      last = 0;
	bool          in   = false;

	reader_init(&reader, rest);
	while (field_next(&reader, &last, &field)) {
		if (field.number == FIELD_DIGEST)
			return STATUS_INVALID;
		if (field.number > FIELD_DIGEST && !in) {
			field_append(out, FIELD_DIGEST,
			             (struct span){ digest, ENVELOPE_DIGEST_BYTES });
			in = true;
		}
		field_append(out, field.number, field.value);
	}
	if (!in)
		field_append(out, FIELD_DIGEST, (struct span){ digest, ENVELOPE_DIGEST_BYTES });
	return reader.failed ? STATUS_INVALID : STATUS_OK;
}
