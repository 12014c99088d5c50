/*
 * description_checker.h - what the parts of description_check share
 */
#ifndef SPOOL_DESCRIPTION_DESCRIPTION_CHECKER_H
#define SPOOL_DESCRIPTION_DESCRIPTION_CHECKER_H

#include <stdarg.h>

#include "spool/description/description.h"
#include "spool/description/description_report.h"

struct description_checker {
	const struct description  *description;
	struct description_report *report;
};

/* Report there, printf style; the diagnostic is for a hint, until the next one. */
struct diagnostic *description_checker_error(const struct description_checker *checker,
                                             struct description_place place, const char *format,
                                             ...) __attribute__((format(printf, 3, 4)));
struct diagnostic *description_checker_warn(const struct description_checker *checker,
                                            struct description_place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Reports that `what`, standing at `place`, was stated before, at `first`. */
void description_checker_repeated(const struct description_checker *checker,
                                  struct description_place place, struct description_place first,
                                  const char *what);

/* The parts: a file each. */
void description_check_link(const struct description_checker *checker,
                            const struct description_node    *node,
                            const struct description_link    *link);
void description_check_foreign(const struct description_checker *checker,
                               const struct description_node    *node,
                               const struct description_link    *link);
void description_check_schedules(const struct description_checker *checker,
                                 const struct description_node    *node);
void description_check_rules(const struct description_checker *checker,
                             const struct description_node    *node);
void description_check_network(const struct description_checker *checker);

#endif
