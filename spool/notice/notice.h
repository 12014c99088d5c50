/*
 * notice.h - what a person is told about a message that ended, or is held
 *
 * A notice is a mail with a multipart/report (RFC 3462, 3464): first for people, in the sender's
 * language, one sentence, then what is known, then what to type; then the same for programs; then
 * the heading of the mail it is about, or all of it where the sender asked for that. It is a pure
 * function of its values; delivery is the node's work.
 */
#ifndef SPOOL_NOTICE_NOTICE_H
#define SPOOL_NOTICE_NOTICE_H

#include "spool/base/buffer.h"
#include "spool/base/instant.h"
#include "spool/message/envelope.h"
#include "spool/message/transit.h"

/* What is no outcome of a message. */
#define NOTICE_HELD    "held"    /* it went in a circle, and waits for better times           */
#define NOTICE_DELAYED "delayed" /* it waits, and its sender wanted to hear of that           */
#define NOTICE_RELAYED "relayed" /* it left by a gateway, behind which nobody reports         */

struct notice {
	const char            *home;        /* the node that reports                          */
	const struct envelope *about;       /* the message                                    */
	const struct transit  *transit;     /* its way so far                                 */
	const char            *destination; /* which of its destinations                      */
	const char            *outcome;     /* delivered returned expired cancelled, or above */
	const char            *reason;      /* one sentence without a full stop; "" = none    */
	struct span            original;    /* the beginning of a mail's text, or nothing     */
	bool                   whole;       /* `original` is all of it, and all is to go back */
	struct walltime        until;       /* it is tried; 0 = not any more                  */
	struct walltime        now;
};

/* Appends the whole mail. Text from outside is made printable. */
void notice_format(const struct notice *notice, struct buffer *out);

#endif
