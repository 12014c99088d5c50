/*
 * route_options.c - from statements to the flat lists that routing reads
 */
#include "spool/route/route_options.h"

#include <stdlib.h>

#include "spool/base/memory.h"

static const struct route_default  *copy_defaults(const struct description_node *node,
                                                  size_t                        *count);
static const struct route_pin      *copy_pins(const struct description_node *node);
static const struct route_explicit *copy_explicits(const struct description_node *node);

void
route_options_from_description(const struct description_node *node, struct route_options *options)
{
	*options = (struct route_options){
		.pins           = copy_pins(node),
		.pin_count      = node->route_count,
		.explicits      = copy_explicits(node),
		.explicit_count = node->explicit_count,
		.leaf           = node->leaf_via,
	};
	options->defaults = copy_defaults(node, &options->default_count);
}

void
route_options_release(struct route_options *options)
{
	free((void *)options->defaults);
	free((void *)options->pins);
	free((void *)options->explicits);
	*options = (struct route_options){ .defaults = NULL };
}

static const struct route_default *
copy_defaults(const struct description_node *node, size_t *count)
{
	struct route_default *defaults;
	size_t                total = 0;

	for (size_t i = 0; i < node->default_count; i++)
		total += node->defaults[i].patterns.count;
	for (size_t i = 0; i < node->gateway_count; i++)
		total += node->gateways[i].patterns.count;
	defaults = memory_new(total, sizeof(*defaults));
	*count   = 0;
	for (size_t i = 0; i < node->default_count; i++)
		for (size_t j = 0; j < node->defaults[i].patterns.count; j++)
			defaults[(*count)++] = (struct route_default){
				.pattern = node->defaults[i].patterns.items[j].region,
				.node    = node->defaults[i].via,
			};
	for (size_t i = 0; i < node->gateway_count; i++)
		for (size_t j = 0; j < node->gateways[i].patterns.count; j++)
			defaults[(*count)++] = (struct route_default){
				.pattern = node->gateways[i].patterns.items[j].region,
				.node    = node->name,
			};
	return defaults;
}

static const struct route_pin *
copy_pins(const struct description_node *node)
{
	struct route_pin *pins = memory_new(node->route_count, sizeof(*pins));

	for (size_t i = 0; i < node->route_count; i++) {
		const struct description_route *stated = &node->routes[i];

		pins[i].region                  = stated->region;
		pins[i].neighbor                = stated->via;
		pins[i].applies[ROUTE_FASTEST]  = (stated->preference & DESCRIPTION_FASTEST) != 0;
		pins[i].applies[ROUTE_CHEAPEST] = (stated->preference & DESCRIPTION_CHEAPEST) != 0;
	}
	return pins;
}

static const struct route_explicit *
copy_explicits(const struct description_node *node)
{
	struct route_explicit *explicits = memory_new(node->explicit_count, sizeof(*explicits));

	for (size_t i = 0; i < node->explicit_count; i++)
		explicits[i] = (struct route_explicit){
			.region         = node->explicits[i].pattern.region,
			.waypoints      = node->explicits[i].waypoints.items,
			.waypoint_count = node->explicits[i].waypoints.count,
			.onward         = node->explicits[i].onward,
		};
	return explicits;
}
