/*
 * buffer.c - growing bytes and checked reading
 */
#include "spool/base/buffer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

static uint64_t read_number(struct reader *reader, size_t size);
static void     append_number(struct buffer *buffer, uint64_t value, size_t size);

struct span
span_of_text(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

bool
span_equal(struct span a, struct span b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

void
buffer_init(struct buffer *buffer)
{
	*buffer = (struct buffer){ .data = NULL };
}

void
buffer_release(struct buffer *buffer)
{
	free(buffer->data);
	buffer_init(buffer);
}

void
buffer_clear(struct buffer *buffer)
{
	buffer->length = 0;
	if (buffer->data != NULL)
		buffer->data[0] = '\0';
}

void
buffer_reserve(struct buffer *buffer, size_t more)
{
	assert(more < SIZE_MAX - buffer->length - 1);
	buffer->data = memory_grow(buffer->data, &buffer->capacity, buffer->length + more + 1, 1);
}

void
buffer_append(struct buffer *buffer, const void *data, size_t length)
{
	buffer_reserve(buffer, length);
	if (length > 0)
		memcpy(buffer->data + buffer->length, data, length);
	buffer->length += length;
	buffer->data[buffer->length] = '\0';
}

void
buffer_append_span(struct buffer *buffer, struct span span)
{
	buffer_append(buffer, span.data, span.length);
}

void
buffer_append_text(struct buffer *buffer, const char *text)
{
	buffer_append(buffer, text, strlen(text));
}

void
buffer_append_format(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;
	int     length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	assert(length >= 0);
	buffer_reserve(buffer, (size_t)length);
	va_start(arguments, format);
	vsnprintf((char *)buffer->data + buffer->length, (size_t)length + 1, format, arguments);
	va_end(arguments);
	buffer->length += (size_t)length;
}

void
buffer_append_u8(struct buffer *buffer, uint8_t value)
{
	buffer_append(buffer, &value, 1);
}

void
buffer_append_u16(struct buffer *buffer, uint16_t value)
{
	append_number(buffer, value, 2);
}

void
buffer_append_u32(struct buffer *buffer, uint32_t value)
{
	append_number(buffer, value, 4);
}

void
buffer_append_u64(struct buffer *buffer, uint64_t value)
{
	append_number(buffer, value, 8);
}

void
buffer_drop_front(struct buffer *buffer, size_t length)
{
	assert(length <= buffer->length);
	if (length == 0)
		return;
	memmove(buffer->data, buffer->data + length, buffer->length - length + 1);
	buffer->length -= length;
}

size_t
buffer_take_front(struct buffer *buffer, void *data, size_t room)
{
	size_t length = buffer->length < room ? buffer->length : room;

	if (length > 0)
		memcpy(data, buffer->data, length);
	buffer_drop_front(buffer, length);
	return length;
}

void
buffer_move(struct buffer *to, struct buffer *from)
{
	assert(to != from);
	if (to->length == 0 && from->length > 0) {
		struct buffer empty = *to;

		*to   = *from;
		*from = empty;
	} else {
		buffer_append_span(to, buffer_span(from));
	}
	buffer_clear(from);
}

struct span
buffer_span(const struct buffer *buffer)
{
	return (struct span){ buffer->data, buffer->length };
}

const char *
buffer_text(const struct buffer *buffer)
{
	return buffer->data == NULL ? "" : (const char *)buffer->data;
}

void
reader_init(struct reader *reader, struct span span)
{
	*reader = (struct reader){ .span = span };
}

uint8_t
reader_u8(struct reader *reader)
{
	return (uint8_t)read_number(reader, 1);
}

uint16_t
reader_u16(struct reader *reader)
{
	return (uint16_t)read_number(reader, 2);
}

uint32_t
reader_u32(struct reader *reader)
{
	return (uint32_t)read_number(reader, 4);
}

uint64_t
reader_u64(struct reader *reader)
{
	return read_number(reader, 8);
}

struct span
reader_bytes(struct reader *reader, size_t length)
{
	struct span span = { NULL, 0 };

	if (reader->failed || length > reader_left(reader)) {
		reader->failed = true;
		return span;
	}
	span = (struct span){ reader->span.data + reader->position, length };
	reader->position += length;
	return span;
}

size_t
reader_left(const struct reader *reader)
{
	return reader->failed ? 0 : reader->span.length - reader->position;
}

static uint64_t
read_number(struct reader *reader, size_t size)
{
	struct span bytes = reader_bytes(reader, size);
	uint64_t    value = 0;

	for (size_t i = 0; i < bytes.length; i++)
		value = value << 8 | bytes.data[i];
	return value;
}

static void
append_number(struct buffer *buffer, uint64_t value, size_t size)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
	buffer_append(buffer, bytes, size);
}
