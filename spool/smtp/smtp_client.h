/*
 * smtp_client.h - the sending side of SMTP and LMTP, for one message to one recipient
 *
 * Replies of a server go in, commands come out, and at the end there is a verdict. A copy of a
 * message has one destination, so there is one recipient, and SMTP and LMTP differ in the hello only.
 *
 *	smtp_client_read(client, bytes, out)        what the server said
 *	while (smtp_client_wants_body(client))      and only then
 *		smtp_client_body(client, piece, out), and at its end smtp_client_end(client, out)
 */
#ifndef SPOOL_SMTP_SMTP_CLIENT_H
#define SPOOL_SMTP_SMTP_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/smtp/smtp_command.h"

enum { SMTP_REPLY_MAX = 4096, SMTP_SAID_MAX = 200 };

enum smtp_verdict {
	SMTP_OPEN,       /* the conversation goes on                            */
	SMTP_TAKEN,      /* the server has the message                          */
	SMTP_NO_MAILBOX, /* 5xx to RCPT: this recipient never                   */
	SMTP_REFUSED,    /* 5xx to anything else: this message never            */
	SMTP_LATER,      /* 4xx, or it spoke no SMTP: another time              */
};

struct smtp_client_options {
	bool        lmtp;
	const char *name;      /* of this node, for the hello */
	const char *sender;    /* "" = nobody: MAIL FROM:<>   */
	const char *recipient; /* an address                  */
	uint64_t    size;      /* of the message, as an estimate for SIZE */

	/* RFC 3461, for a server that offers DSN */
	unsigned         notify; /* enum smtp_notify; 0 = unsaid      */
	enum smtp_return ret;
	const char      *envid;  /* xtext; NULL or "" = none          */
	const char      *origin; /* ORCPT in xtext; NULL or "" = none */
};

struct smtp_client; /* heap; texts of the options are copied */

struct smtp_client *smtp_client_new(const struct smtp_client_options *options);
void                smtp_client_free(struct smtp_client *client);

/* Takes what the server said and appends what to say next. */
void smtp_client_read(struct smtp_client *client, struct span bytes, struct buffer *out);

/* The server said 354: the message is to follow, lines ended by LF, in pieces. */
bool smtp_client_wants_body(const struct smtp_client *client);
void smtp_client_body(struct smtp_client *client, struct span bytes, struct buffer *out);
void smtp_client_end(struct smtp_client *client, struct buffer *out);

enum smtp_verdict smtp_client_verdict(const struct smtp_client *client);
/* The server's words about it, one printable line with its code in front; "" = none yet. */
const char *smtp_client_said(const struct smtp_client *client);
/* It has been told what the sender wants to hear, and reports itself. */
bool smtp_client_passed_dsn(const struct smtp_client *client);

#endif
