/*
 * notice.h - what a person is told about a message that ended, or is held
 *
 * A notice is a mail (RFC 5322) in plain text: one sentence first, then what is known, then
 * what the reader can do. It is a pure function of its values; delivery is the node's work.
 */
#ifndef SPOOL_NOTICE_NOTICE_H
#define SPOOL_NOTICE_NOTICE_H

#include "spool/base/buffer.h"
#include "spool/base/instant.h"
#include "spool/message/envelope.h"
#include "spool/message/transit.h"

/* The outcome of what has not ended yet: it went in a circle, and waits for better times. */
#define NOTICE_HELD "held"

struct notice {
	const char            *home;        /* the node that reports                        */
	const struct envelope *about;       /* the message                                  */
	const struct transit  *transit;     /* its way so far                               */
	const char            *destination; /* which of its destinations                    */
	const char            *outcome;     /* delivered returned expired cancelled held    */
	const char            *reason;      /* one sentence without a full stop; "" = none  */
	struct span            original;    /* the beginning of a mail's text, or nothing   */
	struct walltime        now;
};

/* Appends the whole mail. Text from outside is made printable. */
void notice_format(const struct notice *notice, struct buffer *out);

#endif
