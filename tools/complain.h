/*
 * complain.h - one sentence for a person, on standard error
 */
#ifndef TOOLS_COMPLAIN_H
#define TOOLS_COMPLAIN_H

#include "spool/base/buffer.h"

/* "PROGRAM: sentence"; what it quotes from outside is made printable. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Sentences of the daemon, as they came. */
void complain_bytes(struct span bytes);

/*
 * From now on what is complained is appended there, without the name of the program: for who
 * has another way to say it. NULL: standard error.
 */
void complain_into(struct buffer *lines);

#endif
