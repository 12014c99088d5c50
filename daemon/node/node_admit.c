/*
 * node_admit.c - what a link lets in
 *
 * The node that receives over a link says what may pass it (`inbound { restrict REGION }`),
 * and tells it, so that the other side's tables lead nothing else there (D16). A neighbor
 * that sends something else all the same, by a pinned route or because it has not heard yet,
 * is refused: the restriction is this node's own. The next node to visit decides (D17); a
 * broadcast passes where its region and the restriction meet (D27); what is for this node
 * itself has arrived.
 */
#include <string.h>

#include "daemon/node/node_permit.h"

static bool admits(const struct node *node, const char *restriction,
                   const struct destination *destination);

bool
node_link_admits(const struct node *node, const struct node_link *link,
                 const struct address *destinations, struct diagnostic *diagnostic)
{
	const char              *restriction = link->description->inbound_restrict.text;
	struct description_place place       = link->description->inbound_restrict_place;

	for (size_t i = 0; i < destinations->count && restriction[0] != '\0'; i++) {
		const struct destination *destination = &destinations->destinations[i];

		if (admits(node, restriction, destination))
			continue;
		diagnostic_set(diagnostic,
		               "%s takes from %s only what is for %s, not for %s%s (%.80s:%u)",
		               node->name.text, link->description->neighbor.text, restriction,
		               destination->broadcast ? "*." : "", destination_leg(destination),
		               node_rule_path(node, place), place.line);
		return false;
	}
	return true;
}

static bool
admits(const struct node *node, const char *restriction, const struct destination *destination)
{
	const char *leg = destination_leg(destination);

	return name_within(leg, restriction) || route_tables_is_home(&node->tables, leg) ||
	       (destination->broadcast && destination->waypoint_count == 0 &&
	        name_within(restriction, leg));
}
