/*
 * description_printer.c - write statements with their indentation and units
 */
#include "spool/description/description_printer.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "spool/description/description_escape.h"

struct unit {
	const char *text;
	int64_t     factor;
};

static void append_amount(struct buffer *out, const struct unit *units, int64_t value);

void
description_printer_mark(struct description_printer *printer, struct description_place place)
{
	const char *path;

	if (printer->marked == NULL || place.line == 0)
		return;
	path = printer->marked->sources.items[place.source].path;
	if (strpbrk(path, "\"\n") == NULL)
		buffer_append_format(printer->out, "#line %u \"%s\"\n", place.line, path);
}

void
description_printer_begin(struct description_printer *printer, const char *words)
{
	buffer_append_format(printer->out, "%*s%s", (int)printer->depth * 4, "", words);
}

void
description_printer_word(struct description_printer *printer, const char *word)
{
	buffer_append_format(printer->out, " %s", word);
}

void
description_printer_region(struct description_printer *printer, const struct name *region)
{
	description_printer_word(printer, region->text[0] == '\0' ? "world" : region->text);
}

void
description_printer_quoted(struct description_printer *printer, const char *text)
{
	buffer_append_text(printer->out, " ");
	description_escape_text(text, printer->out);
}

void
description_printer_quoted_list(struct description_printer     *printer,
                                const struct description_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		description_printer_quoted(printer, texts->items[i]);
}

void
description_printer_amount_ms(struct description_printer *printer, int64_t duration_ms)
{
	buffer_append_text(printer->out, " ");
	description_printer_bare_ms(printer, duration_ms);
}

void
description_printer_amount_bytes(struct description_printer *printer, int64_t size_bytes)
{
	static const struct unit units[] = {
		{ "G", (int64_t)1 << 30 },
		{ "M", (int64_t)1 << 20 },
		{ "K", (int64_t)1 << 10 },
		{ "", 1 },
	};

	buffer_append_text(printer->out, " ");
	append_amount(printer->out, units, size_bytes);
}

void
description_printer_bare_ms(struct description_printer *printer, int64_t duration_ms)
{
	static const struct unit units[] = {
		{ "w", 7 * 24 * 3600 * 1000 },
		{ "d", 24 * 3600 * 1000 },
		{ "h", 3600 * 1000 },
		{ "m", 60 * 1000 },
		{ "s", 1000 },
		{ "ms", 1 },
	};

	append_amount(printer->out, units, duration_ms);
}

void
description_printer_end(struct description_printer *printer)
{
	buffer_append_text(printer->out, "\n");
}

void
description_printer_open(struct description_printer *printer)
{
	buffer_append_text(printer->out, " {\n");
	printer->depth++;
}

void
description_printer_close(struct description_printer *printer)
{
	assert(printer->depth > 0);
	printer->depth--;
	description_printer_flag(printer, "}");
}

void
description_printer_flag(struct description_printer *printer, const char *words)
{
	description_printer_begin(printer, words);
	description_printer_end(printer);
}

void
description_printer_text(struct description_printer *printer, const char *words, const char *text)
{
	if (text == NULL)
		return;
	description_printer_begin(printer, words);
	description_printer_quoted(printer, text);
	description_printer_end(printer);
}

void
description_printer_texts(struct description_printer *printer, const char *words,
                          const struct description_texts *texts)
{
	if (texts->count == 0)
		return;
	description_printer_begin(printer, words);
	description_printer_quoted_list(printer, texts);
	description_printer_end(printer);
}

void
description_printer_name(struct description_printer *printer, const char *words,
                         const struct name *name)
{
	if (name->text[0] == '\0')
		return;
	description_printer_begin(printer, words);
	description_printer_word(printer, name->text);
	description_printer_end(printer);
}

void
description_printer_integer(struct description_printer *printer, const char *words, int64_t value)
{
	description_printer_begin(printer, words);
	buffer_append_format(printer->out, " %lld", (long long)value);
	description_printer_end(printer);
}

void
description_printer_duration(struct description_printer *printer, const char *words,
                             int64_t duration_ms)
{
	if (duration_ms < 0)
		return;
	description_printer_begin(printer, words);
	description_printer_amount_ms(printer, duration_ms);
	description_printer_end(printer);
}

void
description_printer_size(struct description_printer *printer, const char *words, int64_t size_bytes)
{
	if (size_bytes < 0)
		return;
	description_printer_begin(printer, words);
	description_printer_amount_bytes(printer, size_bytes);
	description_printer_end(printer);
}

/* In the largest unit that leaves a whole number; the last one has the factor 1. */
static void
append_amount(struct buffer *out, const struct unit *units, int64_t value)
{
	while (units->factor > 1 && (value == 0 || value % units->factor != 0))
		units++;
	buffer_append_format(out, "%lld%s", (long long)(value / units->factor), units->text);
}
