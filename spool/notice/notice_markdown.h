/*
 * notice_markdown.h - a mail that is written in CommonMark, for those who read HTML
 */
#ifndef SPOOL_NOTICE_NOTICE_MARKDOWN_H
#define SPOOL_NOTICE_NOTICE_MARKDOWN_H

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/status.h"

/*
 * Appends the mail as a multipart/alternative: its text as it was typed, which is made to be read,
 * and the same as safe HTML. STATUS_INVALID with the reason: its heading says that it is something
 * else than a plain text.
 */
enum status notice_markdown_mail(struct span mail, struct buffer *out,
                                 struct diagnostic *diagnostic);

#endif
