/*
 * description_print.c - the canonical text: one statement a line, in one order
 *
 * What is at its default is left out, but for the visible region and for delay and cost,
 * which routing lives on. (Links are in description_print_link.c.)
 */
#include "spool/description/description_print.h"

#include <stdlib.h>

#include "spool/description/description_escape.h"
#include "spool/description/description_printer.h"

static void print(struct description_printer *printer, const struct description *description);
static void print_node(struct description_printer *printer, const struct description_node *node);
static void print_formers(struct description_printer *printer, const struct description_node *node);
static void print_contact(struct description_printer       *printer,
                          const struct description_contact *contact);
static void print_degrees(struct description_printer *printer, int32_t udeg);
static void print_doors(struct description_printer *printer, const struct description_node *node);
static void print_devices(struct description_printer *printer, const struct description_node *node);
static void print_schedule(struct description_printer        *printer,
                           const struct description_schedule *schedule);
static void print_rules(struct description_printer *printer, const struct description_node *node);
static void print_explicit(struct description_printer        *printer,
                           const struct description_explicit *explicit_route);
static void print_patterns(struct description_printer        *printer,
                           const struct description_patterns *patterns);
static void print_gateway(struct description_printer       *printer,
                          const struct description_gateway *gateway);
static void print_service(struct description_printer       *printer,
                          const struct description_service *service);
static void print_permit(struct description_printer      *printer,
                         const struct description_permit *permit);

void
description_print(const struct description *description, struct buffer *out)
{
	print(&(struct description_printer){ .out = out }, description);
}

void
description_print_marked(const struct description *description, struct buffer *out)
{
	print(&(struct description_printer){ .out = out, .marked = description }, description);
}

static void
print(struct description_printer *printer, const struct description *description)
{
	for (size_t i = 0; i < description->node_count; i++) {
		if (i > 0)
			buffer_append_text(printer->out, "\n");
		print_node(printer, &description->nodes[i]);
	}
}

static void
print_node(struct description_printer *printer, const struct description_node *node)
{
	description_printer_mark(printer, node->place);
	description_printer_begin(printer, "node");
	description_printer_word(printer, node->name.text);
	description_printer_open(printer);
	description_printer_begin(printer, "visible");
	description_printer_region(printer, &node->visible);
	description_printer_end(printer);
	print_formers(printer, node);
	description_printer_text(printer, "timezone", node->timezone);
	if (node->contact.stated)
		print_contact(printer, &node->contact);
	print_doors(printer, node);
	description_printer_text(printer, "notify", node->notify);
	if (node->language != NULL) {
		description_printer_begin(printer, "language");
		description_printer_word(printer, node->language);
		description_printer_end(printer);
	}
	description_printer_duration(printer, "retain delivered", node->retain_delivered_ms);
	print_devices(printer, node);
	for (size_t i = 0; i < node->link_count; i++)
		description_print_link(printer, &node->links[i]);
	print_rules(printer, node);
	description_printer_close(printer);
}

static void
print_formers(struct description_printer *printer, const struct description_node *node)
{
	for (size_t i = 0; i < node->former_count; i++) {
		const struct description_former *former = &node->formers[i];

		description_printer_begin(printer, "formerly");
		description_printer_word(printer, former->name.text);
		if (former->until.ms != INT64_MAX) {
			char date[WALLTIME_TEXT_SIZE];

			description_printer_word(printer, "until");
			buffer_append_format(printer->out, " %.10s",
			                     walltime_format(former->until, date));
		}
		description_printer_end(printer);
	}
	for (size_t i = 0; i < node->aliases.count; i++) {
		description_printer_begin(printer, "alias");
		description_printer_word(printer, node->aliases.items[i]);
		description_printer_end(printer);
	}
}

static void
print_contact(struct description_printer *printer, const struct description_contact *contact)
{
	description_printer_begin(printer, "contact");
	description_printer_open(printer);
	description_printer_text(printer, "person", contact->person);
	description_printer_text(printer, "organisation", contact->organisation);
	description_printer_text(printer, "email", contact->email);
	description_printer_text(printer, "phone", contact->phone);
	description_printer_texts(printer, "postal", &contact->postal);
	if (contact->located) {
		description_printer_begin(printer, "location");
		print_degrees(printer, contact->latitude_udeg);
		print_degrees(printer, contact->longitude_udeg);
		description_printer_end(printer);
	}
	description_printer_close(printer);
}

static void
print_degrees(struct description_printer *printer, int32_t udeg)
{
	uint32_t magnitude = udeg < 0 ? (uint32_t)-udeg : (uint32_t)udeg;
	uint32_t fraction = magnitude % 1000000, digits = 6;

	while (digits > 1 && fraction % 10 == 0) {
		fraction /= 10;
		digits--;
	}
	buffer_append_format(printer->out, " %s%u", udeg < 0 ? "-" : "", magnitude / 1000000);
	if (fraction > 0)
		buffer_append_format(printer->out, ".%0*u", (int)digits, fraction);
}

/* Where calls and submissions come in. */
static void
print_doors(struct description_printer *printer, const struct description_node *node)
{
	for (size_t i = 0; i < node->listen_count; i++) {
		description_printer_begin(printer, "listen tcp");
		description_printer_quoted(printer, node->listens[i].address);
		if (node->listens[i].plain)
			description_printer_word(printer, "plain");
		description_printer_end(printer);
	}
	if (node->answer_program_plain)
		description_printer_flag(printer, "answer program plain");
	for (size_t i = 0; i < node->answer_count; i++)
		description_print_transport(printer, "answer", &node->answers[i]);
	for (size_t i = 0; i < node->submit_lmtp.count; i++)
		description_printer_text(printer, "submit lmtp", node->submit_lmtp.items[i]);
	for (size_t i = 0; i < node->submit_by.count; i++)
		description_printer_text(printer, "submit by", node->submit_by.items[i]);
}

static void
print_devices(struct description_printer *printer, const struct description_node *node)
{
	for (size_t i = 0; i < node->device_count; i++) {
		const struct description_device *device = &node->devices[i];

		description_printer_begin(printer, "device");
		description_printer_word(printer, device->name);
		description_printer_open(printer);
		description_printer_integer(printer, "calls", device->calls);
		if (device->order == ORDER_ROUND_ROBIN)
			description_printer_flag(printer, "order round-robin");
		description_printer_close(printer);
	}
	for (size_t i = 0; i < node->schedule_count; i++)
		print_schedule(printer, &node->schedules[i]);
}

static void
print_schedule(struct description_printer *printer, const struct description_schedule *schedule)
{
	description_printer_begin(printer, "schedule");
	description_printer_word(printer, schedule->name);
	description_printer_open(printer);
	for (size_t i = 0; i < schedule->count; i++)
		description_print_window(printer, &schedule->windows[i]);
	description_printer_close(printer);
}

void
description_print_window(struct description_printer      *printer,
                         const struct description_window *window)
{
	static const char *const names[] = { "mo", "tu", "we", "th", "fr", "sa", "su" };
	const char              *space   = "";

	if (window->kind == WINDOW_EVERY) {
		description_printer_begin(printer, "every");
		description_printer_amount_ms(printer, window->every_ms);
		description_printer_word(printer, "for");
		description_printer_amount_ms(printer, window->open_ms);
		if (window->offset_ms > 0) {
			description_printer_word(printer, "offset");
			description_printer_amount_ms(printer, window->offset_ms);
		}
		description_printer_end(printer);
		return;
	}
	description_printer_begin(printer, "");
	for (unsigned day = 0; day < 7; day++)
		if ((window->days >> day & 1) != 0) {
			buffer_append_format(printer->out, "%s%s", space, names[day]);
			space = " ";
		}
	if (window->start_minute == 0 && window->end_minute == 24 * 60)
		buffer_append_text(printer->out, " all");
	else
		buffer_append_format(printer->out, " %02u:%02u-%02u:%02u",
		                     window->start_minute / 60, window->start_minute % 60,
		                     window->end_minute / 60, window->end_minute % 60);
	description_printer_end(printer);
}

static void
print_rules(struct description_printer *printer, const struct description_node *node)
{
	static const char *const preferences[] = { NULL, "fastest", "cheapest", "both" };

	description_printer_name(printer, "leaf via", &node->leaf_via);
	description_printer_name(printer, "database full-from", &node->database_full_from);
	for (size_t i = 0; i < node->route_count; i++) {
		description_printer_begin(printer, "route");
		description_printer_region(printer, &node->routes[i].region);
		description_printer_word(printer, "via");
		description_printer_word(printer, node->routes[i].via.text);
		description_printer_word(printer, preferences[node->routes[i].preference]);
		description_printer_end(printer);
	}
	for (size_t i = 0; i < node->explicit_count; i++)
		print_explicit(printer, &node->explicits[i]);
	for (size_t i = 0; i < node->default_count; i++) {
		description_printer_begin(printer, "default");
		print_patterns(printer, &node->defaults[i].patterns);
		description_printer_word(printer, "via");
		description_printer_word(printer, node->defaults[i].via.text);
		description_printer_end(printer);
	}
	for (size_t i = 0; i < node->gateway_count; i++)
		print_gateway(printer, &node->gateways[i]);
	for (size_t i = 0; i < node->service_count; i++)
		print_service(printer, &node->services[i]);
	for (size_t i = 0; i < node->permit_count; i++)
		print_permit(printer, &node->permits[i]);
	for (size_t i = 0; i < node->forward_count; i++) {
		description_printer_begin(printer, "forward");
		description_printer_quoted(printer, node->forwards[i].user);
		description_printer_word(printer, "to");
		description_printer_quoted_list(printer, &node->forwards[i].to);
		description_printer_end(printer);
	}
}

static void
print_explicit(struct description_printer        *printer,
               const struct description_explicit *explicit_route)
{
	description_printer_begin(printer, "explicit");
	description_printer_region(printer, &explicit_route->pattern.region);
	description_printer_word(printer, "=");
	for (size_t i = 0; i < explicit_route->waypoints.count; i++) {
		if (i > 0)
			description_printer_word(printer, "!");
		description_printer_word(printer, explicit_route->waypoints.items[i].text);
	}
	if (explicit_route->onward)
		description_printer_word(printer, "! *");
	description_printer_end(printer);
}

static void
print_patterns(struct description_printer *printer, const struct description_patterns *patterns)
{
	for (size_t i = 0; i < patterns->count; i++) {
		const char *region = patterns->items[i].region.text;

		buffer_append_format(printer->out, " *%s%s", region[0] == '\0' ? "" : ".", region);
	}
}

static void
print_gateway(struct description_printer *printer, const struct description_gateway *gateway)
{
	static const char *const kinds[] = { "smtp", "lmtp", "command" };

	description_printer_begin(printer, "gateway");
	print_patterns(printer, &gateway->patterns);
	description_printer_word(printer, "via");
	description_printer_word(printer, kinds[gateway->kind]);
	if (gateway->kind == GATEWAY_COMMAND)
		description_printer_quoted_list(printer, &gateway->arguments);
	else
		description_printer_quoted(printer, gateway->address);
	description_printer_end(printer);
}

static void
print_service(struct description_printer *printer, const struct description_service *service)
{
	static const char *const kinds[] = {
		NULL,           "deliver maildir", "deliver lmtp",   "deliver command",
		"deliver drop", "deliver hold",    "deliver publish"
	};

	description_printer_begin(printer, "service");
	description_printer_word(printer, service->name);
	description_printer_open(printer);
	if (service->deliver == DELIVER_COMMAND)
		description_printer_texts(printer, kinds[service->deliver], &service->arguments);
	else if (service->deliver == DELIVER_HOLD)
		description_printer_flag(printer, kinds[service->deliver]);
	else if (service->deliver != DELIVER_NONE)
		description_printer_text(printer, kinds[service->deliver], service->path);
	description_printer_size(printer, "quota", service->quota_bytes);
	if (service->ordered)
		description_printer_flag(printer, "ordered");
	if (service->quiet)
		description_printer_flag(printer, "quiet");
	if (service->accept_from.count > 0 || service->accept_users.count > 0) {
		description_printer_mark(printer, service->accept_place);
		description_printer_begin(printer, "accept from");
		for (size_t i = 0; i < service->accept_from.count; i++)
			description_printer_region(printer, &service->accept_from.items[i]);
		for (size_t i = 0; i < service->accept_users.count; i++)
			description_printer_quoted(printer, service->accept_users.items[i]);
		description_printer_end(printer);
	}
	description_printer_close(printer);
}

static void
print_permit(struct description_printer *printer, const struct description_permit *permit)
{
	static const char *const acts[] = { "broadcast", "multicast", "explicit", "region",
		                            "service" };

	description_printer_mark(printer, permit->place);
	description_printer_begin(printer, permit->allowed ? "allow" : "refuse");
	description_printer_word(printer, acts[permit->act]);
	if (permit->act == ACT_MULTICAST)
		buffer_append_format(printer->out, " %lld", (long long)permit->most);
	for (size_t i = 0; i < permit->regions.count; i++)
		description_printer_region(printer, &permit->regions.items[i]);
	for (size_t i = 0; i < permit->services.count; i++)
		description_printer_word(printer, permit->services.items[i]);
	if (permit->users.count > 0) {
		description_printer_word(printer, "for");
		description_printer_quoted_list(printer, &permit->users);
	}
	description_printer_end(printer);
}
