/*
 * status.h - how a function that may fail says so
 *
 * Zero is success. A status tells the caller what to do next, not what went wrong in
 * words: the words go to a struct diagnostic (diagnostic.h) or to the log.
 */
#ifndef SPOOL_BASE_STATUS_H
#define SPOOL_BASE_STATUS_H

enum status {
	STATUS_OK = 0,
	STATUS_INVALID,     /* the input breaks a rule; trying again is useless     */
	STATUS_NOT_FOUND,   /* nothing by that name or id                           */
	STATUS_EXISTS,      /* it is there already; the old one stands              */
	STATUS_STALE,       /* older than what is known, or a spool of another age  */
	STATUS_BUSY,        /* somebody else holds it; try later                    */
	STATUS_DENIED,      /* refused by policy or by permission                   */
	STATUS_NO_SPACE,    /* disk or quota full; try later                        */
	STATUS_TOO_BIG,     /* beyond a stated limit                                */
	STATUS_IO,          /* the disk or the line failed; what it holds is unsure */
	STATUS_CORRUPT,     /* stored bytes contradict themselves                   */
	STATUS_UNAVAILABLE, /* the other side is not there                          */
};

/* The token of a status, as JSON and logs show it: "ok", "not-found", ... Static. */
const char *status_text(enum status status);

#endif
