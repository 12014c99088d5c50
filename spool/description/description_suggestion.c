/*
 * description_suggestion.c - find the word that was meant
 */
#include "spool/description/description_suggestion.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { MAX_LENGTH = 64 }; /* longer words are not compared */

static unsigned edit_distance(const char *a, const char *b);
static unsigned least(unsigned a, unsigned b);

struct description_suggestion
description_suggestion_for(const char *wanted)
{
	/* A third of the letters may be wrong; of a word of two, none but their order. */
	return (struct description_suggestion){ wanted, NULL, (unsigned)strlen(wanted) / 3 + 1 };
}

void
description_suggestion_consider(struct description_suggestion *suggestion, const char *candidate)
{
	unsigned distance = edit_distance(suggestion->wanted, candidate);
	bool     nearer   = suggestion->best == NULL ? distance <= suggestion->distance
	                                             : distance < suggestion->distance;

	if (nearer && distance < strlen(candidate)) {
		suggestion->best     = candidate;
		suggestion->distance = distance;
	}
}

void
description_suggestion_hint(const struct description_suggestion *suggestion,
                            struct diagnostic                   *diagnostic)
{
	if (suggestion->best != NULL)
		snprintf(diagnostic->hint, sizeof(diagnostic->hint), "did you mean \"%.200s\"?",
		         suggestion->best);
}

/* Optimal string alignment, three rows at a time. */
static unsigned
edit_distance(const char *a, const char *b)
{
	unsigned rows[3][MAX_LENGTH + 1];
	size_t   a_length = strlen(a), b_length = strlen(b);

	if (a_length > MAX_LENGTH || b_length > MAX_LENGTH)
		return MAX_LENGTH;
	for (size_t j = 0; j <= b_length; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a_length; i++) {
		unsigned       *row   = rows[i % 3];
		const unsigned *above = rows[(i - 1) % 3], *second = rows[(i + 1) % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_length; j++) {
			row[j] = least(least(above[j], row[j - 1]) + 1,
			               above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], second[j - 2] + 1);
		}
	}
	return rows[a_length % 3][b_length];
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}
