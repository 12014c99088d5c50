/*
 * node_rename.c - names that this node had: the network hears what they are called now
 *
 * D31. A name that was given up gets a last record of its own, without links, that says the
 * node's present name and until when that holds. It goes to whoever was told of the old
 * name, wherever the new one is: newer by its serial, so that the old record ends
 * everywhere, and handed on as bytes by nodes that do not know of such records.
 *
 * A name has one record, so the last word of the name decides whose it is. A node that
 * was installed anew under its new name does not know the old one's serial: it contradicts
 * the first record that says otherwise, and no second one, because then somebody bears
 * the name who goes past every serial that is said of it.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/node/node_topology.h"
#include "spool/base/log.h"
#include "spool/topology/local_record.h"

#define SETTING_SAID "renamed:" /* and the former name: how often that was said, here */

static void tell(struct node *node, const struct description_former *former);
static void withdraw(struct node *node);
static void say(struct node *node, const struct description_former *former);
static const struct description_former *find_former(const struct node *node, const char *name);
static const char                      *points_to(const struct node *node, const char *name);
static int64_t                          times_said(const struct node *node, const char *name);
static void set_times_said(struct node *node, const char *name, int64_t times);
static void format_setting(char *setting, size_t size, const char *name);

bool
node_rename_was(const struct node *node, const char *name)
{
	return find_former(node, name) != NULL;
}

void
node_rename_tell(struct node *node)
{
	for (size_t i = 0; i < node->home->former_count; i++)
		if (node->home->formers[i].until.ms > node->now.wall.ms)
			tell(node, &node->home->formers[i]);
	withdraw(node);
}

void
node_rename_heard(struct node *node, const struct record *record)
{
	const struct description_former *former = find_former(node, record->node.text);

	if (former == NULL || strcmp(record->renamed.text, node->name.text) == 0)
		return;
	if (times_said(node, former->name.text) > 1) {
		log_line(LOG_WARNING, "the name %s is borne by another node again",
		         former->name.text);
		return;
	}
	say(node, former);
	set_times_said(node, former->name.text, 2);
}

static void
tell(struct node *node, const struct description_former *former)
{
	const char                 *name    = former->name.text;
	const struct topology_node *known   = topology_find(&node->topology, name);
	const char                 *present = points_to(node, name);

	if (present != NULL && strcmp(present, node->name.text) == 0 &&
	    known->renamed_until.ms == former->until.ms)
		return;
	if (present != NULL
	        ? strcmp(present, node->name.text) != 0 && find_former(node, present) == NULL
	        : known != NULL && times_said(node, name) > 0) {
		log_line(LOG_WARNING, "the former name %s is another node's now", name);
		return;
	}
	say(node, former);
	set_times_said(node, name, 1);
}

/* What the description does not say any more. */
static void
withdraw(struct node *node)
{
	for (size_t i = 0; i < node->topology.recorded_count; i++) {
		const char *text =
		    region_tree_text(&node->topology.names, node->topology.recorded[i]);
		const char               *present = points_to(node, text);
		struct description_former gone    = { .until = { 0 } };

		if (present == NULL || strcmp(present, node->name.text) != 0 ||
		    find_former(node, text) != NULL)
			continue;
		memcpy(gone.name.text, text, strlen(text) + 1);
		say(node, &gone);
		set_times_said(node, gone.name.text, 0);
	}
}

/* The next record of that name, for those who know the last one. */
static void
say(struct node *node, const struct description_former *former)
{
	const char                 *name    = former->name.text;
	const struct topology_node *known   = topology_find(&node->topology, name);
	const char                 *visible = topology_visible(&node->topology, name);
	struct record               record;

	if (known == NULL)
		visible = local_record_former_visible(node->home, name);
	record_init(&record);
	local_record_of_former(node->home, former, visible, known == NULL ? 1 : known->serial + 1,
	                       &record);
	node_topology_say(node, &record);
	record_release(&record);
}

/* A name of this node's past, as long as it counts. */
static const struct description_former *
find_former(const struct node *node, const char *name)
{
	for (size_t i = 0; i < node->home->former_count; i++) {
		const struct description_former *former = &node->home->formers[i];

		if (strcmp(former->name.text, name) == 0 && former->until.ms > node->now.wall.ms)
			return former;
	}
	return NULL;
}

/* What the last record of the name says that it is called now; NULL if it does not say so. */
static const char *
points_to(const struct node *node, const char *name)
{
	const struct topology_node *known = topology_find(&node->topology, name);

	return known == NULL || known->renamed == REGION_TREE_WORLD
	           ? NULL
	           : region_tree_text(&node->topology.names, known->renamed);
}

static int64_t
times_said(const struct node *node, const char *name)
{
	char setting[sizeof(SETTING_SAID) + NAME_MAX_BYTES];

	format_setting(setting, sizeof(setting), name);
	return store_setting_number(node->store, setting, 0);
}

static void
set_times_said(struct node *node, const char *name, int64_t times)
{
	char setting[sizeof(SETTING_SAID) + NAME_MAX_BYTES];

	format_setting(setting, sizeof(setting), name);
	store_setting_put_number(node->store, setting, times);
}

static void
format_setting(char *setting, size_t size, const char *name)
{
	snprintf(setting, size, SETTING_SAID "%s", name);
}
