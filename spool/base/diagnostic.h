/*
 * diagnostic.h - one error or warning in words, and where in a text it lies
 *
 * A function that reads text fills the caller's diagnostic when it fails. Line and
 * column count from 1; 0 means that the place is not known or makes no sense.
 */
#ifndef SPOOL_BASE_DIAGNOSTIC_H
#define SPOOL_BASE_DIAGNOSTIC_H

#include <stdarg.h>

struct diagnostic {
	char     path[256]; /* file or field; "" = none           */
	unsigned line;      /* of the first character, from 1     */
	unsigned column;    /* in characters as shown, from 1     */
	unsigned length;    /* characters to underline, 0 = 1     */
	char     text[256]; /* one sentence, no full stop         */
	char     hint[256]; /* "did you mean ...?"; "" = none     */
};

void diagnostic_init(struct diagnostic *diagnostic);

/* Sets the text, printf style. `diagnostic` may be NULL: then nobody asked. */
void diagnostic_set(struct diagnostic *diagnostic, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
