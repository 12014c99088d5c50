/*
 * simulate_generate.c - `--generate N`: a network like ACSnet's, as a description
 *
 * Countrywide domains (oz.au, com.au, ...) hold organisations, which hold departments. A
 * department's hub is visible in the organisation and its leaves in the department alone; an
 * organisation's hub is visible in its domain, and some of them further. Hubs of one kind form
 * a tree with a few links more, cheap within a department and dear between organisations, so
 * the paper's condition holds by construction. The same number and seed give the same file.
 */
#include "tools/simulate/simulate_generate.h"

#include <stdio.h>
#include <stdlib.h>

#include "spool/base/memory.h"
#include "spool/base/random.h"
#include "spool/name/name.h"

enum { LINKS_MAX = 64, SPARE_OF_HUNDRED = 25 };

struct made_link {
	size_t   to;
	unsigned delay_s, cost, rate;
};

struct made_node {
	char             name[64];
	char             visible[64];
	struct made_link links[LINKS_MAX];
	size_t           link_count;
};

struct made {
	struct made_node *nodes;
	size_t            count, wanted;
	struct random     random;
};

/* What a link between hubs of this kind is like. */
struct kind {
	unsigned delay_s, cost, rate;
};

static const struct kind local    = { 5, 0, 9600 };      /* a department's own wires */
static const struct kind campus   = { 20, 1, 9600 };     /* between departments      */
static const struct kind distant  = { 300, 50, 2400 };   /* between organisations    */
static const struct kind national = { 120, 100, 48000 }; /* between domains          */

static size_t make_domain(struct made *made, const char *domain, size_t until);
static size_t make_organisation(struct made *made, const char *domain, unsigned number);
static size_t make_department(struct made *made, const char *organisation, unsigned number,
                              const size_t *others, size_t other_count);
static size_t add_node(struct made *made, const char *first, const char *region,
                       const char *visible);
static void   link_in(struct made *made, size_t node, const size_t *others, size_t count,
                      const struct kind *kind);
static void   link_both(struct made *made, size_t a, size_t b, const struct kind *kind);
static void   print_node(const struct made *made, const struct made_node *node);

void
simulate_generate(size_t count, uint64_t seed)
{
	static const struct {
		const char *name;
		unsigned    of_hundred; /* of all nodes */
	} domains[] = { { "oz.au", 70 }, { "com.au", 15 }, { "gov.au", 10 }, { "ac.nz", 5 } };
	enum { DOMAINS = sizeof(domains) / sizeof(domains[0]) };
	struct made made = { .wanted = count };
	size_t      gates[DOMAINS], gate_count = 0;
	unsigned    share = 0;

	random_seed_number(&made.random, seed);
	made.nodes = memory_new(count, sizeof(made.nodes[0]));
	for (size_t i = 0; i < DOMAINS; i++) {
		share += domains[i].of_hundred;
		if (made.count >= count * share / 100)
			continue;
		gates[gate_count] = make_domain(&made, domains[i].name, count * share / 100);
		link_in(&made, gates[gate_count], gates, gate_count, &national);
		gate_count++;
	}
	for (size_t i = 0; i < made.count; i++)
		print_node(&made, &made.nodes[i]);
	free(made.nodes);
}

/* The node that is its gate to the others: the hub of its first organisation. */
static size_t
make_domain(struct made *made, const char *domain, size_t until)
{
	size_t   hubs[1024], hub_count = 0;
	unsigned number = 0;

	while (made->count < until && hub_count < sizeof(hubs) / sizeof(hubs[0])) {
		hubs[hub_count] = make_organisation(made, domain, ++number);
		link_in(made, hubs[hub_count], hubs, hub_count, &distant);
		hub_count++;
	}
	snprintf(made->nodes[hubs[0]].visible, sizeof(made->nodes[0].visible), "world");
	return hubs[0];
}

/* Its hub. Most are small; some have departments, a few have many. */
static size_t
make_organisation(struct made *made, const char *domain, unsigned number)
{
	static const struct kind *const within = &campus;
	uint64_t                        size   = random_below(&made->random, 100);
	size_t                          members[LINKS_MAX], count = 1;
	char                            region[32];
	size_t                          departments = 0, leaves = 0;

	snprintf(region, sizeof(region), "o%u.%s", number, domain);
	members[0] = add_node(made, "hub", region, domain);
	if (size < 70)
		leaves = 1 + random_below(&made->random, 4);
	else if (size < 95)
		departments = 1 + random_below(&made->random, 3);
	else
		departments = 4 + random_below(&made->random, 5);
	for (unsigned i = 0; i < departments && made->count < made->wanted; i++, count++)
		members[count] = make_department(made, region, i + 1, members, count);
	for (unsigned i = 0; i < leaves && made->count < made->wanted; i++, count++) {
		char name[16];

		snprintf(name, sizeof(name), "n%u", i + 1);
		members[count] = add_node(made, name, region, region);
		link_in(made, members[count], members, count, within);
	}
	return members[0];
}

/* The same one step further down; its hub is linked to what the organisation has already. */
static size_t
make_department(struct made *made, const char *organisation, unsigned number, const size_t *others,
                size_t other_count)
{
	size_t members[LINKS_MAX];
	size_t leaves = 3 + random_below(&made->random, 6);
	char   region[48];

	snprintf(region, sizeof(region), "d%u.%s", number, organisation);
	members[0] = add_node(made, "hub", region, organisation);
	link_in(made, members[0], others, other_count, &campus);
	for (unsigned i = 1; i <= leaves && made->count < made->wanted; i++) {
		char name[16];

		snprintf(name, sizeof(name), "n%u", i);
		members[i] = add_node(made, name, region, region);
		link_in(made, members[i], members, i, &local);
	}
	return members[0];
}

static size_t
add_node(struct made *made, const char *first, const char *region, const char *visible)
{
	struct made_node *node = &made->nodes[made->count];

	snprintf(node->name, sizeof(node->name), "%s.%s", first, region);
	snprintf(node->visible, sizeof(node->visible), "%s", visible);
	return made->count++;
}

/* To one of those that are there, more likely an early one, and now and then to a second. */
static void
link_in(struct made *made, size_t node, const size_t *others, size_t count, const struct kind *kind)
{
	uint64_t first;

	if (count == 0)
		return;
	first = random_below(&made->random, 1 + random_below(&made->random, count));
	link_both(made, node, others[first], kind);
	if (count > 1 && random_below(&made->random, 100) < SPARE_OF_HUNDRED)
		link_both(made, node, others[random_below(&made->random, count)], kind);
}

static void
link_both(struct made *made, size_t a, size_t b, const struct kind *kind)
{
	unsigned delay_s = kind->delay_s + (unsigned)random_below(&made->random, kind->delay_s + 1);
	unsigned cost    = kind->cost + (unsigned)random_below(&made->random, kind->cost + 1);
	size_t   ends[2] = { a, b };

	for (size_t i = 0; i < made->nodes[a].link_count; i++)
		if (made->nodes[a].links[i].to == b)
			return;
	for (size_t i = 0; i < 2; i++)
		if (made->nodes[ends[i]].link_count == LINKS_MAX)
			return;
	for (size_t i = 0; i < 2; i++) {
		struct made_node *node = &made->nodes[ends[i]];

		node->links[node->link_count++] =
		    (struct made_link){ ends[1 - i], delay_s, cost, kind->rate };
	}
}

static void
print_node(const struct made *made, const struct made_node *node)
{
	printf("node %s {\n\tvisible %s\n", node->name, node->visible);
	for (size_t i = 0; i < node->link_count; i++) {
		const struct made_link *link = &node->links[i];
		const char             *to   = made->nodes[link->to].name;

		printf("\tlink %s {\n\t\tdelay %us; cost %u; call on-demand\n"
		       "\t\ttransport tcp \"%s:4242\" plain { rate %u }\n\t}\n",
		       to, link->delay_s, link->cost, to, link->rate);
	}
	printf("}\n");
}
