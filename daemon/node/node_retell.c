/*
 * node_retell.c - what a node says of itself, once more when it knows to whom
 *
 * A broadcast finds its way by what is known of those it is for. A newcomer knows nobody: its
 * first record goes to its neighbors, and from one of those who may have it to the next (see
 * node_topology.c), which ends where the region does, even if another part of it lies beyond.
 * Its next record would get there, but that may come in years. So a record is told again when
 * its node has come to know more than twice as many others as when it told it last, and there
 * has been no news for a minute. Who has it already throws it away. A node does so a handful of
 * times in its life: as often as the logarithm of what it knows.
 */
#include "daemon/node/node_topology.h"
#include "spool/base/log.h"

#define SETTING_KNEW "record-knew" /* how many others had a record here when our own was told */

enum { QUIET_MS = 60000 };

static int64_t others_known(const struct node *node);
static bool    is_worth_it(struct node *node);

void
node_retell_told(struct node *node)
{
	store_setting_put_number(node->store, SETTING_KNEW, others_known(node));
	node->retell_due = INSTANT_NEVER;
}

void
node_retell_changed(struct node *node)
{
	node->retell_due =
	    is_worth_it(node) ? instant_after(node->now.instant, QUIET_MS) : INSTANT_NEVER;
}

void
node_retell_run(struct node *node)
{
	if (!instant_reached(node->retell_due, node->now.instant))
		return;
	log_line(LOG_DEBUG, "this node knows %lld others now: its record is told again",
	         (long long)others_known(node));
	node_topology_tell_again(node);
	node_retell_told(node);
}

static int64_t
others_known(const struct node *node)
{
	return (int64_t)node->topology.recorded_count - 1;
}

static bool
is_worth_it(struct node *node)
{
	return others_known(node) > 2 * store_setting_number(node->store, SETTING_KNEW, 0);
}
