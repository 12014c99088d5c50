/*
 * description_check_rule.c - schedules, devices, routing rules and services
 */
#include <string.h>

#include "spool/description/description_checker.h"
#include "spool/description/description_forward.h"
#include "spool/description/description_suggestion.h"
#include "spool/name/destination.h"

static void                              check_window(const struct description_checker *checker,
                                                      const struct description_window  *window);
static void                              check_leaf(const struct description_checker *checker,
                                                    const struct description_node    *node);
static void                              check_routes(const struct description_checker *checker,
                                                      const struct description_node    *node);
static void                              check_explicits(const struct description_checker *checker,
                                                         const struct description_node    *node);
static void                              check_defaults(const struct description_checker *checker,
                                                        const struct description_node    *node);
static void                              check_gateways(const struct description_checker *checker,
                                                        const struct description_node    *node);
static bool                              tells_users(const struct description_service *service);
static void                              check_services(const struct description_checker *checker,
                                                        const struct description_node    *node);
static void                              check_forwards(const struct description_checker *checker,
                                                        const struct description_node    *node);
static void                              check_neighbor(const struct description_checker *checker,
                                                        const struct description_node *node, const struct name *via,
                                                        struct description_place place);
static const struct description_pattern *find_pattern(const struct description_patterns *patterns,
                                                      size_t count, const char *region);

void
description_check_schedules(const struct description_checker *checker,
                            const struct description_node    *node)
{
	for (size_t i = 0; i < node->device_count; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(node->devices[i].name, node->devices[j].name) == 0) {
				description_checker_repeated(checker, node->devices[i].place,
				                             node->devices[j].place, "this device");
				break;
			}
	for (size_t i = 0; i < node->schedule_count; i++) {
		const struct description_schedule *schedule = &node->schedules[i];

		for (size_t j = 0; j < i; j++)
			if (strcmp(schedule->name, node->schedules[j].name) == 0) {
				description_checker_repeated(checker, schedule->place,
				                             node->schedules[j].place,
				                             "this schedule");
				break;
			}
		if (schedule->count == 0)
			description_checker_warn(checker, schedule->place,
			                         "without a window this schedule never opens");
		for (size_t j = 0; j < schedule->count; j++)
			check_window(checker, &schedule->windows[j]);
	}
}

void
description_check_rules(const struct description_checker *checker,
                        const struct description_node    *node)
{
	check_leaf(checker, node);
	check_routes(checker, node);
	check_explicits(checker, node);
	check_defaults(checker, node);
	check_gateways(checker, node);
	check_services(checker, node);
	check_forwards(checker, node);
}

static void
check_window(const struct description_checker *checker, const struct description_window *window)
{
	if (window->kind == WINDOW_WEEKLY) {
		if (window->start_minute == window->end_minute)
			description_report_hint(description_checker_warn(checker, window->place,
			                                                 "this window never opens"),
			                        "`all` means the whole day");
		return;
	}
	if (window->every_ms == 0 || window->open_ms > window->every_ms)
		description_checker_error(checker, window->place,
		                          "this window is longer than its period");
	else if (window->open_ms == 0)
		description_checker_warn(checker, window->place, "this window never opens");
	else if (window->offset_ms >= window->every_ms)
		description_checker_warn(checker, window->place,
		                         "the offset is not shorter than the period");
}

static void
check_leaf(const struct description_checker *checker, const struct description_node *node)
{
	if (node->leaf_via.text[0] != '\0')
		check_neighbor(checker, node, &node->leaf_via, node->leaf_place);
	if (name_compare(&node->database_full_from, &node->name) == 0)
		description_checker_error(checker, node->database_place,
		                          "a node cannot ask itself");
}

static void
check_routes(const struct description_checker *checker, const struct description_node *node)
{
	for (size_t i = 0; i < node->route_count; i++) {
		const struct description_route *route = &node->routes[i];

		check_neighbor(checker, node, &route->via, route->place);
		if (name_compare(&route->region, &node->name) == 0)
			description_checker_error(checker, route->place, "%s is this node itself",
			                          node->name.text);
		for (size_t j = 0; j < i; j++)
			if (name_compare(&node->routes[j].region, &route->region) == 0 &&
			    (node->routes[j].preference & route->preference) != 0) {
				description_checker_repeated(checker, route->place,
				                             node->routes[j].place,
				                             "the route to this region");
				break;
			}
	}
}

static void
check_explicits(const struct description_checker *checker, const struct description_node *node)
{
	for (size_t i = 0; i < node->explicit_count; i++) {
		const struct description_pattern *pattern = &node->explicits[i].pattern;

		if (node->explicits[i].waypoints.count > ADDRESS_MAX_WAYPOINTS)
			description_checker_error(checker, pattern->place,
			                          "an explicit route lists at most %d nodes",
			                          ADDRESS_MAX_WAYPOINTS);
		for (size_t j = 0; j < i; j++) {
			const struct description_pattern *first = &node->explicits[j].pattern;

			if (name_compare(&pattern->region, &first->region) == 0) {
				description_checker_repeated(checker, pattern->place, first->place,
				                             "this pattern");
				break;
			}
		}
	}
}

static void
check_defaults(const struct description_checker *checker, const struct description_node *node)
{
	for (size_t i = 0; i < node->default_count; i++) {
		const struct description_default *rule = &node->defaults[i];

		if (name_compare(&rule->via, &node->name) == 0)
			description_checker_error(checker, rule->place,
			                          "what this node does not know, it cannot send "
			                          "to itself");
		for (size_t k = 0; k < rule->patterns.count; k++) {
			const struct description_pattern *pattern = &rule->patterns.items[k];
			const struct description_pattern *first   = NULL;

			for (size_t j = 0; j <= i && first == NULL; j++)
				first = find_pattern(&node->defaults[j].patterns,
				                     j < i ? node->defaults[j].patterns.count : k,
				                     pattern->region.text);
			if (first != NULL)
				description_checker_repeated(checker, pattern->place, first->place,
				                             "this pattern");
		}
	}
}

/* Whoever writes `gateway *.au` at a node of .au sends his own network's mail away. */
static void
check_gateways(const struct description_checker *checker, const struct description_node *node)
{
	for (size_t i = 0; i < node->gateway_count; i++) {
		const struct description_patterns *patterns = &node->gateways[i].patterns;

		for (size_t k = 0; k < patterns->count; k++) {
			const struct description_pattern *pattern = &patterns->items[k];
			const struct description_pattern *first   = NULL;

			for (size_t j = 0; j <= i && first == NULL; j++)
				first = find_pattern(&node->gateways[j].patterns,
				                     j < i ? node->gateways[j].patterns.count : k,
				                     pattern->region.text);
			if (first != NULL)
				description_checker_repeated(checker, pattern->place, first->place,
				                             "this pattern");
			if (name_within(node->name.text, pattern->region.text))
				description_checker_warn(checker, pattern->place,
				                         "this pattern catches %s, the node itself",
				                         node->name.text);
		}
	}
}

static void
check_services(const struct description_checker *checker, const struct description_node *node)
{
	for (size_t i = 0; i < node->service_count; i++) {
		const struct description_service *service = &node->services[i];
		const struct description_service *first =
		    description_find_service(node, service->name);

		if (first != service)
			description_checker_repeated(checker, service->place, first->place,
			                             "this service");
		if (strcmp(service->name, "control") == 0)
			description_checker_error(checker, service->place,
			                          "control messages are the node's own business");
		else if (service->deliver == DELIVER_NONE)
			description_report_hint(
			    description_checker_error(checker, service->place,
			                              "this service does not say how to deliver"),
			    "`deliver maildir`, `lmtp`, `command`, `drop`, `hold` or `publish`");
		else if (service->quota_bytes != DESCRIPTION_UNSET &&
		         (service->deliver == DELIVER_LMTP || service->deliver == DELIVER_COMMAND))
			description_report_hint(
			    description_checker_warn(
				checker, service->quota_place,
				"nobody keeps this quota: what is handed over is "
				"no longer seen here"),
			    "state it where the mailboxes are: in the server or the program");
		else if (service->deliver == DELIVER_PUBLISH &&
		         service->accept_from.count + service->accept_users.count == 0)
			description_report_hint(
			    description_checker_error(checker, service->place,
			                              "this service does not say who may ask"),
			    "`accept from` names regions, nodes or user@node");
		if (service->quiet && !tells_users(service))
			description_checker_warn(checker, service->place,
			                         "nobody is told by mail of what this service "
			                         "delivers, with `quiet` or without");
	}
}

/* Of files that come for them: node_arrival.h. */
static bool
tells_users(const struct description_service *service)
{
	return service->deliver == DELIVER_HOLD ||
	       (service->deliver == DELIVER_DROP && strstr(service->path, "%u") != NULL);
}

static void
check_forwards(const struct description_checker *checker, const struct description_node *node)
{
	const struct description_forward *closing = description_forward_circle(node);

	for (size_t i = 0; i < node->forward_count; i++) {
		const struct description_forward *forward = &node->forwards[i];
		const struct description_forward *first =
		    description_forward_find(node, forward->user);

		if (first != forward)
			description_checker_repeated(checker, forward->place, first->place,
			                             "who stands for this user");
	}
	if (closing != NULL)
		description_report_hint(
		    description_checker_error(checker, closing->place,
		                              "mail for %s would go in a circle", closing->user),
		    "`forward %s to %s` keeps a copy for the user", closing->user, closing->user);
}

static void
check_neighbor(const struct description_checker *checker, const struct description_node *node,
               const struct name *via, struct description_place place)
{
	struct description_suggestion suggestion = description_suggestion_for(via->text);
	struct diagnostic            *diagnostic;

	for (size_t i = 0; i < node->link_count; i++) {
		if (name_compare(&node->links[i].neighbor, via) == 0)
			return;
		description_suggestion_consider(&suggestion, node->links[i].neighbor.text);
	}
	diagnostic = description_checker_error(checker, place, "%s is not a neighbor of %s",
	                                       via->text, node->name.text);
	description_suggestion_hint(&suggestion, diagnostic);
}

static const struct description_pattern *
find_pattern(const struct description_patterns *patterns, size_t count, const char *region)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(patterns->items[i].region.text, region) == 0)
			return &patterns->items[i];
	return NULL;
}
