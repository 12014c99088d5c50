/*
 * messages.c - does a message get from here to there, carried by real daemons?
 *
 * messages [--data FILE] [--within REGION | --around REGION,...] [--pairs N] [--seed N]: hosts of
 * the UUCP network of 1992 with visible regions, each with the daemon's own node and a spool
 * (tests/sim), start with
 * empty databases, learn of each other by what they tell, and then carry mail between pairs of
 * them that are drawn so that each pair of visibility levels is asked equally often. Every mail
 * must arrive, once, and pass no node twice. Within a region, what is outside is left out: who is
 * visible further is visible in the region. Around some regions are all hosts inside them, and of
 * each region above them, up to the world, those that take part in it: a network of all levels.
 * Without the data the test is skipped.
 *
 * tests/pairs asks the same of tables that were computed from what everybody should know.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/store/store_message.h"
#include "tests/sim/world.h"
#include "tests/support/network.h"

enum { MAX_LEVELS = 8, AROUND_MAX = 32, START_WITHIN_MS = 600000 };

#define DAY_MS INT64_C(86400000)

struct test {
	struct network       network;
	struct network_order order;
	struct world         world;
	const char          *within;
	struct name          around[AROUND_MAX];
	size_t               around_count;
	unsigned            *index; /* in the world, by number in the network; UINT_MAX: left out */
	unsigned *levels[MAX_LEVELS]; /* indices of the nodes that see so deep a region */
	size_t    counts[MAX_LEVELS], capacities[MAX_LEVELS];
	size_t    passed, failed;
};

static void read_around(struct test *test, const char *list);
static bool belongs(const struct test *test, const char *name, const char *visible);
static void build(struct test *test);
static void add_node(struct test *test, uint32_t number);
static void add_links(struct test *test, uint32_t number);
static void draw_pairs(struct test *test, size_t count);
static void submit(struct world *world, unsigned from, unsigned to);
static void judge(struct test *test);
static bool passes_once(struct world *world, const struct submission *line, struct buffer *way);
static void release(struct test *test);

int
main(int argc, char **argv)
{
	struct test test        = { .within = "" };
	const char *path        = "../shared/data/uucp-1992-12-visible.tsv";
	size_t      pairs       = 300;
	uint64_t    seed        = 1;
	int64_t     settle_days = 1;

	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--data") == 0)
			path = argv[i + 1];
		else if (strcmp(argv[i], "--within") == 0)
			test.within = argv[i + 1];
		else if (strcmp(argv[i], "--around") == 0)
			read_around(&test, argv[i + 1]);
		else if (strcmp(argv[i], "--pairs") == 0)
			pairs = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--seed") == 0)
			seed = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--settle") == 0)
			settle_days = strtoll(argv[i + 1], NULL, 10);
	}
	network_init(&test.network);
	if (!network_read_visible(&test.network, path)) {
		printf("%s is not there\nmessages: 0 passed, 0 failed, 1 skipped\n", path);
		return 0;
	}
	world_init(&test.world, seed, true);
	test.world.faults.reader = 1000;
	test.world.on_demand     = true;
	build(&test);
	for (unsigned i = 0; i < test.world.node_count; i++)
		world_schedule(&test.world, PENDING_BOOT, i,
		               (int64_t)random_below(&test.world.random, START_WITHIN_MS));
	world_run(&test.world, settle_days * DAY_MS);
	draw_pairs(&test, pairs);
	world_run(&test.world, 9 * DAY_MS); /* longer than any of them lives */
	judge(&test);
	printf("messages: %zu passed, %zu failed, 0 skipped\n", test.passed, test.failed);
	release(&test);
	return test.failed > 0;
}

/* Regions with commas between. */
static void
read_around(struct test *test, const char *list)
{
	for (size_t length; list[0] != '\0'; list += length + (list[length] == ',')) {
		char text[NAME_MAX_BYTES + 1];

		length = strcspn(list, ",");
		snprintf(text, sizeof(text), "%.*s", (int)length, list);
		if (test->around_count == AROUND_MAX ||
		    name_parse(&test->around[test->around_count++], text, NULL) != STATUS_OK) {
			fprintf(stderr, "%s: no region, or too many\n", text);
			exit(64);
		}
	}
}

static bool
belongs(const struct test *test, const char *name, const char *visible)
{
	if (test->around_count == 0)
		return name_within(name, test->within);
	for (size_t i = 0; i < test->around_count; i++) {
		const char *region = test->around[i].text;

		if (name_within(name, region))
			return true;
		while ((region = name_parent(region)) != NULL)
			if (name_within(name_parent(name), region) && name_within(region, visible))
				return true;
	}
	return false;
}

static void
build(struct test *test)
{
	network_order_init(&test->order, &test->network);
	test->index = memory_new(test->network.count, sizeof(test->index[0]));
	for (uint32_t i = 0; i < test->network.count; i++)
		add_node(test, i);
	for (uint32_t i = 0; i < test->network.count; i++)
		if (test->index[i] != UINT_MAX)
			add_links(test, i);
	world_describe_services(&test->world);
}

static void
add_node(struct test *test, uint32_t number)
{
	const char *name    = test->network.names[number].text;
	const char *visible = test->network.visible[number].text;
	unsigned    level   = 0;

	test->index[number] = UINT_MAX;
	if (!belongs(test, name, visible))
		return;
	if (!name_within(visible, test->within))
		visible = test->within;
	test->index[number] = world_add_node(&test->world, name, visible)->index;
	for (; visible != NULL && visible[0] != '\0' && level + 1 < MAX_LEVELS; level++)
		visible = name_parent(visible);
	test->levels[level] = memory_grow(test->levels[level], &test->capacities[level],
	                                  test->counts[level] + 1, sizeof(unsigned));
	test->levels[level][test->counts[level]++] = test->index[number];
}

/* As its record would state them; what is declared twice stands as it was declared first. */
static void
add_links(struct test *test, uint32_t number)
{
	struct world_node *node = test->world.nodes[test->index[number]];
	struct record      record;

	record_init(&record);
	network_record(&test->network, &test->order, number, &record);
	for (size_t i = 0; i < record.link_count; i++) {
		const struct record_link *link = &record.links[i];
		struct world_node        *far  = world_find(&test->world, link->to.text);
		struct world_link        *made;

		if (link->direction != RECORD_OUTBOUND || far == NULL)
			continue;
		world_link(&test->world, node, far);
		made          = &node->links[node->link_count - 1];
		made->delay_s = link->delay_ms / 1000;
		made->cost    = link->cost;
	}
	record_release(&record);
}

static void
draw_pairs(struct test *test, size_t count)
{
	struct random *random = &test->world.random;

	for (size_t i = 0, pair = 0; i < count; pair++) {
		unsigned here = pair / MAX_LEVELS % MAX_LEVELS, there = pair % MAX_LEVELS;

		if (test->counts[here] == 0 || test->counts[there] == 0)
			continue;
		submit(&test->world, test->levels[here][random_below(random, test->counts[here])],
		       test->levels[there][random_below(random, test->counts[there])]);
		i++;
	}
}

static void
submit(struct world *world, unsigned from, unsigned to)
{
	struct submission *line  = ledger_add(&world->ledger);
	size_t             index = world->ledger.count - 1;

	line->from       = from;
	line->service    = "mail";
	line->size_bytes = random_below(&world->random, 20000);
	line->content    = random_next(&world->random);
	for (size_t i = 0; i < sizeof(line->token); i++)
		line->token[i] = (uint8_t)random_next(&world->random);
	buffer_append_format(&line->address, "joe@%s", world->nodes[to]->name.text);
	submission_add_due(line, to);
	world_schedule(world, PENDING_SUBMIT, from,
	               (int64_t)random_below(&world->random, (uint64_t)DAY_MS / 24))
	    ->submission = index;
}

static void
judge(struct test *test)
{
	struct world *world = &test->world;
	size_t        lost = 0, circled = 0;
	struct buffer way;

	buffer_init(&way);
	for (size_t i = 0; i < world->ledger.count; i++) {
		struct submission *line = &world->ledger.items[i];
		bool               once;

		buffer_clear(&way);
		once = passes_once(world, line, &way);
		circled += !once;
		lost += line->dues[0].seen == 0;
		if (line->dues[0].seen == 0 || !once)
			printf("%s from %s to %s, %u reports:%s\n",
			       line->dues[0].seen == 0 ? "lost" : "a circle",
			       world->nodes[line->from]->name.text, buffer_text(&line->address),
			       world_check_reports(world, line), buffer_text(&way));
	}
	buffer_release(&way);
	if (world->failure[0] != '\0')
		printf("%s\n", world->failure);
	printf("%u nodes, %zu messages: %zu did not arrive, %zu passed a node twice; %llu steps\n",
	       world->node_count, world->ledger.count, lost, circled,
	       (unsigned long long)world->steps);
	test->failed =
	    (lost > 0 ? 1U : 0U) + (circled > 0 ? 1U : 0U) + (world->failure[0] != '\0' ? 1U : 0U);
	test->passed = 3 - test->failed;
}

/* By the history that it carried to its end; what did not get there carried none. */
static bool
passes_once(struct world *world, const struct submission *line, struct buffer *way)
{
	struct stored_passage passage;
	struct message_id     id = { .text = "" };
	struct transit        transit;
	bool                  once = true;

	message_id_make(&id, &world->nodes[line->from]->name, line->token);
	stored_passage_init(&passage);
	transit_init(&transit);
	if (store_passage_get(world->nodes[line->dues[0].node]->store, &id, 0, &passage))
		transit_decode(&transit, buffer_span(&passage.transit), NULL);
	for (size_t i = 0; i < transit.hop_count; i++) {
		once = once && transit_visits(&transit, &transit.hops[i].node) == 1;
		buffer_append_format(way, " %s", transit.hops[i].node.text);
	}
	transit_release(&transit);
	stored_passage_release(&passage);
	return once;
}

static void
release(struct test *test)
{
	world_release(&test->world);
	network_order_release(&test->order);
	network_release(&test->network);
	for (size_t i = 0; i < MAX_LEVELS; i++)
		free(test->levels[i]);
	free(test->index);
}
