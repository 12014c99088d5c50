/*
 * spelling.c - check the pieces of names and say where they are wrong
 */
#include "spool/name/spelling.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "spool/name/name.h"

static unsigned count_characters(const char *from, const char *to);
static bool     is_user_character(uint32_t code);
static bool     is_visible(uint32_t code);
static bool     is_letter_or_digit(char character);

enum status
spelling_refuse(struct diagnostic *diagnostic, struct spelling part, const char *hint,
                const char *format, ...)
{
	va_list arguments;

	if (diagnostic == NULL)
		return STATUS_INVALID;
	diagnostic_init(diagnostic);
	diagnostic->column = 1 + count_characters(part.text, part.at);
	diagnostic->length = count_characters(part.at, part.at + part.length);
	va_start(arguments, format);
	vsnprintf(diagnostic->text, sizeof(diagnostic->text), format, arguments);
	va_end(arguments);
	if (hint != NULL)
		snprintf(diagnostic->hint, sizeof(diagnostic->hint), "%s", hint);
	return STATUS_INVALID;
}

void
spelling_shift(struct diagnostic *diagnostic, const char *text, const char *at)
{
	if (diagnostic != NULL)
		diagnostic->column += count_characters(text, at);
}

const char *
spelling_quote(char quote[SPELLING_QUOTE_SIZE], struct spelling part)
{
	static const char cut[] = "...\"";
	size_t            used  = 0;

	quote[used++] = '"';
	for (size_t i = 0; i < part.length; i++) {
		unsigned char byte   = (unsigned char)part.at[i];
		bool          plain  = byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\';
		size_t        needed = plain ? 1 : 4;

		if (used + needed + sizeof(cut) > SPELLING_QUOTE_SIZE) {
			memcpy(quote + used, cut, sizeof(cut));
			return quote;
		}
		snprintf(quote + used, needed + 1, plain ? "%c" : "\\x%02x", byte);
		used += needed;
	}
	memcpy(quote + used, "\"", 2);
	return quote;
}

size_t
spelling_character(const char *at, uint32_t *code)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char  *bytes      = (const unsigned char *)at;
	size_t                length;

	*code = bytes[0];
	if (bytes[0] < 0x80)
		return bytes[0] == '\0' ? 0 : 1;
	if (bytes[0] >= 0xc2 && bytes[0] < 0xe0)
		length = 2;
	else if (bytes[0] >= 0xe0 && bytes[0] < 0xf0)
		length = 3;
	else if (bytes[0] >= 0xf0 && bytes[0] < 0xf5)
		length = 4;
	else
		return 0;
	*code = bytes[0] & (0x7fU >> length);
	for (size_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80) /* the NUL, too */
			return 0;
		*code = *code << 6 | (bytes[i] & 0x3f);
	}
	if (*code < smallest[length] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000))
		return 0;
	return length;
}

enum status
spelling_check_component(struct spelling part, struct diagnostic *diagnostic)
{
	char quote[SPELLING_QUOTE_SIZE];

	for (size_t i = 0; i < part.length; i++) {
		struct spelling wrong = { part.text, part.at + i, 1 };
		uint32_t        code;
		size_t          length = spelling_character(part.at + i, &code);

		if (is_letter_or_digit(part.at[i]) || part.at[i] == '-')
			continue;
		if (length > 1 && i + length <= part.length)
			wrong.length = length;
		return spelling_refuse(diagnostic, wrong,
		                       part.at[i] == '_' ? "write \"-\" instead of \"_\"" : NULL,
		                       "%s cannot stand in a name: letters, digits and \"-\" only",
		                       spelling_quote(quote, wrong));
	}
	if (part.length == 0)
		return spelling_refuse(diagnostic, part, NULL, "a component of the name is empty");
	if (part.at[0] == '-' || part.at[part.length - 1] == '-')
		return spelling_refuse(diagnostic, part, NULL, "%s begins or ends with \"-\"",
		                       spelling_quote(quote, part));
	if (part.length > NAME_COMPONENT_MAX_BYTES)
		return spelling_refuse(diagnostic, part, NULL,
		                       "a component of %zu bytes; at most %d are allowed",
		                       part.length, NAME_COMPONENT_MAX_BYTES);
	return STATUS_OK;
}

enum status
spelling_check_top(struct spelling part, struct diagnostic *diagnostic)
{
	static const char world[] = "world";
	size_t            same    = 0;

	while (same < part.length && spelling_lower(part.at[same]) == world[same])
		same++;
	if (same == part.length && same == sizeof(world) - 1)
		return spelling_refuse(
		    diagnostic, part, NULL,
		    "no name ends in \"world\": that is the region of all nodes");
	return spelling_check_component(part, diagnostic);
}

enum status
spelling_check_user(struct spelling part, struct diagnostic *diagnostic)
{
	char quote[SPELLING_QUOTE_SIZE];

	if (part.length == 0)
		return spelling_refuse(diagnostic, part, NULL, "the user is missing");
	if (part.at[0] == '-' || part.at[0] == '.')
		return spelling_refuse(diagnostic, (struct spelling){ part.text, part.at, 1 }, NULL,
		                       "a user cannot begin with \"%c\"", part.at[0]);
	for (size_t i = 0; i < part.length;) {
		uint32_t        code;
		size_t          length = spelling_character(part.at + i, &code);
		struct spelling wrong  = { part.text, part.at + i, length == 0 ? 1 : length };

		if (length == 0)
			return spelling_refuse(diagnostic, wrong, NULL, "%s is not UTF-8",
			                       spelling_quote(quote, wrong));
		if (!is_user_character(code))
			return spelling_refuse(diagnostic, wrong, NULL, "%s cannot stand in a user",
			                       spelling_quote(quote, wrong));
		i += length;
	}
	if (part.length > SPELLING_USER_MAX_BYTES)
		return spelling_refuse(diagnostic, part, NULL,
		                       "a user of %zu bytes; at most %d are allowed", part.length,
		                       SPELLING_USER_MAX_BYTES);
	return STATUS_OK;
}

char
spelling_lower(char character)
{
	return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

static bool
is_letter_or_digit(char character)
{
	char lower = spelling_lower(character);

	return (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
}

static bool
is_user_character(uint32_t code)
{
	if (code >= 0x80)
		return is_visible(code);
	return is_letter_or_digit((char)code) ||
	       (code != '\0' && strchr(".#$%&'+-=?^_`{}~", (int)code) != NULL);
}

/* False for blanks, controls, fillers and the marks that turn the direction of a text. */
static bool
is_visible(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{ 0x80, 0xa0 },     { 0xad, 0xad },       { 0x34f, 0x34f },   { 0x61c, 0x61c },
		{ 0x115f, 0x1160 }, { 0x1680, 0x1680 },   { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },
		{ 0x2000, 0x200f }, { 0x2028, 0x202f },   { 0x205f, 0x206f }, { 0x3000, 0x3000 },
		{ 0x3164, 0x3164 }, { 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
		{ 0xfff0, 0xffff }, { 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (code >= hidden[i].first && code <= hidden[i].last)
			return false;
	return true;
}

static unsigned
count_characters(const char *from, const char *to)
{
	unsigned count = 0;

	while (from < to) {
		uint32_t code;
		size_t   length = spelling_character(from, &code);

		from += length == 0 ? 1 : length;
		count++;
	}
	return count;
}
