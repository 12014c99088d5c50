/*
 * topology.c - records and pseudolinks, by dense ids
 *
 * Every name of a record is interned, with its regions, before an entry is touched, so
 * that `nodes` is as long as `names` whenever a public function returns. Sorted arrays
 * (recorded nodes, pseudolinks) make iteration independent of the order of arrival.
 */
#include "spool/topology/topology.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

static uint32_t intern(struct topology *topology, const char *name);
static void     drop_links(struct topology *topology, struct topology_node *node);
static void     fill_links(struct topology *topology, uint32_t id, const struct record *record);
static void     drop_pseudolinks(struct topology *topology, uint32_t from);
static int      link_compare(const void *left, const void *right);
static size_t   recorded_place(const struct topology *topology, const char *name);
static size_t   pseudolink_place(const struct topology *topology, const char *from, const char *to);
static bool     pseudolink_is(const struct topology *topology, size_t place, const char *from,
                              const char *to);
static void     add_broadcast(struct address *address, const char *region);
static void     add_node(struct address *address, const char *node);
static bool     lists(const struct topology *topology, const char *node, const char *neighbor);

void
topology_init(struct topology *topology)
{
	*topology = (struct topology){ .nodes = NULL };
	region_tree_init(&topology->names);
	intern(topology, ""); /* the world has an id in an empty tree, so it has a node too */
}

void
topology_release(struct topology *topology)
{
	for (size_t i = 0; i < topology->node_count; i++)
		drop_links(topology, &topology->nodes[i]);
	free(topology->nodes);
	free(topology->recorded);
	free(topology->pseudolinks);
	region_tree_release(&topology->names);
	*topology = (struct topology){ .nodes = NULL };
}

void
topology_put(struct topology *topology, const struct record *record)
{
	uint32_t              id      = intern(topology, record->node.text);
	uint32_t              visible = intern(topology, record->visible.text);
	uint32_t              renamed = intern(topology, record->renamed.text);
	struct topology_node *node;

	for (size_t i = 0; i < record->link_count; i++) {
		intern(topology, record->links[i].to.text);
		intern(topology, record->links[i].restriction.text);
	}
	node = &topology->nodes[id];
	if (!node->recorded) {
		size_t place = recorded_place(topology, record->node.text);

		topology->recorded =
		    memory_grow(topology->recorded, &topology->recorded_capacity,
		                topology->recorded_count + 1, sizeof(topology->recorded[0]));
		memmove(&topology->recorded[place + 1], &topology->recorded[place],
		        (topology->recorded_count - place) * sizeof(topology->recorded[0]));
		topology->recorded[place] = id;
		topology->recorded_count++;
	}
	drop_links(topology, node);
	node->recorded      = true;
	node->told          = false;
	node->visible       = visible;
	node->renamed       = renamed;
	node->renamed_until = record->renamed_until;
	node->serial        = record->serial;
	fill_links(topology, id, record);
	drop_pseudolinks(topology, id);
}

enum status
topology_take(struct topology *topology, const struct record *record)
{
	const struct topology_node *node = topology_find(topology, record->node.text);

	if (node != NULL && record->serial <= node->serial)
		return STATUS_STALE;
	if (!topology_mentions(topology, record->node.text) &&
	    (record->renamed.text[0] == '\0' || !topology_mentions(topology, record->renamed.text)))
		return STATUS_NOT_FOUND;
	topology_put(topology, record);
	return STATUS_OK;
}

enum status
topology_remove(struct topology *topology, const char *name)
{
	uint32_t              id = region_tree_find(&topology->names, name);
	struct topology_node *node;
	size_t                place;

	if (id == REGION_TREE_NONE || !topology->nodes[id].recorded)
		return STATUS_NOT_FOUND;
	node = &topology->nodes[id];
	drop_links(topology, node);
	node->recorded = false;
	node->visible  = id;
	node->renamed  = REGION_TREE_WORLD;
	node->serial   = 0;
	place          = recorded_place(topology, name);
	assert(topology->recorded[place] == id);
	topology->recorded_count--;
	memmove(&topology->recorded[place], &topology->recorded[place + 1],
	        (topology->recorded_count - place) * sizeof(topology->recorded[0]));
	drop_pseudolinks(topology, id);
	return STATUS_OK;
}

const struct topology_node *
topology_find(const struct topology *topology, const char *node)
{
	uint32_t id = region_tree_find(&topology->names, node);

	return id == REGION_TREE_NONE || !topology->nodes[id].recorded ? NULL
	                                                               : &topology->nodes[id];
}

enum status
topology_visible_put(struct topology *topology, const char *name, const char *visible)
{
	uint32_t id, region;

	if (!name_within(name, visible))
		return STATUS_INVALID;
	id     = intern(topology, name);
	region = intern(topology, visible);
	if (!topology->nodes[id].recorded) {
		topology->nodes[id].visible = region;
		topology->nodes[id].told    = true;
	}
	return STATUS_OK;
}

void
topology_visible_remove(struct topology *topology, const char *name)
{
	uint32_t id = region_tree_find(&topology->names, name);

	if (id == REGION_TREE_NONE || topology->nodes[id].recorded)
		return;
	topology->nodes[id].visible = id;
	topology->nodes[id].told    = false;
}

bool
topology_has_told(const struct topology *topology, const char *node)
{
	uint32_t id = region_tree_find(&topology->names, node);

	return id != REGION_TREE_NONE && topology->nodes[id].told;
}

const char *
topology_visible(const struct topology *topology, const char *name)
{
	uint32_t id = region_tree_find(&topology->names, name);

	if (id == REGION_TREE_NONE)
		return name;
	return region_tree_text(&topology->names, topology->nodes[id].visible);
}

const char *
topology_renamed(const struct topology *topology, const char *name)
{
	uint32_t first = region_tree_find(&topology->names, name), id = first;

	if (id == REGION_TREE_NONE)
		return NULL;
	for (size_t i = 0; i <= topology->recorded_count; i++) {
		if (topology->nodes[id].renamed == REGION_TREE_WORLD)
			return id == first ? NULL : region_tree_text(&topology->names, id);
		id = topology->nodes[id].renamed;
	}
	return NULL;
}

size_t
topology_renames_expire(struct topology *topology, struct walltime now)
{
	size_t count = 0;

	for (size_t i = 0; i < topology->recorded_count; i++) {
		struct topology_node *node = &topology->nodes[topology->recorded[i]];

		if (node->renamed == REGION_TREE_WORLD || node->renamed_until.ms > now.ms)
			continue;
		node->renamed = REGION_TREE_WORLD;
		count++;
	}
	return count;
}

bool
topology_mentions(const struct topology *topology, const char *node)
{
	uint32_t id = region_tree_find(&topology->names, node);

	if (id == REGION_TREE_NONE || topology_is_machine(topology, id))
		return id != REGION_TREE_NONE;
	for (size_t i = 0; i < topology->pseudolink_count; i++)
		if (topology->pseudolinks[i].to == id)
			return true;
	return false;
}

bool
topology_is_machine(const struct topology *topology, uint32_t id)
{
	return topology->nodes[id].recorded || topology->nodes[id].mentions > 0;
}

const struct topology_pseudolink *
topology_pseudolink_find(const struct topology *topology, const char *from, const char *to)
{
	size_t place = pseudolink_place(topology, from, to);

	return pseudolink_is(topology, place, from, to) ? &topology->pseudolinks[place] : NULL;
}

void
topology_pseudolink_put(struct topology *topology, const char *from, const char *to,
                        enum pseudolink_class class, struct walltime heard)
{
	size_t                     place = pseudolink_place(topology, from, to);
	struct topology_pseudolink pseudolink;

	if (pseudolink_is(topology, place, from, to)) {
		topology->pseudolinks[place].class = class;
		topology->pseudolinks[place].heard = heard;
		return;
	}
	pseudolink.from  = intern(topology, from);
	pseudolink.to    = intern(topology, to);
	pseudolink.class = class;
	pseudolink.heard = heard;
	topology->pseudolinks =
	    memory_grow(topology->pseudolinks, &topology->pseudolink_capacity,
	                topology->pseudolink_count + 1, sizeof(topology->pseudolinks[0]));
	memmove(&topology->pseudolinks[place + 1], &topology->pseudolinks[place],
	        (topology->pseudolink_count - place) * sizeof(topology->pseudolinks[0]));
	topology->pseudolinks[place] = pseudolink;
	topology->pseudolink_count++;
}

enum status
topology_pseudolink_remove(struct topology *topology, const char *from, const char *to)
{
	size_t place = pseudolink_place(topology, from, to);

	if (!pseudolink_is(topology, place, from, to))
		return STATUS_NOT_FOUND;
	topology->pseudolink_count--;
	memmove(&topology->pseudolinks[place], &topology->pseudolinks[place + 1],
	        (topology->pseudolink_count - place) * sizeof(topology->pseudolinks[0]));
	return STATUS_OK;
}

size_t
topology_pseudolinks_expire(struct topology *topology, struct walltime limit)
{
	size_t before = topology->pseudolink_count, kept = 0;

	for (size_t i = 0; i < before; i++)
		if (topology->pseudolinks[i].heard.ms >= limit.ms)
			topology->pseudolinks[kept++] = topology->pseudolinks[i];
	topology->pseudolink_count = kept;
	return before - kept;
}

void
topology_audience(const struct topology *topology, const char *name, struct address *address)
{
	const struct topology_node *node = topology_find(topology, name);
	const char                 *visible;

	assert(node != NULL);
	visible = region_tree_text(&topology->names, node->visible);
	for (const char *region = name_parent(name); region != NULL && name_within(region, visible);
	     region             = name_parent(region))
                add_broadcast(address, region);
	for (uint32_t i = 0; i < node->link_count; i++)
		if (node->links[i].direction == RECORD_OUTBOUND && !node->links[i].dead)
			add_node(address, region_tree_text(&topology->names, node->links[i].far));
}

bool
topology_entitled(const struct topology *topology, const char *about, const char *receiver)
{
	return topology_mutual(topology, about, receiver) || lists(topology, about, receiver) ||
	       lists(topology, receiver, about);
}

/* The deepest common region decides: if a wider one is inside both visible regions, so is it. */
bool
topology_mutual(const struct topology *topology, const char *a, const char *b)
{
	return topology_mutual_as(topology, a, topology_visible(topology, a), b);
}

bool
topology_mutual_as(const struct topology *topology, const char *a, const char *visible,
                   const char *b)
{
	const char *region = name_parent(a);

	if (region == NULL || name_parent(b) == NULL)
		return false;
	while (!name_within(name_parent(b), region))
		region = name_parent(region);
	return name_within(region, visible) && name_within(region, topology_visible(topology, b));
}

const char *
topology_table_region(const struct topology *topology, const char *node)
{
	const char *visible = topology_visible(topology, node);
	const char *region  = name_parent(node);

	if (region == NULL || !name_within(region, visible) || strcmp(region, visible) == 0)
		return NULL;
	while (strcmp(name_parent(region), visible) != 0)
		region = name_parent(region);
	return region;
}

static uint32_t
intern(struct topology *topology, const char *name)
{
	uint32_t id = region_tree_intern(&topology->names, name);

	topology->nodes = memory_grow(topology->nodes, &topology->node_capacity,
	                              topology->names.count, sizeof(topology->nodes[0]));
	while (topology->node_count < topology->names.count) {
		topology->nodes[topology->node_count] =
		    (struct topology_node){ .visible = (uint32_t)topology->node_count };
		topology->node_count++;
	}
	return id;
}

static void
drop_links(struct topology *topology, struct topology_node *node)
{
	for (uint32_t i = 0; i < node->link_count; i++) {
		assert(topology->nodes[node->links[i].far].mentions > 0);
		topology->nodes[node->links[i].far].mentions--;
		free(node->links[i].label);
		free(node->links[i].limits);
	}
	free(node->links);
	node->links      = NULL;
	node->link_count = 0;
}

/* All names are interned already. */
static void
fill_links(struct topology *topology, uint32_t id, const struct record *record)
{
	const struct region_tree *names = &topology->names;
	struct topology_node     *node  = &topology->nodes[id];

	node->links      = memory_new(record->link_count, sizeof(node->links[0]));
	node->link_count = (uint32_t)record->link_count;
	for (size_t i = 0; i < record->link_count; i++) {
		const struct record_link *from = &record->links[i];
		struct topology_link     *to   = &node->links[i];

		to->far         = region_tree_find(names, from->to.text);
		to->direction   = from->direction;
		to->delay_ms    = from->delay_ms;
		to->cost        = from->cost;
		to->restriction = REGION_TREE_NONE;
		to->dead        = from->dead;
		to->down        = from->down;
		if (from->restricted)
			to->restriction = region_tree_find(names, from->restriction.text);
		if (from->label[0] != '\0')
			to->label = memory_copy_text(from->label);
		if (record_limits_any(&from->limits)) {
			to->limits  = memory_new(1, sizeof(*to->limits));
			*to->limits = from->limits;
		}
		topology->nodes[to->far].mentions++;
	}
	if (node->link_count > 0)
		qsort(node->links, node->link_count, sizeof(node->links[0]), link_compare);
}

/* Those of a node without a record, and those beside which a link has the same ends. */
static void
drop_pseudolinks(struct topology *topology, uint32_t from)
{
	const struct topology_node *node = &topology->nodes[from];
	size_t                      kept = 0;

	for (size_t i = 0; i < topology->pseudolink_count; i++) {
		const struct topology_pseudolink *pseudolink = &topology->pseudolinks[i];
		bool goes = pseudolink->from == from && !node->recorded;

		for (uint32_t j = 0; pseudolink->from == from && j < node->link_count; j++)
			goes = goes || (node->links[j].far == pseudolink->to &&
			                node->links[j].direction == RECORD_OUTBOUND);
		if (!goes)
			topology->pseudolinks[kept++] = *pseudolink;
	}
	topology->pseudolink_count = kept;
}

static int
link_compare(const void *left, const void *right)
{
	const struct topology_link *a = left, *b = right;

	if (a->far != b->far)
		return a->far < b->far ? -1 : 1;
	if (a->direction != b->direction)
		return a->direction < b->direction ? -1 : 1;
	return strcmp(a->label == NULL ? "" : a->label, b->label == NULL ? "" : b->label);
}

/* Where it is, or belongs. */
static size_t
recorded_place(const struct topology *topology, const char *name)
{
	size_t low = 0, high = topology->recorded_count;

	while (low < high) {
		size_t      middle = low + (high - low) / 2;
		const char *text   = region_tree_text(&topology->names, topology->recorded[middle]);

		if (strcmp(text, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t
pseudolink_place(const struct topology *topology, const char *from, const char *to)
{
	size_t low = 0, high = topology->pseudolink_count;

	while (low < high) {
		size_t                            middle = low + (high - low) / 2;
		const struct topology_pseudolink *there  = &topology->pseudolinks[middle];
		int order = strcmp(region_tree_text(&topology->names, there->from), from);

		if (order == 0)
			order = strcmp(region_tree_text(&topology->names, there->to), to);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
pseudolink_is(const struct topology *topology, size_t place, const char *from, const char *to)
{
	const struct topology_pseudolink *there;

	if (place == topology->pseudolink_count)
		return false;
	there = &topology->pseudolinks[place];
	return strcmp(region_tree_text(&topology->names, there->from), from) == 0 &&
	       strcmp(region_tree_text(&topology->names, there->to), to) == 0;
}

static void
add_broadcast(struct address *address, const char *region)
{
	struct destination destination;

	destination_init(&destination);
	destination.broadcast = true;
	memcpy(destination.node.text, region, strlen(region) + 1);
	address_add(address, &destination);
	destination_release(&destination);
}

static void
add_node(struct address *address, const char *node)
{
	struct destination destination;

	destination_init(&destination);
	memcpy(destination.node.text, node, strlen(node) + 1);
	address_add(address, &destination);
	destination_release(&destination);
}

/* Does a living link of the node's record, either way, have its far end there? */
static bool
lists(const struct topology *topology, const char *node, const char *neighbor)
{
	const struct topology_node *entry = topology_find(topology, node);
	uint32_t                    id    = region_tree_find(&topology->names, neighbor);

	if (entry == NULL || id == REGION_TREE_NONE)
		return false;
	for (uint32_t i = 0; i < entry->link_count; i++)
		if (entry->links[i].far == id && !entry->links[i].dead)
			return true;
	return false;
}
