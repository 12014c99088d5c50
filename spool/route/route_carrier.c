/*
 * route_carrier.c - `carry`, limits and weights of one link against one message
 */
#include "spool/route/route_carrier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "spool/topology/local_record.h"

static bool     carries(const struct description_carry *carry, const struct route_cargo *cargo,
                        struct buffer *why);
static bool     has_service(const struct description_carry *carry, const char *service);
static void     explain_services(const struct description_carry *carry, struct buffer *why);
static unsigned misfit(const struct route_carrier *carrier, const struct route_cargo *cargo);
static bool     admits(const char *restriction, const struct address *destinations);
static int      order(uint64_t a, uint64_t b);

const char *
route_carrier_excludes(const struct route_carrier *carrier, const struct route_cargo *cargo,
                       struct buffer *why)
{
	const struct record_limits *limits = &carrier->link.limits;
	uint64_t                    most   = limits->message_bytes;

	if (cargo->always)
		return NULL;
	if (!carries(&carrier->stated->carry, cargo, NULL)) {
		if (why != NULL) {
			buffer_append_text(why, "the link to ");
			route_carrier_name(why, carrier->stated);
			buffer_append_text(why, " carries ");
			carries(&carrier->stated->carry, cargo, why);
		}
		return ROUTE_CARRY;
	}
	if (most == 0 || (limits->queue_bytes != 0 && limits->queue_bytes < most))
		most = limits->queue_bytes;
	if (most == 0 || cargo->size_bytes <= most)
		return NULL;
	if (why != NULL) {
		buffer_append_text(why, "the link to ");
		route_carrier_name(why, carrier->stated);
		buffer_append_text(why, " takes at most ");
		route_carrier_size(why, most, true);
		buffer_append_text(why, " a message; this one has ");
		route_carrier_size(why, cargo->size_bytes, false);
	}
	return ROUTE_LIMIT;
}

int
route_carrier_compare(const struct route_carrier *a, const struct route_carrier *b,
                      const struct route_cargo *cargo)
{
	bool fastest = cargo->preference == DESCRIPTION_FASTEST;
	int  delay   = order(a->link.delay_ms, b->link.delay_ms);
	int  cost    = order(a->link.cost, b->link.cost);
	int  fits    = order(misfit(a, cargo), misfit(b, cargo));

	if (fits != 0)
		return fits;
	if ((fastest ? delay : cost) != 0)
		return fastest ? delay : cost;
	return fastest ? cost : delay;
}

bool
route_carrier_is_better(const struct route_carrier *a, const struct route_carrier *b,
                        const struct route_cargo *cargo)
{
	int fits = order(misfit(a, cargo), misfit(b, cargo));

	if (fits != 0)
		return fits < 0;
	return cargo->preference == DESCRIPTION_FASTEST ? a->link.delay_ms < b->link.delay_ms
	                                                : a->link.cost < b->link.cost;
}

void
route_carrier_size(struct buffer *out, uint64_t bytes, bool limit)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	size_t                   unit    = 0;

	if (limit ? bytes % 1024 != 0 : bytes < UINT64_C(10) * 1024) {
		buffer_append_format(out, "%" PRIu64 " bytes", bytes);
		return;
	}
	bytes = bytes / 1024 + (bytes % 1024 > 0);
	while (unit < 3 && (limit ? bytes % 1024 == 0 : bytes >= UINT64_C(10) * 1024)) {
		bytes = bytes / 1024 + (bytes % 1024 > 0);
		unit++;
	}
	buffer_append_format(out, "%" PRIu64 " %s", bytes, units[unit]);
}

void
route_carrier_name(struct buffer *out, const struct description_link *link)
{
	buffer_append_format(out, "%s%s%s", link->neighbor.text,
	                     link->label[0] != '\0' ? " as " : "", link->label);
}

void
route_carrier_find(struct route_carrier *carrier, const struct topology *topology, const char *home,
                   const struct description_link *stated)
{
	const struct region_tree *names = &topology->names;
	uint32_t                  from  = region_tree_find(names, home);
	uint32_t                  to    = region_tree_find(names, stated->neighbor.text);
	struct record_limits      own;

	*carrier = (struct route_carrier){
		.stated       = stated,
		.restrictions = { stated->outbound_restrict },
	};
	local_record_limits(&stated->limit, &own);
	if (from != REGION_TREE_NONE && to != REGION_TREE_NONE)
		carrier->link = route_link_find(topology, from, to, stated->label);
	if (carrier->link.counts && carrier->link.restrictions[1] != REGION_TREE_NONE)
		snprintf(carrier->restrictions[1].text, sizeof(carrier->restrictions[1].text), "%s",
		         region_tree_text(names, carrier->link.restrictions[1]));
	if (!carrier->link.counts) { /* as home alone has it */
		carrier->link.delay_ms = (uint32_t)stated->delay_ms;
		carrier->link.cost     = (uint32_t)stated->cost;
	}
	record_limits_both(&carrier->link.limits, &own);
}

/* With *why, what it carries instead. */
static bool
carries(const struct description_carry *carry, const struct route_cargo *cargo, struct buffer *why)
{
	static const char *const priorities[] = { "low", "normal", "high", "urgent" };

	if (!carry->stated)
		return true;
	if (((unsigned)carry->preference & (unsigned)cargo->preference) == 0) {
		if (why != NULL)
			buffer_append_format(why, "only what goes the %s way",
			                     carry->preference == DESCRIPTION_FASTEST ? "fastest"
			                                                              : "cheapest");
		return false;
	}
	if (!has_service(carry, cargo->service)) {
		if (why != NULL)
			explain_services(carry, why);
		return false;
	}
	if (cargo->priority < carry->at_least) {
		if (why != NULL)
			buffer_append_format(why, "only what has priority %s or more",
			                     priorities[carry->at_least]);
		return false;
	}
	if (carry->smaller_than_bytes != DESCRIPTION_UNSET &&
	    cargo->size_bytes >= (uint64_t)carry->smaller_than_bytes) {
		if (why != NULL) {
			buffer_append_text(why, "only what is smaller than ");
			route_carrier_size(why, (uint64_t)carry->smaller_than_bytes, true);
			buffer_append_text(why, "; this one has ");
			route_carrier_size(why, cargo->size_bytes, false);
		}
		return false;
	}
	return true;
}

static bool
has_service(const struct description_carry *carry, const char *service)
{
	for (size_t i = 0; i < carry->services.count; i++)
		if (strcmp(carry->services.items[i], service) == 0)
			return true;
	return carry->services.count == 0;
}

static void
explain_services(const struct description_carry *carry, struct buffer *why)
{
	buffer_append_text(why, "only ");
	for (size_t i = 0; i < carry->services.count; i++)
		buffer_append_format(why, "%s%s", i == 0 ? "" : " and ", carry->services.items[i]);
}

/* How badly it fits: a restriction that keeps it out, a `carry` that what always goes passes. */
static unsigned
misfit(const struct route_carrier *carrier, const struct route_cargo *cargo)
{
	bool admitted = admits(carrier->restrictions[0].text, cargo->destinations) &&
	                admits(carrier->restrictions[1].text, cargo->destinations);

	return (admitted ? 0U : 2U) + (carries(&carrier->stated->carry, cargo, NULL) ? 0U : 1U);
}

/* D16, D17, D27. */
static bool
admits(const char *restriction, const struct address *destinations)
{
	if (destinations == NULL || restriction[0] == '\0')
		return true;
	for (size_t i = 0; i < destinations->count; i++) {
		const struct destination *destination = &destinations->destinations[i];
		const char               *leg         = destination_leg(destination);

		if (!name_within(leg, restriction) &&
		    !(destination->broadcast && destination->waypoint_count == 0 &&
		      name_within(restriction, leg)))
			return false;
	}
	return true;
}

static int
order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}
