/*
 * line_frame.c - frames to bytes and back
 */
#include "daemon/line/line_frame.h"

#include <assert.h>

#include "daemon/line/line.h"
#include "spool/base/checksum.h"
#include "spool/base/field.h"

static bool decode_ack(struct line_frame *frame, struct reader *reader);
static bool fits(uint8_t kind);

void
line_frame_encode(const struct line_frame *frame, uint32_t seed, struct buffer *plain)
{
	size_t start = plain->length;

	assert(fits(frame->kind) && frame->bytes.length <= LINE_FRAME_BYTES);
	buffer_append_u8(plain, frame->kind);
	if ((frame->kind & LINE_DATA) != 0) {
		buffer_append_u8(plain, frame->serial);
		buffer_append_u16(plain, frame->offset);
	}
	if ((frame->kind & LINE_ACK) != 0) {
		buffer_append_u16(plain, frame->acknowledged);
		buffer_append_u8(plain, frame->heard);
		buffer_append_u8(plain, (uint8_t)frame->range_count);
		for (size_t i = 0; i < frame->range_count; i++) {
			varint_append(plain, frame->ranges[i].gap);
			varint_append(plain, frame->ranges[i].length);
		}
	}
	buffer_append_span(plain, frame->bytes);
	if ((frame->kind & LINE_OPEN) != 0)
		seed = 0;
	buffer_append_u32(plain, checksum_crc32c(seed, (struct span){ plain->data + start,
	                                                              plain->length - start }));
}

bool
line_frame_decode(struct line_frame *frame, uint32_t seed, struct span plain)
{
	struct span   said = plain, check = { NULL, LINE_CHECK_BYTES };
	struct reader reader;

	*frame = (struct line_frame){ .kind = 0 };
	if (plain.length <= LINE_CHECK_BYTES || !fits(plain.data[0]))
		return false;
	said.length -= LINE_CHECK_BYTES;
	check.data = plain.data + said.length;
	reader_init(&reader, check);
	if (checksum_crc32c((plain.data[0] & LINE_OPEN) != 0 ? 0 : seed, said) !=
	    reader_u32(&reader))
		return false;
	reader_init(&reader, said);
	frame->kind = reader_u8(&reader);
	if ((frame->kind & LINE_DATA) != 0) {
		frame->serial = reader_u8(&reader);
		frame->offset = reader_u16(&reader);
	}
	if ((frame->kind & LINE_ACK) != 0 && !decode_ack(frame, &reader))
		return false;
	frame->bytes = reader_bytes(&reader, reader_left(&reader));
	if (reader.failed || frame->bytes.length > LINE_FRAME_BYTES)
		return false;
	if ((frame->kind & LINE_OPEN) != 0)
		return true;
	/* only DATA has bytes, and it has some, or ends the stream */
	return (frame->kind & LINE_DATA) == 0
	           ? frame->bytes.length == 0
	           : frame->bytes.length > 0 || (frame->kind & LINE_END) != 0;
}

/* The combinations that mean something. */
static bool
fits(uint8_t kind)
{
	if ((kind & LINE_OPEN) != 0)
		return (kind & ~(LINE_OPEN | LINE_TURN)) == 0;
	return (kind & (LINE_DATA | LINE_ACK)) != 0 && kind < LINE_OPEN &&
	       ((kind & LINE_END) == 0 || (kind & LINE_DATA) != 0);
}

static bool
decode_ack(struct line_frame *frame, struct reader *reader)
{
	frame->acknowledged = reader_u16(reader);
	frame->heard        = reader_u8(reader);
	frame->range_count  = reader_u8(reader);
	if (frame->range_count > LINE_RANGES_MAX)
		return false;
	for (size_t i = 0; i < frame->range_count; i++) {
		uint64_t gap = reader_varint(reader), length = reader_varint(reader);

		if (reader->failed || gap == 0 || length == 0 || gap > LINE_WINDOW_BYTES ||
		    length > LINE_WINDOW_BYTES)
			return false;
		frame->ranges[i] = (struct line_frame_range){ (uint16_t)gap, (uint16_t)length };
	}
	return !reader->failed;
}
