/*
 * world_operator.c - what people do to their nodes: edit, mistype, mend, release
 *
 * Each node has a file of description, which it reads when it starts and when its operator
 * says `reload`. It is written from what the operator has in mind; a typo spoils it
 * for a while. A file that is wrong must change nothing at all, and a node that starts on one
 * does not start. When the world heals, operators put back what would cut somebody off; new
 * links and other costs stay.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "spool/base/memory.h"
#include "spool/description/description_check.h"
#include "spool/description/description_parse.h"
#include "spool/description/description_print.h"
#include "tests/sim/world.h"

enum { TYPO_MS = 20000, FAR_END_MS = 5000, RELEASE_MS = 120000 };

/* Clients of the ledger have smaller ids. */
#define OPERATOR_CLIENT (UINT64_C(1) << 62)

static void write_file(const struct world *world, struct world_node *node);
static void say(struct world *world, struct world_node *node, const char *const *words);
static void change_link(struct world *world, struct world_node *node);
static void add_link(struct world *world, struct world_node *node);
static void change_visibility(struct world *world, struct world_node *node);
static bool judge(struct span text, struct buffer *out);

void
world_link(struct world *world, struct world_node *from, struct world_node *to)
{
	struct world_link *link;

	from->links = memory_grow(from->links, &from->link_capacity, from->link_count + 1,
	                          sizeof(from->links[0]));
	link        = &from->links[from->link_count++];
	*link       = (struct world_link){
		      .to      = to,
		      .delay_s = 1 + (unsigned)random_below(&world->random, 9),
		      .cost    = (unsigned)random_below(&world->random, 9),
		      .calls   = world->scheduled   ? world_draw_calls(world)
		                 : world->on_demand ? "call on-demand"
		                                    : "",
	};
	if (world->carriers)
		world_draw_carriers(world, from, link);
}

static void
write_file(const struct world *world, struct world_node *node)
{
	struct buffer *out = &node->description;

	buffer_clear(out);
	buffer_append_format(out, "node %s {\n\tvisible %s\n", node->name.text,
	                     node->said.text[0] != '\0' ? node->said.text : "world");
	for (size_t i = 0; i < node->link_count; i++) {
		const struct world_link *link = &node->links[i];

		if (link->left_out)
			continue;
		buffer_append_format(out, "\tlink %s { delay %us; cost %u; ", link->to->name.text,
		                     link->delay_s, link->cost);
		if (link->only != NULL)
			buffer_append_format(out, "restrict %s; ", link->only->name.text);
		world_say_limits(link, out);
		buffer_append_format(out, "%s; transport tcp \"n%u:1\" plain }\n", link->calls,
		                     link->to->index);
		if (link->second)
			world_say_second(link, out);
	}
	if (world->scheduled)
		world_say_schedules(node, out);
	world_write_rules(world, node, out);
	buffer_append_span(out, buffer_span(&node->also));
	buffer_append_text(out, "\tservice mail { deliver maildir \"/mail/%u/Maildir\" }\n"
	                        "\tservice file { deliver drop \"/files/%u\"; quiet }\n"
	                        "\tservice news { deliver command \"post\" \"%u\" }\n"
	                        "\tallow broadcast; allow explicit\n}\n");
}

void
world_describe_services(struct world *world)
{
	for (unsigned i = 0; i < world->node_count; i++)
		if (world->nodes[i]->description.length == 0)
			write_file(world, world->nodes[i]);
}

void
world_edit(struct world *world, struct world_node *node)
{
	if (node->link_count == 0)
		return;
	node->edited = true;
	switch (random_below(&world->random, 5)) {
	case 0:
	case 1:
		change_visibility(world, node);
		break;
	case 2:
		add_link(world, node);
		break;
	default:
		change_link(world, node);
		break;
	}
	world_reload(world, node);
}

/* Another node's name, or strokes of the keyboard that make no sense. */
void
world_mistype(struct world *world, struct world_node *node)
{
	static const char strokes[] = "{};\"x%";
	struct buffer    *file      = &node->description;
	struct buffer     canonical;

	buffer_init(&canonical);
	write_file(world, node);
	if (node->alive && world_chance(world, 300)) /* else an empty spool becomes the other's */
		file->data[strlen("node ")] = 'x';
	else
		do
			file->data[random_below(&world->random, file->length)] =
			    (uint8_t)strokes[random_below(&world->random, sizeof(strokes) - 1)];
		while (judge(buffer_span(file), &canonical));
	buffer_release(&canonical);
	node->mistyped = node->edited = true;
	say(world, node, (const char *const[]){ "reload", NULL });
	world_strike_in(world, node, FAULT_MENDED,
	                1 + (int64_t)random_below(&world->random, TYPO_MS));
}

bool
world_is_lawful(const struct world_node *node)
{
	struct buffer canonical;
	bool          lawful;

	buffer_init(&canonical);
	lawful = judge(buffer_span(&node->description), &canonical);
	buffer_release(&canonical);
	return lawful;
}

void
world_reload(struct world *world, struct world_node *node)
{
	node->mistyped = false;
	write_file(world, node);
	say(world, node, (const char *const[]){ "reload", NULL });
}

void
world_operators_mend(struct world *world)
{
	for (unsigned i = 0; i < world->node_count; i++) {
		struct world_node *node = world->nodes[i];

		node->said = node->visible;
		for (size_t j = 0; j < node->link_count; j++)
			node->links[j].left_out = false;
		if (node->edited)
			world_reload(world, node);
		world_strike_in(world, node, FAULT_RELEASED, RELEASE_MS);
	}
}

void
world_release_held(struct world *world, struct world_node *node)
{
	if (node->alive)
		say(world, node, (const char *const[]){ "queue", "release", "--all", NULL });
	else
		world_strike_in(world, node, FAULT_RELEASED, FAR_END_MS);
}

void
world_read_description(struct world *world, struct world_node *node, uint64_t client)
{
	struct event  event = { .kind = EVENT_DESCRIPTION, .id = client };
	struct buffer text;

	buffer_init(&text);
	if (!judge(buffer_span(&node->description), &text)) {
		event.code = EX_CONFIG;
		buffer_append_text(&text, "node.topo:1:1: error: what is this?\n");
	}
	event.bytes = buffer_span(&text);
	world_event(world, node, &event, 1, NULL);
	buffer_release(&text);
}

static void
say(struct world *world, struct world_node *node, const char *const *words)
{
	struct control_request request;
	struct buffer          bytes;
	struct event           event = { .kind    = EVENT_CLIENT_OPENED,
		                         .id      = OPERATOR_CLIENT + world->sequence,
		                         .text    = "root",
		                         .trusted = true };

	if (!node->alive)
		return;
	control_request_init(&request);
	buffer_init(&bytes);
	for (; *words != NULL; words++)
		control_request_add(&request, *words);
	control_append_request(&bytes, &request);
	world_event(world, node, &event, 0, NULL);
	event.kind  = EVENT_CLIENT_BYTES;
	event.bytes = buffer_span(&bytes);
	world_event(world, node, &event, 0, NULL);
	buffer_release(&bytes);
	control_request_release(&request);
}

/* Its cost, its delay, or whether it is there at all. */
static void
change_link(struct world *world, struct world_node *node)
{
	struct world_link *link = &node->links[random_below(&world->random, node->link_count)];

	if (world_chance(world, 300))
		link->left_out = !link->left_out;
	link->delay_s = 1 + (unsigned)random_below(&world->random, 30);
	link->cost    = (unsigned)random_below(&world->random, 30);
}

/* One end says so now, the other when its operator gets round to it. */
static void
add_link(struct world *world, struct world_node *node)
{
	struct world_node *far = world->nodes[random_below(&world->random, world->node_count)];

	for (size_t i = 0; i < node->link_count; i++)
		if (node->links[i].to == far)
			return;
	if (far == node)
		return;
	world_link(world, node, far);
	world_link(world, far, node);
	far->edited = true;
	world_strike_in(world, far, FAULT_MENDED,
	                1 + (int64_t)random_below(&world->random, FAR_END_MS));
}

/* Any region from the node itself to its top one. */
static void
change_visibility(struct world *world, struct world_node *node)
{
	const char *region = node->name.text;

	while (name_parent(region)[0] != '\0' && world_chance(world, 600))
		region = name_parent(region);
	snprintf(node->said.text, sizeof(node->said.text), "%s", region);
}

/* What the daemon does with its file: parse, check, print. */
static bool
judge(struct span text, struct buffer *out)
{
	struct description_sources sources;
	struct description_report  report;
	struct description         description;
	bool                       good;

	description_sources_init(&sources);
	description_report_init(&report);
	description_init(&description);
	description_sources_add(&sources, "node.topo", (const char *)text.data, text.length);
	good = description_parse(&description, &sources, NULL, &report) == STATUS_OK &&
	       description_check(&description, &report) == STATUS_OK && description.node_count == 1;
	buffer_clear(out);
	if (good)
		description_print(&description, out);
	description_release(&description);
	description_report_release(&report);
	description_sources_release(&sources);
	return good;
}
