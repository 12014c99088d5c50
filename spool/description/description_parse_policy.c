/*
 * description_parse_policy.c - the blocks that say when a link calls and what it takes
 */
#include "spool/description/description_parser.h"
#include "spool/description/description_read.h"

static bool parse_thresholds(struct description_parser      *parser,
                             struct description_call_policy *call);
static bool threshold(struct description_parser *parser, struct description_call_policy *call,
                      enum description_statement_kind statement);
static bool carry_statement(struct description_parser *parser, struct description_carry *carry,
                            enum description_statement_kind statement);
static bool limit_statement(struct description_parser *parser, struct description_limit *limit,
                            enum description_statement_kind statement);

/* call = "call" ( "always" | "on-demand" | "never" | "when" ( "any" | "all" ) thresholds ) */
bool
description_parse_call(struct description_parser *parser, struct description_link *link)
{
	static const char *const words[]    = { "on-demand", "always", "never", "when" };
	static const char *const combined[] = { "any", "all" };
	unsigned                 choice;

	if (!description_read_choice(parser, words, 4, &choice))
		return false;
	link->call.kind = (enum description_call)(CALL_ON_DEMAND + choice);
	if (choice < 3)
		return true;
	if (!description_read_choice(parser, combined, 2, &choice))
		return false;
	link->call.kind = choice == 0 ? CALL_WHEN_ANY : CALL_WHEN_ALL;
	return parse_thresholds(parser, &link->call);
}

/* carry = "carry" "{" { preference | service | at-least | smaller-than } "}" */
bool
description_parse_carry(struct description_parser *parser, struct description_link *link)
{
	struct description_block block = description_block_of(BLOCK_CARRY);

	if (!description_parser_expect(parser, TOKEN_OPEN))
		return false;
	link->carry.stated = true;
	while (description_parser_next(parser, &block))
		description_parser_end(parser,
		                       carry_statement(parser, &link->carry, block.statement));
	return description_parser_expect(parser, TOKEN_CLOSE);
}

/* limit = "limit" "{" { message | queue | per-call | per-day | topology } "}" */
bool
description_parse_limit(struct description_parser *parser, struct description_limit *limit)
{
	struct description_block block = description_block_of(BLOCK_LIMIT);

	if (!description_parser_expect(parser, TOKEN_OPEN))
		return false;
	while (description_parser_next(parser, &block))
		description_parser_end(parser, limit_statement(parser, limit, block.statement));
	return description_parser_expect(parser, TOKEN_CLOSE);
}

/* thresholds = "{" threshold { threshold } "}" */
static bool
parse_thresholds(struct description_parser *parser, struct description_call_policy *call)
{
	struct description_block block = description_block_of(BLOCK_CALL);
	struct description_place place = description_parser_peek(parser)->place;
	bool                     some  = false;

	if (!description_parser_expect(parser, TOKEN_OPEN))
		return false;
	while (description_parser_next(parser, &block)) {
		some = true;
		description_parser_end(parser, threshold(parser, call, block.statement));
	}
	if (!some)
		description_parser_error(parser, place,
		                         "no threshold is stated: the link would never call");
	return description_parser_expect(parser, TOKEN_CLOSE);
}

/* threshold = "count" number [ "of" service ] | "bytes" size | "oldest" duration */
static bool
threshold(struct description_parser *parser, struct description_call_policy *call,
          enum description_statement_kind statement)
{
	switch (statement) {
	case STATEMENT_CALL_COUNT:
		if (!description_read_integer(parser, 1, INT32_MAX, &call->count))
			return false;
		return !description_parser_accept_word(parser, "of") ||
		       description_read_label(parser, "the name of a service",
		                              &call->count_service);
	case STATEMENT_CALL_BYTES:
		return description_read_size(parser, &call->bytes);
	case STATEMENT_CALL_OLDEST:
		return description_read_duration(parser, &call->oldest_ms);
	default:
		return false;
	}
}

static bool
carry_statement(struct description_parser *parser, struct description_carry *carry,
                enum description_statement_kind statement)
{
	switch (statement) {
	case STATEMENT_CARRY_PREFERENCE:
		return description_read_preference(parser, &carry->preference);
	case STATEMENT_CARRY_SERVICE:
		do {
			char *service;

			if (!description_read_label(parser, "the name of a service", &service))
				return false;
			description_texts_add(&carry->services, service);
		} while (!description_parser_at_end(parser));
		return true;
	case STATEMENT_CARRY_AT_LEAST:
		return description_read_priority(parser, &carry->at_least);
	case STATEMENT_CARRY_SMALLER_THAN:
		return description_read_size(parser, &carry->smaller_than_bytes);
	default:
		return false;
	}
}

static bool
limit_statement(struct description_parser *parser, struct description_limit *limit,
                enum description_statement_kind statement)
{
	switch (statement) {
	case STATEMENT_LIMIT_MESSAGE:
		return description_read_size(parser, &limit->message_bytes);
	case STATEMENT_LIMIT_QUEUE:
		return description_read_size(parser, &limit->queue_bytes);
	case STATEMENT_LIMIT_PER_CALL:
		return description_read_size(parser, &limit->per_call_bytes);
	case STATEMENT_LIMIT_PER_DAY:
		return description_read_size(parser, &limit->per_day_bytes);
	case STATEMENT_LIMIT_TOPOLOGY:
		return description_read_size(parser, &limit->topology_per_day_bytes) &&
		       description_parser_expect_word(parser, "per") &&
		       description_parser_expect_word(parser, "day");
	default:
		return false;
	}
}
