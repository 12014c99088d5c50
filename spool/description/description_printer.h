/*
 * description_printer.h - statements, blocks and units of the canonical text
 *
 * A whole statement that was not stated (NULL, DESCRIPTION_UNSET, an empty list, the name
 * "") prints as nothing, so that callers need not ask.
 */
#ifndef SPOOL_DESCRIPTION_DESCRIPTION_PRINTER_H
#define SPOOL_DESCRIPTION_DESCRIPTION_PRINTER_H

#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/description/description.h"

struct description_printer {
	struct buffer *out;
	unsigned       depth; /* of blocks */

	const struct description *marked; /* where its rules stood is said; NULL: it is not */
};

/* Where the statement to come stood, as description_scan.c reads it. */
void description_printer_mark(struct description_printer *printer, struct description_place place);

/* A line piece by piece; each piece brings the space before it. */
void description_printer_begin(struct description_printer *printer, const char *words);
void description_printer_word(struct description_printer *printer, const char *word);
void description_printer_region(struct description_printer *printer, const struct name *region);
void description_printer_quoted(struct description_printer *printer, const char *text);
void description_printer_quoted_list(struct description_printer     *printer,
                                     const struct description_texts *texts);
void description_printer_amount_ms(struct description_printer *printer, int64_t duration_ms);
void description_printer_amount_bytes(struct description_printer *printer, int64_t size_bytes);
void description_printer_bare_ms(struct description_printer *printer, int64_t duration_ms);
void description_printer_end(struct description_printer *printer);

/* Ends the line with ` {`; and the line that ends the block. */
void description_printer_open(struct description_printer *printer);
void description_printer_close(struct description_printer *printer);

/* A whole statement. */
void description_printer_flag(struct description_printer *printer, const char *words);
void description_printer_text(struct description_printer *printer, const char *words,
                              const char *text);
void description_printer_texts(struct description_printer *printer, const char *words,
                               const struct description_texts *texts);
void description_printer_name(struct description_printer *printer, const char *words,
                              const struct name *name);
void description_printer_integer(struct description_printer *printer, const char *words,
                                 int64_t value);
void description_printer_duration(struct description_printer *printer, const char *words,
                                  int64_t duration_ms);
void description_printer_size(struct description_printer *printer, const char *words,
                              int64_t size_bytes);

/* One window of a schedule, a line. */
void description_print_window(struct description_printer      *printer,
                              const struct description_window *window);

/* The parts that have a file of their own; `word` is `transport` or `answer`. */
void description_print_link(struct description_printer    *printer,
                            const struct description_link *link);
void description_print_transport(struct description_printer *printer, const char *word,
                                 const struct description_transport *transport);

#endif
