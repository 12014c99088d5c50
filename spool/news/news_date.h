/*
 * news_date.h - when an article says that it was written (RFC 5322 section 3.3, RFC 5536 section 3.1.1)
 */
#ifndef SPOOL_NEWS_NEWS_DATE_H
#define SPOOL_NEWS_NEWS_DATE_H

#include <stdbool.h>

#include "spool/base/buffer.h"
#include "spool/base/instant.h"

/*
 * The value of a heading `Date`: "Fri, 20 Nov 2026 10:40:00 +1100 (AEDT)", the day of the week, the
 * seconds, the century and the comment at will. A zone by name counts as UTC, as RFC 5322 has it for
 * names that say nothing: it is a matter of hours. False: it is no date, or one of before 1970.
 */
bool news_date_parse(struct span value, struct walltime *wall);

#endif
