/*
 * study_sizes.c - what a node keeps, and how far a change of its links is told
 *
 * By how far a node sees: the components of its visible region, 0 is the world. A database's
 * bytes are those of its records as they are told and stored; a table's rows are what is left
 * after pruning (D13). Who hears of a change is counted by the records that others keep.
 */
#include <stdio.h>
#include <stdlib.h>

#include "spool/base/memory.h"
#include "spool/topology/record.h"
#include "tests/study/study.h"

enum measure { RECORDS, BYTES, PSEUDOLINKS, ROWS, LISTENERS, MEASURES };

static const char *const titles[MEASURES] = { "records", "bytes", "pseudolinks", "rows",
	                                      "listeners" };

static uint32_t *shuffled(struct study *study);
static void      measure(struct study *study, const uint32_t *order, unsigned depth);
static void      look(struct study *study, uint32_t number, double values[MEASURES]);
static size_t    record_bytes(struct study *study, uint32_t number);

void
study_sizes(struct study *study)
{
	uint32_t *order = shuffled(study);

	printf("%-8s %6s %6s", "sees", "nodes", "taken");
	for (int i = 0; i < MEASURES; i++)
		printf(" %20s", titles[i]);
	printf("\n%22s", "");
	for (int i = 0; i < MEASURES; i++)
		printf(" %20s", "median       most");
	printf("\n");
	for (unsigned depth = 0; depth < NAME_MAX_COMPONENTS; depth++)
		measure(study, order, depth);
	free(order);
}

static uint32_t *
shuffled(struct study *study)
{
	size_t    count = study->network->count;
	uint32_t *order = memory_new(count, sizeof(order[0]));

	for (uint32_t i = 0; i < count; i++) {
		uint32_t j = (uint32_t)random_below(&study->random, i + 1);

		order[i] = order[j];
		order[j] = i;
	}
	return order;
}

static void
measure(struct study *study, const uint32_t *order, unsigned depth)
{
	const struct network *network = study->network;
	double               *values[MEASURES];
	unsigned              nodes = 0, taken = 0;

	for (int i = 0; i < MEASURES; i++)
		values[i] = memory_new(study->sample, sizeof(double));
	for (size_t i = 0; i < network->count; i++) {
		double one[MEASURES];

		if (name_depth(network->visible[order[i]].text) != depth)
			continue;
		if (nodes++ >= study->sample)
			continue;
		look(study, order[i], one);
		for (int j = 0; j < MEASURES; j++)
			values[j][taken] = one[j];
		taken++;
	}
	if (taken > 0)
		printf("%-8u %6u %6u", depth, nodes, taken);
	for (int i = 0; i < MEASURES; i++) {
		study_sort(values[i], taken);
		if (taken > 0)
			printf(" %9.0f %10.0f", study_quantile(values[i], taken, 500),
			       study_quantile(values[i], taken, 1000));
		free(values[i]);
	}
	if (taken > 0)
		printf("\n");
}

static void
look(struct study *study, uint32_t number, double values[MEASURES])
{
	const struct network_view *view  = network_views_get(study->views, number);
	size_t                     bytes = 0;

	for (uint32_t i = 0; i < study->network->count; i++)
		if (topology_find(&view->topology, study->network->names[i].text) != NULL)
			bytes += record_bytes(study, i);
	values[RECORDS]     = (double)view->topology.recorded_count;
	values[BYTES]       = (double)bytes;
	values[PSEUDOLINKS] = (double)view->topology.pseudolink_count;
	values[ROWS]        = (double)view->tables.tables[ROUTE_FASTEST].count;
	values[LISTENERS]   = network_views_listeners(study->views, number);
}

static size_t
record_bytes(struct study *study, uint32_t number)
{
	struct record record;
	struct buffer bytes;
	size_t        length;

	record_init(&record);
	buffer_init(&bytes);
	network_record(study->network, &study->views->order, number, &record);
	record_encode(&record, &bytes);
	length = bytes.length;
	buffer_release(&bytes);
	record_release(&record);
	return length;
}
