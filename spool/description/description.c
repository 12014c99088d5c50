/*
 * description.c - the life of the values
 */
#include "spool/description/description.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

static void release_node(struct description_node *node);
static void release_schedules(struct description_node *node);
static void release_rules(struct description_node *node);
static void release_contact(struct description_contact *contact);
static void release_chat(struct description_chat *chat);
static void release_texts(struct description_texts *texts);

void
description_init(struct description *description)
{
	*description = (struct description){ .node_count = 0 };
}

void
description_release(struct description *description)
{
	for (size_t i = 0; i < description->node_count; i++)
		release_node(&description->nodes[i]);
	free(description->nodes);
	free(description->statements);
	description_sources_release(&description->sources);
	description_init(description);
}

void
description_node_init(struct description_node *node, const struct name *name)
{
	*node = (struct description_node){
		.name                = *name,
		.retain_delivered_ms = DESCRIPTION_UNSET,
	};
	memcpy(node->visible.text, name_parent(name->text), strlen(name_parent(name->text)));
}

void
description_link_init(struct description_link *link, const struct name *neighbor)
{
	static const struct description_limit unlimited = {
		DESCRIPTION_UNSET, DESCRIPTION_UNSET, DESCRIPTION_UNSET,
		DESCRIPTION_UNSET, DESCRIPTION_UNSET,
	};

	*link = (struct description_link){
		.neighbor         = *neighbor,
		.label            = memory_copy_text(""),
		.delay_ms         = DESCRIPTION_DELAY_DEFAULT_MS,
		.cost             = DESCRIPTION_COST_DEFAULT,
		.announced        = true,
		.inbound_delay_ms = DESCRIPTION_UNSET,
		.inbound_limit    = unlimited,
		.limit            = unlimited,
		.call             = { CALL_AS_USUAL, DESCRIPTION_UNSET, NULL, DESCRIPTION_UNSET,
		                      DESCRIPTION_UNSET },
		.poll_ms          = DESCRIPTION_UNSET,
		.retry_ms         = DESCRIPTION_UNSET,
		.retry_max_ms     = DESCRIPTION_UNSET,
		.call_time_ms     = DESCRIPTION_UNSET,
		.carry            = { .preference         = DESCRIPTION_BOTH,
		                      .at_least           = DESCRIPTION_LOW,
		                      .smaller_than_bytes = DESCRIPTION_UNSET },
	};
}

void
description_transport_init(struct description_transport   *transport,
                           enum description_transport_kind kind)
{
	*transport = (struct description_transport){
		.kind           = kind,
		.round_trip_ms  = DESCRIPTION_UNSET,
		.timeout_ms     = DESCRIPTION_UNSET,
		.rate_bits      = DESCRIPTION_UNSET,
		.capacity_bytes = DESCRIPTION_UNSET,
		.overdue_ms     = DESCRIPTION_UNSET,
	};
}

int64_t
description_patience_ms(const struct description_transport *transport, unsigned round_trips,
                        int64_t bytes)
{
	int64_t bits = transport->rate_bits > 0 ? transport->rate_bits : transport->speed_bits;
	int64_t ms   = transport->round_trip_ms > 0 ? transport->round_trip_ms * round_trips : 0;

	return bits > 0 ? ms + bytes * 10 * 1000 / bits
	                : ms; /* ten bits a byte, as on a serial line */
}

void
description_transport_release(struct description_transport *transport)
{
	free(transport->address);
	release_texts(&transport->arguments);
	release_texts(&transport->phones);
	release_chat(&transport->dial);
	release_chat(&transport->login);
	release_chat(&transport->hangup);
}

const struct description_node *
description_find_node(const struct description *description, const char *name)
{
	for (size_t i = 0; i < description->node_count; i++)
		if (strcmp(description->nodes[i].name.text, name) == 0)
			return &description->nodes[i];
	return NULL;
}

const struct description_link *
description_find_link(const struct description_node *node, const char *neighbor, const char *label)
{
	for (size_t i = 0; i < node->link_count; i++)
		if (strcmp(node->links[i].neighbor.text, neighbor) == 0 &&
		    strcmp(node->links[i].label, label) == 0)
			return &node->links[i];
	return NULL;
}

const struct description_service *
description_find_service(const struct description_node *node, const char *service)
{
	for (size_t i = 0; i < node->service_count; i++)
		if (strcmp(node->services[i].name, service) == 0)
			return &node->services[i];
	return NULL;
}

void
description_link_release(struct description_link *link)
{
	free(link->label);
	for (size_t i = 0; i < link->transport_count; i++)
		description_transport_release(&link->transports[i]);
	free(link->transports);
	free(link->auth_key);
	free(link->call.count_service);
	for (size_t i = 0; i < link->schedule_count; i++)
		free(link->schedules[i].name);
	free(link->schedules);
	release_texts(&link->carry.services);
	free(link->device);
	release_texts(&link->before);
	release_texts(&link->after);
}

static void
release_node(struct description_node *node)
{
	free(node->timezone);
	free(node->notify);
	release_texts(&node->aliases);
	release_texts(&node->submit_lmtp);
	release_texts(&node->submit_by);
	release_contact(&node->contact);
	free(node->formers);
	for (size_t i = 0; i < node->listen_count; i++)
		free(node->listens[i].address);
	free(node->listens);
	for (size_t i = 0; i < node->answer_count; i++)
		description_transport_release(&node->answers[i]);
	free(node->answers);
	release_schedules(node);
	for (size_t i = 0; i < node->link_count; i++)
		description_link_release(&node->links[i]);
	free(node->links);
	release_rules(node);
}

static void
release_schedules(struct description_node *node)
{
	for (size_t i = 0; i < node->device_count; i++)
		free(node->devices[i].name);
	free(node->devices);
	for (size_t i = 0; i < node->schedule_count; i++) {
		free(node->schedules[i].name);
		free(node->schedules[i].windows);
	}
	free(node->schedules);
}

static void
release_rules(struct description_node *node)
{
	free(node->routes);
	for (size_t i = 0; i < node->explicit_count; i++)
		free(node->explicits[i].waypoints.items);
	free(node->explicits);
	for (size_t i = 0; i < node->default_count; i++)
		free(node->defaults[i].patterns.items);
	free(node->defaults);
	for (size_t i = 0; i < node->gateway_count; i++) {
		free(node->gateways[i].patterns.items);
		free(node->gateways[i].address);
		release_texts(&node->gateways[i].arguments);
	}
	free(node->gateways);
	for (size_t i = 0; i < node->service_count; i++) {
		free(node->services[i].name);
		free(node->services[i].path);
		release_texts(&node->services[i].arguments);
		free(node->services[i].accept_from.items);
		release_texts(&node->services[i].accept_users);
	}
	free(node->services);
	for (size_t i = 0; i < node->permit_count; i++) {
		free(node->permits[i].regions.items);
		release_texts(&node->permits[i].services);
		release_texts(&node->permits[i].users);
	}
	free(node->permits);
	for (size_t i = 0; i < node->forward_count; i++) {
		free(node->forwards[i].user);
		release_texts(&node->forwards[i].to);
	}
	free(node->forwards);
}

static void
release_contact(struct description_contact *contact)
{
	free(contact->person);
	free(contact->organisation);
	free(contact->email);
	free(contact->phone);
	release_texts(&contact->postal);
}

static void
release_chat(struct description_chat *chat)
{
	for (size_t i = 0; i < chat->count; i++) {
		struct description_chat_step *step = &chat->steps[i];

		for (size_t j = 0; j < step->text_count; j++)
			free(step->texts[j].codes);
		free(step->texts);
		free(step->retry.codes);
		free(step->secret);
	}
	free(chat->steps);
}

static void
release_texts(struct description_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->items[i]);
	free(texts->items);
}
