/*
 * node_device.c - links that share a radio, a modem, a line
 *
 * A device carries so many calls at a time. Of several links that could be called at once, the
 * first as stated is; or round the list, the one that comes after the one that was served last, so
 * that each has its turn however much another has to say. Whose turn it was is a fact of the
 * spool: a daemon that is restarted often is not fairer to the first of the list.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/node/node_calling.h"
#include "daemon/node/node_held.h"

enum { SETTING_MAX = 96 };

static const struct description_device *device_of(const struct node      *node,
                                                  const struct node_link *link);
static bool   shares(const struct node_link *link, const struct node_link *other);
static bool   comes_before(struct node *node, const struct node_link *link);
static size_t last_served(struct node *node, const struct node_link *link);
static void   setting_of(const struct node_link *link, char name[SETTING_MAX]);

bool
node_device_grants(struct node *node, const struct node_link *link)
{
	const struct description_device *device = device_of(node, link);
	unsigned                         used   = 0;

	if (device == NULL)
		return true;
	for (size_t i = 0; i < node->link_count; i++)
		used += shares(link, &node->links[i]) &&
		        (node->links[i].call != 0 || node->links[i].handover.open ||
		         node_held_is(node, &node->links[i]));
	return used < device->calls &&
	       (device->order != ORDER_ROUND_ROBIN || !comes_before(node, link));
}

void
node_device_taken(struct node *node, const struct node_link *link)
{
	const struct description_device *device = device_of(node, link);
	char                             name[SETTING_MAX];

	if (device == NULL || device->order != ORDER_ROUND_ROBIN)
		return;
	setting_of(link, name);
	store_setting_put(node->store, name, span_of_text(link->title));
}

bool
node_device_wanted(const struct node *node, const struct node_link *link)
{
	for (size_t i = 0; i < node->link_count; i++)
		if (shares(link, &node->links[i]) && node->links[i].call == 0 &&
		    node->links[i].contact.wait == NODE_WAITS_DEVICE)
			return true;
	return false;
}

/* NULL: it needs none. */
static const struct description_device *
device_of(const struct node *node, const struct node_link *link)
{
	const struct description_node *home = node->home;

	for (size_t i = 0; i < home->device_count && link->description->device != NULL; i++)
		if (strcmp(home->devices[i].name, link->description->device) == 0)
			return &home->devices[i];
	return NULL;
}

static bool
shares(const struct node_link *link, const struct node_link *other)
{
	const char *device = link->description->device;

	return device != NULL && other->description->device != NULL &&
	       strcmp(device, other->description->device) == 0;
}

/* Is another one due whose turn is earlier, counted from the one that was served last? */
static bool
comes_before(struct node *node, const struct node_link *link)
{
	size_t last = last_served(node, link), count = node->link_count;
	size_t own = ((size_t)(link - node->links) + count - last - 1) % count;

	for (size_t i = 0; i < count; i++) {
		const struct node_link *other = &node->links[i];

		if (shares(link, other) && other->call == 0 &&
		    instant_reached(other->contact.due, node->now.instant) &&
		    (i + count - last - 1) % count < own)
			return true;
	}
	return false;
}

/* Nobody yet: the last of the list, so that the first is next. */
static size_t
last_served(struct node *node, const struct node_link *link)
{
	struct buffer title;
	size_t        last = node->link_count - 1;
	char          name[SETTING_MAX];

	buffer_init(&title);
	setting_of(link, name);
	if (store_setting_get(node->store, name, &title))
		for (size_t i = 0; i < node->link_count; i++)
			if (strcmp(node->links[i].title, buffer_text(&title)) == 0)
				last = i;
	buffer_release(&title);
	return last;
}

static void
setting_of(const struct node_link *link, char name[SETTING_MAX])
{
	snprintf(name, SETTING_MAX, "device-turn:%s", link->description->device);
}
