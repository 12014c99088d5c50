/*
 * description_report.h - what is wrong with a description, as compilers say it
 *
 *     node.topo:31:14: error: "cs.su.oz.uk" is not an ancestor of node basser.cs.su.oz.au
 *        31 |     visible  cs.su.oz.uk
 *           |              ^~~~~~~~~~~ did you mean "cs.su.oz.au"?
 *
 * A run collects up to ten errors, and every warning, in the order of their discovery.
 * A finding copies its source line, so a report outlives the description.
 */
#ifndef SPOOL_DESCRIPTION_DESCRIPTION_REPORT_H
#define SPOOL_DESCRIPTION_DESCRIPTION_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/description/description.h"

enum { DESCRIPTION_MAX_ERRORS = 10 };

enum description_severity { DESCRIPTION_ERROR, DESCRIPTION_WARNING, DESCRIPTION_NOTE };

struct description_finding {
	enum description_severity severity;
	struct diagnostic         diagnostic;
	char                     *source_line; /* without its newline; NULL where there is none */
};

struct description_report {
	struct description_finding *findings;
	size_t                      count;
	size_t                      capacity;
	size_t                      error_count;
	size_t                      warning_count;
	struct diagnostic           dropped; /* where an error beyond the tenth goes */
};

void description_report_init(struct description_report *report);
void description_report_release(struct description_report *report);

/* Ten errors are there: whoever looks for more may stop. */
bool description_report_full(const struct description_report *report);

/*
 * Adds a finding and returns its diagnostic, for a hint; borrowed until the next one. An
 * error beyond the tenth is dropped.
 */
struct diagnostic *description_report_add(struct description_report *report,
                                          enum description_severity  severity,
                                          const struct description  *description,
                                          struct description_place place, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

enum { DESCRIPTION_PLACE_TEXT_SIZE = 128 };

/* "line 12", or "line 12 of FILE" if that is not the file of `seen_from`; returns `text`. */
const char *description_place_text(char                      text[DESCRIPTION_PLACE_TEXT_SIZE],
                                   const struct description *description,
                                   struct description_place  place,
                                   struct description_place  seen_from);

/* Gives a finding its hint, printf style. */
void description_report_hint(struct diagnostic *diagnostic, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* One finding, or all of them, in the shape above. */
void description_finding_format(const struct description_finding *finding, struct buffer *out);
void description_report_format(const struct description_report *report, struct buffer *out);

#endif
