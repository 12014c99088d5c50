/*
 * file_name.c - names that strangers chose
 */
#include "spool/message/file_name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum {
	STEM_MAX      = 150, /* bytes of a name before its ending */
	EXTENSION_MAX = 20,  /* bytes of an ending, with its dot  */
};

static size_t sanitise(const char *title, char out[FILE_NAME_SIZE]);
static size_t character_length(const unsigned char *text);
static size_t cut(const char *text, size_t length, size_t limit);

void
file_name_choose(const char *title, const char *id, unsigned attempt, char name[FILE_NAME_SIZE])
{
	char        clean[FILE_NAME_SIZE], suffix[FILE_NAME_SIZE] = "";
	size_t      length = sanitise(title, clean), stem;
	const char *dot;

	if (length == 0) {
		snprintf(name, FILE_NAME_SIZE, "%s", id);
		return;
	}
	dot = strrchr(clean, '.');
	stem =
	    dot != NULL && clean + length - dot <= EXTENSION_MAX ? (size_t)(dot - clean) : length;
	if (attempt > FILE_NAME_NUMBERED) /* its end is random, its begin the same for all */
		snprintf(suffix, sizeof(suffix), " (%s)",
		         strlen(id) > 64 ? id + strlen(id) - 64 : id);
	else if (attempt > 1)
		snprintf(suffix, sizeof(suffix), " (%u)", attempt);
	snprintf(name, FILE_NAME_SIZE, "%.*s%s%s", (int)cut(clean, stem, STEM_MAX), clean, suffix,
	         clean + stem);
}

/* What may not be in a name becomes '_'; returns the length. */
static size_t
sanitise(const char *title, char out[FILE_NAME_SIZE])
{
	size_t length = 0;
	bool   front  = true; /* only dots so far */

	while (*title != '\0') {
		size_t bytes = character_length((const unsigned char *)title);
		size_t used  = bytes > 0 ? bytes : 1;
		bool   bad   = bytes == 0 || *title == '/' || (front && *title == '.');

		if (length + used + 1 > FILE_NAME_SIZE)
			break;
		front = front && *title == '.';
		if (bad)
			out[length++] = '_';
		else
			memcpy(out + length, title, used), length += used;
		title += used;
	}
	out[length] = '\0';
	return length;
}

/* Of one printable character of UTF-8 (RFC 3629); 0 if it is none: a control, or no UTF-8. */
static size_t
character_length(const unsigned char *text)
{
	static const struct {
		unsigned char mask, lead;
		unsigned      first; /* code point that needs this length */
	} forms[] = {
		{ 0x80, 0x00, 0x20 },
		{ 0xe0, 0xc0, 0xa0 }, /* U+0080 to U+009F are controls too */
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};

	for (size_t form = 0; form < sizeof(forms) / sizeof(forms[0]); form++) {
		unsigned point = text[0] & (unsigned)(unsigned char)~forms[form].mask;

		if ((text[0] & forms[form].mask) != forms[form].lead)
			continue;
		for (size_t i = 1; i <= form; i++) {
			if ((text[i] & 0xc0) != 0x80)
				return 0;
			point = point << 6 | (text[i] & 0x3fu);
		}
		if (point < forms[form].first || point == 0x7f || point > 0x10ffff ||
		    (point >= 0xd800 && point <= 0xdfff))
			return 0;
		return form + 1;
	}
	return 0;
}

/* The length of `text`, at most `limit`, without half a character at its end. */
static size_t
cut(const char *text, size_t length, size_t limit)
{
	if (length <= limit)
		return length;
	while (limit > 0 && ((unsigned char)text[limit] & 0xc0) == 0x80)
		limit--;
	return limit;
}
