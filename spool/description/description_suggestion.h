/*
 * description_suggestion.h - "did you mean ...?"
 *
 * Collects the nearest of many candidates by the number of letters that differ (Damerau's
 * distance: a swap of neighbors is one). Of equally near ones the first wins.
 */
#ifndef SPOOL_DESCRIPTION_DESCRIPTION_SUGGESTION_H
#define SPOOL_DESCRIPTION_DESCRIPTION_SUGGESTION_H

#include "spool/base/diagnostic.h"

struct description_suggestion {
	const char *wanted; /* borrowed                     */
	const char *best;   /* borrowed; NULL: nothing near */
	unsigned    distance;
};

struct description_suggestion description_suggestion_for(const char *wanted);
void description_suggestion_consider(struct description_suggestion *suggestion,
                                     const char                    *candidate);

/* Sets the hint where something is near enough; else leaves it. */
void description_suggestion_hint(const struct description_suggestion *suggestion,
                                 struct diagnostic                   *diagnostic);

#endif
