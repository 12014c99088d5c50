/*
 * short_name.c - aliases first, then home's regions, nearest first; then what was renamed
 */
#include "spool/topology/short_name.h"

#include <stdio.h>
#include <string.h>

#include "spool/base/buffer.h"

static bool is_known(const void *context, const char *name);

bool
short_name_complete(const struct address *written, const struct description_node *home,
                    const struct topology *topology, struct address *completed,
                    struct buffer *steps)
{
	struct destination destination;
	bool               changed = false;

	destination_init(&destination);
	for (size_t i = 0; i < written->count; i++) {
		destination_copy(&destination, &written->destinations[i]);
		for (size_t j = 0; j < destination.waypoint_count; j++)
			if (short_name_complete_name(&destination.waypoints[j], home, topology,
			                             steps))
				changed = true;
		if (!destination.broadcast &&
		    short_name_complete_name(&destination.node, home, topology, steps))
			changed = true;
		address_add(completed, &destination);
	}
	destination_release(&destination);
	return changed;
}

bool
short_name_complete_name(struct name *name, const struct description_node *home,
                         const struct topology *topology, struct buffer *steps)
{
	struct name written = *name;
	const char *renamed;
	bool        changed;

	for (size_t i = 0; i < home->aliases.count; i++)
		if (strcmp(home->aliases.items[i], written.text) == 0) {
			*name = home->name;
			return true;
		}
	changed = written.text[0] != '\0' &&
	          address_complete(&written, &home->name, is_known, topology, name);
	renamed = topology_renamed(topology, name->text);
	if (renamed == NULL)
		return changed;
	if (steps != NULL)
		buffer_append_format(steps, "%s is renamed: it is %s now\n", name->text, renamed);
	snprintf(name->text, sizeof(name->text), "%s", renamed);
	return true;
}

static bool
is_known(const void *context, const char *name)
{
	return topology_mentions(context, name);
}
