/*
 * fuzz_table.c - what is read as a table message is its bytes again, and can be learned
 *
 * Fields of a later version stand behind what this version writes. The seeds are in
 * corpus/table.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/route/route.h"
#include "spool/route/route_learn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void learn(const struct route_message *message);
static void require(bool holds, const char *what);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diagnostic    diagnostic = { .text = "" };
	struct route_message message;
	struct arena         arena;
	struct buffer        again;

	arena_init(&arena);
	buffer_init(&again);
	if (route_message_decode(&message, "hub.cs.su", (struct span){ data, size }, &arena,
	                         &diagnostic) == STATUS_OK) {
		size_t told = route_message_encode(&message, 0, &again);

		require(told < message.count ||
		            (again.length <= size && memcmp(again.data, data, again.length) == 0),
		        "a table encodes to the bytes it came from");
		learn(&message);
	} else {
		require(diagnostic.text[0] != '\0', "a refusal has a reason");
		require(message.count == 0, "a refused table leaves nothing behind");
	}
	buffer_release(&again);
	arena_release(&arena);
	return 0;
}

/* At a leaf of the sender: what was learned is refreshed by hearing it again, and is no news. */
static void
learn(const struct route_message *message)
{
	struct topology     topology;
	struct route_tables tables;
	struct record       record;
	struct record_link  link = { .delay_ms = 5 };
	struct walltime     now  = { 5000 };
	size_t              count;

	topology_init(&topology);
	record_init(&record);
	name_parse(&record.node, "leaf.cs.su", NULL);
	name_parse_region(&record.visible, "cs.su", NULL);
	name_parse(&link.to, message->sender, NULL);
	record.serial = 1;
	record_add_link(&record, &link);
	topology_put(&topology, &record);
	record_release(&record);
	count = route_learn(&topology, "leaf.cs.su", message, now);
	require(count == topology.pseudolink_count, "what is new is what is there");
	require(route_learn(&topology, "leaf.cs.su", message, now) == 0, "news is news once");
	route_forget(&topology, "leaf.cs.su");
	route_tables_compute(&topology, "leaf.cs.su", NULL, &tables);
	require(tables.tables[ROUTE_FASTEST].count > 0, "a node knows the way to itself");
	route_tables_release(&tables);
	topology_release(&topology);
}

static void
require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "not true: %s\n", what);
	abort();
}
