/*
 * description_escape.c - between bytes and the texts that people write for them
 */
#include "spool/description/description_escape.h"

#include <string.h>

#include "spool/name/spelling.h"

struct escape {
	char     letter;
	uint16_t code;
};

static const struct escape plain_escapes[] = {
	{ 'a', '\a' }, { 'b', '\b' }, { 't', '\t' },  { 'n', '\n' }, { 'v', '\v' },  { 'f', '\f' },
	{ 'r', '\r' }, { '"', '"' },  { '\'', '\'' }, { '?', '?' },  { '\\', '\\' }, { '\0', 0 },
};
static const struct escape chat_escapes[] = {
	{ 'c', CHAT_NO_RETURN }, { 'd', CHAT_DELAY }, { 'p', CHAT_PAUSE },
	{ 'K', CHAT_BREAK },     { 'P', CHAT_PHONE }, { '\0', 0 },
};

static const struct escape *find_letter(const struct escape *escapes, char letter);
static bool number_escape(const char **at, const char *end, unsigned base, unsigned most_digits,
                          uint16_t *code);
static int  digit_value(char character);

bool
description_escape_next(const char **at, const char *end, bool chat, uint16_t *code)
{
	const struct escape *escape;

	*code = (uint8_t) * (*at)++;
	if (*code == '\0')
		return chat;
	if (*code != '\\')
		return true;
	if (*at == end)
		return false;
	if (**at >= '0' && **at <= '7')
		return number_escape(at, end, 8, 3, code) && (*code != 0 || chat);
	if (*(*at)++ == 'x')
		return number_escape(at, end, 16, 2, code) && (*code != 0 || chat);
	escape = find_letter(plain_escapes, (*at)[-1]);
	if (escape == NULL && chat)
		escape = find_letter(chat_escapes, (*at)[-1]);
	if (escape == NULL)
		return false;
	*code = escape->code;
	return true;
}

void
description_escape_text(const char *text, struct buffer *out)
{
	buffer_append_u8(out, '"');
	while (*text != '\0') {
		uint32_t character;
		size_t   length = spelling_character(text, &character);

		if (length > 1 && character >= 0xa0) {
			buffer_append(out, text, length);
			text += length;
		} else {
			description_escape_code((uint8_t)*text++, out);
		}
	}
	buffer_append_u8(out, '"');
}

void
description_escape_chat(const struct description_chat_text *text, struct buffer *out)
{
	buffer_append_u8(out, '"');
	for (size_t i = 0; i < text->count; i++)
		description_escape_code(text->codes[i], out);
	buffer_append_u8(out, '"');
}

void
description_escape_code(uint16_t code, struct buffer *out)
{
	const struct escape *escapes = code > UINT8_MAX ? chat_escapes : plain_escapes;

	for (; escapes->letter != '\0'; escapes++)
		if (escapes->code == code && code != '?' && code != '\'') {
			buffer_append_format(out, "\\%c", escapes->letter);
			return;
		}
	if (code >= ' ' && code < 0x7f)
		buffer_append_u8(out, (uint8_t)code);
	else
		buffer_append_format(out, "\\x%02x", code);
}

static const struct escape *
find_letter(const struct escape *escapes, char letter)
{
	for (; escapes->letter != '\0'; escapes++)
		if (escapes->letter == letter)
			return escapes;
	return NULL;
}

static bool
number_escape(const char **at, const char *end, unsigned base, unsigned most_digits, uint16_t *code)
{
	unsigned value = 0, digits = 0;

	while (digits < most_digits && *at < end && digit_value(**at) >= 0 &&
	       digit_value(**at) < (int)base) {
		value = value * base + (unsigned)digit_value(*(*at)++);
		digits++;
	}
	*code = (uint16_t)value;
	return digits > 0 && value <= UINT8_MAX;
}

static int
digit_value(char character)
{
	static const char digits[] = "0123456789abcdef";
	const char       *found    = strchr(digits, spelling_lower(character));

	return character == '\0' || found == NULL ? -1 : (int)(found - digits);
}
