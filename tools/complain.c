/*
 * complain.c - under the name that the program was called by
 *
 * mulga-spool and mulga-simulate are run by mulga, which is what their user typed.
 */
#include "tools/complain.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "spool/query/query_text.h"

static struct buffer *collected;

void
complain_into(struct buffer *lines)
{
	collected = lines;
}

void
complain_bytes(struct span bytes)
{
	if (collected != NULL)
		buffer_append_span(collected, bytes);
	else
		fwrite(bytes.data, 1, bytes.length, stderr);
}

void
complain(const char *format, ...)
{
	const char   *program = program_invocation_short_name;
	struct buffer line;
	char          text[1024];
	va_list       list;

	if (strcmp(program, "mulga-spool") == 0 || strcmp(program, "mulga-simulate") == 0)
		program = "mulga";
	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	buffer_init(&line);
	query_text_append(&line, text);
	if (collected != NULL)
		buffer_append_format(collected, "%s\n", buffer_text(&line));
	else
		fprintf(stderr, "%s: %s\n", program, buffer_text(&line));
	buffer_release(&line);
}
