/*
 * world_shape.c - which nodes there are, what they see, and who is linked to whom
 *
 * The flat shape is a random tree of nodes visible in all of sim.au, sometimes with one link
 * more, which may carry only what is for one of them. The other has two or three departments: a hub that all of sim.au sees, and leaves
 * that only their department does; one hub is visible in au, where there is a second
 * organisation. A leaf reaches that by what its hub's table tells it (D20-D25).
 */
#include <stdio.h>

#include "spool/base/memory.h"
#include "spool/description/description_print.h"
#include "tests/sim/world.h"

enum { FLAT_NODES_MAX = 5 };

static void               describe(const struct description_node *node, struct buffer *out);
static void               remember_name(struct world *world, struct world_node *node);
static void               draw_flat(struct world *world);
static void               restrict_link(struct world *world, struct world_node *from,
                                        const struct world_node *to);
static void               draw_departments(struct world *world);
static struct world_node *add_named(struct world *world, const char *visible, const char *first,
                                    unsigned number, const char *region);
static void link_both(struct world *world, struct world_node *a, struct world_node *b);

void
world_draw_shape(struct world *world, uint64_t seed)
{
	world->on_demand = seed % 5 == 2;
	world->scheduled = seed % 7 == 3;
	world->carriers  = seed % 11 == 4;
	if (seed % 3 == 0)
		draw_departments(world);
	else
		draw_flat(world);
	world_draw_rules(world, seed);
	world_describe_services(world);
}

struct world_node *
world_add_described(struct world *world, const struct description_node *node)
{
	struct world_node *added = world_add_node(world, node->name.text, node->visible.text);

	describe(node, &added->description);
	return added;
}

void
world_describe(struct world *world, struct world_node *node,
               const struct description_node *description)
{
	struct event event = { .kind = EVENT_DESCRIPTION };

	buffer_clear(&node->description);
	describe(description, &node->description);
	event.bytes = buffer_span(&node->description);
	world_event(world, node, &event, 0, NULL);
}

/* The services are those that the checkers look into. */
static void
describe(const struct description_node *node, struct buffer *out)
{
	struct description_service services[] = {
		{ .name = "mail", .deliver = DELIVER_MAILDIR, .path = "/mail/%u/Maildir" },
		{ .name = "file", .deliver = DELIVER_DROP, .path = "/files/%u" },
		{ .name = "news", .deliver = DELIVER_DROP, .path = "/files/%u" },
	};
	struct description_node copy  = *node;
	struct description      alone = { .nodes = &copy, .node_count = 1 };

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		services[i].quota_bytes = DESCRIPTION_UNSET;
		services[i].quiet       = true; /* the checkers count mails */
	}
	copy.services      = services;
	copy.service_count = sizeof(services) / sizeof(services[0]);
	description_print(&alone, out);
}

struct world_node *
world_add_node(struct world *world, const char *name, const char *visible)
{
	static const char *const folders[] = { "/mail", "/mail/joe", "/files", "/files/joe",
		                               "/bodies" };
	struct world_node       *node      = memory_new(1, sizeof(*node));
	struct disk             *files     = sim_disk_new(random_next(&world->random));

	world->nodes = memory_grow(world->nodes, &world->node_capacity, world->node_count + 1,
	                           sizeof(struct world_node *));
	node->index  = world->node_count++;
	node->disk   = files;
	world->nodes[node->index] = node;
	if (world->steady)
		sim_disk_set_steady(files);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		files->operations->make_directory(files, folders[i], 0700);
	files->operations->sync_directory(files, "/");
	files->operations->sync_directory(files, "/mail");
	files->operations->sync_directory(files, "/files");
	if (!world->steady) {
		snprintf(node->vfs_name, sizeof(node->vfs_name), "sim-%u", node->index);
		node->vfs = sim_vfs_new(node->vfs_name, files, random_next(&world->random));
	}
	actions_init(&node->actions);
	snprintf(node->name.text, sizeof(node->name.text), "%s", name);
	snprintf(node->visible.text, sizeof(node->visible.text), "%s", visible);
	node->said = node->visible;
	if (world->scheduled)
		buffer_append_text(&node->zone, world_draw_zone(world));
	remember_name(world, node);
	return node;
}

struct world_node *
world_find(const struct world *world, const char *name)
{
	uint32_t id = region_tree_find(&world->names, name);

	return id < world->named_capacity ? world->named[id] : NULL;
}

static void
remember_name(struct world *world, struct world_node *node)
{
	uint32_t id       = region_tree_intern(&world->names, node->name.text);
	size_t   capacity = world->named_capacity;

	world->named =
	    memory_grow(world->named, &world->named_capacity, id + 1, sizeof(struct world_node *));
	for (; capacity < world->named_capacity; capacity++)
		world->named[capacity] = NULL;
	world->named[id] = node;
}

static void
draw_flat(struct world *world)
{
	bool     linked[FLAT_NODES_MAX][FLAT_NODES_MAX] = { { false } };
	unsigned count = 2 + (unsigned)random_below(&world->random, FLAT_NODES_MAX - 1);
	unsigned a     = (unsigned)random_below(&world->random, count);
	unsigned b     = (unsigned)random_below(&world->random, count);
	bool     more;

	for (unsigned i = 1; i < count; i++) {
		unsigned to = (unsigned)random_below(&world->random, i);

		linked[i][to] = linked[to][i] = true;
	}
	more = a != b && !linked[a][b] && world_chance(world, 700);
	if (more)
		linked[a][b] = linked[b][a] = true;
	for (unsigned i = 0; i < count; i++)
		add_named(world, "sim.au", "n", i, "sim.au");
	for (unsigned i = 0; i < count; i++)
		for (unsigned j = 0; j < count; j++)
			if (linked[i][j])
				world_link(world, world->nodes[i], world->nodes[j]);
	if (more && world_chance(world, 500))
		restrict_link(world, world->nodes[a], world->nodes[b]);
}

/* One way, to what is for one node; there is another way for the rest. */
static void
restrict_link(struct world *world, struct world_node *from, const struct world_node *to)
{
	for (size_t i = 0; i < from->link_count; i++)
		if (from->links[i].to == to)
			from->links[i].only =
			    world->nodes[random_below(&world->random, world->node_count)];
}

static void
draw_departments(struct world *world)
{
	unsigned           departments = 2 + (unsigned)random_below(&world->random, 2);
	struct world_node *hubs[3], *door, *desk;

	for (unsigned i = 0; i < departments; i++) {
		unsigned leaves = 1 + (unsigned)random_below(&world->random, 2);
		char     region[32];

		snprintf(region, sizeof(region), "d%u.sim.au", i);
		hubs[i] = add_named(world, i == 0 ? "au" : "sim.au", "hub", i, region);
		if (i > 0)
			link_both(world, hubs[i], hubs[random_below(&world->random, i)]);
		for (unsigned j = 0; j < leaves; j++) {
			struct world_node *to =
			    world->nodes[hubs[i]->index +
			                 (unsigned)random_below(&world->random, j + 1)];

			link_both(world, add_named(world, region, "leaf", j, region), to);
		}
	}
	door = world_add_node(world, "door.org.au", "au");
	desk = world_add_node(world, "desk.org.au", "org.au");
	link_both(world, hubs[0], door);
	link_both(world, door, desk);
}

static struct world_node *
add_named(struct world *world, const char *visible, const char *first, unsigned number,
          const char *region)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%u.%s", first, number, region);
	return world_add_node(world, name, visible);
}

static void
link_both(struct world *world, struct world_node *a, struct world_node *b)
{
	world_link(world, a, b);
	world_link(world, b, a);
}
