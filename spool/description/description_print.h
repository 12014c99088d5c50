/*
 * description_print.h - the canonical text of a description
 */
#ifndef SPOOL_DESCRIPTION_DESCRIPTION_PRINT_H
#define SPOOL_DESCRIPTION_DESCRIPTION_PRINT_H

#include "spool/base/buffer.h"
#include "spool/description/description.h"

/* Appends it; templates and includes are expanded. parse(print(x)) == x. */
void description_print(const struct description *description, struct buffer *out);

/*
 * The same with lines `#line 12 "FILE"` before rules that a refusal quotes: who reads that text knows
 * their places in the operator's files.
 */
void description_print_marked(const struct description *description, struct buffer *out);

#endif
