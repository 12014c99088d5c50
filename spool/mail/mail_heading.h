/*
 * mail_heading.h - what becomes of a mail's heading when it is submitted
 *
 * Programs hand mail to `sendmail` with headings of every quality. On the way in, a
 * leading mbox line and the fields Bcc, Return-Path and Content-Length go; From, Date and
 * Message-ID come where they are missing, one Received always; bare names get home's
 * name. Lines end in LF afterwards. Everything else, 8-bit text and long lines included,
 * stays as it is, and the body is never touched.
 */
#ifndef SPOOL_MAIL_MAIL_HEADING_H
#define SPOOL_MAIL_MAIL_HEADING_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/status.h"
#include "spool/mail/mail_address.h"

enum { MAIL_HEADING_MAX_BYTES = 1 << 20 };

/*
 * Where the heading of a message ends. `bytes` are its first ones, all of it if `all`.
 * Returns false while more bytes are needed; else *heading is the length of the heading
 * and *body where the body begins: behind an empty line, or at the first line that is no
 * field.
 */
bool mail_heading_end(struct span bytes, bool all, size_t *heading, size_t *body);

/* The next field of a heading, its lines and their ends: false at its end. *name: without blanks. */
bool mail_heading_next(struct span *rest, struct span *field, struct span *name);

/* Is that its name? `lower` has small letters only. */
bool mail_heading_is(struct span name, const char *lower);

/* Appends the value of the first field of that name, unfolded and without blanks around it. */
bool mail_heading_value(struct span heading, const char *lower, struct buffer *value);

/* How many fields of that name it has. */
size_t mail_heading_count(struct span heading, const char *lower);

/* What the heading gets where it is missing: values of fields. */
struct mail_heading_defaults {
	const char *node; /* home's name */
	const char *from;
	const char *date;
	const char *message_id;
	const char *received; /* always added */
};

/*
 * Appends the heading of the message and the empty line after it. With `recipients` not
 * NULL, adds the addresses of To, Cc and Bcc, or of Resent-To and so on where there are
 * such. STATUS_INVALID with the reason: a control character, or no address in a field
 * that should tell a recipient.
 */
enum status mail_heading_rewrite(struct span heading, const struct mail_heading_defaults *defaults,
                                 struct mail_addresses *recipients, struct buffer *out,
                                 struct diagnostic *diagnostic);

/*
 * Without -i, a line that is a lone dot ends the message. Keeps what may be such a line
 * between calls; init with zeroes and line_start true.
 */
struct mail_dot {
	bool line_start;
	bool dot;      /* a line began with "."    */
	bool carriage; /* and "\r" came after it */
};

/* Appends the bytes before the lone dot; true: it was there, and what follows is nothing. */
bool mail_dot_pass(struct mail_dot *dot, struct span bytes, struct buffer *out);

#endif
