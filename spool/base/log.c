/*
 * log.c - format a line, make it safe, hand it to the sink
 */
#include "spool/base/log.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINE_MAX_BYTES = 1024 };

static log_sink_function *log_sink;
static enum log_level     log_most_detailed = LOG_INFO;

static void write_line(enum log_level level, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

void
log_set_sink(log_sink_function *sink, enum log_level most_detailed)
{
	log_sink          = sink;
	log_most_detailed = most_detailed;
}

void
log_line(enum log_level level, const char *format, ...)
{
	va_list arguments;

	if (log_sink == NULL || level > log_most_detailed)
		return;
	va_start(arguments, format);
	write_line(level, format, arguments);
	va_end(arguments);
}

void
log_fatal(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (log_sink != NULL)
		write_line(LOG_ERROR, format, arguments);
	va_end(arguments);
	abort();
}

static void
write_line(enum log_level level, const char *format, va_list arguments)
{
	char line[LINE_MAX_BYTES];

	vsnprintf(line, sizeof(line), format, arguments);
	for (char *c = line; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	log_sink(level, line);
}
