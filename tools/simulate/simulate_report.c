/*
 * simulate_report.c - what was measured, for people and as one JSON object
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "spool/base/memory.h"
#include "spool/query/json.h"
#include "tools/simulate/simulate.h"

/* Nodes that are visible in their parent's region alone are leaves, and there is one hub: the
 * node with the most links of those that are visible furthest but not in the world. */
struct summary {
	struct simulate_values entries, table_bytes, database_bytes, updates, sent_bytes;
	size_t                 leaves;
};

static void    summarize(const struct simulation *simulation, struct summary *leaves);
static void    summary_release(struct summary *summary);
static size_t  find_hub(const struct simulation *simulation);
static bool    is_leaf(const struct description_node *node);
static size_t  count_links(const struct simulation *simulation);
static int64_t per_week(const struct simulation *simulation, size_t count);
static int64_t permille(uint64_t part, uint64_t whole);
static void    print_text(struct simulation *simulation, struct summary *leaves);
static void    print_messages(struct simulation *simulation);
static void    print_json(struct simulation *simulation, struct summary *leaves);
static void    json_messages(struct json *json, struct simulation *simulation);
static void    json_node(struct json *json, const char *name, const struct simulation *simulation,
                         size_t number);
static void    json_leaf(struct json *json, const struct simulation *simulation,
                         struct summary *leaves);
static int     compare_values(const void *left, const void *right);

void
simulate_report(struct simulation *simulation)
{
	struct summary leaves = { .leaves = 0 };

	summarize(simulation, &leaves);
	if (simulation->options.json)
		print_json(simulation, &leaves);
	else
		print_text(simulation, &leaves);
	summary_release(&leaves);
}

void
simulate_values_add(struct simulate_values *values, int64_t value)
{
	values->items = memory_grow(values->items, &values->capacity, values->count + 1,
	                            sizeof(values->items[0]));
	values->items[values->count++] = value;
}

int64_t
simulate_values_at(struct simulate_values *values, unsigned of_hundred)
{
	if (values->count == 0)
		return 0;
	qsort(values->items, values->count, sizeof(values->items[0]), compare_values);
	return values->items[(values->count - 1) * of_hundred / 100];
}

int64_t
simulate_values_mean(const struct simulate_values *values)
{
	int64_t sum = 0;

	for (size_t i = 0; i < values->count; i++)
		sum += values->items[i];
	return values->count > 0 ? sum / (int64_t)values->count : 0;
}

static void
summarize(const struct simulation *simulation, struct summary *leaves)
{
	for (size_t i = 0; i < simulation->network.node_count; i++) {
		const struct simulate_node *node = &simulation->nodes[i];

		if (!is_leaf(&simulation->network.nodes[i]))
			continue;
		leaves->leaves++;
		simulate_values_add(&leaves->entries, (int64_t)node->table_entries);
		simulate_values_add(&leaves->table_bytes, (int64_t)node->table_bytes);
		simulate_values_add(&leaves->database_bytes, (int64_t)node->database_bytes);
		simulate_values_add(&leaves->updates, per_week(simulation, node->updates));
		simulate_values_add(&leaves->sent_bytes, (int64_t)node->sent_bytes);
	}
}

static void
summary_release(struct summary *summary)
{
	free(summary->entries.items);
	free(summary->table_bytes.items);
	free(summary->database_bytes.items);
	free(summary->updates.items);
	free(summary->sent_bytes.items);
}

static size_t
find_hub(const struct simulation *simulation)
{
	size_t hub = 0;

	for (size_t i = 1; i < simulation->network.node_count; i++)
		if (simulation->nodes[i].table_entries > simulation->nodes[hub].table_entries)
			hub = i;
	return hub;
}

static bool
is_leaf(const struct description_node *node)
{
	const char *parent = name_parent(node->name.text);

	return parent != NULL && name_within(node->visible.text, parent) &&
	       node->visible.text[0] != '\0';
}

static size_t
count_links(const struct simulation *simulation)
{
	size_t count = 0;

	for (size_t i = 0; i < simulation->network.node_count; i++)
		count += simulation->network.nodes[i].link_count;
	return count;
}

static int64_t
per_week(const struct simulation *simulation, size_t count)
{
	return (int64_t)count * 7 / simulation->options.days;
}

static int64_t
permille(uint64_t part, uint64_t whole)
{
	return whole > 0 ? (int64_t)(part * 1000 / whole) : 0;
}

static void
print_text(struct simulation *simulation, struct summary *leaves)
{
	size_t                      hub_number = find_hub(simulation);
	const struct simulate_node *hub        = &simulation->nodes[hub_number];

	printf("%zu nodes, %zu links, %lld days, seed %llu\n\n", simulation->network.node_count,
	       count_links(simulation), (long long)simulation->options.days,
	       (unsigned long long)simulation->options.seed);
	if (simulation->accepted > 0)
		print_messages(simulation);
	printf("changes    %zu of links; %lld updates a week at the hub, %lld at a leaf\n",
	       simulation->changes, (long long)per_week(simulation, hub->updates),
	       (long long)simulate_values_at(&leaves->updates, 50));
	printf("hub        %s: %zu links; table of %zu entries, %" PRIu64
	       " bytes; database of %zu nodes, %" PRIu64 " bytes\n",
	       simulation->network.nodes[hub_number].name.text, hub->links, hub->table_entries,
	       hub->table_bytes, hub->records, hub->database_bytes);
	printf("leaf       the middle one of %zu: table of %lld entries, %lld bytes; database of "
	       "%lld bytes; %lld bytes sent a day\n",
	       leaves->leaves, (long long)simulate_values_at(&leaves->entries, 50),
	       (long long)simulate_values_at(&leaves->table_bytes, 50),
	       (long long)simulate_values_at(&leaves->database_bytes, 50),
	       (long long)simulate_values_at(&leaves->sent_bytes, 50) / simulation->options.days);
	if (simulation->options.newcomer != NULL)
		printf("newcomer   %s: the first route after %lld ms, all it gets after %lld ms; "
		       "known after %lld ms\n",
		       simulation->options.newcomer, (long long)simulation->first_ms,
		       (long long)simulation->all_ms, (long long)simulation->known_ms);
	printf("work       %llu steps, %zu calls\n", (unsigned long long)simulation->world.steps,
	       simulation->calls);
}

static void
print_messages(struct simulation *simulation)
{
	int64_t longer = permille(simulation->way_ms, simulation->best_ms) - 1000;

	printf("messages   %zu accepted, for %zu destinations: %zu delivered, %zu reported, %zu "
	       "neither\n",
	       simulation->accepted, simulation->owed, simulation->delivered, simulation->reported,
	       simulation->owed - simulation->delivered - simulation->reported);
	printf("latency    %lld s in the middle, %lld s for 95 of 100, %lld s at most\n",
	       (long long)simulate_values_at(&simulation->latency_ms, 50) / 1000,
	       (long long)simulate_values_at(&simulation->latency_ms, 95) / 1000,
	       (long long)simulate_values_at(&simulation->latency_ms, 100) / 1000);
	printf("hops       %lld in the middle, %lld at most; %zu came by a node twice\n",
	       (long long)simulate_values_at(&simulation->hops, 50),
	       (long long)simulate_values_at(&simulation->hops, 100), simulation->looped);
	printf(
	    "ways       %lld.%lld %% longer than exact shortest ones, the worst %llu.%llu times; "
	    "%lld.%lld %% are exact\n",
	    (long long)longer / 10, (long long)longer % 10,
	    (unsigned long long)simulation->worst_permille / 1000,
	    (unsigned long long)simulation->worst_permille % 1000 / 100,
	    (long long)permille(simulation->exact, simulation->compared) / 10,
	    (long long)permille(simulation->exact, simulation->compared) % 10);
}

static void
print_json(struct simulation *simulation, struct summary *leaves)
{
	struct buffer out;
	struct json   json;

	buffer_init(&out);
	json_init(&json, &out);
	json_object_begin(&json, NULL);
	json_text(&json, "network", simulation->options.network);
	json_number(&json, "seed", (int64_t)simulation->options.seed);
	json_number(&json, "days", simulation->options.days);
	json_number(&json, "nodes", (int64_t)simulation->network.node_count);
	json_number(&json, "links", (int64_t)count_links(simulation));
	json_messages(&json, simulation);
	json_object_begin(&json, "ways");
	json_number(&json, "compared", (int64_t)simulation->compared);
	json_number(&json, "exact", (int64_t)simulation->exact);
	json_number(&json, "length_permille", permille(simulation->way_ms, simulation->best_ms));
	json_number(&json, "worst_permille", (int64_t)simulation->worst_permille);
	json_object_end(&json);
	json_number(&json, "changes", (int64_t)simulation->changes);
	json_node(&json, "hub", simulation, find_hub(simulation));
	json_leaf(&json, simulation, leaves);
	if (simulation->options.newcomer != NULL) {
		json_object_begin(&json, "newcomer");
		json_text(&json, "node", simulation->options.newcomer);
		json_number(&json, "first_route_ms", simulation->first_ms);
		json_number(&json, "all_routes_ms", simulation->all_ms);
		json_number(&json, "known_ms", simulation->known_ms);
		json_object_end(&json);
	}
	json_number(&json, "steps", (int64_t)simulation->world.steps);
	json_number(&json, "calls", (int64_t)simulation->calls);
	if (simulation->options.each_node) {
		json_array_begin(&json, "each");
		for (size_t i = 0; i < simulation->network.node_count; i++)
			json_node(&json, NULL, simulation, i);
		json_array_end(&json);
	}
	json_object_end(&json);
	json_line(&json);
	fputs(buffer_text(&out), stdout);
	buffer_release(&out);
}

static void
json_messages(struct json *json, struct simulation *simulation)
{
	struct simulate_values *latency = &simulation->latency_ms, *hops = &simulation->hops;

	json_object_begin(json, "messages");
	json_number(json, "accepted", (int64_t)simulation->accepted);
	json_number(json, "destinations", (int64_t)simulation->owed);
	json_number(json, "delivered", (int64_t)simulation->delivered);
	json_number(json, "reported", (int64_t)simulation->reported);
	json_number(json, "looped", (int64_t)simulation->looped);
	json_object_end(json);
	json_object_begin(json, "latency_ms");
	json_number(json, "mean", simulate_values_mean(latency));
	json_number(json, "median", simulate_values_at(latency, 50));
	json_number(json, "of_95", simulate_values_at(latency, 95));
	json_number(json, "most", simulate_values_at(latency, 100));
	json_object_end(json);
	json_object_begin(json, "hops");
	json_number(json, "median", simulate_values_at(hops, 50));
	json_number(json, "most", simulate_values_at(hops, 100));
	json_object_end(json);
}

static void
json_node(struct json *json, const char *name, const struct simulation *simulation, size_t number)
{
	const struct simulate_node    *node        = &simulation->nodes[number];
	const struct description_node *description = &simulation->network.nodes[number];

	json_object_begin(json, name);
	json_text(json, "node", description->name.text);
	json_text(json, "visible", description->visible.text);
	json_number(json, "links", (int64_t)node->links);
	json_number(json, "table_entries", (int64_t)node->table_entries);
	json_number(json, "table_bytes", (int64_t)node->table_bytes);
	json_number(json, "records", (int64_t)node->records);
	json_number(json, "pseudolinks", (int64_t)node->pseudolinks);
	json_number(json, "database_bytes", (int64_t)node->database_bytes);
	json_number(json, "record_bytes", (int64_t)node->record_bytes);
	json_number(json, "updates_per_week", per_week(simulation, node->updates));
	json_number(json, "sent_per_day", (int64_t)node->sent_bytes / simulation->options.days);
	json_object_end(json);
}

/* The middle value of each quantity; they need not be of the same node. */
static void
json_leaf(struct json *json, const struct simulation *simulation, struct summary *leaves)
{
	json_object_begin(json, "leaf");
	json_number(json, "count", (int64_t)leaves->leaves);
	json_number(json, "table_entries", simulate_values_at(&leaves->entries, 50));
	json_number(json, "table_bytes", simulate_values_at(&leaves->table_bytes, 50));
	json_number(json, "database_bytes", simulate_values_at(&leaves->database_bytes, 50));
	json_number(json, "updates_per_week", simulate_values_at(&leaves->updates, 50));
	json_number(json, "sent_per_day",
	            simulate_values_at(&leaves->sent_bytes, 50) / simulation->options.days);
	json_object_end(json);
}

static int
compare_values(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}
