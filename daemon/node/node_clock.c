/*
 * node_clock.c - the time by which windows go
 *
 * Ordinarily that is our own clock's. Each neighbor says in its greeting what its clock shows, and
 * by the monotonic clock we know what it shows now. Where ours is not to be believed
 * (mesh/clock_vote.h) windows follow a neighbor's, and that is said: in the log, and by `status`.
 * Nothing else follows: lifetimes and pauses count by the monotonic clock, and dates are for
 * display.
 */
#include <stdlib.h>

#include "daemon/mesh/clock_vote.h"
#include "daemon/node/node_calling.h"
#include "daemon/node/node_notice.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"

enum { STEP_MS = 1000 }; /* our clock was set, if it went on by so much more than time did */

/* No clock shows an earlier day and is right: on 2026-11-20 this version was made. */
static const struct walltime made = { INT64_C(1795132800000) };

static void vote(struct node *node);

void
node_clock_greeted(struct node *node, struct node_call *call, struct walltime clock)
{
	call->clock_told      = clock.ms > 0;
	call->clock_offset_ms = clock.ms - node->now.instant.ms;
}

void
node_clock_heard(struct node *node, const struct node_call *call)
{
	call->link->clock_told      = call->clock_told;
	call->link->clock_offset_ms = call->clock_offset_ms;
	vote(node);
}

void
node_clock_run(struct node *node)
{
	int64_t offset_ms = node->now.wall.ms - node->now.instant.ms;

	if (llabs(offset_ms - node->own_offset_ms) > STEP_MS)
		vote(node);
	node->wall_ms = node->followed != NULL
	                    ? node->now.instant.ms + node->followed->clock_offset_ms
	                    : node->now.wall.ms;
}

/* Links are those of another description. */
void
node_clock_start(struct node *node)
{
	node->followed = NULL;
	vote(node);
}

bool
node_clock_skew(const struct node *node, const struct node_link *link, int64_t *skew_ms)
{
	*skew_ms = link->clock_offset_ms - (node->now.wall.ms - node->now.instant.ms);
	return link->clock_told;
}

static void
vote(struct node *node)
{
	const struct node_link  *before = node->followed;
	const struct node_link **links  = memory_new(node->link_count, sizeof(struct node_link *));
	struct walltime         *clocks = memory_new(node->link_count + 1, sizeof(*clocks));
	size_t                   count  = 0, winner;

	clocks[0] = node->now.wall;
	for (size_t i = 0; i < node->link_count; i++)
		if (node->links[i].clock_told) {
			links[count]       = &node->links[i];
			clocks[++count].ms = node->now.instant.ms + node->links[i].clock_offset_ms;
		}
	winner              = clock_vote(clocks, count + 1, made);
	node->followed      = winner > 0 ? links[winner - 1] : NULL;
	node->own_offset_ms = node->now.wall.ms - node->now.instant.ms;
	node->wall_ms       = clocks[winner].ms;
	if (node->followed != NULL && before == NULL)
		node_notice_clock(node, clocks[winner]);
	else if (node->followed == NULL && before != NULL)
		log_line(LOG_INFO, "windows follow our own clock again");
	free(links);
	free(clocks);
}
