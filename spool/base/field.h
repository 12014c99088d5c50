/*
 * field.h - extensible fields: the one encoding of everything that outlives a version
 *
 * Records, headings, histories and frames are lists of fields. A field is its number,
 * the length of its value and the value; numbers and lengths are base-128 integers, the
 * least significant group first, in their shortest form (RFC 8949 calls such a choice
 * "preferred", Protocol Buffers invented the shape). Numbers never descend; a repeated
 * number is a list. An integer value is its big-endian bytes without leading zeroes.
 * So every value has exactly one encoding, and unknown fields can be kept and passed on
 * as the bytes they came in.
 */
#ifndef SPOOL_BASE_FIELD_H
#define SPOOL_BASE_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/buffer.h"

struct field {
	uint32_t    number; /* from 1 */
	struct span value;  /* borrowed from the bytes read */
};

void field_append(struct buffer *out, uint32_t number, struct span value);
void field_append_text(struct buffer *out, uint32_t number, const char *text);
void field_append_number(struct buffer *out, uint32_t number, uint64_t value);

/*
 * The next field; false at the end and on bytes that break a rule above, which
 * reader->failed tells apart. `last` starts at 0 and carries the order from call to call.
 */
bool field_next(struct reader *reader, uint32_t *last, struct field *field);

/* The value as an integer; false if it is longer than 8 bytes or has a leading zero. */
bool field_number(const struct field *field, uint64_t *value);

/* Copies the value as a C string; false if it does not fit or holds a NUL. */
bool field_text(const struct field *field, char *text, size_t size);

/* The same for what people will see: control bytes (and DEL) are refused too. */
bool field_line(const struct field *field, char *text, size_t size);

/* Base-128 integers on their own, for frames. */
void     varint_append(struct buffer *out, uint64_t value);
uint64_t reader_varint(struct reader *reader); /* fails the reader on overlong forms */

#endif
