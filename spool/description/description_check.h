/*
 * description_check.h - does a description make sense, and is it wise?
 *
 * Errors are what cannot work: a visible region that is no ancestor, a neighbor that is
 * the node itself, a schedule that nobody stated. Warnings are what may be meant: a
 * gateway that catches home, a window that never opens, a region of a whole network that
 * breaks the connectivity condition of the paper.
 */
#ifndef SPOOL_DESCRIPTION_DESCRIPTION_CHECK_H
#define SPOOL_DESCRIPTION_DESCRIPTION_CHECK_H

#include "spool/base/status.h"
#include "spool/description/description.h"
#include "spool/description/description_report.h"

/* STATUS_INVALID if it added an error to the report; warnings alone are STATUS_OK. */
enum status description_check(const struct description  *description,
                              struct description_report *report);

/*
 * Adds a note "this version does not act on `...` yet" for every statement that the daemon
 * of this version accepts and checks but does not act upon (table in
 * description_unsupported.c).
 */
void description_unsupported(const struct description  *description,
                             struct description_report *report);

#endif
