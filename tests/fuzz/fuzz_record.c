/*
 * fuzz_record.c - what is read as a record is its bytes again, and a topology bears it
 *
 * The seeds are in corpus/record.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "spool/route/route.h"
#include "spool/topology/topology.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_topology(const struct record *record);
static void require(bool holds, const char *what);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diagnostic diagnostic = { .text = "" };
	struct span       bytes      = { data, size };
	struct record     record;
	struct buffer     again;

	record_init(&record);
	buffer_init(&again);
	if (record_decode(&record, bytes, &diagnostic) == STATUS_OK) {
		require(record_encode(&record, &again) == STATUS_OK &&
		            span_equal(bytes, buffer_span(&again)),
		        "a record encodes to the bytes it came from");
		try_topology(&record);
	} else {
		require(diagnostic.text[0] != '\0', "a refusal has a reason");
		require(record.link_count == 0 && record.node.text[0] == '\0',
		        "a refused record leaves nothing behind");
	}
	buffer_release(&again);
	record_release(&record);
	return 0;
}

static void
try_topology(const struct record *record)
{
	struct topology     topology;
	struct route_tables tables;

	topology_init(&topology);
	topology_put(&topology, record);
	require(topology_take(&topology, record) == STATUS_STALE, "a record is taken once");
	route_tables_compute(&topology, record->node.text, NULL, &tables);
	require(tables.tables[ROUTE_FASTEST].count > 0, "a node knows the way to itself");
	route_tables_release(&tables);
	require(topology_remove(&topology, record->node.text) == STATUS_OK,
	        "a record is forgotten");
	require(!topology_mentions(&topology, record->node.text),
	        "a forgotten record mentions nobody");
	topology_release(&topology);
}

static void
require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz_record: not so: %s\n", what);
	abort();
}
