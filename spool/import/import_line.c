/*
 * import_line.c - words, from the left
 */
#include "spool/import/import_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "spool/description/description_escape.h"
#include "spool/name/name.h"
#include "spool/name/spelling.h"

static bool take(struct import_source *source, uint8_t *byte);

void
import_source_init(struct import_source *source, const char *path, struct span text)
{
	*source = (struct import_source){ .path = path, .rest = text, .line = 1, .column = 1 };
}

enum status
import_line_next(struct import_source *source, struct arena *arena, struct import_line *line,
                 struct diagnostic *diagnostic)
{
	struct import_word words[IMPORT_WORDS_MAX], word = { "", 0, 0 };
	struct buffer      text;
	enum status        status  = STATUS_OK;
	bool               comment = false, over = false;
	uint8_t            byte = '\n';

	line->count = 0;
	buffer_init(&text);
	while (status == STATUS_OK &&
	       !(over || (line->count > 0 && byte == '\n' && word.line == 0))) {
		unsigned at_line = source->line, at_column = source->column;
		bool     blank;

		over = !take(source, &byte);
		if (over)
			byte = '\n';
		if (!over && byte == '\\' && source->rest.length > 0 &&
		    source->rest.data[0] == '\n') {
			take(source, &byte);
			byte = ' ';
		}
		comment = (comment || byte == '#') && byte != '\n';
		blank   = comment || byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
		if (!blank && word.line == 0)
			word = (struct import_word){ "", at_line, at_column };
		if (!blank && (byte < ' ' || byte >= 0x7f))
			status = import_wrong(diagnostic, source->path, &word,
			                      "a byte that is no printable ASCII");
		if (!blank) {
			buffer_append_u8(&text, byte);
		} else if (word.line > 0) {
			word.text = arena_text(arena, buffer_text(&text));
			if (line->count == IMPORT_WORDS_MAX)
				status =
				    import_wrong(diagnostic, source->path, &word,
				                 "more than %d words in a line", IMPORT_WORDS_MAX);
			else
				words[line->count++] = word;
			buffer_clear(&text);
			word.line = 0;
		}
	}
	buffer_release(&text);
	line->words = arena_new(arena, line->count + 1, sizeof(words[0]));
	memcpy(line->words, words, line->count * sizeof(words[0]));
	return status != STATUS_OK ? status : line->count > 0 ? STATUS_OK : STATUS_NOT_FOUND;
}

static bool
take(struct import_source *source, uint8_t *byte)
{
	if (source->rest.length == 0)
		return false;
	*byte = source->rest.data[0];
	source->rest.data++;
	source->rest.length--;
	source->column++;
	if (*byte == '\n') {
		source->line++;
		source->column = 1;
	}
	return true;
}

enum status
import_wrong(struct diagnostic *diagnostic, const char *path, const struct import_word *word,
             const char *format, ...)
{
	va_list arguments;

	if (diagnostic == NULL)
		return STATUS_INVALID;
	snprintf(diagnostic->path, sizeof(diagnostic->path), "%s", path);
	diagnostic->line   = word->line;
	diagnostic->column = word->column;
	va_start(arguments, format);
	vsnprintf(diagnostic->text, sizeof(diagnostic->text), format, arguments);
	va_end(arguments);
	return STATUS_INVALID;
}

void
import_left(const char *path, const struct import_word *words, size_t count, const char *indent,
            struct buffer *out)
{
	buffer_append_format(out, "%s# %s:%u: not carried over:", indent, path, words[0].line);
	for (size_t i = 0; i < count; i++)
		buffer_append_format(out, " %s", words[i].text);
	if (buffer_text(out)[out->length - 1] == '\\')
		buffer_append_text(out, " "); /* or it would go on in the next line */
	buffer_append_text(out, "\n");
}

void
import_quote(const char *text, struct buffer *out)
{
	description_escape_text(text, out);
}

bool
import_name(const char *part, const char *region, struct buffer *out)
{
	struct buffer whole;
	struct name   name;
	bool          good;

	if (strspn(part, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") !=
	    strlen(part))
		return false;
	buffer_init(&whole);
	for (const char *c = part; *c != '\0'; c++)
		buffer_append_u8(&whole, *c == '_' ? '-' : (uint8_t)*c);
	if (strchr(part, '.') == NULL && region[0] != '\0')
		buffer_append_format(&whole, ".%s", region);
	good = name_parse(&name, buffer_text(&whole), NULL) == STATUS_OK && name.text[0] != '\0';
	if (good)
		buffer_append_text(out, name.text);
	buffer_release(&whole);
	return good;
}

bool
import_text_is(const char *text, const char *keyword)
{
	return strlen(text) == strlen(keyword) && import_text_begins(text, keyword);
}

bool
import_text_begins(const char *text, const char *keyword)
{
	while (*keyword != '\0' && spelling_lower(*text) == spelling_lower(*keyword)) {
		text++;
		keyword++;
	}
	return *keyword == '\0';
}
