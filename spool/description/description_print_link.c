/*
 * description_print_link.c - the canonical text of a link, its transports and chats
 */
#include <string.h>

#include "spool/description/description_escape.h"
#include "spool/description/description_printer.h"

static void print_weights(struct description_printer *printer, const struct description_link *link);
static void print_inbound(struct description_printer *printer, const struct description_link *link);
static void print_limit(struct description_printer *printer, const struct description_limit *limit);
static bool is_limited(const struct description_limit *limit);
static void print_calls(struct description_printer *printer, const struct description_link *link);
static void print_call(struct description_printer           *printer,
                       const struct description_call_policy *call);
static void print_carry(struct description_printer *printer, const struct description_carry *carry);
static void print_medium(struct description_printer         *printer,
                         const struct description_transport *transport);
static bool has_options(const struct description_transport *transport);
static void print_options(struct description_printer         *printer,
                          const struct description_transport *transport);
static void print_path(struct description_printer         *printer,
                       const struct description_transport *transport);
static void print_chat(struct description_printer *printer, const char *words,
                       const struct description_chat *chat);
static void print_step(struct description_printer         *printer,
                       const struct description_chat_step *step);

static const char *const priorities[] = { "low", "normal", "high", "urgent" };

void
description_print_link(struct description_printer *printer, const struct description_link *link)
{
	description_printer_begin(printer, "link");
	description_printer_word(printer, link->neighbor.text);
	if (link->label[0] != '\0') {
		description_printer_word(printer, "as");
		description_printer_word(printer, link->label);
	}
	description_printer_open(printer);
	print_weights(printer, link);
	print_inbound(printer, link);
	if (is_limited(&link->limit))
		print_limit(printer, &link->limit);
	for (size_t i = 0; i < link->transport_count; i++)
		description_print_transport(printer, "transport", &link->transports[i]);
	description_printer_text(printer, "auth key", link->auth_key);
	print_calls(printer, link);
	if (link->carry.stated)
		print_carry(printer, &link->carry);
	description_printer_texts(printer, "before", &link->before);
	description_printer_texts(printer, "after", &link->after);
	if (link->protect_signed)
		description_printer_flag(printer, "protect signed");
	if (link->seal_never)
		description_printer_flag(printer, "seal never");
	description_printer_close(printer);
}

void
description_print_transport(struct description_printer *printer, const char *word,
                            const struct description_transport *transport)
{
	description_printer_begin(printer, word);
	print_medium(printer, transport);
	if (!has_options(transport)) {
		description_printer_end(printer);
		return;
	}
	description_printer_open(printer);
	print_options(printer, transport);
	description_printer_close(printer);
}

static void
print_weights(struct description_printer *printer, const struct description_link *link)
{
	description_printer_duration(printer, "delay",
	                             link->delay_stated ? link->delay_ms : DESCRIPTION_UNSET);
	description_printer_integer(printer, "cost", link->cost);
	if (link->direction == LINK_ONE_WAY_OUT)
		description_printer_flag(printer, "one-way out");
	if (link->direction == LINK_ONE_WAY_IN)
		description_printer_flag(printer, "one-way in");
	if (link->foreign)
		description_printer_flag(printer, "foreign");
	if (!link->announced)
		description_printer_flag(printer, "announce no");
	description_printer_name(printer, "restrict", &link->outbound_restrict);
}

static void
print_inbound(struct description_printer *printer, const struct description_link *link)
{
	bool limited = is_limited(&link->inbound_limit);

	if (link->inbound_restrict.text[0] == '\0' && link->inbound_delay_ms < 0 && !limited)
		return;
	description_printer_begin(printer, "inbound");
	description_printer_open(printer);
	if (link->inbound_restrict.text[0] != '\0')
		description_printer_mark(printer, link->inbound_restrict_place);
	description_printer_name(printer, "restrict", &link->inbound_restrict);
	description_printer_duration(printer, "delay", link->inbound_delay_ms);
	if (limited)
		print_limit(printer, &link->inbound_limit);
	description_printer_close(printer);
}

static void
print_limit(struct description_printer *printer, const struct description_limit *limit)
{
	description_printer_begin(printer, "limit");
	description_printer_open(printer);
	description_printer_size(printer, "message", limit->message_bytes);
	description_printer_size(printer, "queue", limit->queue_bytes);
	description_printer_size(printer, "per-call", limit->per_call_bytes);
	description_printer_size(printer, "per-day", limit->per_day_bytes);
	if (limit->topology_per_day_bytes >= 0) {
		description_printer_begin(printer, "topology");
		description_printer_amount_bytes(printer, limit->topology_per_day_bytes);
		description_printer_word(printer, "per day");
		description_printer_end(printer);
	}
	description_printer_close(printer);
}

static bool
is_limited(const struct description_limit *limit)
{
	return limit->message_bytes >= 0 || limit->queue_bytes >= 0 || limit->per_call_bytes >= 0 ||
	       limit->per_day_bytes >= 0 || limit->topology_per_day_bytes >= 0;
}

static void
print_calls(struct description_printer *printer, const struct description_link *link)
{
	for (size_t i = 0; i < link->schedule_count; i++) {
		description_printer_begin(printer, "schedule");
		description_printer_word(printer, link->schedules[i].name);
		if (link->schedules[i].at_least != DESCRIPTION_LOW) {
			description_printer_word(printer, "at-least");
			description_printer_word(printer, priorities[link->schedules[i].at_least]);
		}
		description_printer_end(printer);
	}
	if (link->device != NULL) {
		description_printer_begin(printer, "device");
		description_printer_word(printer, link->device);
		if (link->device_slot_ms > 0) {
			description_printer_word(printer, "slot");
			buffer_append_text(printer->out, " +");
			description_printer_bare_ms(printer, link->device_slot_ms);
		}
		description_printer_end(printer);
	}
	print_call(printer, &link->call);
	description_printer_duration(printer, "poll", link->poll_ms);
	if (link->retry_ms >= 0) {
		description_printer_begin(printer, "retry");
		description_printer_amount_ms(printer, link->retry_ms);
		if (link->retry_max_ms >= 0) {
			description_printer_word(printer, "doubling to");
			description_printer_amount_ms(printer, link->retry_max_ms);
		}
		description_printer_end(printer);
	}
	description_printer_duration(printer, "call-time", link->call_time_ms);
}

static void
print_call(struct description_printer *printer, const struct description_call_policy *call)
{
	static const char *const policies[] = { NULL,         "call on-demand", "call always",
		                                "call never", "call when any",  "call when all" };

	if (call->kind == CALL_AS_USUAL)
		return;
	description_printer_begin(printer, policies[call->kind]);
	if (call->kind < CALL_WHEN_ANY) {
		description_printer_end(printer);
		return;
	}
	description_printer_open(printer);
	if (call->count >= 0) {
		description_printer_begin(printer, "count");
		buffer_append_format(printer->out, " %lld", (long long)call->count);
		if (call->count_service != NULL) {
			description_printer_word(printer, "of");
			description_printer_word(printer, call->count_service);
		}
		description_printer_end(printer);
	}
	description_printer_size(printer, "bytes", call->bytes);
	description_printer_duration(printer, "oldest", call->oldest_ms);
	description_printer_close(printer);
}

static void
print_carry(struct description_printer *printer, const struct description_carry *carry)
{
	description_printer_begin(printer, "carry");
	description_printer_open(printer);
	if (carry->preference != DESCRIPTION_BOTH)
		description_printer_flag(printer, carry->preference == DESCRIPTION_FASTEST
		                                      ? "preference fastest"
		                                      : "preference cheapest");
	if (carry->services.count > 0) {
		description_printer_begin(printer, "service");
		for (size_t i = 0; i < carry->services.count; i++)
			description_printer_word(printer, carry->services.items[i]);
		description_printer_end(printer);
	}
	if (carry->at_least != DESCRIPTION_LOW) {
		description_printer_begin(printer, "at-least");
		description_printer_word(printer, priorities[carry->at_least]);
		description_printer_end(printer);
	}
	description_printer_size(printer, "smaller-than", carry->smaller_than_bytes);
	description_printer_close(printer);
}

static void
print_medium(struct description_printer *printer, const struct description_transport *transport)
{
	static const char *const kinds[] = { "tcp", "serial", "command", "directory" };

	description_printer_word(printer, kinds[transport->kind]);
	if (transport->listen)
		description_printer_word(printer, "listen");
	else if (transport->kind == TRANSPORT_COMMAND)
		description_printer_quoted_list(printer, &transport->arguments);
	else
		description_printer_quoted(printer, transport->address);
	if (transport->plain && transport->kind == TRANSPORT_TCP)
		description_printer_word(printer, "plain");
}

static bool
has_options(const struct description_transport *transport)
{
	return (transport->plain && transport->kind != TRANSPORT_TCP) ||
	       transport->speed_bits > 0 || transport->flow != FLOW_NONE || transport->path_7bit ||
	       transport->path_unreliable || transport->path_half_duplex ||
	       transport->round_trip_ms >= 0 || transport->timeout_ms >= 0 ||
	       transport->rate_bits >= 0 || transport->capacity_bytes >= 0 ||
	       transport->overdue_ms >= 0 || transport->repair_percent > 0 ||
	       transport->phones.count > 0 || transport->dial.count > 0 ||
	       transport->login.count > 0 || transport->hangup.count > 0;
}

static void
print_options(struct description_printer *printer, const struct description_transport *transport)
{
	if (transport->speed_bits > 0)
		description_printer_integer(printer, "speed", transport->speed_bits);
	if (transport->flow != FLOW_NONE)
		description_printer_flag(printer, transport->flow == FLOW_RTSCTS ? "flow rtscts"
		                                                                 : "flow xonxoff");
	print_path(printer, transport);
	if (transport->plain && transport->kind != TRANSPORT_TCP)
		description_printer_flag(printer, "plain");
	description_printer_duration(printer, "round-trip", transport->round_trip_ms);
	description_printer_duration(printer, "timeout", transport->timeout_ms);
	if (transport->rate_bits >= 0)
		description_printer_integer(printer, "rate", transport->rate_bits);
	description_printer_size(printer, "capacity", transport->capacity_bytes);
	description_printer_duration(printer, "overdue", transport->overdue_ms);
	if (transport->repair_percent > 0)
		description_printer_integer(printer, "repair", transport->repair_percent);
	description_printer_texts(printer, "phone", &transport->phones);
	print_chat(printer, "dial", &transport->dial);
	print_chat(printer, "login", &transport->login);
	print_chat(printer, "hangup", &transport->hangup);
}

static void
print_path(struct description_printer *printer, const struct description_transport *transport)
{
	if (!transport->path_7bit && !transport->path_unreliable && !transport->path_half_duplex)
		return;
	description_printer_begin(printer, "path");
	if (transport->path_7bit)
		description_printer_word(printer, "7bit");
	if (transport->path_unreliable)
		description_printer_word(printer, "unreliable");
	if (transport->path_half_duplex)
		description_printer_word(printer, "half-duplex");
	description_printer_end(printer);
}

static void
print_chat(struct description_printer *printer, const char *words,
           const struct description_chat *chat)
{
	if (chat->count == 0)
		return;
	description_printer_begin(printer, words);
	description_printer_open(printer);
	for (size_t i = 0; i < chat->count; i++)
		print_step(printer, &chat->steps[i]);
	description_printer_close(printer);
}

static void
print_step(struct description_printer *printer, const struct description_chat_step *step)
{
	static const char *const words[] = {
		[CHAT_ABORT] = "abort",        [CHAT_TIMEOUT] = "timeout", [CHAT_SEND] = "send",
		[CHAT_SECRET] = "send secret", [CHAT_EXPECT] = "expect",   [CHAT_WAIT] = "pause",
	};

	description_printer_begin(printer, words[step->kind]);
	for (size_t i = 0; i < step->text_count; i++) {
		buffer_append_text(printer->out, " ");
		description_escape_chat(&step->texts[i], printer->out);
	}
	if (step->kind == CHAT_SECRET)
		description_printer_quoted(printer, step->secret);
	if (step->kind == CHAT_TIMEOUT || step->kind == CHAT_WAIT)
		description_printer_amount_ms(printer, step->duration_ms);
	if (step->retries > 0) {
		buffer_append_text(printer->out, " retry ");
		description_escape_chat(&step->retry, printer->out);
		buffer_append_format(printer->out, " x%u", step->retries);
	}
	description_printer_end(printer);
}
