/*
 * description_parse_link.c - one neighbor
 */
#include <stdlib.h>

#include "spool/base/memory.h"
#include "spool/description/description_parser.h"
#include "spool/description/description_read.h"

static bool link_statement(struct description_parser *parser, struct description_link *link,
                           struct description_block *block);
static bool link_policy(struct description_parser *parser, struct description_link *link,
                        enum description_statement_kind statement);
static bool parse_one_way(struct description_parser *parser, struct description_link *link);
static bool parse_announce(struct description_parser *parser, struct description_link *link);
static bool parse_inbound(struct description_parser *parser, struct description_link *link);
static bool parse_auth(struct description_parser *parser, struct description_link *link);
static bool parse_retry(struct description_parser *parser, struct description_link *link);
static bool parse_link_schedule(struct description_parser *parser, struct description_link *link);
static bool parse_link_device(struct description_parser *parser, struct description_link *link);

/* link = "link" name [ "as" label ] [ "{" { link-statement } "}" ] */
bool
description_parse_link(struct description_parser *parser, struct description_node *node)
{
	struct description_place place = description_parser_peek(parser)->place;
	struct description_block block = description_block_of(BLOCK_LINK);
	struct description_link *link;
	struct name              neighbor;

	if (!description_read_name(parser, &neighbor))
		return false;
	node->links = memory_grow(node->links, &node->link_capacity, node->link_count + 1,
	                          sizeof(node->links[0]));
	link        = &node->links[node->link_count++];
	description_link_init(link, &neighbor);
	link->place = place;
	if (description_parser_accept_word(parser, "as")) {
		char *label;

		description_parser_note(parser, STATEMENT_LINK_LABEL, place);
		if (!description_read_label(parser, "the label of a link", &label))
			return false;
		free(link->label);
		link->label = label;
	}
	if (!description_parser_accept(parser, TOKEN_OPEN))
		return true;
	parser->used_count = 0;
	description_parse_link_block(parser, link, &block);
	return description_parser_expect(parser, TOKEN_CLOSE);
}

/* The statements up to a `}`, of a link or of a template that it uses. */
void
description_parse_link_block(struct description_parser *parser, struct description_link *link,
                             struct description_block *block)
{
	while (description_parser_next(parser, block))
		description_parser_end(parser, link_statement(parser, link, block));
}

static bool
link_statement(struct description_parser *parser, struct description_link *link,
               struct description_block *block)
{
	switch (block->statement) {
	case STATEMENT_LINK_DELAY:
		link->delay_stated = true;
		return description_read_duration(parser, &link->delay_ms);
	case STATEMENT_LINK_COST:
		return description_read_integer(parser, 0, UINT32_MAX, &link->cost);
	case STATEMENT_LINK_ONE_WAY:
		return parse_one_way(parser, link);
	case STATEMENT_LINK_FOREIGN:
		link->foreign = true;
		return true;
	case STATEMENT_LINK_ANNOUNCE:
		return parse_announce(parser, link);
	case STATEMENT_LINK_RESTRICT:
		return description_read_region(parser, &link->outbound_restrict);
	case STATEMENT_LINK_INBOUND:
		return parse_inbound(parser, link);
	case STATEMENT_LINK_LIMIT:
		return description_parse_limit(parser, &link->limit);
	case STATEMENT_LINK_TRANSPORT:
		return description_parse_transport(parser, link);
	case STATEMENT_LINK_AUTH:
		return parse_auth(parser, link);
	case STATEMENT_LINK_USE:
		return description_parse_use(parser, link, block);
	default:
		return link_policy(parser, link, block->statement);
	}
}

/* Statements about when the link calls, and for what. */
static bool
link_policy(struct description_parser *parser, struct description_link *link,
            enum description_statement_kind statement)
{
	switch (statement) {
	case STATEMENT_LINK_CALL:
		return description_parse_call(parser, link);
	case STATEMENT_LINK_POLL:
		return description_read_duration(parser, &link->poll_ms);
	case STATEMENT_LINK_RETRY:
		return parse_retry(parser, link);
	case STATEMENT_LINK_CALL_TIME:
		return description_read_duration(parser, &link->call_time_ms);
	case STATEMENT_LINK_SCHEDULE:
		return parse_link_schedule(parser, link);
	case STATEMENT_LINK_CARRY:
		return description_parse_carry(parser, link);
	case STATEMENT_LINK_DEVICE:
		return parse_link_device(parser, link);
	case STATEMENT_LINK_BEFORE:
		return description_read_arguments(parser, &link->before);
	case STATEMENT_LINK_AFTER:
		return description_read_arguments(parser, &link->after);
	case STATEMENT_LINK_PROTECT:
		link->protect_signed = description_parser_expect_word(parser, "signed");
		return link->protect_signed;
	case STATEMENT_LINK_SEAL:
		link->seal_never = description_parser_expect_word(parser, "never");
		return link->seal_never;
	default:
		return false;
	}
}

/* one-way = "one-way" ( "out" | "in" ) */
static bool
parse_one_way(struct description_parser *parser, struct description_link *link)
{
	static const char *const words[] = { "out", "in" };
	unsigned                 choice;

	if (!description_read_choice(parser, words, 2, &choice))
		return false;
	link->direction = choice == 0 ? LINK_ONE_WAY_OUT : LINK_ONE_WAY_IN;
	return true;
}

/* announce = "announce" ( "yes" | "no" ) */
static bool
parse_announce(struct description_parser *parser, struct description_link *link)
{
	static const char *const words[] = { "no", "yes" };
	unsigned                 choice;

	if (!description_read_choice(parser, words, 2, &choice))
		return false;
	link->announced = choice == 1;
	return true;
}

/* inbound = "inbound" "{" { "restrict" region | "delay" duration | limit } "}" */
static bool
parse_inbound(struct description_parser *parser, struct description_link *link)
{
	struct description_block block = description_block_of(BLOCK_INBOUND);

	if (!description_parser_expect(parser, TOKEN_OPEN))
		return false;
	while (description_parser_next(parser, &block)) {
		bool well;

		if (block.statement == STATEMENT_INBOUND_RESTRICT) {
			link->inbound_restrict_place = block.place;
			well = description_read_region(parser, &link->inbound_restrict);
		} else if (block.statement == STATEMENT_INBOUND_DELAY)
			well = description_read_duration(parser, &link->inbound_delay_ms);
		else
			well = description_parse_limit(parser, &link->inbound_limit);
		description_parser_end(parser, well);
	}
	return description_parser_expect(parser, TOKEN_CLOSE);
}

/* auth = "auth" "key" text */
static bool
parse_auth(struct description_parser *parser, struct description_link *link)
{
	if (!description_parser_expect_word(parser, "key"))
		return false;
	link->auth_place = description_parser_peek(parser)->place;
	return description_read_text(parser, "a public key", &link->auth_key);
}

/* retry = "retry" duration [ "doubling" "to" duration ] */
static bool
parse_retry(struct description_parser *parser, struct description_link *link)
{
	struct description_place place;

	if (!description_read_duration(parser, &link->retry_ms))
		return false;
	if (!description_parser_accept_word(parser, "doubling"))
		return true;
	if (!description_parser_expect_word(parser, "to"))
		return false;
	place = description_parser_peek(parser)->place;
	if (!description_read_duration(parser, &link->retry_max_ms))
		return false;
	if (link->retry_max_ms < link->retry_ms)
		return description_parser_error(parser, place,
		                                "doubling ends below where it begins");
	return true;
}

/* schedule = "schedule" label [ "at-least" priority ] */
static bool
parse_link_schedule(struct description_parser *parser, struct description_link *link)
{
	struct description_link_schedule schedule = {
		.at_least = DESCRIPTION_LOW,
		.place    = description_parser_peek(parser)->place,
	};

	if (!description_read_label(parser, "the name of a schedule", &schedule.name))
		return false;
	link->schedules = memory_grow(link->schedules, &link->schedule_capacity,
	                              link->schedule_count + 1, sizeof(link->schedules[0]));
	link->schedules[link->schedule_count++] = schedule;
	if (!description_parser_accept_word(parser, "at-least"))
		return true;
	return description_read_priority(parser,
	                                 &link->schedules[link->schedule_count - 1].at_least);
}

/* device = "device" label [ "slot" offset ] */
static bool
parse_link_device(struct description_parser *parser, struct description_link *link)
{
	link->device_place = description_parser_peek(parser)->place;
	if (!description_read_label(parser, "the name of a device", &link->device))
		return false;
	if (!description_parser_accept_word(parser, "slot"))
		return true;
	return description_read_offset(parser, &link->device_slot_ms);
}
