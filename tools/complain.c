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

#include "spool/base/buffer.h"
#include "spool/query/query_text.h"

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
	fprintf(stderr, "%s: %s\n", program, buffer_text(&line));
	buffer_release(&line);
}
