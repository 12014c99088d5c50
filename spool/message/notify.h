/*
 * notify.h - what a sender wants to hear about the fate of a mail, and in which language
 *
 * RFC 3461 as a value: for each recipient, of which ends a report is wanted and how the
 * sender wrote the address (ORCPT); for all, how much of the mail comes back (RET) and the
 * sender's own name for it (ENVID). Most mails want the same for every recipient, so that is
 * said once, and a line is kept for each recipient that differs:
 *
 *	BITS ORIGIN DESTINATION\n       "3 rfc822;Joe@b.test.au joe@b.test.au\n"
 *
 * ORIGIN is in xtext as it came, or "-" where none was given. It is a part of the heading
 * (envelope.h) and of a submission (control.h).
 */
#ifndef SPOOL_MESSAGE_NOTIFY_H
#define SPOOL_MESSAGE_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/field.h"

/* RFC 3461 section 4.1; none of the first four: the sender did not say. */
enum notify_bits {
	NOTIFY_SUCCESS = 1,
	NOTIFY_FAILURE = 2,
	NOTIFY_DELAY   = 4,
	NOTIFY_NEVER   = 8,  /* alone                                               */
	NOTIFY_SAME    = 16, /* the sender wrote the address as the destination has it */
	NOTIFY_ALL     = 31,
};

enum notify_return { NOTIFY_RETURN_UNSAID, NOTIFY_RETURN_FULL, NOTIFY_RETURN_HEADINGS };

enum {
	NOTIFY_ENVID_MAX      = 100,  /* bytes of ENVID in xtext, RFC 3461 section 4.4      */
	NOTIFY_ORIGIN_MAX     = 500,  /* bytes of ORCPT in xtext, RFC 3461 section 4.2      */
	NOTIFY_LANGUAGE_MAX   = 15,   /* bytes of a tag like "pt-BR" (RFC 5646)           */
	NOTIFY_RECIPIENTS_MAX = 4096, /* bytes of lines: the heading has a limit of its own */
	NOTIFY_FIELDS         = 5,    /* how many numbers notify_encode needs             */
};

struct notify {
	unsigned           bits; /* enum notify_bits, of recipients without a line */
	enum notify_return ret;
	char               envid[NOTIFY_ENVID_MAX + 1];       /* xtext; "" = none          */
	char               language[NOTIFY_LANGUAGE_MAX + 1]; /* of the sender; "" = unknown */
	struct buffer      recipients;                        /* lines; owned              */
};

void notify_init(struct notify *notify);
void notify_release(struct notify *notify);

/*
 * One more recipient; `first`: the first of its message, which sets what the others are compared
 * with. `origin` is xtext or "". False: there is no room for one that differs.
 */
bool notify_add(struct notify *notify, bool first, unsigned bits, const char *origin,
                const char *destination);

/* What is wanted for a destination, or for what is left of it on its way. *origin: appended. */
unsigned notify_find(const struct notify *notify, const char *destination, struct buffer *origin);

/* Replaces every destination of a line by what `rename` appends for it, which may be nothing. */
typedef void notify_rename_function(const void *context, const char *destination,
                                    struct buffer *out);
void notify_rename(struct notify *notify, notify_rename_function *rename, const void *context);

/* Fields `first` to first + NOTIFY_FIELDS - 1. decode_field: false if it breaks a limit above. */
void notify_encode(const struct notify *notify, uint32_t first, struct buffer *out);
bool notify_decode_field(struct notify *notify, uint32_t first, const struct field *field);

/* `success,failure,delay` or `never`, in any case; false if it is neither. */
bool notify_parse_bits(unsigned *bits, const char *text);

/* The tag of a language in the value of Content-Language or a locale ("pt_BR.UTF-8"), the first of
 * several, as "pt-BR"; "" where it names none. */
void notify_language(char language[NOTIFY_LANGUAGE_MAX + 1], const char *text);

/* Visible ASCII; `+` only before two hexadecimal digits; no `=` (RFC 3461 section 4). */
bool notify_is_xtext(const char *text);
/* Appends the bytes that xtext stands for, those that are not printable as "?". */
void notify_append_xtext(const char *text, struct buffer *out);
/* The other direction. */
void notify_make_xtext(const char *text, struct buffer *out);

#endif
