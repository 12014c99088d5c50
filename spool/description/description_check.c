/*
 * description_check.c - one node, as far as it is not links, schedules and rules
 */
#include "spool/description/description_check.h"

#include <string.h>

#include "spool/description/description_checker.h"
#include "spool/description/description_suggestion.h"

static void check_node(const struct description_checker *checker,
                       const struct description_node    *node);
static void check_visible(const struct description_checker *checker,
                          const struct description_node    *node);
static void check_formers(const struct description_checker *checker,
                          const struct description_node    *node);
static void check_listens(const struct description_checker *checker,
                          const struct description_node    *node);
static void check_links(const struct description_checker *checker,
                        const struct description_node    *node);

enum status
description_check(const struct description *description, struct description_report *report)
{
	struct description_checker checker = { description, report };
	size_t                     errors  = report->error_count;

	if (description->node_count == 0)
		description_checker_error(&checker, (struct description_place){ .line = 0 },
		                          "no node is described");
	for (size_t i = 0; i < description->node_count; i++)
		check_node(&checker, &description->nodes[i]);
	if (report->error_count == errors && description->node_count > 1)
		description_check_network(&checker);
	return report->error_count == errors ? STATUS_OK : STATUS_INVALID;
}

static void
check_node(const struct description_checker *checker, const struct description_node *node)
{
	check_visible(checker, node);
	check_formers(checker, node);
	check_listens(checker, node);
	description_check_schedules(checker, node);
	check_links(checker, node);
	description_check_rules(checker, node);
}

/* The visible region is one of the node's own: a proper suffix of its name, or the world. */
static void
check_visible(const struct description_checker *checker, const struct description_node *node)
{
	struct description_suggestion suggestion = description_suggestion_for(node->visible.text);
	struct diagnostic            *diagnostic;

	if (name_within(name_parent(node->name.text), node->visible.text))
		return;
	diagnostic = description_checker_error(checker, node->visible_place,
	                                       "\"%s\" is not an ancestor of node %s",
	                                       node->visible.text, node->name.text);
	for (const char *region = name_parent(node->name.text); region != NULL && *region != '\0';
	     region             = name_parent(region))
                description_suggestion_consider(&suggestion, region);
	description_suggestion_hint(&suggestion, diagnostic);
}

static void
check_formers(const struct description_checker *checker, const struct description_node *node)
{
	for (size_t i = 0; i < node->former_count; i++) {
		const struct description_former *former = &node->formers[i];

		if (strcmp(former->name.text, node->name.text) == 0)
			description_checker_error(checker, former->place,
			                          "this is what the node is called now");
		for (size_t j = 0; j < i; j++)
			if (name_compare(&node->formers[j].name, &former->name) == 0) {
				description_checker_repeated(checker, former->place,
				                             node->formers[j].place,
				                             "this former name");
				break;
			}
	}
}

/* Port 0 takes a free one each time, so it may be asked for twice. */
static void
check_listens(const struct description_checker *checker, const struct description_node *node)
{
	for (size_t i = 0; i < node->listen_count; i++) {
		const struct description_listen *listen = &node->listens[i];

		if (strcmp(strrchr(listen->address, ':'), ":0") == 0)
			continue;
		for (size_t j = 0; j < i; j++)
			if (strcmp(node->listens[j].address, listen->address) == 0) {
				description_checker_repeated(
				    checker, listen->place, node->listens[j].place, "this address");
				break;
			}
	}
}

static void
check_links(const struct description_checker *checker, const struct description_node *node)
{
	for (size_t i = 0; i < node->link_count && !description_report_full(checker->report); i++) {
		const struct description_link *link = &node->links[i];
		const struct description_link *first =
		    description_find_link(node, link->neighbor.text, link->label);

		if (first != link) {
			description_checker_repeated(checker, link->place, first->place,
			                             "this link");
			continue;
		}
		description_check_link(checker, node, link);
	}
}
