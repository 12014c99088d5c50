/*
 * world_rules.c - lines by which operators overrule what the tables say, and mail that meets them
 *
 * Every other world has some: a pinned route, right or wrong; an explicit route; a leaf and its
 * hub; a gateway to a network beyond, and defaults that lead there; a node that had another name
 * until lately. All the checkers hold as before: a pin that leads round in a circle is led
 * out of it, what is for the network beyond arrives at its gateway and what is for the old name at
 * the node that had it. Only who writes to an old name may be told that nobody knows it, since the
 * network may not have heard of it.
 *
 * They are drawn by dice of their own, so that the rest of a world is as it is without them.
 */
#include <stdio.h>
#include <string.h>

#include "spool/name/name.h"
#include "tests/sim/world.h"

enum { DICE = 0x5eed, MAIL_MAX = 8 };

static const char beyond[] = "far.out"; /* a name of the network beyond the gateway */

static bool               chance(struct random *random, unsigned of_thousand);
static struct world_node *some_node(struct world *world, struct random *random);
static void               draw_pin(struct world *world, struct random *random);
static void               draw_explicit(struct world *world, struct random *random);
static void draw_mail(struct world *world, struct random *random, struct submission *line);
static void add_region(struct world *world, struct submission *line, const char *region);
static bool is_linked(const struct world_node *node, const struct world_node *far);

void
world_draw_rules(struct world *world, uint64_t seed)
{
	struct random random;

	if (seed % 2 != 0)
		return;
	random_seed_number(&random, seed ^ DICE);
	if (chance(&random, 400))
		draw_pin(world, &random);
	if (chance(&random, 400))
		draw_explicit(world, &random);
	if (chance(&random, 400))
		world->gate = some_node(world, &random);
	if (chance(&random, 400)) {
		struct world_node *node = some_node(world, &random);

		snprintf(node->former.text, sizeof(node->former.text), "old%s",
		         strchr(node->name.text, '.'));
	}
	for (unsigned i = 0; i < world->node_count; i++)
		if (world->nodes[i]->link_count == 1 && chance(&random, 300))
			world->nodes[i]->leaf = true;
}

void
world_write_rules(const struct world *world, const struct world_node *node, struct buffer *out)
{
	const struct world_rules *rules = &node->rules;

	if (rules->pin_to != NULL && is_linked(node, rules->pin_to))
		buffer_append_format(out, "\troute %s via %s\n", rules->pin_for.text,
		                     rules->pin_to->name.text);
	if (rules->by != NULL)
		buffer_append_format(out, "\texplicit %s = %s ! *\n", rules->by_for.text,
		                     rules->by->name.text);
	if (node->leaf && is_linked(node, node->links[0].to))
		buffer_append_format(out, "\tleaf via %s\n", node->links[0].to->name.text);
	if (node->former.text[0] != '\0')
		buffer_append_format(out, "\tformerly %s\n", node->former.text);
	if (world->gate == node)
		buffer_append_text(out, "\tgateway *.out via command \"post\" \"%u\"\n");
	else if (world->gate != NULL)
		buffer_append_format(out, "\tdefault *.out via %s\n", world->gate->name.text);
}

void
world_draw_ruled_traffic(struct world *world, uint64_t seed, int64_t until_ms)
{
	struct random random;
	uint64_t      count;

	if (seed % 2 != 0)
		return;
	random_seed_number(&random, ~seed ^ DICE);
	count = random_below(&random, MAIL_MAX + 1);
	for (uint64_t i = 0; i < count; i++) {
		struct submission *line  = ledger_add(&world->ledger);
		size_t             index = world->ledger.count - 1;

		line->from       = some_node(world, &random)->index;
		line->content    = random_next(&random);
		line->service    = "mail";
		line->size_bytes = random_below(&random, 20000);
		for (size_t t = 0; t < sizeof(line->token); t++)
			line->token[t] = (uint8_t)random_next(&random);
		draw_mail(world, &random, line);
		world_schedule(world, PENDING_SUBMIT, line->from,
		               (int64_t)random_below(&random, (uint64_t)until_ms))
		    ->submission = index;
	}
}

const char *
world_pinned(const struct world_node *node, const char *name)
{
	const struct world_rules *rules = &node->rules;

	if (rules->pin_to == NULL || !is_linked(node, rules->pin_to) ||
	    !name_within(name, rules->pin_for.text))
		return NULL;
	return rules->pin_to->name.text;
}

bool
world_is_former(const struct world *world, const char *name)
{
	for (unsigned i = 0; i < world->node_count; i++)
		if (strcmp(world->nodes[i]->former.text, name) == 0)
			return true;
	return false;
}

static bool
chance(struct random *random, unsigned of_thousand)
{
	return random_below(random, 1000) < of_thousand;
}

static struct world_node *
some_node(struct world *world, struct random *random)
{
	return world->nodes[random_below(random, world->node_count)];
}

/* Of another node's name or region by any neighbor, be that the way there or not. */
static void
draw_pin(struct world *world, struct random *random)
{
	struct world_node *node   = some_node(world, random);
	const char        *region = some_node(world, random)->name.text;

	if (node->link_count == 0 || strcmp(region, node->name.text) == 0)
		return;
	if (chance(random, 300) && !name_within(node->name.text, name_parent(region)))
		region = name_parent(region);
	snprintf(node->rules.pin_for.text, sizeof(node->rules.pin_for.text), "%s", region);
	node->rules.pin_to = node->links[random_below(random, node->link_count)].to;
}

static void
draw_explicit(struct world *world, struct random *random)
{
	struct world_node *node = some_node(world, random), *end = some_node(world, random);
	struct world_node *by = some_node(world, random);

	if (end == node || by == node || by == end)
		return;
	node->rules.by_for = end->name;
	node->rules.by     = by;
}

/* To the network beyond, to a name that was, or to all of two regions in one go. */
static void
draw_mail(struct world *world, struct random *random, struct submission *line)
{
	const struct world_node *to = some_node(world, random);

	if (world->gate != NULL && chance(random, 500)) {
		buffer_append_format(&line->address, "joe@%s", beyond);
		submission_add_due(line, world->gate->index);
		submission_due(line, world->gate->index)->as = beyond;
	} else if (to->former.text[0] != '\0') {
		buffer_append_format(&line->address, "joe@%s", to->former.text);
		submission_add_due(line, to->index);
		submission_due(line, to->index)->as = to->former.text;
		line->may_return                    = true;
	} else {
		const char *region = name_parent(to->name.text);

		line->broadcast = true;
		buffer_append_format(&line->address, "joe@*.%s,joe@*.%s", region,
		                     name_parent(region));
		add_region(world, line, region);
		add_region(world, line, name_parent(region));
	}
}

static void
add_region(struct world *world, struct submission *line, const char *region)
{
	for (unsigned i = 0; i < world->node_count; i++)
		if (world_may_hear(world, world->nodes[i], region))
			submission_add_due(line, i);
}

static bool
is_linked(const struct world_node *node, const struct world_node *far)
{
	for (size_t i = 0; i < node->link_count; i++)
		if (node->links[i].to == far && !node->links[i].left_out)
			return true;
	return false;
}
