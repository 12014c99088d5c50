/*
 * uucp_time.h - when UUCP may call a system: "Wk1800-0800,Sa,Su"
 */
#ifndef SPOOL_IMPORT_UUCP_TIME_H
#define SPOOL_IMPORT_UUCP_TIME_H

#include "spool/import/import_line.h"

enum uucp_time_kind { UUCP_TIME_ANY, UUCP_TIME_NEVER, UUCP_TIME_WINDOWS };

/*
 * Appends the windows, a line each, as `schedule` has them. What goes over midnight is two of them, for UUCP
 * means both ends of each day that it names. STATUS_INVALID: and where and why.
 */
enum status uucp_time_convert(const char *path, const struct import_word *word, struct buffer *out,
                              enum uucp_time_kind *kind, struct diagnostic *diagnostic);

#endif
