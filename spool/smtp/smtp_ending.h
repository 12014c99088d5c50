/*
 * smtp_ending.h - how a program ended, as SMTP says it
 *
 * Inside, an end is a code of sysexits; a client of SMTP or LMTP hears a reply and an enhanced status
 * (RFC 3463) of the same meaning.
 */
#ifndef SPOOL_SMTP_SMTP_ENDING_H
#define SPOOL_SMTP_SMTP_ENDING_H

#include <stdbool.h>

struct smtp_ending {
	int         reply;  /* 250, 4xx or 5xx         */
	const char *status; /* "5.4.6"; static         */
	bool        later;  /* the same may go another time */
};

struct smtp_ending smtp_ending_of(int exit_code);

#endif
