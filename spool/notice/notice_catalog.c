/*
 * notice_catalog.c - headings are found, braces are filled, patterns are matched
 */
#include "spool/notice/notice_catalog.h"

#include <stdio.h>
#include <string.h>

enum { HOLES_MAX = 8, HOLE_NAME_MAX = 24 };

/* Where one word between braces of a pattern was found in a sentence. */
struct hole {
	char        name[HOLE_NAME_MAX + 1];
	struct span found;
};

static const struct notice_catalog catalogs[] = {
#include "catalogs.inc"
};

static const struct notice_catalog *find(const char *language);
static bool        next_section(const char **place, struct span *heading, struct span *text);
static struct span trim(const char *start, const char *end);
static bool match(struct span pattern, const char *sentence, struct hole *holes, size_t *count);
static const char *find_piece(const char *sentence, struct span piece, bool last);
static void        fill_holes(struct span text, const struct hole *holes, size_t count,
                              struct buffer *out);
static const char *value_of(const struct notice_value *values, struct span name);
static void        append_escaped(struct buffer *out, const char *text);
static void        append_quoted(struct buffer *out, const char *text);

const struct notice_catalog *
notice_catalog_find(const char *language)
{
	const struct notice_catalog *found = find(language);

	return found != NULL ? found : find("en");
}

/* By the first part of the tag, whose letters may be large. */
static const struct notice_catalog *
find(const char *language)
{
	size_t length = strcspn(language, "-_");

	for (size_t i = 0; i < sizeof(catalogs) / sizeof(catalogs[0]); i++) {
		const char *own  = catalogs[i].language;
		size_t      same = 0;

		while (same < length && (language[same] | 0x20) == own[same])
			same++;
		if (same == length && own[same] == '\0')
			return &catalogs[i];
	}
	return NULL;
}

struct span
notice_catalog_get(const struct notice_catalog *catalog, const char *key)
{
	const char *place = catalog->text;
	struct span heading, text;

	while (next_section(&place, &heading, &text))
		if (span_equal(heading, span_of_text(key)))
			return text;
	if (strcmp(catalog->language, "en") != 0)
		return notice_catalog_get(find("en"), key);
	return (struct span){ (const uint8_t *)"", 0 };
}

void
notice_catalog_say(const struct notice_catalog *catalog, const char *sentence, struct buffer *out)
{
	const char *place = catalog->text;
	struct hole holes[HOLES_MAX];
	struct span heading, text;
	size_t      count;

	while (next_section(&place, &heading, &text)) {
		if (heading.length < 4 || memcmp(heading.data, "say ", 4) != 0)
			continue;
		heading.data += 4;
		heading.length -= 4;
		if (match(heading, sentence, holes, &count)) {
			fill_holes(text, holes, count, out);
			return;
		}
	}
	buffer_append_text(out, sentence);
}

/* From one `## ` to the next. */
static bool
next_section(const char **place, struct span *heading, struct span *text)
{
	const char *start = strstr(*place, "\n## "), *line, *end;

	if (start == NULL)
		return false;
	start += 4;
	line = start + strcspn(start, "\n");
	end  = strstr(line, "\n## ");
	if (end == NULL)
		end = line + strlen(line);
	*heading = trim(start, line);
	*text    = trim(line, end);
	*place   = end;
	return true;
}

/* Without line ends around it: blanks before the first word mean code. */
static struct span
trim(const char *start, const char *end)
{
	while (start < end && *start == '\n')
		start++;
	while (end > start && (end[-1] == '\n' || end[-1] == ' '))
		end--;
	return (struct span){ (const uint8_t *)start, (size_t)(end - start) };
}

/* --- sentences --------------------------------------------------------------------------- */

/* A hole takes as little as it can, the last one all that is left. */
static bool
match(struct span pattern, const char *sentence, struct hole *holes, size_t *count)
{
	const char *at = (const char *)pattern.data, *end = at + pattern.length;

	*count = 0;
	while (at < end) {
		const char *open  = memchr(at, '{', (size_t)(end - at));
		struct span piece = { (const uint8_t *)at,
			              (size_t)((open == NULL ? end : open) - at) };
		const char *close, *found = sentence;

		if (*count > 0)
			found = find_piece(sentence, piece, open == NULL);
		else if (strncmp(sentence, at, piece.length) != 0)
			found = NULL;
		if (found == NULL)
			return false;
		if (*count > 0)
			holes[*count - 1].found =
			    (struct span){ (const uint8_t *)sentence, (size_t)(found - sentence) };
		sentence = found + piece.length;
		if (open == NULL)
			return *sentence == '\0';
		close = memchr(open, '}', (size_t)(end - open));
		if (close == NULL || *count == HOLES_MAX || close - open - 1 > HOLE_NAME_MAX)
			return false;
		snprintf(holes[*count].name, sizeof(holes[*count].name), "%.*s",
		         (int)(close - open - 1), open + 1);
		(*count)++;
		at = close + 1;
	}
	if (*count == 0)
		return *sentence == '\0';
	holes[*count - 1].found = span_of_text(sentence);
	return *sentence != '\0';
}

/* The piece of a pattern, behind at least one byte; the last piece is the end of the sentence. */
static const char *
find_piece(const char *sentence, struct span piece, bool last)
{
	size_t length = strlen(sentence);

	if (length <= piece.length)
		return NULL;
	if (!last)
		return memmem(sentence + 1, length - 1, piece.data, piece.length);
	sentence += length - piece.length;
	return memcmp(sentence, piece.data, piece.length) == 0 ? sentence : NULL;
}

static void
fill_holes(struct span text, const struct hole *holes, size_t count, struct buffer *out)
{
	const char *at = (const char *)text.data, *end = at + text.length;

	while (at < end) {
		const char *close = *at == '{' ? memchr(at, '}', (size_t)(end - at)) : NULL;
		size_t      i     = close == NULL ? count : 0;

		while (i < count && !(strlen(holes[i].name) == (size_t)(close - at - 1) &&
		                      memcmp(holes[i].name, at + 1, strlen(holes[i].name)) == 0))
			i++;
		if (i < count) {
			buffer_append_span(out, holes[i].found);
			at = close + 1;
		} else {
			buffer_append_u8(out, (uint8_t)*at++);
		}
	}
}

/* --- values ------------------------------------------------------------------------------ */

void
notice_fill(struct span text, const struct notice_value *values, bool markdown, struct buffer *out)
{
	const char *at = (const char *)text.data, *end = at + text.length, *line = at;

	while (at < end) {
		const char *close = *at == '{' ? memchr(at, '}', (size_t)(end - at)) : NULL;
		const char *value =
		    close == NULL ? NULL
				  : value_of(values, (struct span){ (const uint8_t *)at + 1,
		                                                    (size_t)(close - at - 1) });

		if (value == NULL) {
			buffer_append_u8(out, (uint8_t)*at);
			if (*at++ == '\n')
				line = at;
			continue;
		}
		if (!markdown)
			notice_append_printable(out, value);
		else if (at - line >= 4 && memcmp(line, "    ", 4) == 0)
			append_quoted(out, value);
		else
			append_escaped(out, value);
		at = close + 1;
	}
}

static const char *
value_of(const struct notice_value *values, struct span name)
{
	for (; values->name != NULL; values++)
		if (span_equal(span_of_text(values->name), name))
			return values->text;
	return NULL;
}

/* CommonMark section 2.4: any punctuation of ASCII may have a backslash. */
static void
append_escaped(struct buffer *out, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char byte   = (unsigned char)*text;
		bool          letter = byte == ' ' || byte > 0x7f || (byte >= '0' && byte <= '9') ||
		              ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');

		if (byte < ' ' || byte == 0x7f) {
			buffer_append_text(out, "?");
			continue;
		}
		if (!letter)
			buffer_append_text(out, "\\");
		buffer_append_u8(out, byte);
	}
}

/* As one word of a shell: who copies the line runs nothing else. */
static void
append_quoted(struct buffer *out, const char *text)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789@%_+=:,./-";

	if (text[strspn(text, safe)] == '\0') {
		buffer_append_text(out, text);
		return;
	}
	buffer_append_text(out, "'");
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			buffer_append_text(out, "'\\''");
		else
			buffer_append_u8(out, (unsigned char)*text < ' ' || *text == 0x7f
			                          ? '?'
			                          : (uint8_t)*text);
	}
	buffer_append_text(out, "'");
}

void
notice_append_printable(struct buffer *out, const char *text)
{
	for (; *text != '\0'; text++)
		buffer_append_u8(out, (unsigned char)*text < ' ' || *text == 0x7f ? '?'
		                                                                  : (uint8_t)*text);
}
