/*
 * buffer.h - bytes that grow, spans that are borrowed, a reader that checks
 *
 * A buffer owns bytes and always has a NUL after them, so that text in it is a C string.
 * A span borrows bytes of somebody else's. A reader walks a span of bytes that came
 * from outside: the first read past the end marks it failed, all later reads return
 * zeroes, and the caller asks once at the end. Numbers are big-endian.
 */
#ifndef SPOOL_BASE_BUFFER_H
#define SPOOL_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const uint8_t *data;
	size_t         length;
};

struct buffer {
	uint8_t *data; /* NULL until the first append; NUL-terminated after it */
	size_t   length;
	size_t   capacity;
};

struct reader {
	struct span span;
	size_t      position;
	bool        failed;
};

struct span span_of_text(const char *text);
bool        span_equal(struct span a, struct span b);

void buffer_init(struct buffer *buffer);
void buffer_release(struct buffer *buffer);
void buffer_clear(struct buffer *buffer);
void buffer_reserve(struct buffer *buffer, size_t more);
void buffer_append(struct buffer *buffer, const void *data, size_t length);
void buffer_append_span(struct buffer *buffer, struct span span);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_append_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void        buffer_append_u8(struct buffer *buffer, uint8_t value);
void        buffer_append_u16(struct buffer *buffer, uint16_t value);
void        buffer_append_u32(struct buffer *buffer, uint32_t value);
void        buffer_append_u64(struct buffer *buffer, uint64_t value);
void        buffer_drop_front(struct buffer *buffer, size_t length);
size_t      buffer_take_front(struct buffer *buffer, void *data, size_t room); /* how many */
void        buffer_move(struct buffer *to, struct buffer *from); /* appends all; nothing stays */
struct span buffer_span(const struct buffer *buffer);            /* until the next change */
const char *buffer_text(const struct buffer *buffer);            /* "" when empty; same lifetime */

void        reader_init(struct reader *reader, struct span span);
uint8_t     reader_u8(struct reader *reader);
uint16_t    reader_u16(struct reader *reader);
uint32_t    reader_u32(struct reader *reader);
uint64_t    reader_u64(struct reader *reader);
struct span reader_bytes(struct reader *reader, size_t length);
size_t      reader_left(const struct reader *reader);

#endif
