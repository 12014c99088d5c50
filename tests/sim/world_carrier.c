/*
 * world_carrier.c - a second link to each neighbor, and what links carry and take
 *
 * Every eleventh seed draws it. The plain links carry everything that is ever sent, so that all
 * must arrive: their queues hold the largest file, what a call takes is made up for by the next. The
 * others are dear and quick, or slow and cheap, and carry some of it. A queue that is full
 * answers "try later", and the clients of a world do.
 */
#include "tests/sim/world.h"

enum { LARGEST_FILE = 1 << 20 };

void
world_draw_carriers(struct world *world, const struct world_node *from, struct world_link *link)
{
	link->second   = (from->index + link->to->index) % 3 != 0; /* at both ends */
	link->delays_s = 1 + (unsigned)random_below(&world->random, 20);
	link->costs    = (unsigned)random_below(&world->random, 20);
	link->carries  = (unsigned)random_below(&world->random, 64);
	link->smaller  = 1 + (unsigned)random_below(&world->random, 100000);
	link->queue    = world_chance(world, 500) ? LARGEST_FILE : 0;
	link->in_call =
	    world_chance(world, 300) ? 1 + (unsigned)random_below(&world->random, 200000) : 0;
}

void
world_say_limits(const struct world_link *link, struct buffer *out)
{
	if (link->queue > 0)
		buffer_append_format(out, "limit { queue %u } ", link->queue);
	else if (link->in_call > 0)
		buffer_append_format(out, "limit { per-call %u } ", link->in_call);
	if (link->queue > 0 || link->in_call > 0)
		buffer_append_text(out, "; ");
}

void
world_say_second(const struct world_link *link, struct buffer *out)
{
	static const char *const preferences[] = { "", "preference fastest; ",
		                                   "preference cheapest; ", "" };
	static const char *const services[]    = { "", "service mail; ", "service mail file; ",
		                                   "at-least high; " };

	buffer_append_format(out, "\tlink %s as second { delay %us; cost %u; carry { %s%s",
	                     link->to->name.text, link->delays_s, link->costs,
	                     preferences[link->carries % 4], services[link->carries / 4 % 4]);
	if (link->carries / 16 % 2 == 1)
		buffer_append_format(out, "smaller-than %u; ", link->smaller);
	buffer_append_text(out, "}; ");
	if (link->carries / 32 == 1)
		buffer_append_format(out, "inbound { limit { message %u } }; ", link->smaller);
	buffer_append_format(out, "%s; transport tcp \"n%u:1\" plain }\n", link->calls,
	                     link->to->index);
}
