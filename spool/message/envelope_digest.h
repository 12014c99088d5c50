/*
 * envelope_digest.h - a heading without the digest, for a line that is slow
 *
 * Who sends a small body over a line that alters nothing (TLS) compares it with its digest and leaves
 * those 34 bytes out; who receives it computes them. Both headings are the same bytes in the end.
 */
#ifndef SPOOL_MESSAGE_ENVELOPE_DIGEST_H
#define SPOOL_MESSAGE_ENVELOPE_DIGEST_H

#include "spool/message/envelope.h"

/* Appends the fields of a heading but its digest. */
void envelope_leave_out_digest(struct span heading, struct buffer *out);

/*
 * Appends them with that digest. STATUS_INVALID: it has one, or is no list of fields. Whether it is a
 * heading then, envelope_decode says.
 */
enum status envelope_put_in_digest(struct span rest, const uint8_t digest[ENVELOPE_DIGEST_BYTES],
                                   struct buffer *out);

#endif
