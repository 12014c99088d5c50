/*
 * line_alphabet.h - bytes written in those that a line passes
 *
 * A line passes some set of byte values: all but the frames' mark; 7-bit ones without XON and
 * XOFF; printable ones. Whatever the set, its members are the digits of a number system, and
 * 512 bytes at a time are one number that is written in it. So every set costs what it must
 * and no more: 1.158 times the bytes for 7 bits, where escapes cost up to twice; and a
 * frame's length on the line follows from its length alone.
 *
 * What is not a digit is passed over: what a line invents is often an XON or a NUL.
 */
#ifndef DAEMON_LINE_LINE_ALPHABET_H
#define DAEMON_LINE_LINE_ALPHABET_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/buffer.h"

enum {
	LINE_MARK = '|', /* before and after each frame: printable, and no program's escape */
	LINE_BLOCK_BYTES = 512, /* plain ones that are one number */
};

/* A set of byte values. */
struct line_bytes {
	uint32_t words[8];
};

struct line_alphabet {
	unsigned base;
	uint8_t  digits[256];                   /* ascending                               */
	int16_t  values[256];                   /* -1: no digit                            */
	uint16_t lengths[LINE_BLOCK_BYTES + 1]; /* digits of a block of so many bytes */
	bool     seven_bit;                     /* bit 8 of what comes means nothing       */
};

void line_bytes_add(struct line_bytes *set, uint8_t byte);
bool line_bytes_has(const struct line_bytes *set, uint8_t byte);

/*
 * All bytes, or all of 7 bits, but the mark (with any bit 8) and those avoided; and never fewer than the digits
 * of the safe alphabet, whatever the far end asks to avoid.
 */
void line_alphabet_init(struct line_alphabet *alphabet, bool seven_bit,
                        const struct line_bytes *avoided);

/* The printable ones but blank and mark, 93: what every line passes that people can log in on. */
void line_alphabet_init_safe(struct line_alphabet *alphabet);

/* How many digits so many bytes become. */
size_t line_alphabet_length(const struct line_alphabet *alphabet, size_t plain_bytes);

void line_alphabet_encode(const struct line_alphabet *alphabet, struct span plain,
                          struct buffer *coded);

/*
 * The bytes again, at most `room`. False: so many digits are no encoding, or are the encoding
 * of more bytes than that.
 */
bool line_alphabet_decode(const struct line_alphabet *alphabet, struct span coded, uint8_t *plain,
                          size_t room, size_t *length);

#endif
