/*
 * clock_vote.h - which of several clocks to believe
 *
 * Windows follow the wall clock, and a clock can be anything: a battery dies, and it is 1970. A
 * clock that shows a moment before this program was made is not believed. Of the others, those
 * count as one that differ by less than an hour; the most win, and of equally many the earlier
 * ones: so two nodes that know only each other come to the same answer, and do not swap theirs.
 */
#ifndef DAEMON_MESH_CLOCK_VOTE_H
#define DAEMON_MESH_CLOCK_VOTE_H

#include <stddef.h>

#include "spool/base/instant.h"

enum { CLOCK_VOTE_NEAR_MS = 3600000 };

/* What the clocks show at this moment, our own first; one of them, ours if it is among those that
 * win. Before `least` none is believed; if none is left, ours. */
size_t clock_vote(const struct walltime *clocks, size_t count, struct walltime least);

#endif
