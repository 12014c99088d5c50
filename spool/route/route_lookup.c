/*
 * route_lookup.c - pins, table, defaults, the world; and the leaf's hub
 */
#include "spool/route/route_lookup.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "spool/name/name.h"

static struct route_match lookup_table(const struct route_tables *tables,
                                       enum route_preference preference, const char *name,
                                       bool with_defaults, struct buffer *steps);
static bool lookup_pin(const struct route_tables *tables, enum route_preference preference,
                       const char *name, struct route_match *match, struct buffer *steps);
static bool lookup_default(const struct route_tables *tables, enum route_preference preference,
                           const char *name, struct route_match *match, struct buffer *steps);
static bool lookup_hub(const struct route_tables *tables, struct route_match *match,
                       struct buffer *steps);
static bool same_hop(const struct route_tables *a, const struct route_tables *b,
                     enum route_preference preference, const char *name);
static bool same_hops(const struct route_broadcast *a, const struct route_broadcast *b,
                      const char *region);
static bool same_text(const char *a, const char *b);
static struct route_match match_route(const struct route_tables *tables, const struct route *route,
                                      struct buffer *steps);
static const char        *show(const char *region);
static void               step(struct buffer *steps, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

struct route_match
route_lookup(const struct route_tables *tables, enum route_preference preference, const char *name,
             struct buffer *steps)
{
	if (route_tables_is_home(tables, name)) {
		step(steps, "%s is this node", name);
		return (struct route_match){
			.kind     = ROUTE_MATCH_HOME,
			.next_hop = tables->home,
			.matched  = tables->home,
		};
	}
	return lookup_table(tables, preference, name, true, steps);
}

const char *
route_match_reason(const struct route_match *match)
{
	return match->kind == ROUTE_MATCH_OWN ? "not-in-region" : "no-route";
}

bool
route_lookup_same(const struct route_tables *a, const struct route_tables *b,
                  const struct address *address)
{
	for (size_t i = 0; i < address->count; i++) {
		const struct destination *destination = &address->destinations[i];

		for (int j = 0; j < ROUTE_PREFERENCES; j++)
			if (!same_hop(a, b, (enum route_preference)j,
			              destination_leg(destination)) ||
			    !same_hop(a, b, (enum route_preference)j, destination->node.text) ||
			    (destination->broadcast &&
			     !same_hops(&a->broadcasts[j], &b->broadcasts[j],
			                destination->node.text)))
				return false;
	}
	return true;
}

static bool
same_hop(const struct route_tables *a, const struct route_tables *b,
         enum route_preference preference, const char *name)
{
	const struct route_match one = route_lookup(a, preference, name, NULL);
	const struct route_match two = route_lookup(b, preference, name, NULL);

	return same_text(one.next_hop, two.next_hop) &&
	       same_text(route_tables_renamed(a, name), route_tables_renamed(b, name));
}

static bool
same_hops(const struct route_broadcast *a, const struct route_broadcast *b, const char *region)
{
	const struct route_broadcast_row *one = route_broadcast_find(a, region);
	const struct route_broadcast_row *two = route_broadcast_find(b, region);

	if (one == NULL || two == NULL || one->hop_count != two->hop_count)
		return one == two;
	for (uint32_t i = 0; i < one->hop_count; i++)
		if (strcmp(one->hops[i], two->hops[i]) != 0)
			return false;
	return true;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static struct route_match
lookup_table(const struct route_tables *tables, enum route_preference preference, const char *name,
             bool with_defaults, struct buffer *steps)
{
	const struct route_table *table = &tables->tables[preference];
	const struct route       *route = route_table_find(table, name);
	struct route_match        match = { .kind = ROUTE_MATCH_NONE };

	if (lookup_pin(tables, preference, name, &match, steps)) {
		if (route != NULL && strcmp(route->next_hop, match.next_hop) != 0)
			step(steps, "  rejected: the table's entry for %s, which leads to %s",
			     show(route->region), route->next_hop);
		return match;
	}
	for (const char *region = name; steps != NULL && region[0] != '\0' &&
	                                (route == NULL || strcmp(region, route->region) != 0);
	     region = name_parent(region))
		step(steps, "no entry for %s", region);
	if (route == NULL) {
		step(steps, "%s: no entry of the table matches", show(name));
		if (with_defaults && lookup_default(tables, preference, name, &match, steps))
			return match;
		route = route_table_world(table);
	}
	if (route != NULL)
		match = match_route(tables, route, steps);
	if (match.kind == ROUTE_MATCH_NONE ||
	    (match.kind == ROUTE_MATCH_OWN && !tables->leaf_heard))
		lookup_hub(tables, &match, steps);
	if (match.next_hop == NULL)
		step(steps, "%s: no route", show(name));
	return match;
}

/* A pin whose neighbor has no living link is passed over: the table may know a way. */
static bool
lookup_pin(const struct route_tables *tables, enum route_preference preference, const char *name,
           struct route_match *match, struct buffer *steps)
{
	for (size_t i = 0; i < tables->pin_count; i++) {
		const struct route_pin *pin = &tables->pins[i];

		if (!pin->applies[preference] || !name_within(name, pin->region.text))
			continue;
		if (!route_tables_is_neighbor(tables, pin->neighbor.text)) {
			step(steps, "the pinned route %s via %s has no living link",
			     show(pin->region.text), pin->neighbor.text);
			continue;
		}
		step(steps, "the pinned route %s via %s holds", show(pin->region.text),
		     pin->neighbor.text);
		*match = (struct route_match){
			.kind     = ROUTE_MATCH_PIN,
			.next_hop = pin->neighbor.text,
			.matched  = pin->region.text,
		};
		return true;
	}
	return false;
}

static bool
lookup_default(const struct route_tables *tables, enum route_preference preference,
               const char *name, struct route_match *match, struct buffer *steps)
{
	for (size_t i = 0; i < tables->default_count; i++) {
		const struct route_default *choice  = &tables->defaults[i];
		bool                        gateway = strcmp(choice->node.text, tables->home) == 0;

		if (!name_within(name, choice->pattern.text))
			continue;
		step(steps, "the %s for %s applies: %s", gateway ? "gateway" : "default",
		     show(choice->pattern.text), gateway ? "here" : choice->node.text);
		if (gateway)
			*match = (struct route_match){ .next_hop = tables->home };
		else
			*match = lookup_table(tables, preference, choice->node.text, false, steps);
		match->toward  = gateway ? NULL : choice->node.text;
		match->kind    = gateway ? ROUTE_MATCH_GATEWAY : ROUTE_MATCH_DEFAULT;
		match->matched = choice->pattern.text;
		if (match->next_hop != NULL)
			return true;
	}
	*match = (struct route_match){ .kind = ROUTE_MATCH_NONE };
	return false;
}

static bool
lookup_hub(const struct route_tables *tables, struct route_match *match, struct buffer *steps)
{
	if (!route_tables_is_neighbor(tables, tables->leaf))
		return false;
	step(steps, "this node is a leaf of %s", tables->leaf);
	*match = (struct route_match){
		.kind     = ROUTE_MATCH_LEAF,
		.next_hop = tables->leaf,
		.matched  = tables->leaf,
	};
	return true;
}

/* Of all hops home alone is named by tables->home itself (route.c), so no text is compared. */
static struct route_match
match_route(const struct route_tables *tables, const struct route *route, struct buffer *steps)
{
	if (route->next_hop == tables->home) {
		step(steps, "%s is a region of this node, and holds no such name",
		     show(route->region));
		return (struct route_match){ .kind = ROUTE_MATCH_OWN, .matched = route->region };
	}
	step(steps, "the entry for %s leads to %s%s", show(route->region), route->next_hop,
	     route->class == ROUTE_GENUINE ? "" : ", by a pseudolink");
	return (struct route_match){
		.kind       = ROUTE_MATCH_ENTRY,
		.next_hop   = route->next_hop,
		.matched    = route->region,
		.delay_ms   = route->delay_ms,
		.cost       = route->cost,
		.pseudolink = route->class != ROUTE_GENUINE,
	};
}

static const char *
show(const char *region)
{
	return region[0] == '\0' ? "the world" : region;
}

static void
step(struct buffer *steps, const char *format, ...)
{
	char    line[2 * NAME_MAX_BYTES + 100];
	va_list arguments;

	if (steps == NULL)
		return;
	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	buffer_append_text(steps, line);
	buffer_append_text(steps, "\n");
}
