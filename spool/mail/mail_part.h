/*
 * mail_part.h - the parts of a mail that this node writes itself (RFC 2045 to 2047)
 */
#ifndef SPOOL_MAIL_MAIL_PART_H
#define SPOOL_MAIL_MAIL_PART_H

#include "spool/base/buffer.h"

enum { MAIL_BOUNDARY_SIZE = 71 };

/* The value of a field: as it is, or as encoded words where it is not all printable ASCII. */
void mail_append_words(const char *text, struct buffer *out);

/*
 * Fills in a boundary that none of the contents holds: made of `seed`, a word of letters and
 * digits of at most 48 bytes.
 */
void mail_boundary(char boundary[MAIL_BOUNDARY_SIZE], const char *seed, const struct span *contents,
                   size_t count);

/*
 * A part of text in UTF-8 with its own fields: as it is, or quoted-printable where a line would
 * not pass every mail server. `type` is like "text/plain".
 */
void mail_append_text_part(const char *type, struct span text, struct buffer *out);

/* A multipart/alternative, from its field Content-Type on: the text, then the HTML. */
void mail_append_alternative(struct span text, struct span html, const char *seed,
                             struct buffer *out);

#endif
