/*
 * simulate_network.c - from a description to a world
 *
 * What a line is like is stated by its transport: `rate`, and half of `round-trip` for its
 * latency. What is not stated is 64,000 bit/s and a twentieth of a second. A line is simulated whatever carries it, and where nobody has
 * said yet what will: so every link gets a transport that the node's code calls by.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "spool/base/memory.h"
#include "spool/description/description_check.h"
#include "spool/description/description_file.h"
#include "spool/description/description_parse.h"
#include "spool/schedule/zone_file.h"
#include "spool/topology/local_record.h"
#include "tools/complain.h"
#include "tools/simulate/simulate.h"

enum { USUAL_BITS_PER_S = 64000, USUAL_LATENCY_MS = 50 };

static void lay_lines(struct description_node *node);
static void make_flat(struct simulation *simulation);
static void print_errors(const struct description_report *report);
static void set_line(struct world *world, const struct description_node *node,
                     const struct description_link *link);

int
simulate_read(struct simulation *simulation)
{
	struct description_sources sources;
	struct description_report  report;
	struct diagnostic          diagnostic;
	int                        code = 0;

	description_sources_init(&sources);
	description_report_init(&report);
	diagnostic_init(&diagnostic);
	if (description_file_read(simulation->options.network, &sources, &diagnostic) !=
	    STATUS_OK) {
		complain("%s", diagnostic.text);
		code = EX_NOINPUT;
	} else if (description_parse(&simulation->network, &sources, description_file_include,
	                             &report) != STATUS_OK ||
	           description_check(&simulation->network, &report) != STATUS_OK ||
	           zone_file_check(&simulation->network, &report) != STATUS_OK) {
		print_errors(&report);
		code = EX_CONFIG;
	} else if (simulation->network.node_count < 2) {
		complain("%s describes %zu node%s: a network has two or more",
		         simulation->options.network, simulation->network.node_count,
		         simulation->network.node_count == 1 ? "" : "s");
		code = EX_CONFIG;
	}
	description_report_release(&report);
	description_sources_release(&sources);
	return code;
}

void
simulate_build(struct simulation *simulation)
{
	const struct description *network = &simulation->network;

	for (size_t i = 0; i < network->node_count; i++)
		lay_lines(&simulation->network.nodes[i]);
	for (size_t i = 0; i < network->node_count; i++)
		zone_file_read(network->nodes[i].timezone,
		               &world_add_described(&simulation->world, &network->nodes[i])->zone,
		               NULL);
	make_flat(simulation);
	for (size_t i = 0; i < network->node_count; i++)
		for (size_t j = 0; j < network->nodes[i].link_count; j++)
			set_line(&simulation->world, &network->nodes[i],
			         &network->nodes[i].links[j]);
}

/* Nobody proves a key on a simulated line. What is no TCP is called on demand, as usual. */
static void
lay_lines(struct description_node *node)
{
	for (size_t i = 0; i < node->link_count; i++) {
		struct description_link     *link = &node->links[i];
		struct description_transport line, *stated;

		description_transport_init(&line, TRANSPORT_TCP);
		line.address = memory_copy_text("line:1");
		line.plain   = true;
		stated       = link->transport_count > 0 ? &link->transports[0] : NULL;
		if (stated != NULL) {
			if (stated->rate_bits > 0)
				line.rate_bits = stated->rate_bits;
			else if (stated->speed_bits > 0)
				line.rate_bits = (int64_t)stated->speed_bits;
			line.round_trip_ms = stated->round_trip_ms;
			line.listen        = stated->listen;
		}
		if ((stated == NULL || stated->kind != TRANSPORT_TCP) &&
		    link->call.kind == CALL_AS_USUAL)
			link->call.kind = CALL_ON_DEMAND;
		while (link->transport_count > 0)
			description_transport_release(&link->transports[--link->transport_count]);
		link->transports = memory_grow(link->transports, &link->transport_capacity, 1,
		                               sizeof(link->transports[0]));
		link->transports[link->transport_count++] = line;
	}
}

/* As the nodes tell it themselves, so that what a link is said to take is the same. */
static void
make_flat(struct simulation *simulation)
{
	struct record record;

	topology_init(&simulation->flat);
	record_init(&record);
	for (size_t i = 0; i < simulation->network.node_count; i++)
		if (local_record_for_home(&simulation->network.nodes[i], 1, &record, NULL) ==
		    STATUS_OK) {
			record.visible.text[0] = '\0';
			topology_put(&simulation->flat, &record);
		}
	record_release(&record);
}

static void
print_errors(const struct description_report *report)
{
	struct buffer text;

	buffer_init(&text);
	for (size_t i = 0; i < report->count; i++)
		if (report->findings[i].severity == DESCRIPTION_ERROR)
			description_finding_format(&report->findings[i], &text);
	fputs(buffer_text(&text), stderr);
	buffer_release(&text);
}

/* A neighbor that is not described never answers. */
static void
set_line(struct world *world, const struct description_node *node,
         const struct description_link *link)
{
	struct world_node *far = world_find(world, link->neighbor.text);
	struct world_line *line;

	if (far == NULL)
		return;
	line             = world_line(world_find(world, node->name.text), far->index);
	line->latency_ms = USUAL_LATENCY_MS;
	line->bits_per_s = USUAL_BITS_PER_S;
	if (link->transport_count > 0 && link->transports[0].rate_bits > 0)
		line->bits_per_s = (uint64_t)link->transports[0].rate_bits;
	if (link->transport_count > 0 && link->transports[0].round_trip_ms > 0)
		line->latency_ms = link->transports[0].round_trip_ms / 2;
}
