/*
 * route_oracle.c - all paths, the lawful ones, the best of them
 */
#include "tests/support/route_oracle.h"

#include <string.h>

/* A path under way: it may go on only while some region of home's holds all its nodes. */
struct path {
	unsigned            at;
	unsigned            visited;
	unsigned            levels; /* bit n: home's n-th region upwards still holds and sees all */
	const char         *restrictions[2 * ROUTE_ORACLE_NODES];
	unsigned            restriction_count;
	struct oracle_label label;
};

static bool read_node(struct route_oracle *oracle, const struct topology *topology, uint32_t id);
static bool read_links(struct route_oracle *oracle, const struct topology *topology, uint32_t id);
static bool read_edge(struct route_oracle *oracle, const struct topology *topology, uint32_t from,
                      const struct topology_link *out, uint32_t to, const struct topology_link *in);
static bool read_pseudolink(struct route_oracle *oracle, const struct topology *topology,
                            const struct topology_pseudolink *pseudolink);
static unsigned                    node_place(const struct route_oracle *oracle, const char *name);
static const struct topology_link *inbound_of(const struct topology *topology, uint32_t from,
                                              const struct topology_link *out);
static bool        edge_counts(const struct route_oracle *oracle, const struct oracle_edge *edge);
static bool        is_machine(const struct route_oracle *oracle, const char *name);
static bool        strictly_inside(const char *name, const char *region);
static unsigned    levels_of(const struct route_oracle *oracle, const struct oracle_node *node);
static unsigned    levels_that_end(const struct route_oracle *oracle);
static bool        is_better(const struct oracle_label *a, const struct oracle_label *b);
static void        arrive(struct route_oracle *oracle, const struct path *path, const char *name);
static struct path along(const struct route_oracle *oracle, const struct path *path,
                         const struct oracle_edge *edge, bool near);
static void        walk_edge(struct route_oracle *oracle, const struct path *path,
                             const struct oracle_edge *edge);
static bool        admits(const struct path *path, const char *name);
static void        judge_offers(struct route_oracle *oracle);
static unsigned    nearest_teacher(const struct route_oracle *oracle);
static bool        covered(const struct route_oracle *oracle, unsigned teacher, const char *name);
static const struct oracle_label *label_of(const struct route_oracle *oracle, const char *name);
static bool goes_straight(const struct route_oracle *oracle, const struct path *path);
static void step_to_names(struct route_oracle *oracle, const struct path *path);
static void walk(struct route_oracle *oracle, const struct path *path);

bool
route_oracle_add_name(struct route_oracle *oracle, const char *name)
{
	for (; name != NULL; name = name_parent(name)) {
		unsigned i = 0;

		while (i < oracle->name_count && strcmp(oracle->name[i], name) != 0)
			i++;
		if (i < oracle->name_count)
			return true;
		if (oracle->name_count == ROUTE_ORACLE_NAMES)
			return false;
		oracle->name[oracle->name_count++] = name;
	}
	return true;
}

bool
route_oracle_read(struct route_oracle *oracle, const struct topology *topology, const char *home)
{
	uint32_t home_id = region_tree_find(&topology->names, home);
	bool     fits;

	*oracle = (struct route_oracle){ .node_count = 0 };
	fits    = home_id != REGION_TREE_NONE && read_node(oracle, topology, home_id);
	for (uint32_t id = 1; id < region_tree_count(&topology->names) && fits; id++)
		if (id != home_id &&
		    (topology_is_machine(topology, id) || topology->nodes[id].told))
			fits = read_node(oracle, topology, id);
	for (uint32_t id = 1; id < region_tree_count(&topology->names) && fits; id++)
		fits = read_links(oracle, topology, id);
	for (size_t i = 0; i < topology->pseudolink_count && fits; i++)
		fits = read_pseudolink(oracle, topology, &topology->pseudolinks[i]);
	return fits;
}

void
route_oracle_weigh(struct route_oracle *oracle, enum route_preference preference)
{
	struct path path = { .visited = 1, .levels = ~0U, .label = { .reached = true } };

	oracle->preference = preference;
	oracle->judged     = false;
	memset(oracle->label, 0, sizeof(oracle->label));
	memset(oracle->offered, 0, sizeof(oracle->offered));
	path.label.hop = oracle->node[0].name.text;
	arrive(oracle, &path, oracle->node[0].name.text);
	walk(oracle, &path);
	judge_offers(oracle); /* what is told counts for nothing but names, so all else is known */
	walk(oracle, &path);
}

const char *
route_oracle_hop(const struct route_oracle *oracle, const char *name)
{
	for (; name != NULL; name = name_parent(name))
		for (unsigned i = 0; i < oracle->name_count; i++)
			if (strcmp(oracle->name[i], name) == 0 && oracle->label[i].reached)
				return oracle->label[i].hop;
	return oracle->node[0].name.text;
}

static bool
read_node(struct route_oracle *oracle, const struct topology *topology, uint32_t id)
{
	const char         *name    = region_tree_text(&topology->names, id);
	const char         *visible = topology_visible(topology, name);
	struct oracle_node *node    = &oracle->node[oracle->node_count];

	if (oracle->node_count == ROUTE_ORACLE_NODES)
		return false;
	oracle->node_count++;
	node->recorded = topology->nodes[id].recorded;
	memcpy(node->name.text, name, strlen(name) + 1);
	memcpy(node->visible.text, visible, strlen(visible) + 1);
	return route_oracle_add_name(oracle, name);
}

/* D26: what both ends say of an edge, or the one that has spoken alone. */
static bool
read_links(struct route_oracle *oracle, const struct topology *topology, uint32_t id)
{
	const struct topology_node *node = &topology->nodes[id];
	bool                        fits = true;

	for (uint32_t i = 0; i < node->link_count && fits; i++) {
		const struct topology_link *link = &node->links[i];

		if (link->direction == RECORD_OUTBOUND)
			fits = read_edge(oracle, topology, id, link, link->far,
			                 inbound_of(topology, id, link));
		else if (!topology->nodes[link->far].recorded)
			fits = read_edge(oracle, topology, link->far, NULL, id, link);
	}
	return fits;
}

/* The sender states the cost, the receiver the delay; NULL: that end has not spoken of it. */
static bool
read_edge(struct route_oracle *oracle, const struct topology *topology, uint32_t from,
          const struct topology_link *out, uint32_t to, const struct topology_link *in)
{
	const struct topology_link *ends[2] = { out, in };
	struct oracle_edge         *edge    = &oracle->edge[oracle->edge_count];

	if (oracle->edge_count == ROUTE_ORACLE_EDGES)
		return false;
	oracle->edge_count++;
	edge->from       = node_place(oracle, region_tree_text(&topology->names, from));
	edge->to         = node_place(oracle, region_tree_text(&topology->names, to));
	edge->cost       = out != NULL ? out->cost : in->cost;
	edge->delay      = in != NULL ? in->delay_ms : out->delay_ms;
	edge->near_delay = out != NULL ? out->delay_ms : in->delay_ms;
	edge->unanswered = in == NULL && topology->nodes[to].recorded;
	for (unsigned i = 0; i < 2; i++) {
		if (ends[i] == NULL)
			continue;
		edge->dead = edge->dead || ends[i]->dead;
		if (ends[i]->restriction != REGION_TREE_NONE)
			edge->restrictions[i] =
			    region_tree_text(&topology->names, ends[i]->restriction);
	}
	return true;
}

/* Its start may be nothing but a name (D11). */
static bool
read_pseudolink(struct route_oracle *oracle, const struct topology *topology,
                const struct topology_pseudolink *pseudolink)
{
	const char *to   = region_tree_text(&topology->names, pseudolink->to);
	unsigned    from = node_place(oracle, region_tree_text(&topology->names, pseudolink->from));

	if (oracle->pseudolink_count == ROUTE_ORACLE_PSEUDOLINKS ||
	    !route_oracle_add_name(oracle, to) ||
	    (from == oracle->node_count && !read_node(oracle, topology, pseudolink->from)))
		return false;
	oracle->pseudolink[oracle->pseudolink_count].from = from;
	oracle->pseudolink[oracle->pseudolink_count++].to = to;
	return true;
}

/* Of several links to one neighbor those of one label belong together. */
static const struct topology_link *
inbound_of(const struct topology *topology, uint32_t from, const struct topology_link *out)
{
	const struct topology_node *far   = &topology->nodes[out->far];
	const struct topology_link *found = NULL;

	for (uint32_t i = 0; i < far->link_count; i++) {
		const struct topology_link *link = &far->links[i];

		if (link->direction != RECORD_INBOUND || link->far != from)
			continue;
		if (found == NULL || strcmp(link->label != NULL ? link->label : "",
		                            out->label != NULL ? out->label : "") == 0)
			found = link;
	}
	return found;
}

static unsigned
node_place(const struct route_oracle *oracle, const char *name)
{
	unsigned i = 0;

	while (i < oracle->node_count && strcmp(oracle->node[i].name.text, name) != 0)
		i++;
	return i;
}

/* D10, D26: alive, and said by those who have to say it. */
static bool
edge_counts(const struct route_oracle *oracle, const struct oracle_edge *edge)
{
	if (edge->dead || edge->unanswered)
		return false;
	return oracle->node[edge->from].recorded || oracle->node[edge->to].recorded;
}

/* D4; names that only an edge between two nodes without records has are not known at all. */
static bool
is_machine(const struct route_oracle *oracle, const char *name)
{
	for (unsigned i = 0; i < oracle->node_count; i++)
		if (strcmp(oracle->node[i].name.text, name) == 0 && oracle->node[i].recorded)
			return true;
	for (unsigned i = 0; i < oracle->edge_count; i++) {
		const struct oracle_edge *edge = &oracle->edge[i];

		if (oracle->node[edge->from].recorded &&
		    strcmp(oracle->node[edge->to].name.text, name) == 0)
			return true;
		if (oracle->node[edge->to].recorded && !edge->unanswered &&
		    strcmp(oracle->node[edge->from].name.text, name) == 0)
			return true;
	}
	return false;
}

static bool
strictly_inside(const char *name, const char *region)
{
	return strcmp(name, region) != 0 && name_within(name, region);
}

/* Bit n: home's n-th region upwards holds the node, which is visible in it; within vis(home). */
static unsigned
levels_of(const struct route_oracle *oracle, const struct oracle_node *node)
{
	unsigned bit = 1, levels = 0;

	for (const char *region = name_parent(oracle->node[0].name.text);
	     region != NULL && name_within(region, oracle->node[0].visible.text);
	     region = name_parent(region), bit <<= 1)
		if (strictly_inside(node->name.text, region) &&
		    name_within(region, node->visible.text))
			levels |= bit;
	return levels;
}

/* Those that are the widest of some node; what goes on at another goes on at the next one. */
static unsigned
levels_that_end(const struct route_oracle *oracle)
{
	unsigned ends = 0;

	for (unsigned i = 0; i < oracle->node_count; i++) {
		unsigned levels = levels_of(oracle, &oracle->node[i]);

		ends |= levels & ~(levels >> 1);
	}
	return ends;
}

static bool
is_better(const struct oracle_label *a, const struct oracle_label *b)
{
	if (!b->reached || a->pseudolink != b->pseudolink)
		return !b->reached || b->pseudolink;
	for (unsigned i = 0; i < 2; i++)
		if (a->weights[i] != b->weights[i])
			return a->weights[i] < b->weights[i];
	if (a->hops != b->hops)
		return a->hops < b->hops;
	return strcmp(a->hop, b->hop) < 0;
}

static void
arrive(struct route_oracle *oracle, const struct path *path, const char *name)
{
	if (!admits(path, name))
		return;
	for (unsigned i = 0; i < oracle->name_count; i++)
		if (strcmp(oracle->name[i], name) == 0 &&
		    is_better(&path->label, &oracle->label[i]))
			oracle->label[i] = path->label;
}

static struct path
along(const struct route_oracle *oracle, const struct path *path, const struct oracle_edge *edge,
      bool near)
{
	struct path next       = *path;
	uint32_t    weights[2] = { near ? edge->near_delay : edge->delay, edge->cost };

	for (unsigned i = 0; i < 2; i++) {
		next.label.weights[i] += weights[oracle->preference == ROUTE_FASTEST ? i : 1 - i];
		if (edge->restrictions[i] != NULL)
			next.restrictions[next.restriction_count++] = edge->restrictions[i];
	}
	next.label.hops++;
	if (path->at == 0)
		next.label.hop = oracle->node[edge->to].name.text;
	next.at = edge->to;
	next.visited |= 1U << edge->to;
	next.levels &= levels_of(oracle, &oracle->node[edge->to]);
	return next;
}

/* The last steps that need no edge: to the node's own regions (D3), along pseudolinks (D6). */
static void
step_to_names(struct route_oracle *oracle, const struct path *path)
{
	const struct oracle_node *node = &oracle->node[path->at], *home = &oracle->node[0];
	bool                      wider = strictly_inside(home->visible.text, node->visible.text);

	for (const char *region = name_parent(node->name.text);
	     region != NULL && name_within(region, node->visible.text);
	     region = name_parent(region))
		if (!is_machine(oracle, region))
			arrive(oracle, path, region);
	for (unsigned i = 0; i < oracle->pseudolink_count && path->at != 0; i++) {
		const char *to = oracle->pseudolink[i].to;
		bool        serves =
		    path->label.hops == 1 && (name_within(to, node->visible.text) ||
		                              name_within(home->visible.text, node->visible.text));
		struct path end = *path;

		if (oracle->pseudolink[i].from != path->at || (!wider && !serves))
			continue;
		if (wider)
			oracle->offered[i] = oracle->offered[i] || admits(path, to);
		if (wider && !(oracle->judged && (oracle->taken[i] || goes_straight(oracle, path))))
			continue;
		end.label.pseudolink = true;
		end.label.hops++;
		arrive(oracle, &end, to);
	}
}

/* D5: onwards while one region holds all nodes whose data is used; or home, neighbor, end. */
static void
walk(struct route_oracle *oracle, const struct path *path)
{
	step_to_names(oracle, path);
	for (unsigned i = 0; i < oracle->edge_count; i++) {
		const struct oracle_edge *edge = &oracle->edge[i];

		if (edge->from == path->at && edge_counts(oracle, edge) &&
		    (path->visited & 1U << edge->to) == 0)
			walk_edge(oracle, path, edge);
	}
}

/* D33: where the end takes no part the start's word for the delay counts. */
static void
walk_edge(struct route_oracle *oracle, const struct path *path, const struct oracle_edge *edge)
{
	const char *end    = oracle->node[edge->to].name.text;
	unsigned    levels = path->levels & levels_that_end(oracle);
	unsigned    shared = levels & levels_of(oracle, &oracle->node[edge->to]);
	struct path near   = along(oracle, path, edge, path->levels != 0);
	struct path far    = along(oracle, path, edge, false);

	if (shared != levels || shared == 0)
		arrive(oracle, &near, end);
	if (shared != 0) {
		arrive(oracle, &far, end);
		walk(oracle, &far);
	} else if (path->at == 0) {
		walk(oracle, &near);
	}
}

static bool
admits(const struct path *path, const char *name)
{
	for (unsigned i = 0; i < path->restriction_count; i++)
		if (!name_within(name, path->restrictions[i]))
			return false;
	return true;
}

/* D32: the nearest one's word, and the others' where neither it nor a real link leads. */
static void
judge_offers(struct route_oracle *oracle)
{
	unsigned teacher = nearest_teacher(oracle);

	oracle->judged = true;
	for (unsigned i = 0; i < oracle->pseudolink_count; i++)
		oracle->taken[i] = oracle->pseudolink[i].from == teacher ||
		                   !covered(oracle, teacher, oracle->pseudolink[i].to);
}

/* node_count: nobody offers anything. */
static unsigned
nearest_teacher(const struct route_oracle *oracle)
{
	unsigned nearest = oracle->node_count;

	for (unsigned i = 0; i < oracle->pseudolink_count; i++) {
		unsigned                   from = oracle->pseudolink[i].from;
		const struct oracle_label *label, *least;

		if (!oracle->offered[i])
			continue;
		if (nearest == oracle->node_count) {
			nearest = from;
			continue;
		}
		label = label_of(oracle, oracle->node[from].name.text);
		least = label_of(oracle, oracle->node[nearest].name.text);
		if (is_better(label, least) ||
		    (!is_better(least, label) &&
		     strcmp(oracle->node[from].name.text, oracle->node[nearest].name.text) < 0))
			nearest = from;
	}
	return nearest;
}

/* Is it sent somewhere without the others' word? Up to home's own regions, which end it (D7). */
static bool
covered(const struct route_oracle *oracle, unsigned teacher, const char *name)
{
	const struct oracle_node *home = &oracle->node[0];

	for (const char *at = name; at != NULL; at = name_parent(at)) {
		const struct oracle_label *label = label_of(oracle, at);

		if (at != name && strictly_inside(home->name.text, at) &&
		    name_within(at, home->visible.text) && !is_machine(oracle, at))
			return false;
		if (at != name && label->reached && !label->pseudolink)
			return true;
		for (unsigned i = 0; i < oracle->pseudolink_count; i++)
			if (oracle->offered[i] && oracle->pseudolink[i].from == teacher &&
			    strcmp(oracle->pseudolink[i].to, at) == 0)
				return true;
	}
	return false;
}

static const struct oracle_label *
label_of(const struct route_oracle *oracle, const char *name)
{
	unsigned i = 0;

	while (strcmp(oracle->name[i], name) != 0)
		i++;
	return &oracle->label[i];
}

/* At a neighbor, and that is the way to it, or nobody could be on another one. */
static bool
goes_straight(const struct route_oracle *oracle, const struct path *path)
{
	const struct oracle_node *node = &oracle->node[path->at];

	return path->label.hops == 1 &&
	       (levels_of(oracle, node) == 0 ||
	        strcmp(label_of(oracle, node->name.text)->hop, node->name.text) == 0);
}
