/*
 * log.h - one line for the operator
 *
 * The only global state of the library: where log lines go. A sink gets a complete
 * line without its newline, printable 7-bit text only (what came from outside is
 * escaped here, trust T19). Without a sink, lines are dropped.
 */
#ifndef SPOOL_BASE_LOG_H
#define SPOOL_BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

typedef void log_sink_function(enum log_level level, const char *line);

void log_set_sink(log_sink_function *sink, enum log_level most_detailed);

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Logs the line and ends the process with abort(); for what cannot be survived. */
void log_fatal(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
