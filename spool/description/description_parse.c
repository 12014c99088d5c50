/*
 * description_parse.c - the file and the node
 */
#include "spool/description/description_parse.h"

#include <stdlib.h>

#include "spool/base/memory.h"
#include "spool/description/description_parser.h"
#include "spool/description/description_read.h"

static void parse_file(struct description_parser *parser);
static bool parse_node(struct description_parser *parser);
static void node_block(struct description_parser *parser, struct description_node *node);
static bool node_statement(struct description_parser *parser, struct description_node *node,
                           const struct description_block *block);
static bool parse_visible(struct description_parser *parser, struct description_node *node);
static bool parse_formerly(struct description_parser *parser, struct description_node *node);
static bool parse_alias(struct description_parser *parser, struct description_node *node);
static bool parse_contact(struct description_parser *parser, struct description_contact *contact);
static bool contact_statement(struct description_parser      *parser,
                              struct description_contact     *contact,
                              enum description_statement_kind statement);
static bool parse_listen(struct description_parser *parser, struct description_node *node);
static bool parse_submit(struct description_parser *parser, struct description_node *node);
static bool parse_retain(struct description_parser *parser, struct description_node *node);
static bool parse_language(struct description_parser *parser, struct description_node *node);
static void forget_templates(struct description_parser *parser, size_t keep);

enum status
description_parse(struct description *description, const struct description_sources *roots,
                  description_include_function *include, struct description_report *report)
{
	struct description_parser parser = { .description = description, .report = report };
	size_t                    errors = report->error_count;

	for (size_t i = 0; i < roots->count; i++)
		description_sources_add(&description->sources, roots->items[i].path,
		                        roots->items[i].text, roots->items[i].length);
	description_scan(description, include, report, &parser.tokens);
	parse_file(&parser);
	forget_templates(&parser, 0);
	free(parser.templates);
	free(parser.used);
	description_tokens_release(&parser.tokens);
	return report->error_count == errors ? STATUS_OK : STATUS_INVALID;
}

/* file = { node | template } */
static void
parse_file(struct description_parser *parser)
{
	struct description_block block = description_block_of(BLOCK_FILE);

	while (description_parser_next(parser, &block)) {
		bool well = block.statement == STATEMENT_FILE_NODE
		                ? parse_node(parser)
		                : description_parse_template(parser);

		description_parser_end(parser, well);
	}
}

/* node = "node" name "{" { node-statement } "}" */
static bool
parse_node(struct description_parser *parser)
{
	struct description      *description = parser->description;
	struct description_place place       = description_parser_peek(parser)->place;
	size_t                   templates   = parser->template_count;
	struct name              name;

	if (!description_read_name(parser, &name) || !description_parser_expect(parser, TOKEN_OPEN))
		return false;
	description->nodes =
	    memory_grow(description->nodes, &description->node_capacity,
	                description->node_count + 1, sizeof(description->nodes[0]));
	description_node_init(&description->nodes[description->node_count], &name);
	description->nodes[description->node_count].place = place;
	node_block(parser, &description->nodes[description->node_count++]);
	forget_templates(parser, templates);
	return description_parser_expect(parser, TOKEN_CLOSE);
}

static void
node_block(struct description_parser *parser, struct description_node *node)
{
	struct description_block block = description_block_of(BLOCK_NODE);

	while (description_parser_next(parser, &block))
		description_parser_end(parser, node_statement(parser, node, &block));
}

static bool
node_statement(struct description_parser *parser, struct description_node *node,
               const struct description_block *block)
{
	switch (block->statement) {
	case STATEMENT_NODE_VISIBLE:
		return parse_visible(parser, node);
	case STATEMENT_NODE_FORMERLY:
		return parse_formerly(parser, node);
	case STATEMENT_NODE_ALIAS:
		return parse_alias(parser, node);
	case STATEMENT_NODE_TIMEZONE:
		node->timezone_place = description_parser_peek(parser)->place;
		return description_read_text(parser, "a time zone", &node->timezone);
	case STATEMENT_NODE_CONTACT:
		return parse_contact(parser, &node->contact);
	case STATEMENT_NODE_LISTEN:
		return parse_listen(parser, node);
	case STATEMENT_NODE_ANSWER:
		return description_parse_answer(parser, node);
	case STATEMENT_NODE_SUBMIT:
		return parse_submit(parser, node);
	case STATEMENT_NODE_NOTIFY:
		return description_read_text(parser, "a user", &node->notify);
	case STATEMENT_NODE_LANGUAGE:
		return parse_language(parser, node);
	case STATEMENT_NODE_RETAIN:
		return parse_retain(parser, node);
	case STATEMENT_NODE_DEVICE:
		return description_parse_device(parser, node);
	case STATEMENT_NODE_SCHEDULE:
		return description_parse_schedule(parser, node);
	case STATEMENT_NODE_TEMPLATE:
		return description_parse_template(parser);
	case STATEMENT_NODE_LINK:
		return description_parse_link(parser, node);
	case STATEMENT_NODE_LEAF:
		return description_parse_leaf(parser, node);
	case STATEMENT_NODE_DATABASE:
		return description_parse_database(parser, node);
	case STATEMENT_NODE_ROUTE:
		return description_parse_route(parser, node);
	case STATEMENT_NODE_EXPLICIT:
		return description_parse_explicit(parser, node);
	case STATEMENT_NODE_DEFAULT:
		return description_parse_default(parser, node);
	case STATEMENT_NODE_GATEWAY:
		return description_parse_gateway(parser, node);
	case STATEMENT_NODE_SERVICE:
		return description_parse_service(parser, node);
	case STATEMENT_NODE_ALLOW:
		return description_parse_permit(parser, node, true, block->place);
	case STATEMENT_NODE_REFUSE:
		return description_parse_permit(parser, node, false, block->place);
	case STATEMENT_NODE_FORWARD:
		return description_parse_forward(parser, node);
	default:
		return false;
	}
}

/* visible = "visible" region */
static bool
parse_visible(struct description_parser *parser, struct description_node *node)
{
	node->visible_place = description_parser_peek(parser)->place;
	return description_read_region(parser, &node->visible);
}

/* formerly = "formerly" name [ "until" date ] */
static bool
parse_formerly(struct description_parser *parser, struct description_node *node)
{
	struct description_former former = {
		.until = { INT64_MAX },
		.place = description_parser_peek(parser)->place,
	};

	if (!description_read_name(parser, &former.name))
		return false;
	if (description_parser_accept_word(parser, "until") &&
	    !description_read_date(parser, &former.until))
		return false;
	node->formers = memory_grow(node->formers, &node->former_capacity, node->former_count + 1,
	                            sizeof(node->formers[0]));
	node->formers[node->former_count++] = former;
	return true;
}

/* alias = "alias" name { name } */
static bool
parse_alias(struct description_parser *parser, struct description_node *node)
{
	do {
		struct name alias;

		if (!description_read_name(parser, &alias))
			return false;
		description_texts_add(&node->aliases, memory_copy_text(alias.text));
	} while (!description_parser_at_end(parser));
	return true;
}

/* contact = "contact" "{" { contact-statement } "}" */
static bool
parse_contact(struct description_parser *parser, struct description_contact *contact)
{
	struct description_block block = description_block_of(BLOCK_CONTACT);

	if (!description_parser_expect(parser, TOKEN_OPEN))
		return false;
	contact->stated = true;
	while (description_parser_next(parser, &block))
		description_parser_end(parser, contact_statement(parser, contact, block.statement));
	return description_parser_expect(parser, TOKEN_CLOSE);
}

static bool
contact_statement(struct description_parser *parser, struct description_contact *contact,
                  enum description_statement_kind statement)
{
	switch (statement) {
	case STATEMENT_CONTACT_PERSON:
		return description_read_text(parser, "a person", &contact->person);
	case STATEMENT_CONTACT_ORGANISATION:
		return description_read_text(parser, "an organisation", &contact->organisation);
	case STATEMENT_CONTACT_EMAIL:
		return description_read_text(parser, "an address", &contact->email);
	case STATEMENT_CONTACT_PHONE:
		return description_read_text(parser, "a phone number", &contact->phone);
	case STATEMENT_CONTACT_POSTAL:
		return description_read_texts(parser, "a line of an address", &contact->postal);
	case STATEMENT_CONTACT_LOCATION:
		contact->located = description_read_degrees(parser, 90, &contact->latitude_udeg) &&
		                   description_read_degrees(parser, 180, &contact->longitude_udeg);
		return contact->located;
	default:
		return false;
	}
}

/* listen = "listen" "tcp" address [ "plain" ] */
static bool
parse_listen(struct description_parser *parser, struct description_node *node)
{
	struct description_listen listen = { .plain = false };

	if (!description_parser_expect_word(parser, "tcp"))
		return false;
	listen.place = description_parser_peek(parser)->place;
	if (!description_read_tcp_address(parser, true, &listen.address))
		return false;
	listen.plain  = description_parser_accept_word(parser, "plain");
	node->listens = memory_grow(node->listens, &node->listen_capacity, node->listen_count + 1,
	                            sizeof(node->listens[0]));
	node->listens[node->listen_count++] = listen;
	return true;
}

/* submit = "submit" ( "lmtp" address | "by" text { text } ) */
static bool
parse_submit(struct description_parser *parser, struct description_node *node)
{
	char *address;

	if (description_parser_accept_word(parser, "by"))
		return description_read_texts(parser, "a login", &node->submit_by);
	if (!description_parser_expect_word(parser, "lmtp") ||
	    !description_read_lmtp_address(parser, true, &address))
		return false;
	description_texts_add(&node->submit_lmtp, address);
	return true;
}

/* language = "language" ( "en" | "es" | "fr" | "pt" ): those of spool/notice/catalog */
static bool
parse_language(struct description_parser *parser, struct description_node *node)
{
	static const char *const words[] = { "en", "es", "fr", "pt" };
	unsigned                 choice;

	if (!description_read_choice(parser, words, sizeof(words) / sizeof(words[0]), &choice))
		return false;
	node->language = words[choice];
	return true;
}

/* retain = "retain" "delivered" duration */
static bool
parse_retain(struct description_parser *parser, struct description_node *node)
{
	return description_parser_expect_word(parser, "delivered") &&
	       description_read_duration(parser, &node->retain_delivered_ms);
}

/* Templates of a node are not seen outside it. */
static void
forget_templates(struct description_parser *parser, size_t keep)
{
	while (parser->template_count > keep)
		free(parser->templates[--parser->template_count].name);
}
