/*
 * thin_mail.h - one mail as a program hands it over, on its way to thin_submit
 *
 * Whatever the face (sendmail's standard input, SMTP, rmail), bytes of a mail are fed in as they
 * come: the heading is held in memory and rewritten by spool/mail, the body is streamed behind it.
 */
#ifndef TOOLS_THIN_MAIL_H
#define TOOLS_THIN_MAIL_H

#include "spool/mail/mail_address.h"
#include "spool/mail/mail_heading.h"
#include "spool/message/notify.h"
#include "tools/thin_submit.h"

struct thin_mail {
	const struct home    *home; /* borrowed */
	struct name           node;
	const char           *sender;    /* as -f has it; NULL: who is logged in; borrowed */
	const char           *full_name; /* for From:; NULL: that of the login; borrowed   */
	bool                  extract;   /* recipients stand in the heading, too           */
	struct mail_addresses recipients;
	const char           *address; /* instead of recipients: as `mulga send` has it; borrowed */
	struct notify         notify;  /* what its sender wants to hear                      */
	uint64_t              declared_bytes;    /* what it will have; 0 = nobody knows         */
	bool                  markdown;          /* its text is CommonMark                     */
	const struct control_submission *wishes; /* preference, priority, ... of `mulga send`;
	                                            borrowed; NULL = the usual ones         */

	struct buffer      beginning; /* until the heading is whole */
	bool               begun;     /* then it is with thin_submit */
	struct thin_submit submit;
};

/* Of the node in that home. 0, or the exit code after a sentence. Release it in any case. */
int  thin_mail_init(struct thin_mail *mail, const struct home *home);
void thin_mail_release(struct thin_mail *mail); /* what was not ended is not sent */

/* Adds a recipient, or several: the value of a field like To:. 0, or the exit code. */
int thin_mail_recipients(struct thin_mail *mail, const char *addresses);

/* A mail in CommonMark is held in memory: it may have so many bytes. */
enum { THIN_MAIL_MARKDOWN_MAX = 1 << 22 };

/* Each returns 0, or the exit code after a sentence; then only thin_mail_release may follow. */
int thin_mail_data(struct thin_mail *mail, struct span bytes);
int thin_mail_end(struct thin_mail *mail);

#endif
