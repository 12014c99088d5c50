/*
 * mail_part.c - fields, boundaries, encodings
 */
#include "spool/mail/mail_part.h"

#include <stdio.h>
#include <string.h>

enum {
	LINE_MAX_BYTES   = 900, /* RFC 5322 section 2.1.1 has 998                  */
	QUOTED_MAX_BYTES = 76,  /* RFC 2045 section 6.7                            */
	WORD_BYTES       = 42,  /* of text in an encoded word: 75 with all around them */
};

static bool   is_plain(struct span text);
static void   append_quoted(struct span text, struct buffer *out);
static size_t word_length(const char *text);

void
mail_append_words(const char *text, struct buffer *out)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	bool ascii = true;

	for (const char *byte = text; *byte != '\0'; byte++)
		ascii = ascii && *byte >= ' ' && *byte <= '~';
	if (ascii && strstr(text, "=?") == NULL) {
		buffer_append_text(out, text);
		return;
	}
	while (*text != '\0') {
		size_t length = word_length(text);

		buffer_append_text(out, "=?utf-8?B?");
		for (size_t i = 0; i < length; i += 3) {
			uint32_t bits = (uint32_t)(uint8_t)text[i] << 16;

			bits |= i + 1 < length ? (uint32_t)(uint8_t)text[i + 1] << 8 : 0;
			bits |= i + 2 < length ? (uint8_t)text[i + 2] : 0;
			buffer_append_u8(out, (uint8_t)letters[bits >> 18]);
			buffer_append_u8(out, (uint8_t)letters[bits >> 12 & 63]);
			buffer_append_u8(out,
			                 i + 1 < length ? (uint8_t)letters[bits >> 6 & 63] : '=');
			buffer_append_u8(out, i + 2 < length ? (uint8_t)letters[bits & 63] : '=');
		}
		text += length;
		buffer_append_text(out, *text != '\0' ? "?=\n " : "?=");
	}
}

/* Up to a character's first byte: a character stands in one word (RFC 2047 section 5). */
static size_t
word_length(const char *text)
{
	size_t length = strlen(text);

	if (length <= WORD_BYTES)
		return length;
	length = WORD_BYTES;
	while (length > WORD_BYTES - 4 && ((uint8_t)text[length] & 0xc0) == 0x80)
		length--;
	return length;
}

void
mail_boundary(char boundary[MAIL_BOUNDARY_SIZE], const char *seed, const struct span *contents,
              size_t count)
{
	bool taken = true;

	for (unsigned number = 0; taken; number++) {
		snprintf(boundary, MAIL_BOUNDARY_SIZE, "=_%.48s.%u", seed, number);
		taken = false;
		for (size_t i = 0; i < count; i++)
			taken = taken || (contents[i].length > 0 &&
			                  memmem(contents[i].data, contents[i].length, boundary,
			                         strlen(boundary)) != NULL);
	}
}

void
mail_append_text_part(const char *type, struct span text, struct buffer *out)
{
	bool plain = is_plain(text);

	buffer_append_format(out,
	                     "Content-Type: %s; charset=utf-8\n"
	                     "Content-Transfer-Encoding: %s\n\n",
	                     type, plain ? "8bit" : "quoted-printable");
	if (plain)
		buffer_append_span(out, text);
	else
		append_quoted(text, out);
	if (text.length > 0 && text.data[text.length - 1] != '\n')
		buffer_append_text(out, "\n");
}

void
mail_append_alternative(struct span text, struct span html, const char *seed, struct buffer *out)
{
	struct buffer parts[2];
	struct span   contents[2];
	char          boundary[MAIL_BOUNDARY_SIZE];

	buffer_init(&parts[0]);
	buffer_init(&parts[1]);
	mail_append_text_part("text/plain", text, &parts[0]);
	mail_append_text_part("text/html", html, &parts[1]);
	contents[0] = buffer_span(&parts[0]);
	contents[1] = buffer_span(&parts[1]);
	mail_boundary(boundary, seed, contents, 2);
	buffer_append_format(out, "Content-Type: multipart/alternative; boundary=\"%s\"\n\n",
	                     boundary);
	for (size_t i = 0; i < 2; i++) {
		buffer_append_format(out, "--%s\n", boundary);
		buffer_append_span(out, contents[i]);
		buffer_append_text(out, "\n");
		buffer_release(&parts[i]);
	}
	buffer_append_format(out, "--%s--\n", boundary);
}

static bool
is_plain(struct span text)
{
	size_t length = 0;

	for (size_t i = 0; i < text.length; i++) {
		length = text.data[i] == '\n' ? 0 : length + 1;
		if (length > LINE_MAX_BYTES || text.data[i] == '\r' || text.data[i] == '\0')
			return false;
	}
	return true;
}

static void
append_quoted(struct span text, struct buffer *out)
{
	size_t column = 0;

	for (size_t i = 0; i < text.length; i++) {
		uint8_t byte = text.data[i];
		bool    last = i + 1 == text.length || text.data[i + 1] == '\n';
		bool literal = byte >= ' ' && byte <= '~' && byte != '=' && !(byte == ' ' && last);

		if (byte == '\n') {
			buffer_append_text(out, "\n");
			column = 0;
			continue;
		}
		if (column + (literal ? 1 : 3) >= QUOTED_MAX_BYTES) {
			buffer_append_text(out, "=\n");
			column = 0;
		}
		if (literal)
			buffer_append_u8(out, byte);
		else
			buffer_append_format(out, "=%02X", byte);
		column += literal ? 1 : 3;
	}
}
