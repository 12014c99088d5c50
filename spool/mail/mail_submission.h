/*
 * mail_submission.h - what every face of a node makes of a mail that a program hands over
 *
 * Whether it came by sendmail's standard input, by SMTP on a pipe or by LMTP: the heading gets the
 * same fields where they are missing, and says the same of what its sender wants to hear.
 */
#ifndef SPOOL_MAIL_MAIL_SUBMISSION_H
#define SPOOL_MAIL_MAIL_SUBMISSION_H

#include <time.h>

#include "spool/mail/mail_heading.h"
#include "spool/message/message_id.h"
#include "spool/message/notify.h"

/*
 * So many Received a mail may bring. Who leaves our network, by a gateway or a foreign neighbor, and comes
 * back is a new message with no history, but each mailer on its way has added one of these, as
 * every face of this node does (RFC 5321 section 6.3: "normally at least 100").
 */
enum { MAIL_HOPS_MAX = 100 };

struct mail_face {
	const char              *node;    /* home's name                                     */
	const struct message_id *message; /* its id, if it is taken                          */
	const char              *from;    /* value of From, where there is none              */
	const char              *source;  /* of Received, behind `by NODE (mulga VERSION`    */
	struct tm                now;     /* local, with its offset                          */
};

/*
 * Appends the new heading and the empty line after it; as mail_heading_rewrite. What the heading
 * says of its language, and that it is an automatic answer, goes into *notify. STATUS_TOO_BIG: it has
 * been through MAIL_HOPS_MAX mailers or more, so it goes in a circle.
 */
enum status mail_submission_prepare(struct span heading, const struct mail_face *face,
                                    struct mail_addresses *recipients, struct notify *notify,
                                    struct buffer *out, struct diagnostic *diagnostic);

/* RFC 5322 section 3.3 */
void mail_append_date(const struct tm *local, struct buffer *out);

#endif
