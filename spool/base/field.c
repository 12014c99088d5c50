/*
 * field.c - write fields, read them back, refuse every second spelling
 */
#include "spool/base/field.h"

#include <assert.h>
#include <string.h>

void
varint_append(struct buffer *out, uint64_t value)
{
	while (value >= 0x80) {
		buffer_append_u8(out, (uint8_t)(value | 0x80));
		value >>= 7;
	}
	buffer_append_u8(out, (uint8_t)value);
}

uint64_t
reader_varint(struct reader *reader)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = reader_u8(reader);

		if (reader->failed || (shift == 63 && byte > 1) || (shift > 0 && byte == 0))
			break;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
	reader->failed = true;
	return 0;
}

void
field_append(struct buffer *out, uint32_t number, struct span value)
{
	assert(number > 0);
	varint_append(out, number);
	varint_append(out, value.length);
	buffer_append_span(out, value);
}

void
field_append_text(struct buffer *out, uint32_t number, const char *text)
{
	field_append(out, number, span_of_text(text));
}

void
field_append_number(struct buffer *out, uint32_t number, uint64_t value)
{
	uint8_t bytes[8];
	size_t  first = 8;

	for (; value > 0; value >>= 8)
		bytes[--first] = (uint8_t)value;
	field_append(out, number, (struct span){ bytes + first, 8 - first });
}

bool
field_next(struct reader *reader, uint32_t *last, struct field *field)
{
	uint64_t number, length;

	if (reader_left(reader) == 0)
		return false;
	number = reader_varint(reader);
	length = reader_varint(reader);
	if (number == 0 || number < *last || number > UINT32_MAX || length > reader_left(reader))
		reader->failed = true;
	if (reader->failed)
		return false;
	*field = (struct field){ (uint32_t)number, reader_bytes(reader, (size_t)length) };
	*last  = field->number;
	return true;
}

bool
field_number(const struct field *field, uint64_t *value)
{
	*value = 0;
	if (field->value.length > 8 || (field->value.length > 0 && field->value.data[0] == 0))
		return false;
	for (size_t i = 0; i < field->value.length; i++)
		*value = *value << 8 | field->value.data[i];
	return true;
}

bool
field_text(const struct field *field, char *text, size_t size)
{
	if (field->value.length >= size ||
	    memchr(field->value.data, '\0', field->value.length) != NULL)
		return false;
	memcpy(text, field->value.data, field->value.length);
	text[field->value.length] = '\0';
	return true;
}

bool
field_line(const struct field *field, char *text, size_t size)
{
	for (size_t i = 0; i < field->value.length; i++)
		if (field->value.data[i] < 0x20 || field->value.data[i] == 0x7f)
			return false;
	return field_text(field, text, size);
}
