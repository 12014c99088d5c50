/*
 * complain.h - one sentence for a person, on standard error
 */
#ifndef TOOLS_COMPLAIN_H
#define TOOLS_COMPLAIN_H

/* "PROGRAM: sentence"; what it quotes from outside is made printable. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
