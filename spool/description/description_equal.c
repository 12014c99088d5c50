/*
 * description_equal.c - do two descriptions say the same?
 *
 * Field by field, and never by comparing what print makes of them: the test of
 * parse(print(x)) == x would not see a field that print forgets.
 */
#include "spool/description/description.h"

#include <string.h>

static bool nodes_equal(const struct description_node *a, const struct description_node *b);
static bool contacts_equal(const struct description_contact *a,
                           const struct description_contact *b);
static bool doors_equal(const struct description_node *a, const struct description_node *b);
static bool schedules_equal(const struct description_node *a, const struct description_node *b);
static bool windows_equal(const struct description_window *a, const struct description_window *b);
static bool rules_equal(const struct description_node *a, const struct description_node *b);
static bool gateways_equal(const struct description_gateway *a,
                           const struct description_gateway *b);
static bool services_equal(const struct description_service *a,
                           const struct description_service *b);
static bool permits_equal(const struct description_permit *a, const struct description_permit *b);
static bool forwards_equal(const struct description_node *a, const struct description_node *b);
static bool calls_equal(const struct description_link *a, const struct description_link *b);
static bool carries_equal(const struct description_carry *a, const struct description_carry *b);
static bool limits_equal(const struct description_limit *a, const struct description_limit *b);
static bool transports_equal(const struct description_transport *a,
                             const struct description_transport *b);
static bool chats_equal(const struct description_chat *a, const struct description_chat *b);
static bool steps_equal(const struct description_chat_step *a,
                        const struct description_chat_step *b);
static bool codes_equal(const struct description_chat_text *a,
                        const struct description_chat_text *b);
static bool patterns_equal(const struct description_patterns *a,
                           const struct description_patterns *b);
static bool name_lists_equal(const struct description_names *a, const struct description_names *b);
static bool text_lists_equal(const struct description_texts *a, const struct description_texts *b);
static bool texts_equal(const char *a, const char *b);
static bool names_equal(const struct name *a, const struct name *b);

bool
description_equal(const struct description *a, const struct description *b)
{
	if (a->node_count != b->node_count)
		return false;
	for (size_t i = 0; i < a->node_count; i++)
		if (!nodes_equal(&a->nodes[i], &b->nodes[i]))
			return false;
	return true;
}

bool
description_link_equal(const struct description_link *a, const struct description_link *b)
{
	if (a->transport_count != b->transport_count)
		return false;
	for (size_t i = 0; i < a->transport_count; i++)
		if (!transports_equal(&a->transports[i], &b->transports[i]))
			return false;
	return names_equal(&a->neighbor, &b->neighbor) && texts_equal(a->label, b->label) &&
	       a->delay_ms == b->delay_ms && a->delay_stated == b->delay_stated &&
	       a->cost == b->cost && a->direction == b->direction && a->foreign == b->foreign &&
	       a->announced == b->announced &&
	       names_equal(&a->outbound_restrict, &b->outbound_restrict) &&
	       names_equal(&a->inbound_restrict, &b->inbound_restrict) &&
	       a->inbound_delay_ms == b->inbound_delay_ms &&
	       limits_equal(&a->inbound_limit, &b->inbound_limit) &&
	       limits_equal(&a->limit, &b->limit) && texts_equal(a->auth_key, b->auth_key) &&
	       calls_equal(a, b) && carries_equal(&a->carry, &b->carry) &&
	       texts_equal(a->device, b->device) && a->device_slot_ms == b->device_slot_ms &&
	       text_lists_equal(&a->before, &b->before) && text_lists_equal(&a->after, &b->after) &&
	       a->protect_signed == b->protect_signed && a->seal_never == b->seal_never;
}

static bool
nodes_equal(const struct description_node *a, const struct description_node *b)
{
	if (a->link_count != b->link_count)
		return false;
	for (size_t i = 0; i < a->link_count; i++)
		if (!description_link_equal(&a->links[i], &b->links[i]))
			return false;
	return names_equal(&a->name, &b->name) && names_equal(&a->visible, &b->visible) &&
	       names_equal(&a->leaf_via, &b->leaf_via) &&
	       names_equal(&a->database_full_from, &b->database_full_from) &&
	       texts_equal(a->timezone, b->timezone) && texts_equal(a->notify, b->notify) &&
	       texts_equal(a->language, b->language) &&
	       a->retain_delivered_ms == b->retain_delivered_ms &&
	       text_lists_equal(&a->aliases, &b->aliases) &&
	       text_lists_equal(&a->submit_lmtp, &b->submit_lmtp) &&
	       text_lists_equal(&a->submit_by, &b->submit_by) &&
	       contacts_equal(&a->contact, &b->contact) && doors_equal(a, b) &&
	       schedules_equal(a, b) && rules_equal(a, b);
}

static bool
contacts_equal(const struct description_contact *a, const struct description_contact *b)
{
	return a->stated == b->stated && texts_equal(a->person, b->person) &&
	       texts_equal(a->organisation, b->organisation) && texts_equal(a->email, b->email) &&
	       texts_equal(a->phone, b->phone) && text_lists_equal(&a->postal, &b->postal) &&
	       a->located == b->located && a->latitude_udeg == b->latitude_udeg &&
	       a->longitude_udeg == b->longitude_udeg;
}

/* Former names, and where calls come in. */
static bool
doors_equal(const struct description_node *a, const struct description_node *b)
{
	if (a->former_count != b->former_count || a->listen_count != b->listen_count ||
	    a->answer_count != b->answer_count ||
	    a->answer_program_plain != b->answer_program_plain)
		return false;
	for (size_t i = 0; i < a->former_count; i++)
		if (!names_equal(&a->formers[i].name, &b->formers[i].name) ||
		    a->formers[i].until.ms != b->formers[i].until.ms)
			return false;
	for (size_t i = 0; i < a->listen_count; i++)
		if (!texts_equal(a->listens[i].address, b->listens[i].address) ||
		    a->listens[i].plain != b->listens[i].plain)
			return false;
	for (size_t i = 0; i < a->answer_count; i++)
		if (!transports_equal(&a->answers[i], &b->answers[i]))
			return false;
	return true;
}

static bool
schedules_equal(const struct description_node *a, const struct description_node *b)
{
	if (a->device_count != b->device_count || a->schedule_count != b->schedule_count)
		return false;
	for (size_t i = 0; i < a->device_count; i++)
		if (!texts_equal(a->devices[i].name, b->devices[i].name) ||
		    a->devices[i].calls != b->devices[i].calls ||
		    a->devices[i].order != b->devices[i].order)
			return false;
	for (size_t i = 0; i < a->schedule_count; i++) {
		const struct description_schedule *left  = &a->schedules[i];
		const struct description_schedule *right = &b->schedules[i];

		if (!texts_equal(left->name, right->name) || left->count != right->count)
			return false;
		for (size_t j = 0; j < left->count; j++)
			if (!windows_equal(&left->windows[j], &right->windows[j]))
				return false;
	}
	return true;
}

static bool
windows_equal(const struct description_window *a, const struct description_window *b)
{
	return a->kind == b->kind && a->days == b->days && a->start_minute == b->start_minute &&
	       a->end_minute == b->end_minute && a->every_ms == b->every_ms &&
	       a->open_ms == b->open_ms && a->offset_ms == b->offset_ms;
}

static bool
rules_equal(const struct description_node *a, const struct description_node *b)
{
	if (a->route_count != b->route_count || a->explicit_count != b->explicit_count ||
	    a->default_count != b->default_count || a->gateway_count != b->gateway_count ||
	    a->service_count != b->service_count || a->permit_count != b->permit_count)
		return false;
	for (size_t i = 0; i < a->route_count; i++)
		if (!names_equal(&a->routes[i].region, &b->routes[i].region) ||
		    !names_equal(&a->routes[i].via, &b->routes[i].via) ||
		    a->routes[i].preference != b->routes[i].preference)
			return false;
	for (size_t i = 0; i < a->explicit_count; i++)
		if (!names_equal(&a->explicits[i].pattern.region,
		                 &b->explicits[i].pattern.region) ||
		    !name_lists_equal(&a->explicits[i].waypoints, &b->explicits[i].waypoints) ||
		    a->explicits[i].onward != b->explicits[i].onward)
			return false;
	for (size_t i = 0; i < a->default_count; i++)
		if (!patterns_equal(&a->defaults[i].patterns, &b->defaults[i].patterns) ||
		    !names_equal(&a->defaults[i].via, &b->defaults[i].via))
			return false;
	for (size_t i = 0; i < a->gateway_count; i++)
		if (!gateways_equal(&a->gateways[i], &b->gateways[i]))
			return false;
	for (size_t i = 0; i < a->service_count; i++)
		if (!services_equal(&a->services[i], &b->services[i]))
			return false;
	for (size_t i = 0; i < a->permit_count; i++)
		if (!permits_equal(&a->permits[i], &b->permits[i]))
			return false;
	return forwards_equal(a, b);
}

static bool
gateways_equal(const struct description_gateway *a, const struct description_gateway *b)
{
	return patterns_equal(&a->patterns, &b->patterns) && a->kind == b->kind &&
	       texts_equal(a->address, b->address) &&
	       text_lists_equal(&a->arguments, &b->arguments);
}

static bool
services_equal(const struct description_service *a, const struct description_service *b)
{
	return texts_equal(a->name, b->name) && a->deliver == b->deliver &&
	       texts_equal(a->path, b->path) && text_lists_equal(&a->arguments, &b->arguments) &&
	       a->quota_bytes == b->quota_bytes && a->ordered == b->ordered &&
	       a->quiet == b->quiet && name_lists_equal(&a->accept_from, &b->accept_from) &&
	       text_lists_equal(&a->accept_users, &b->accept_users);
}

static bool
permits_equal(const struct description_permit *a, const struct description_permit *b)
{
	return a->allowed == b->allowed && a->act == b->act && a->most == b->most &&
	       name_lists_equal(&a->regions, &b->regions) &&
	       text_lists_equal(&a->services, &b->services) &&
	       text_lists_equal(&a->users, &b->users);
}

static bool
forwards_equal(const struct description_node *a, const struct description_node *b)
{
	if (a->forward_count != b->forward_count)
		return false;
	for (size_t i = 0; i < a->forward_count; i++)
		if (!texts_equal(a->forwards[i].user, b->forwards[i].user) ||
		    !text_lists_equal(&a->forwards[i].to, &b->forwards[i].to))
			return false;
	return true;
}

/* When a link calls. */
static bool
calls_equal(const struct description_link *a, const struct description_link *b)
{
	if (a->schedule_count != b->schedule_count)
		return false;
	for (size_t i = 0; i < a->schedule_count; i++)
		if (!texts_equal(a->schedules[i].name, b->schedules[i].name) ||
		    a->schedules[i].at_least != b->schedules[i].at_least)
			return false;
	return a->call.kind == b->call.kind && a->call.count == b->call.count &&
	       texts_equal(a->call.count_service, b->call.count_service) &&
	       a->call.bytes == b->call.bytes && a->call.oldest_ms == b->call.oldest_ms &&
	       a->poll_ms == b->poll_ms && a->retry_ms == b->retry_ms &&
	       a->retry_max_ms == b->retry_max_ms && a->call_time_ms == b->call_time_ms;
}

static bool
carries_equal(const struct description_carry *a, const struct description_carry *b)
{
	return a->stated == b->stated && a->preference == b->preference &&
	       text_lists_equal(&a->services, &b->services) && a->at_least == b->at_least &&
	       a->smaller_than_bytes == b->smaller_than_bytes;
}

static bool
limits_equal(const struct description_limit *a, const struct description_limit *b)
{
	return a->message_bytes == b->message_bytes && a->queue_bytes == b->queue_bytes &&
	       a->per_call_bytes == b->per_call_bytes && a->per_day_bytes == b->per_day_bytes &&
	       a->topology_per_day_bytes == b->topology_per_day_bytes;
}

static bool
transports_equal(const struct description_transport *a, const struct description_transport *b)
{
	return a->kind == b->kind && texts_equal(a->address, b->address) &&
	       a->listen == b->listen && a->plain == b->plain &&
	       text_lists_equal(&a->arguments, &b->arguments) && a->speed_bits == b->speed_bits &&
	       a->flow == b->flow && a->path_7bit == b->path_7bit &&
	       a->path_unreliable == b->path_unreliable &&
	       a->path_half_duplex == b->path_half_duplex && a->round_trip_ms == b->round_trip_ms &&
	       a->timeout_ms == b->timeout_ms && a->rate_bits == b->rate_bits &&
	       a->capacity_bytes == b->capacity_bytes && a->overdue_ms == b->overdue_ms &&
	       a->repair_percent == b->repair_percent && text_lists_equal(&a->phones, &b->phones) &&
	       chats_equal(&a->dial, &b->dial) && chats_equal(&a->login, &b->login) &&
	       chats_equal(&a->hangup, &b->hangup);
}

static bool
chats_equal(const struct description_chat *a, const struct description_chat *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!steps_equal(&a->steps[i], &b->steps[i]))
			return false;
	return true;
}

static bool
steps_equal(const struct description_chat_step *a, const struct description_chat_step *b)
{
	if (a->text_count != b->text_count)
		return false;
	for (size_t i = 0; i < a->text_count; i++)
		if (!codes_equal(&a->texts[i], &b->texts[i]))
			return false;
	return a->kind == b->kind && codes_equal(&a->retry, &b->retry) &&
	       a->retries == b->retries && texts_equal(a->secret, b->secret) &&
	       a->duration_ms == b->duration_ms;
}

static bool
codes_equal(const struct description_chat_text *a, const struct description_chat_text *b)
{
	return a->count == b->count &&
	       (a->count == 0 || memcmp(a->codes, b->codes, a->count * sizeof(a->codes[0])) == 0);
}

static bool
patterns_equal(const struct description_patterns *a, const struct description_patterns *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!names_equal(&a->items[i].region, &b->items[i].region))
			return false;
	return true;
}

static bool
name_lists_equal(const struct description_names *a, const struct description_names *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!names_equal(&a->items[i], &b->items[i]))
			return false;
	return true;
}

static bool
text_lists_equal(const struct description_texts *a, const struct description_texts *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!texts_equal(a->items[i], b->items[i]))
			return false;
	return true;
}

static bool
texts_equal(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

static bool
names_equal(const struct name *a, const struct name *b)
{
	return strcmp(a->text, b->text) == 0;
}
