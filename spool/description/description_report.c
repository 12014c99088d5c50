/*
 * description_report.c - collect findings and show them with their source line
 */
#include "spool/description/description_report.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

static struct description_finding *new_finding(struct description_report *report);
static char *copy_line(const struct description_source *source, unsigned line);
static void  append_excerpt(const struct description_finding *finding, struct buffer *out);
static void  append_printable(const char *text, struct buffer *out);

void
description_report_init(struct description_report *report)
{
	*report = (struct description_report){ .count = 0 };
}

void
description_report_release(struct description_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		free(report->findings[i].source_line);
	free(report->findings);
	description_report_init(report);
}

bool
description_report_full(const struct description_report *report)
{
	return report->error_count >= DESCRIPTION_MAX_ERRORS;
}

struct diagnostic *
description_report_add(struct description_report *report, enum description_severity severity,
                       const struct description *description, struct description_place place,
                       const char *format, ...)
{
	struct description_finding *finding;
	struct diagnostic          *diagnostic;
	va_list                     arguments;

	if (severity == DESCRIPTION_ERROR && description_report_full(report)) {
		diagnostic_init(&report->dropped);
		return &report->dropped;
	}
	report->error_count += severity == DESCRIPTION_ERROR;
	report->warning_count += severity == DESCRIPTION_WARNING;

	finding           = new_finding(report);
	finding->severity = severity;
	diagnostic        = &finding->diagnostic;
	va_start(arguments, format);
	vsnprintf(diagnostic->text, sizeof(diagnostic->text), format, arguments);
	va_end(arguments);
	if (place.line == 0)
		return diagnostic;

	assert(place.source < description->sources.count);
	finding->source_line = copy_line(&description->sources.items[place.source], place.line);
	snprintf(diagnostic->path, sizeof(diagnostic->path), "%s",
	         description->sources.items[place.source].path);
	diagnostic->line   = place.line;
	diagnostic->column = place.column;
	diagnostic->length = place.length;
	return diagnostic;
}

const char *
description_place_text(char                      text[DESCRIPTION_PLACE_TEXT_SIZE],
                       const struct description *description, struct description_place place,
                       struct description_place seen_from)
{
	if (place.source == seen_from.source)
		snprintf(text, DESCRIPTION_PLACE_TEXT_SIZE, "line %u", place.line);
	else
		snprintf(text, DESCRIPTION_PLACE_TEXT_SIZE, "line %u of %.100s", place.line,
		         description->sources.items[place.source].path);
	return text;
}

void
description_report_hint(struct diagnostic *diagnostic, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(diagnostic->hint, sizeof(diagnostic->hint), format, arguments);
	va_end(arguments);
}

void
description_finding_format(const struct description_finding *finding, struct buffer *out)
{
	static const char *const severities[] = {
		[DESCRIPTION_ERROR]   = "error",
		[DESCRIPTION_WARNING] = "warning",
		[DESCRIPTION_NOTE]    = "note",
	};
	const struct diagnostic *diagnostic = &finding->diagnostic;

	if (diagnostic->line > 0) {
		append_printable(diagnostic->path, out);
		buffer_append_format(out, ":%u:%u: ", diagnostic->line, diagnostic->column);
	}
	buffer_append_format(out, "%s: ", severities[finding->severity]);
	append_printable(diagnostic->text, out);
	buffer_append_text(out, "\n");
	if (finding->source_line != NULL)
		append_excerpt(finding, out);
}

void
description_report_format(const struct description_report *report, struct buffer *out)
{
	for (size_t i = 0; i < report->count; i++)
		description_finding_format(&report->findings[i], out);
	if (description_report_full(report))
		buffer_append_format(out, "%d errors; there may be more\n", DESCRIPTION_MAX_ERRORS);
}

static struct description_finding *
new_finding(struct description_report *report)
{
	struct description_finding *finding;

	report->findings = memory_grow(report->findings, &report->capacity, report->count + 1,
	                               sizeof(report->findings[0]));
	finding          = &report->findings[report->count++];
	*finding         = (struct description_finding){ .source_line = NULL };
	diagnostic_init(&finding->diagnostic);
	return finding;
}

static char *
copy_line(const struct description_source *source, unsigned line)
{
	const char *at = source->text, *end = source->text + source->length;
	const char *newline;

	for (; line > 1 && at < end; line--) {
		newline = memchr(at, '\n', (size_t)(end - at));
		at      = newline == NULL ? end : newline + 1;
	}
	newline = memchr(at, '\n', (size_t)(end - at));
	if (newline != NULL)
		end = newline;
	if (end > at && end[-1] == '\r')
		end--;
	return memory_copy(at, (size_t)(end - at));
}

/* The source line, and under it the marks and the hint; tabs stay, so that both align. */
static void
append_excerpt(const struct description_finding *finding, struct buffer *out)
{
	const struct diagnostic *diagnostic = &finding->diagnostic;
	unsigned                 column     = 1;

	buffer_append_format(out, "%5u | ", diagnostic->line);
	append_printable(finding->source_line, out);
	buffer_append_text(out, "\n      | ");
	for (const char *at = finding->source_line; column < diagnostic->column; column++) {
		buffer_append_text(out, *at == '\t' ? "\t" : " ");
		if (*at != '\0')
			at++;
		while (((unsigned char)*at & 0xc0) == 0x80)
			at++;
	}
	buffer_append_text(out, "^");
	for (unsigned i = 1; i < diagnostic->length; i++)
		buffer_append_text(out, "~");
	if (diagnostic->hint[0] != '\0') {
		buffer_append_text(out, " ");
		append_printable(diagnostic->hint, out);
	}
	buffer_append_text(out, "\n");
}

/* A file from elsewhere must not drive the operator's terminal: controls show as "?". */
static void
append_printable(const char *text, struct buffer *out)
{
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		buffer_append_u8(out, (byte < ' ' && byte != '\t') || byte == 0x7f ? '?' : byte);
	}
}
