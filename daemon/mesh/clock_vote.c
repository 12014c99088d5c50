/*
 * clock_vote.c - a count of those that agree with each
 */
#include "daemon/mesh/clock_vote.h"

#include <assert.h>
#include <stdbool.h>

static bool is_near(struct walltime a, struct walltime b);

size_t
clock_vote(const struct walltime *clocks, size_t count, struct walltime least)
{
	size_t winner = 0, most = 0;

	assert(count > 0);
	for (size_t i = 0; i < count; i++) {
		size_t votes = 0;

		if (clocks[i].ms < least.ms)
			continue;
		for (size_t j = 0; j < count; j++)
			votes += clocks[j].ms >= least.ms && is_near(clocks[i], clocks[j]);
		if (votes > most || (votes == most && !is_near(clocks[i], clocks[winner]) &&
		                     clocks[i].ms < clocks[winner].ms)) {
			most   = votes;
			winner = i;
		}
	}
	return clocks[0].ms >= least.ms && is_near(clocks[0], clocks[winner]) ? 0 : winner;
}

static bool
is_near(struct walltime a, struct walltime b)
{
	return a.ms < b.ms ? b.ms - a.ms < CLOCK_VOTE_NEAR_MS : a.ms - b.ms < CLOCK_VOTE_NEAR_MS;
}
