/*
 * notify.c - wishes as bits, lines and fields
 */
#include "spool/message/notify.h"

#include <stdio.h>
#include <string.h>

#include "spool/name/destination.h"

enum field_place { PLACE_BITS, PLACE_RETURN, PLACE_ENVID, PLACE_LANGUAGE, PLACE_RECIPIENTS };

/* One line of `recipients`. */
struct line {
	unsigned    bits;
	struct span origin;
	struct span destination;
};

static bool next_line(struct span *rest, struct line *line);
static bool are_lines(struct span text);
static bool is_origin(struct span origin);
static bool is_same(const char *origin, const char *destination);
static void append_line(struct buffer *out, unsigned bits, struct span origin,
                        const char *destination);
static int  hexadecimal(char digit);
static char lower(char letter);

void
notify_init(struct notify *notify)
{
	*notify = (struct notify){ .bits = 0 };
}

void
notify_release(struct notify *notify)
{
	buffer_release(&notify->recipients);
	notify_init(notify);
}

bool
notify_add(struct notify *notify, bool first, unsigned bits, const char *origin,
           const char *destination)
{
	size_t before = notify->recipients.length;
	bool   same   = is_same(origin, destination);

	bits |= same ? NOTIFY_SAME : 0;
	if (first)
		notify->bits = bits;
	if (bits == notify->bits && (same || origin[0] == '\0'))
		return true;
	append_line(&notify->recipients, bits, span_of_text(origin[0] == '\0' ? "-" : origin),
	            destination);
	if (notify->recipients.length <= NOTIFY_RECIPIENTS_MAX)
		return true;
	notify->recipients.length = before;
	return false;
}

/* The address as it is, as "rfc822;ADDRESS" without anything that xtext writes otherwise. */
static bool
is_same(const char *origin, const char *destination)
{
	return strlen(origin) > 7 && lower(origin[0]) == 'r' && lower(origin[1]) == 'f' &&
	       lower(origin[2]) == 'c' && strncmp(origin + 3, "822;", 4) == 0 &&
	       strcmp(origin + 7, destination) == 0;
}

static void
append_line(struct buffer *out, unsigned bits, struct span origin, const char *destination)
{
	buffer_append_format(out, "%u ", bits);
	buffer_append_span(out, origin);
	buffer_append_format(out, " %s\n", destination);
}

unsigned
notify_find(const struct notify *notify, const char *destination, struct buffer *origin)
{
	struct span   rest  = buffer_span(&notify->recipients);
	unsigned      bits  = notify->bits;
	bool          found = false;
	struct line   line;
	struct buffer whole;

	buffer_init(&whole);
	while (!found && next_line(&rest, &line)) {
		buffer_clear(&whole);
		buffer_append_span(&whole, line.destination);
		found = destination_is_rest(destination, buffer_text(&whole));
	}
	if (found)
		bits = line.bits;
	if (origin != NULL && (bits & NOTIFY_SAME) != 0) {
		buffer_append_text(origin, "rfc822;");
		notify_make_xtext(found ? buffer_text(&whole) : destination, origin);
	} else if (origin != NULL && found && !span_equal(line.origin, span_of_text("-"))) {
		buffer_append_span(origin, line.origin);
	}
	buffer_release(&whole);
	return bits & ~(unsigned)NOTIFY_SAME;
}

void
notify_rename(struct notify *notify, notify_rename_function *rename, const void *context)
{
	struct buffer before = notify->recipients, old, new;
	struct span   rest   = buffer_span(&before);
	struct line   line;

	buffer_init(&notify->recipients);
	buffer_init(&old);
	buffer_init(&new);
	while (next_line(&rest, &line)) {
		buffer_clear(&old);
		buffer_clear(&new);
		buffer_append_span(&old, line.destination);
		rename(context, buffer_text(&old), &new);
		if (new.length > 0 &&
		    notify->recipients.length + new.length + line.origin.length + 5 <=
		        NOTIFY_RECIPIENTS_MAX)
			append_line(&notify->recipients, line.bits, line.origin, buffer_text(&new));
	}
	buffer_release(&new);
	buffer_release(&old);
	buffer_release(&before);
}

/* False at the end, and at what is no line. */
static bool
next_line(struct span *rest, struct line *line)
{
	const uint8_t *data = rest->data, *space, *second, *end;

	if (rest->length == 0)
		return false;
	end = memchr(data, '\n', rest->length);
	if (end == NULL)
		return false;
	space  = memchr(data, ' ', (size_t)(end - data));
	second = space == NULL ? NULL : memchr(space + 1, ' ', (size_t)(end - space) - 1);
	if (second == NULL || space == data || space - data > 2 || end == second + 1)
		return false;
	line->bits = 0;
	for (; data < space; data++) {
		if (*data < '0' || *data > '9')
			return false;
		line->bits = line->bits * 10 + (unsigned)(*data - '0');
	}
	line->origin      = (struct span){ space + 1, (size_t)(second - space) - 1 };
	line->destination = (struct span){ second + 1, (size_t)(end - second) - 1 };
	rest->length -= (size_t)(end + 1 - rest->data);
	rest->data = end + 1;
	return true;
}

static bool
are_lines(struct span text)
{
	struct line line;

	if (text.length > NOTIFY_RECIPIENTS_MAX)
		return false;
	while (next_line(&text, &line)) {
		if (line.bits > NOTIFY_ALL || !is_origin(line.origin))
			return false;
		for (size_t i = 0; i < line.destination.length; i++)
			if (line.destination.data[i] < ' ' || line.destination.data[i] == 0x7f)
				return false;
	}
	return text.length == 0;
}

static bool
is_origin(struct span origin)
{
	char text[NOTIFY_ORIGIN_MAX + 1];

	if (origin.length == 0 || origin.length > NOTIFY_ORIGIN_MAX)
		return false;
	memcpy(text, origin.data, origin.length);
	text[origin.length] = '\0';
	return memchr(text, '\0', origin.length) == NULL && notify_is_xtext(text);
}

/* --- fields ------------------------------------------------------------------------------ */

void
notify_encode(const struct notify *notify, uint32_t first, struct buffer *out)
{
	if (notify->bits != 0)
		field_append_number(out, first + PLACE_BITS, notify->bits);
	if (notify->ret != NOTIFY_RETURN_UNSAID)
		field_append_number(out, first + PLACE_RETURN, (uint64_t)notify->ret);
	if (notify->envid[0] != '\0')
		field_append_text(out, first + PLACE_ENVID, notify->envid);
	if (notify->language[0] != '\0')
		field_append_text(out, first + PLACE_LANGUAGE, notify->language);
	if (notify->recipients.length > 0)
		field_append(out, first + PLACE_RECIPIENTS, buffer_span(&notify->recipients));
}

bool
notify_decode_field(struct notify *notify, uint32_t first, const struct field *field)
{
	char     language[NOTIFY_LANGUAGE_MAX + 1];
	uint64_t number;

	switch (field->number - first) {
	case PLACE_BITS:
		if (!field_number(field, &number) || number > NOTIFY_ALL)
			return false;
		notify->bits = (unsigned)number;
		return true;
	case PLACE_RETURN:
		if (!field_number(field, &number) || number > NOTIFY_RETURN_HEADINGS)
			return false;
		notify->ret = (enum notify_return)number;
		return true;
	case PLACE_ENVID:
		return field_line(field, notify->envid, sizeof(notify->envid)) &&
		       notify_is_xtext(notify->envid);
	case PLACE_LANGUAGE:
		if (!field_line(field, notify->language, sizeof(notify->language)))
			return false;
		notify_language(language, notify->language);
		return strcmp(language, notify->language) == 0;
	case PLACE_RECIPIENTS:
		buffer_clear(&notify->recipients);
		if (!are_lines(field->value))
			return false;
		buffer_append_span(&notify->recipients, field->value);
		return true;
	default:
		return false;
	}
}

/* --- texts ------------------------------------------------------------------------------- */

bool
notify_parse_bits(unsigned *bits, const char *text)
{
	static const char *const words[] = { "success", "failure", "delay", "never" };

	*bits = 0;
	while (*text != '\0') {
		size_t   length = strcspn(text, ",");
		unsigned bit    = 0;

		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			size_t same = 0;

			while (same < length && lower(text[same]) == words[i][same])
				same++;
			if (same == length && words[i][same] == '\0')
				bit = 1U << i;
		}
		if (bit == 0)
			return false;
		*bits |= bit;
		text += length;
		if (*text == ',' && *++text == '\0')
			return false;
	}
	return *bits != 0 && ((*bits & NOTIFY_NEVER) == 0 || *bits == NOTIFY_NEVER);
}

void
notify_language(char language[NOTIFY_LANGUAGE_MAX + 1], const char *text)
{
	size_t length = 0, part = 0;

	text += strspn(text, " \t\r\n");
	for (; length < NOTIFY_LANGUAGE_MAX; length++, text++) {
		bool letter = lower(*text) >= 'a' && lower(*text) <= 'z';
		bool digit  = *text >= '0' && *text <= '9' && part < length;

		if (!letter && !digit && *text != '-' && *text != '_')
			break;
		if ((*text == '-' || *text == '_') && part == 0)
			part = length;
		language[length] = *text == '_' ? '-' : *text;
	}
	language[length] = '\0';
	part             = strcspn(language, "-");
	if (part < 2 || part > 3 || language[length - 1] == '-')
		language[0] = '\0';
}

bool
notify_is_xtext(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < '!' || *text > '~' || *text == '=')
			return false;
		if (*text == '+' && (hexadecimal(text[1]) < 0 || hexadecimal(text[2]) < 0))
			return false;
	}
	return true;
}

void
notify_append_xtext(const char *text, struct buffer *out)
{
	for (; *text != '\0'; text++) {
		int byte = (unsigned char)*text;

		if (byte == '+' && hexadecimal(text[1]) >= 0 && hexadecimal(text[2]) >= 0) {
			byte = hexadecimal(text[1]) * 16 + hexadecimal(text[2]);
			text += 2;
		}
		buffer_append_u8(out, byte < ' ' || byte > '~' ? '?' : (uint8_t)byte);
	}
}

void
notify_make_xtext(const char *text, struct buffer *out)
{
	for (; *text != '\0'; text++) {
		if (*text < '!' || *text > '~' || *text == '+' || *text == '=')
			buffer_append_format(out, "+%02X", (unsigned char)*text);
		else
			buffer_append_u8(out, (uint8_t)*text);
	}
}

/* As RFC 3461 has it, large letters alone; -1: it is none. */
static int
hexadecimal(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

static char
lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}
