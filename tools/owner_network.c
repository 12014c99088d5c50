/*
 * owner_network.c - `routes`, `explain` and `map` of a node of a network that is only described
 *
 * The same tables that the node would compute itself, once all is told and quiet: from its own
 * record, those that it would be told (D23), and what others' tables would teach it (D24, D25),
 * with the routing lines of its own block.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "spool/base/memory.h"
#include "spool/query/query.h"
#include "spool/route/route_options.h"
#include "spool/route/route_rest.h"
#include "spool/topology/local_record.h"
#include "tools/complain.h"
#include "tools/owner.h"

enum { REST_NODES_MAX = 2000 }; /* with more, telling takes minutes */

/* What the nodes of the network know. */
struct views {
	struct topology        *topologies;
	struct route_rest_node *nodes;
	size_t                  count;
	struct topology        *home; /* of those */
};

static bool        take_option(struct owner_call *call, const char *option, char **value);
static int         answer(const struct owner_call *call, const struct description *network,
                          const struct description_node *home);
static enum status views_make(struct views *views, const struct description *network,
                              const struct topology         *everything,
                              const struct description_node *home, struct diagnostic *diagnostic);
static int         compare_nodes(const void *left, const void *right);
static void        views_release(struct views *views);

int
owner_network(const struct owner_call *given)
{
	struct owner_call              call = *given;
	struct description             network;
	const struct description_node *home = NULL;
	struct name                    name;
	struct diagnostic              diagnostic;
	char                          *file = NULL, *node = NULL;
	int                            code;

	if (!take_option(&call, "-f", &file) || !take_option(&call, "--home", &node)) {
		complain("usage: mulga %s ... -f NETWORK --home NODE", call.verb);
		return EX_USAGE;
	}
	description_init(&network);
	diagnostic_init(&diagnostic);
	code = owner_read_description(&file, 1, false, &network);
	if (code == 0 && node != NULL && name_parse(&name, node, &diagnostic) != STATUS_OK) {
		complain("--home: %s", diagnostic.text);
		code = EX_USAGE;
	} else if (code == 0 && node != NULL) {
		home = description_find_node(&network, name.text);
	} else if (code == 0 && network.node_count == 1) {
		home = &network.nodes[0]; /* a node's own file: no question whose */
	} else if (code == 0) {
		complain("%s describes %zu nodes: say which one with --home", file,
		         network.node_count);
		code = EX_USAGE;
	}
	if (code == 0 && home == NULL) {
		complain("%s describes no node \"%s\"", file, node);
		code = EX_USAGE;
	}
	if (code == 0)
		code = answer(&call, &network, home);
	description_release(&network);
	return code;
}

/* Takes the option and its value out of the words; false if the value is missing. */
static bool
take_option(struct owner_call *call, const char *option, char **value)
{
	size_t kept = 0;

	for (size_t i = 0; i < call->word_count; i++) {
		if (strcmp(call->words[i], option) != 0) {
			call->words[kept++] = call->words[i];
			continue;
		}
		if (++i == call->word_count || *value != NULL)
			return false;
		*value = call->words[i];
	}
	call->word_count = kept;
	return true;
}

static int
answer(const struct owner_call *call, const struct description *network,
       const struct description_node *home)
{
	struct views         views = { .count = 0 };
	struct topology      everything, full;
	struct route_options options;
	struct route_tables  tables;
	struct diagnostic    diagnostic;
	struct query         query = { .home        = home,
		                       .full        = &full,
		                       .tables      = &tables,
		                       .now.wall    = owner_walltime(),
		                       .user        = "",
		                       .is_operator = true,
		                       .json        = call->json };
	struct buffer        out, errors;
	int                  code = EX_CONFIG;

	topology_init(&everything);
	topology_init(&full);
	buffer_init(&out);
	buffer_init(&errors);
	diagnostic_init(&diagnostic);
	if (local_record_network(network, &everything, &diagnostic) == STATUS_OK &&
	    local_record_full(network, &everything, home, &full, &diagnostic) == STATUS_OK &&
	    views_make(&views, network, &everything, home, &diagnostic) == STATUS_OK) {
		const char **arguments = memory_new(call->word_count + 1, sizeof(arguments[0]));

		query.topology = views.home;
		route_options_from_description(home, &options);
		route_tables_compute(views.home, home->name.text, &options, &tables);
		arguments[0] = call->verb;
		memcpy(arguments + 1, call->words, call->word_count * sizeof(arguments[0]));
		code = query_run(&query, arguments, call->word_count + 1, &out, &errors);
		free(arguments);
		route_tables_release(&tables);
		route_options_release(&options);
	} else {
		complain("%s", diagnostic.text);
	}
	views_release(&views);
	owner_say(&out, &errors);
	buffer_release(&out);
	buffer_release(&errors);
	topology_release(&full);
	topology_release(&everything);
	return code;
}

/* What each node is told, and then what they learn from each other's tables. */
static enum status
views_make(struct views *views, const struct description *network,
           const struct topology *everything, const struct description_node *home,
           struct diagnostic *diagnostic)
{
	enum status status = STATUS_OK;

	*views = (struct views){ .count = network->node_count };
	if (views->count > REST_NODES_MAX) {
		complain("what tables would teach is left out: the network has more than %d nodes",
		         REST_NODES_MAX);
		views->count = 1;
	}
	views->topologies = memory_new(views->count, sizeof(views->topologies[0]));
	views->nodes      = memory_new(views->count, sizeof(views->nodes[0]));
	for (size_t i = 0; i < views->count; i++) {
		const struct description_node *node = views->count == 1 ? home : &network->nodes[i];

		topology_init(&views->topologies[i]);
		views->nodes[i] = (struct route_rest_node){ .name     = node->name.text,
			                                    .topology = &views->topologies[i] };
		if (node == home)
			views->home = &views->topologies[i];
		if (status == STATUS_OK)
			status = local_record_topology(network, everything, node->name.text,
			                               &views->topologies[i], diagnostic);
		topology_renames_expire(&views->topologies[i], owner_walltime());
	}
	qsort(views->nodes, views->count, sizeof(views->nodes[0]), compare_nodes);
	route_rest(views->nodes, views->count);
	return status;
}

static int
compare_nodes(const void *left, const void *right)
{
	const struct route_rest_node *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static void
views_release(struct views *views)
{
	for (size_t i = 0; i < views->count; i++) {
		route_tables_release(&views->nodes[i].tables);
		topology_release(&views->topologies[i]);
	}
	free(views->nodes);
	free(views->topologies);
}
