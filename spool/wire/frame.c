/*
 * frame.c - headers byte by byte, payloads as they come
 */
#include "spool/wire/frame.h"

#include <assert.h>

#include "spool/base/field.h"

static bool take_header(struct frame_reader *reader, struct span *input,
                        struct diagnostic *diagnostic);
static bool check_type(const struct frame_reader *reader, uint8_t type,
                       struct diagnostic *diagnostic);
static bool finish_header(struct frame_reader *reader, struct diagnostic *diagnostic);
static bool take_payload(struct frame_reader *reader, struct span *input, struct frame *frame);
static struct span              take(struct span *input, size_t most);
static const struct frame_rule *rule_of(const struct frame_table *table, uint8_t type);

void
frame_reader_init(struct frame_reader *reader, const struct frame_table *table, uint32_t allowed)
{
	assert(table->count <= FRAME_TYPE_LIMIT);
	*reader = (struct frame_reader){ .table = table, .allowed = allowed };
}

void
frame_reader_release(struct frame_reader *reader)
{
	buffer_release(&reader->held);
}

enum frame_result
frame_read(struct frame_reader *reader, struct span *input, struct frame *frame,
           struct diagnostic *diagnostic)
{
	for (;;) {
		if (!reader->inside) {
			if (input->length == 0)
				return FRAME_NOTHING;
			if (!take_header(reader, input, diagnostic))
				return FRAME_BROKEN;
			continue;
		}
		if (reader->taken < reader->length && input->length == 0)
			return FRAME_NOTHING;
		if (take_payload(reader, input, frame))
			return FRAME_READ;
	}
}

bool
frame_reader_between(const struct frame_reader *reader)
{
	return !reader->inside && reader->header_length == 0;
}

void
frame_append_header(struct buffer *out, uint8_t type, size_t length)
{
	buffer_append_u8(out, type);
	varint_append(out, length);
}

void
frame_append(struct buffer *out, uint8_t type, struct span payload)
{
	frame_append_header(out, type, payload.length);
	buffer_append_span(out, payload);
}

/* Takes one byte; false if it breaks a rule. */
static bool
take_header(struct frame_reader *reader, struct span *input, struct diagnostic *diagnostic)
{
	uint8_t byte = take(input, 1).data[0];

	reader->header[reader->header_length++] = byte;
	if (reader->header_length == 1)
		return check_type(reader, byte, diagnostic);
	if (byte < 0x80)
		return finish_header(reader, diagnostic);
	if (reader->header_length == FRAME_HEADER_MAX) {
		diagnostic_set(diagnostic, "the length of a frame has too many bytes");
		return false;
	}
	return true;
}

static bool
check_type(const struct frame_reader *reader, uint8_t type, struct diagnostic *diagnostic)
{
	bool     known = rule_of(reader->table, type) != NULL;
	uint32_t bit   = known ? FRAME_BIT(type) : FRAME_UNKNOWN;

	if (type == 0 || (type >= FRAME_MUST_KNOW && !known))
		diagnostic_set(diagnostic, "a frame of unknown type %u", type);
	else if ((reader->allowed & bit) == 0)
		diagnostic_set(diagnostic, "a frame of type %u is out of place", type);
	else
		return true;
	return false;
}

static bool
finish_header(struct frame_reader *reader, struct diagnostic *diagnostic)
{
	const struct frame_rule *rule = rule_of(reader->table, reader->header[0]);
	uint64_t                 most = rule == NULL ? FRAME_SKIP_MAX : rule->max_bytes, length;
	struct reader            number;

	reader_init(&number, (struct span){ reader->header + 1, reader->header_length - 1 });
	length = reader_varint(&number);
	if (number.failed) {
		diagnostic_set(diagnostic, "the length of a frame is not in its shortest form");
		return false;
	}
	if (length > most) {
		diagnostic_set(
		    diagnostic, "a frame of type %u with %llu bytes; at most %llu are allowed",
		    reader->header[0], (unsigned long long)length, (unsigned long long)most);
		return false;
	}
	reader->inside        = true;
	reader->header_length = 0;
	reader->length        = (uint32_t)length;
	reader->taken         = 0;
	buffer_clear(&reader->held);
	return true;
}

/* Takes what there is of the payload; true if the owner shall see it. */
static bool
take_payload(struct frame_reader *reader, struct span *input, struct frame *frame)
{
	const struct frame_rule *rule   = rule_of(reader->table, reader->header[0]);
	uint32_t                 offset = reader->taken;
	struct span              bytes  = take(input, reader->length - reader->taken);

	reader->taken += (uint32_t)bytes.length;
	reader->inside = reader->taken < reader->length;
	if (rule == NULL)
		return false;
	if (!rule->pieces && (reader->inside || offset > 0)) {
		buffer_append_span(&reader->held, bytes);
		bytes  = buffer_span(&reader->held);
		offset = 0;
	}
	*frame = (struct frame){
		.type   = reader->header[0],
		.length = reader->length,
		.offset = offset,
		.bytes  = bytes,
		.last   = !reader->inside,
	};
	return rule->pieces || !reader->inside;
}

static struct span
take(struct span *input, size_t most)
{
	struct span taken = { input->data, input->length < most ? input->length : most };

	if (taken.length > 0) {
		input->data += taken.length;
		input->length -= taken.length;
	}
	return taken;
}

static const struct frame_rule *
rule_of(const struct frame_table *table, uint8_t type)
{
	return type < table->count && table->rules[type].known ? &table->rules[type] : NULL;
}
