/*
 * notice_render.h - CommonMark as people read it: plain text, and HTML that can do nothing
 *
 * The HTML is safe: raw HTML of the source is left out, and so are links that a reader's
 * program would run. Both are in UTF-8; what is not, in the source, is replaced.
 */
#ifndef SPOOL_NOTICE_NOTICE_RENDER_H
#define SPOOL_NOTICE_NOTICE_RENDER_H

#include "spool/base/buffer.h"

void notice_render_text(struct span markdown, struct buffer *out);
void notice_render_html(struct span markdown, struct buffer *out);

#endif
