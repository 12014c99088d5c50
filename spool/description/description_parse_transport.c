/*
 * description_parse_transport.c - how bytes reach a neighbor, and how a modem is spoken to
 */
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/description/description_parser.h"
#include "spool/description/description_read.h"

enum { SPEED_MAX_BITS = 100000000 };

static const char *const kinds[] = { "tcp", "serial", "command", "directory" };

static bool read_answer_program(struct description_parser *parser, struct description_place place,
                                struct description_node *node);
static bool read_medium(struct description_parser *parser, struct description_transport *transport);
static bool read_tcp(struct description_parser *parser, struct description_transport *transport);
static bool parse_options(struct description_parser    *parser,
                          struct description_transport *transport, bool answers);
static bool option_fits(enum description_statement_kind     statement,
                        const struct description_transport *transport, bool answers);
static bool parse_option(struct description_parser *parser, struct description_transport *transport,
                         enum description_statement_kind statement);
static bool parse_flow(struct description_parser *parser, struct description_transport *transport);
static bool parse_path(struct description_parser *parser, struct description_transport *transport);

/* transport = "transport" medium [ options ] */
bool
description_parse_transport(struct description_parser *parser, struct description_link *link)
{
	static const enum description_statement_kind variants[] = {
		[TRANSPORT_SERIAL]    = STATEMENT_TRANSPORT_SERIAL,
		[TRANSPORT_COMMAND]   = STATEMENT_TRANSPORT_COMMAND,
		[TRANSPORT_DIRECTORY] = STATEMENT_TRANSPORT_DIRECTORY,
	};
	struct description_place      place = description_parser_peek(parser)->place;
	struct description_transport *transport;
	unsigned                      kind;

	if (!description_read_choice(parser, kinds, 4, &kind))
		return false;
	link->transports = memory_grow(link->transports, &link->transport_capacity,
	                               link->transport_count + 1, sizeof(link->transports[0]));
	transport        = &link->transports[link->transport_count++];
	description_transport_init(transport, (enum description_transport_kind)kind);
	transport->place = place;
	if (!read_medium(parser, transport))
		return false;
	if (kind != TRANSPORT_TCP)
		description_parser_note(parser, variants[kind], place);
	return parse_options(parser, transport, false);
}

/* answer = "answer" ( "program" "plain" | "serial" text [ options ] ) */
bool
description_parse_answer(struct description_parser *parser, struct description_node *node)
{
	struct description_place      place = description_parser_peek(parser)->place;
	struct description_transport *answer;

	if (description_parser_accept_word(parser, "program"))
		return read_answer_program(parser, place, node);
	if (!description_parser_expect_word(parser, "serial"))
		return false;
	description_parser_note(parser, STATEMENT_ANSWER_SERIAL, place);
	node->answers = memory_grow(node->answers, &node->answer_capacity, node->answer_count + 1,
	                            sizeof(node->answers[0]));
	answer        = &node->answers[node->answer_count++];
	description_transport_init(answer, TRANSPORT_SERIAL);
	answer->place = place;
	return read_medium(parser, answer) && parse_options(parser, answer, true);
}

/* Calls that programs hand over need no TLS. */
static bool
read_answer_program(struct description_parser *parser, struct description_place place,
                    struct description_node *node)
{
	if (!description_parser_expect_word(parser, "plain"))
		return false;
	if (node->answer_program_plain)
		return description_parser_error(parser, place,
		                                "`answer program plain` is said already");
	node->answer_program_plain = true;
	return true;
}

/*
 * medium = "tcp" ( address [ "plain" ] | "listen" [ "plain" ] ) | "serial" text
 *        | "command" arguments | "directory" text
 */
static bool
read_medium(struct description_parser *parser, struct description_transport *transport)
{
	switch (transport->kind) {
	case TRANSPORT_TCP:
		return read_tcp(parser, transport);
	case TRANSPORT_SERIAL:
		return description_read_text(parser, "a serial device", &transport->address);
	case TRANSPORT_COMMAND:
		return description_read_arguments(parser, &transport->arguments);
	case TRANSPORT_DIRECTORY:
		return description_read_text(parser, "a folder", &transport->address);
	}
	return false;
}

static bool
read_tcp(struct description_parser *parser, struct description_transport *transport)
{
	transport->listen = description_parser_accept_word(parser, "listen");
	if (!transport->listen && !description_read_tcp_address(parser, false, &transport->address))
		return false;
	transport->plain = description_parser_accept_word(parser, "plain");
	return true;
}

/* options = "{" { option } "}" */
static bool
parse_options(struct description_parser *parser, struct description_transport *transport,
              bool answers)
{
	struct description_block block = description_block_of(BLOCK_TRANSPORT);

	if (!description_parser_accept(parser, TOKEN_OPEN))
		return true;
	while (description_parser_next(parser, &block)) {
		bool well = option_fits(block.statement, transport, answers);

		if (well)
			well = parse_option(parser, transport, block.statement);
		else
			description_parser_error(
			    parser, block.place, "`%s` makes no sense for `%s %s`",
			    description_rule_of(block.statement)->word,
			    answers ? "answer" : "transport", kinds[transport->kind]);
		description_parser_end(parser, well);
	}
	return description_parser_expect(parser, TOKEN_CLOSE);
}

static bool
option_fits(enum description_statement_kind     statement,
            const struct description_transport *transport, bool answers)
{
	switch (statement) {
	case STATEMENT_TRANSPORT_SPEED:
	case STATEMENT_TRANSPORT_FLOW:
	case STATEMENT_TRANSPORT_LOGIN:
	case STATEMENT_TRANSPORT_HANGUP:
		return transport->kind == TRANSPORT_SERIAL;
	case STATEMENT_TRANSPORT_PHONE:
	case STATEMENT_TRANSPORT_DIAL:
		return transport->kind == TRANSPORT_SERIAL && !answers;
	case STATEMENT_TRANSPORT_PATH:
		return transport->kind != TRANSPORT_DIRECTORY && !transport->listen;
	case STATEMENT_TRANSPORT_PLAIN:
		return transport->kind == TRANSPORT_SERIAL || transport->kind == TRANSPORT_COMMAND;
	case STATEMENT_TRANSPORT_CAPACITY:
	case STATEMENT_TRANSPORT_OVERDUE:
	case STATEMENT_TRANSPORT_REPAIR:
		return transport->kind == TRANSPORT_DIRECTORY;
	default:
		return transport->kind != TRANSPORT_DIRECTORY;
	}
}

static bool
parse_option(struct description_parser *parser, struct description_transport *transport,
             enum description_statement_kind statement)
{
	switch (statement) {
	case STATEMENT_TRANSPORT_SPEED:
		return description_read_unsigned(parser, 1, SPEED_MAX_BITS, &transport->speed_bits);
	case STATEMENT_TRANSPORT_FLOW:
		return parse_flow(parser, transport);
	case STATEMENT_TRANSPORT_PATH:
		return parse_path(parser, transport);
	case STATEMENT_TRANSPORT_PLAIN:
		transport->plain = true;
		return true;
	case STATEMENT_TRANSPORT_ROUND_TRIP:
		return description_read_duration(parser, &transport->round_trip_ms);
	case STATEMENT_TRANSPORT_TIMEOUT:
		return description_read_duration(parser, &transport->timeout_ms);
	case STATEMENT_TRANSPORT_RATE:
		return description_read_integer(parser, 1, (int64_t)1 << 40, &transport->rate_bits);
	case STATEMENT_TRANSPORT_CAPACITY:
		return description_read_size(parser, &transport->capacity_bytes);
	case STATEMENT_TRANSPORT_OVERDUE:
		return description_read_duration(parser, &transport->overdue_ms);
	case STATEMENT_TRANSPORT_REPAIR:
		return description_read_unsigned(parser, 1, 100, &transport->repair_percent);
	case STATEMENT_TRANSPORT_PHONE:
		return description_read_texts(parser, "a phone number", &transport->phones);
	case STATEMENT_TRANSPORT_DIAL:
		return description_parse_chat(parser, &transport->dial);
	case STATEMENT_TRANSPORT_LOGIN:
		return description_parse_chat(parser, &transport->login);
	case STATEMENT_TRANSPORT_HANGUP:
		return description_parse_chat(parser, &transport->hangup);
	default:
		return false;
	}
}

/* flow = "flow" ( "none" | "rtscts" | "xonxoff" ) */
static bool
parse_flow(struct description_parser *parser, struct description_transport *transport)
{
	static const char *const words[] = { "none", "rtscts", "xonxoff" };
	unsigned                 choice;

	if (!description_read_choice(parser, words, 3, &choice))
		return false;
	transport->flow = (enum description_flow)choice;
	return true;
}

/* path = "path" property { property } */
static bool
parse_path(struct description_parser *parser, struct description_transport *transport)
{
	static const char *const words[] = { "8bit",       "7bit",        "reliable",
		                             "unreliable", "full-duplex", "half-duplex" };
	bool                    *flags[] = { &transport->path_7bit, &transport->path_unreliable,
		                             &transport->path_half_duplex };
	bool                     said[3] = { false, false, false };

	do {
		const struct description_token *token = description_parser_peek(parser);
		unsigned                        choice;

		if (!description_read_choice(parser, words, 6, &choice))
			return false;
		if (said[choice / 2])
			return description_parser_error(parser, token->place,
			                                "`%s` or `%s` is said already",
			                                words[choice & ~1U], words[choice | 1U]);
		said[choice / 2]   = true;
		*flags[choice / 2] = choice % 2 == 1;
	} while (!description_parser_at_end(parser));
	return true;
}
