/*
 * description_parse.h - from the text of a description to its values
 */
#ifndef SPOOL_DESCRIPTION_DESCRIPTION_PARSE_H
#define SPOOL_DESCRIPTION_DESCRIPTION_PARSE_H

#include <stddef.h>

#include "spool/base/status.h"
#include "spool/description/description.h"
#include "spool/description/description_report.h"
#include "spool/description/description_source.h"

/*
 * Reads the `roots`, one after the other, into *description (initialised and empty), as
 * if they were one text. STATUS_INVALID if the report holds an error; then the values
 * are incomplete and only good for release. `include` may be NULL: then the statement is
 * an error. Roots and include's findings are copied.
 */
enum status description_parse(struct description               *description,
                              const struct description_sources *roots,
                              description_include_function     *include,
                              struct description_report        *report);

#endif
