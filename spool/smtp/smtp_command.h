/*
 * smtp_command.h - one line of SMTP or LMTP as a value
 *
 * RFC 5321 and 2033, with SIZE (1870), 8BITMIME (6152), SMTPUTF8 (6531) and DSN (3461). A line is
 * judged by its form only; what fits where in a conversation is smtp_server's business.
 */
#ifndef SPOOL_SMTP_SMTP_COMMAND_H
#define SPOOL_SMTP_SMTP_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/buffer.h"

enum {
	SMTP_LINE_MAX =
	    2048, /* bytes of a command without its end; RFC 5321 and 3461 ask for less */
	SMTP_PATH_MAX    = 1023,
	SMTP_ENVID_MAX   = 100, /* RFC 3461 section 4.4 */
	SMTP_ORIGIN_MAX  = 500, /* RFC 3461 section 4.2, as it is written in xtext   */
	SMTP_REASON_SIZE = 128,
};

enum smtp_verb {
	SMTP_VERB_UNKNOWN,
	SMTP_VERB_HELO,
	SMTP_VERB_EHLO,
	SMTP_VERB_LHLO,
	SMTP_VERB_MAIL,
	SMTP_VERB_RCPT,
	SMTP_VERB_DATA,
	SMTP_VERB_RSET,
	SMTP_VERB_NOOP,
	SMTP_VERB_VRFY,
	SMTP_VERB_EXPN,
	SMTP_VERB_HELP,
	SMTP_VERB_QUIT,
};

/* When a sender wants to hear of a recipient (RFC 3461 section 4.1); 0: it did not say. */
enum smtp_notify {
	SMTP_NOTIFY_SUCCESS = 1,
	SMTP_NOTIFY_FAILURE = 2,
	SMTP_NOTIFY_DELAY   = 4,
	SMTP_NOTIFY_NEVER   = 8, /* alone */
};

enum smtp_return { SMTP_RETURN_UNSAID, SMTP_RETURN_FULL, SMTP_RETURN_HEADINGS };

struct smtp_command {
	enum smtp_verb verb;

	char path[SMTP_PATH_MAX + 1]; /* of MAIL and RCPT, without <> and source route; "" = <> */

	uint64_t         size; /* that MAIL declares; 0 = none    */
	bool             eight_bit;
	bool             utf8;
	enum smtp_return ret;
	char             envid[SMTP_ENVID_MAX + 1];   /* as it came, in xtext */
	unsigned         notify;                      /* enum smtp_notify     */
	char             origin[SMTP_ORIGIN_MAX + 1]; /* ORCPT as it came, in xtext */
};

/*
 * Fills *command from a line without its end. Returns 0, or the code of the reply that says what
 * is wrong, with an enhanced status and the words in `reason`: "5.5.4 there is no parameter X".
 */
int smtp_command_parse(struct smtp_command *command, struct span line,
                       char reason[SMTP_REASON_SIZE]);

#endif
