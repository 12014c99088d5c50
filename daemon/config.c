/*
 * config.c - paths of a home; a description that this version can act on
 *
 * Beside what description_check judges, a daemon's own file describes exactly one node, and
 * a call by TLS needs the far end's key: this version knows neighbors by nothing else.
 */
#include "daemon/config.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/description/description_check.h"
#include "spool/description/description_file.h"
#include "spool/description/description_parse.h"
#include "spool/description/description_print.h"
#include "spool/description/description_report.h"
#include "spool/schedule/zone_file.h"

static void judge(const struct config *config, const struct description *description,
                  struct description_report *report);
static void require_keys(const struct description *description, const struct description_node *node,
                         struct description_report *report);
static void log_findings(const struct description_report *report);

void
config_init(struct config *config, const char *folder)
{
	config->lock_folder = NULL;
	config->once        = false;
	home_init(&config->home, folder);
	description_init(&config->description);
	buffer_init(&config->zone);
}

void
config_release(struct config *config)
{
	home_release(&config->home);
	description_release(&config->description);
	buffer_release(&config->zone);
}

enum status
config_read(struct config *config, struct buffer *errors)
{
	struct description_sources roots;
	struct description         description;
	struct description_report  report;
	struct diagnostic          diagnostic;
	enum status                status;

	diagnostic_init(&diagnostic);
	description_sources_init(&roots);
	description_init(&description);
	description_report_init(&report);
	status = description_file_read(config->home.description, &roots, &diagnostic);
	if (status != STATUS_OK)
		buffer_append_format(errors, "error: %s\n", diagnostic.text);
	if (status == STATUS_OK)
		status = description_parse(&description, &roots, description_file_include, &report);
	if (status == STATUS_OK)
		status = description_check(&description, &report);
	if (status == STATUS_OK)
		status = zone_file_check(&description, &report);
	if (status == STATUS_OK) {
		description_unsupported(&description, &report);
		judge(config, &description, &report);
		status = report.error_count > 0 ? STATUS_INVALID : STATUS_OK;
	}
	if (status == STATUS_OK) {
		log_findings(&report);
		description_release(&config->description);
		config->description = description;
		buffer_clear(&config->zone);
		zone_file_read(description.nodes[0].timezone, &config->zone, NULL);
	} else {
		description_report_format(&report, errors);
		description_release(&description);
	}
	description_report_release(&report);
	description_sources_release(&roots);
	return status;
}

void
config_print(const struct config *config, struct buffer *out)
{
	description_print_marked(&config->description, out);
}

static void
judge(const struct config *config, const struct description *description,
      struct description_report *report)
{
	const struct description_node *old = config_node(config);
	const struct description_node *node;

	if (description->node_count != 1) {
		struct description_place place = { 0 };

		if (description->node_count > 1)
			place = description->nodes[1].place;
		description_report_add(
		    report, DESCRIPTION_ERROR, description, place,
		    "a node's own file describes one node, this one describes %zu",
		    description->node_count);
		return;
	}
	node = &description->nodes[0];
	if (old != NULL && name_compare(&old->name, &node->name) != 0)
		description_report_add(report, DESCRIPTION_ERROR, description, node->place,
		                       "this daemon runs as %s: stop it before the node is renamed",
		                       old->name.text);
	require_keys(description, node, report);
}

static void
require_keys(const struct description *description, const struct description_node *node,
             struct description_report *report)
{
	for (size_t i = 0; i < node->link_count; i++) {
		const struct description_link *link = &node->links[i];

		if (link->auth_key != NULL || link->foreign)
			continue;
		for (size_t j = 0; j < link->transport_count; j++) {
			const struct description_transport *transport = &link->transports[j];

			if (transport->kind != TRANSPORT_DIRECTORY && !transport->listen &&
			    !transport->plain)
				description_report_hint(
				    description_report_add(
					report, DESCRIPTION_ERROR, description, transport->place,
					"%s is called by TLS, and no key of its is stated",
					link->neighbor.text),
				    "add `auth key \"...\"` (`mulga key` shows it, over there), or "
				    "\"plain\" if the network between is trusted");
		}
	}
}

static void
log_findings(const struct description_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct description_finding *finding = &report->findings[i];

		log_line(finding->severity == DESCRIPTION_WARNING ? LOG_WARNING : LOG_INFO,
		         "%s:%u: %s", finding->diagnostic.path, finding->diagnostic.line,
		         finding->diagnostic.text);
	}
}

const struct description_node *
config_node(const struct config *config)
{
	return config->description.node_count > 0 ? &config->description.nodes[0] : NULL;
}
