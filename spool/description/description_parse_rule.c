/*
 * description_parse_rule.c - where messages go: routing rules and services
 */
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/description/description_parser.h"
#include "spool/description/description_read.h"
#include "spool/name/destination.h"

static bool read_waypoints(struct description_parser   *parser,
                           struct description_explicit *explicit_route);
static bool read_target(struct description_parser *parser, struct description_gateway *gateway);
static void service_block(struct description_parser *parser, struct description_service *service);
static bool parse_deliver(struct description_parser *parser, struct description_service *service,
                          struct description_place place);
static bool parse_act(struct description_parser *parser, struct description_permit *permit);
static bool parse_quota(struct description_parser *parser, struct description_service *service,
                        struct description_place place);
static bool parse_accept(struct description_parser *parser, struct description_service *service,
                         struct description_place place);
static bool read_sender(struct description_parser *parser, struct description_texts *users);
static bool read_stand_in(struct description_parser *parser, const struct description_node *node,
                          struct description_forward *forward);

/* leaf = "leaf" "via" name */
bool
description_parse_leaf(struct description_parser *parser, struct description_node *node)
{
	if (!description_parser_expect_word(parser, "via"))
		return false;
	node->leaf_place = description_parser_peek(parser)->place;
	return description_read_name(parser, &node->leaf_via);
}

/* database = "database" "full-from" name */
bool
description_parse_database(struct description_parser *parser, struct description_node *node)
{
	if (!description_parser_expect_word(parser, "full-from"))
		return false;
	node->database_place = description_parser_peek(parser)->place;
	return description_read_name(parser, &node->database_full_from);
}

/* route = "route" region "via" name [ "fastest" | "cheapest" | "both" ] */
bool
description_parse_route(struct description_parser *parser, struct description_node *node)
{
	struct description_route route = { .preference = DESCRIPTION_BOTH };

	if (!description_read_region(parser, &route.region) ||
	    !description_parser_expect_word(parser, "via"))
		return false;
	route.place = description_parser_peek(parser)->place;
	if (!description_read_name(parser, &route.via))
		return false;
	if (!description_parser_at_end(parser) &&
	    !description_read_preference(parser, &route.preference))
		return false;
	node->routes = memory_grow(node->routes, &node->route_capacity, node->route_count + 1,
	                           sizeof(node->routes[0]));
	node->routes[node->route_count++] = route;
	return true;
}

/* explicit = "explicit" pattern "=" name { "!" name } [ "!" "*" ] */
bool
description_parse_explicit(struct description_parser *parser, struct description_node *node)
{
	struct description_explicit *explicit_route;

	node->explicits = memory_grow(node->explicits, &node->explicit_capacity,
	                              node->explicit_count + 1, sizeof(node->explicits[0]));
	explicit_route  = &node->explicits[node->explicit_count++];
	*explicit_route = (struct description_explicit){ .onward = false };
	return description_read_pattern(parser, &explicit_route->pattern) &&
	       description_parser_expect(parser, TOKEN_EQUALS) &&
	       read_waypoints(parser, explicit_route);
}

/* default = "default" pattern { pattern } "via" name */
bool
description_parse_default(struct description_parser *parser, struct description_node *node)
{
	struct description_default *rule;

	node->defaults = memory_grow(node->defaults, &node->default_capacity,
	                             node->default_count + 1, sizeof(node->defaults[0]));
	rule           = &node->defaults[node->default_count++];
	*rule          = (struct description_default){ .patterns = { .count = 0 } };
	if (!description_read_patterns_via(parser, &rule->patterns))
		return false;
	rule->place = description_parser_peek(parser)->place;
	return description_read_name(parser, &rule->via);
}

/* gateway = "gateway" pattern { pattern } "via" target */
bool
description_parse_gateway(struct description_parser *parser, struct description_node *node)
{
	struct description_gateway *gateway;

	node->gateways = memory_grow(node->gateways, &node->gateway_capacity,
	                             node->gateway_count + 1, sizeof(node->gateways[0]));
	gateway        = &node->gateways[node->gateway_count++];
	*gateway       = (struct description_gateway){ .address = NULL };
	if (!description_read_patterns_via(parser, &gateway->patterns))
		return false;
	gateway->place = description_parser_peek(parser)->place;
	return read_target(parser, gateway);
}

/* service = "service" label "{" { deliver | quota | ordered | quiet | accept } "}" */
bool
description_parse_service(struct description_parser *parser, struct description_node *node)
{
	struct description_service service = {
		.quota_bytes = DESCRIPTION_UNSET,
		.place       = description_parser_peek(parser)->place,
	};

	if (!description_read_label(parser, "the name of a service", &service.name))
		return false;
	node->services                        = memory_grow(node->services, &node->service_capacity,
	                                                    node->service_count + 1, sizeof(node->services[0]));
	node->services[node->service_count++] = service;
	if (!description_parser_expect(parser, TOKEN_OPEN))
		return false;
	service_block(parser, &node->services[node->service_count - 1]);
	return description_parser_expect(parser, TOKEN_CLOSE);
}

/*
 * permit = ( "allow" | "refuse" ) act [ "for" user { user } ]
 * act    = "broadcast" { region } | "multicast" [ number ] | "explicit"
 *        | "region" region { region } | "service" label { label }
 */
bool
description_parse_permit(struct description_parser *parser, struct description_node *node,
                         bool allowed, struct description_place place)
{
	static const char *const words[] = { "broadcast", "multicast", "explicit", "region",
		                             "service" };
	unsigned                 choice;

	if (!description_read_choice(parser, words, 5, &choice))
		return false;
	node->permits = memory_grow(node->permits, &node->permit_capacity, node->permit_count + 1,
	                            sizeof(node->permits[0]));
	node->permits[node->permit_count] = (struct description_permit){
		.allowed = allowed,
		.act     = (enum description_act)choice,
		.most    = 1,
		.place   = place,
	};
	return parse_act(parser, &node->permits[node->permit_count++]);
}

static bool
parse_act(struct description_parser *parser, struct description_permit *permit)
{
	bool listed = permit->act == ACT_REGION || permit->act == ACT_SERVICE;

	if (permit->act == ACT_MULTICAST && !description_parser_at_end(parser) &&
	    !description_parser_at_word(parser, "for") &&
	    !description_read_integer(parser, 1, INT32_MAX, &permit->most))
		return false;
	listed = listed || (permit->act == ACT_BROADCAST && !description_parser_at_end(parser) &&
	                    !description_parser_at_word(parser, "for"));
	while (listed) {
		char *service;

		if (permit->act != ACT_SERVICE) {
			if (!description_read_regions_add(parser, &permit->regions))
				return false;
		} else if (description_read_label(parser, "the name of a service", &service)) {
			description_texts_add(&permit->services, service);
		} else {
			return false;
		}
		listed = !description_parser_at_end(parser) &&
		         !description_parser_at_word(parser, "for");
	}
	return !description_parser_accept_word(parser, "for") ||
	       description_read_texts(parser, "a user", &permit->users);
}

static bool
read_waypoints(struct description_parser *parser, struct description_explicit *explicit_route)
{
	struct description_names *waypoints = &explicit_route->waypoints;

	do {
		struct name waypoint;

		if (waypoints->count > 0 && description_parser_accept_word(parser, "*")) {
			explicit_route->onward = true;
			return true;
		}
		if (!description_read_name(parser, &waypoint))
			return false;
		waypoints->items = memory_grow(waypoints->items, &waypoints->capacity,
		                               waypoints->count + 1, sizeof(waypoints->items[0]));
		waypoints->items[waypoints->count++] = waypoint;
	} while (description_parser_accept(parser, TOKEN_BANG));
	return true;
}

/* target = "smtp" address | "lmtp" address | "command" arguments */
static bool
read_target(struct description_parser *parser, struct description_gateway *gateway)
{
	static const char *const words[] = { "smtp", "lmtp", "command" };
	unsigned                 choice;

	if (!description_read_choice(parser, words, 3, &choice))
		return false;
	gateway->kind = (enum description_gateway_kind)choice;
	switch (gateway->kind) {
	case GATEWAY_SMTP:
		description_parser_note(parser, STATEMENT_GATEWAY_SMTP, gateway->place);
		return description_read_tcp_address(parser, false, &gateway->address);
	case GATEWAY_LMTP:
		description_parser_note(parser, STATEMENT_GATEWAY_LMTP, gateway->place);
		return description_read_lmtp_address(parser, false, &gateway->address);
	case GATEWAY_COMMAND:
		return description_read_arguments(parser, &gateway->arguments);
	}
	return false;
}

static void
service_block(struct description_parser *parser, struct description_service *service)
{
	struct description_block block = description_block_of(BLOCK_SERVICE);

	while (description_parser_next(parser, &block)) {
		bool well = true;

		if (block.statement == STATEMENT_SERVICE_DELIVER)
			well = parse_deliver(parser, service, block.place);
		else if (block.statement == STATEMENT_SERVICE_QUOTA)
			well = parse_quota(parser, service, block.place);
		else if (block.statement == STATEMENT_SERVICE_ACCEPT)
			well = parse_accept(parser, service, block.place);
		else if (block.statement == STATEMENT_SERVICE_QUIET)
			service->quiet = true;
		else
			service->ordered = true;
		description_parser_end(parser, well);
	}
}

/*
 * deliver = "deliver" ( "maildir" path | "drop" path | "lmtp" address | "command" arguments | "hold"
 *         | "publish" path )
 */
static bool
parse_deliver(struct description_parser *parser, struct description_service *service,
              struct description_place place)
{
	static const char *const words[] = {
		"maildir", "lmtp", "command", "drop", "hold", "publish"
	};
	unsigned choice;

	if (!description_read_choice(parser, words, 6, &choice))
		return false;
	service->deliver = (enum description_deliver)(DELIVER_MAILDIR + choice);
	switch (service->deliver) {
	case DELIVER_LMTP:
		description_parser_note(parser, STATEMENT_DELIVER_LMTP, place);
		return description_read_lmtp_address(parser, false, &service->path);
	case DELIVER_COMMAND:
		return description_read_arguments(parser, &service->arguments);
	case DELIVER_HOLD:
		return true;
	default:
		return description_read_text(parser, "a folder", &service->path);
	}
}

/* quota = "quota" size */
static bool
parse_quota(struct description_parser *parser, struct description_service *service,
            struct description_place place)
{
	service->quota_place = place;
	return description_read_size(parser, &service->quota_bytes);
}

/* accept = "accept" "from" ( region | user "@" name ) { region | user "@" name } */
static bool
parse_accept(struct description_parser *parser, struct description_service *service,
             struct description_place place)
{
	struct description_names *regions = &service->accept_from;

	service->accept_place = place;
	if (!description_parser_expect_word(parser, "from"))
		return false;
	do {
		const struct description_token *token = description_parser_peek(parser);

		if ((token->kind == TOKEN_WORD || token->kind == TOKEN_STRING) &&
		    memchr(token->text, '@', token->length) != NULL) {
			if (!read_sender(parser, &service->accept_users))
				return false;
		} else if (!description_read_regions_add(parser, regions)) {
			return false;
		}
	} while (!description_parser_at_end(parser));
	return true;
}

/* One user of one node. */
static bool
read_sender(struct description_parser *parser, struct description_texts *users)
{
	struct description_place place = description_parser_peek(parser)->place;
	struct destination       sender;
	struct diagnostic        diagnostic;
	struct buffer            canonical;
	char                    *text;
	bool                     well;

	if (!description_read_text(parser, "a user", &text))
		return false;
	diagnostic_init(&diagnostic);
	destination_init(&sender);
	buffer_init(&canonical);
	well = destination_parse(&sender, text, &diagnostic) == STATUS_OK && !sender.broadcast &&
	       sender.waypoint_count == 0 && sender.user[0] != '\0';
	if (well) {
		destination_format(&sender, &canonical);
		description_texts_add(users, memory_copy_text(buffer_text(&canonical)));
	} else {
		description_parser_error(parser, place, "\"%s\" is no user of a node", text);
		description_parser_hint(parser, "write user@node");
	}
	buffer_release(&canonical);
	destination_release(&sender);
	free(text);
	return well;
}

/* forward = "forward" user "to" address { address } */
bool
description_parse_forward(struct description_parser *parser, struct description_node *node)
{
	struct description_forward *forward;

	node->forwards = memory_grow(node->forwards, &node->forward_capacity,
	                             node->forward_count + 1, sizeof(node->forwards[0]));
	forward        = &node->forwards[node->forward_count++];
	*forward = (struct description_forward){ .place = description_parser_peek(parser)->place };
	if (!description_read_text(parser, "a user", &forward->user))
		return false;
	if (forward->user[strcspn(forward->user, "@!, ")] != '\0')
		return description_parser_error(parser, forward->place,
		                                "\"%s\" is no user of this node", forward->user);
	if (!description_parser_expect_word(parser, "to"))
		return false;
	do
		if (!read_stand_in(parser, node, forward))
			return false;
	while (!description_parser_at_end(parser));
	return true;
}

/* A user of this node, or an address. */
static bool
read_stand_in(struct description_parser *parser, const struct description_node *node,
              struct description_forward *forward)
{
	struct description_place place = description_parser_peek(parser)->place;
	struct destination       to;
	struct diagnostic        diagnostic;
	struct buffer            whole;
	char                    *text;
	bool                     well;

	if (!description_read_text(parser, "a user or an address", &text))
		return false;
	diagnostic_init(&diagnostic);
	destination_init(&to);
	buffer_init(&whole);
	buffer_append_text(&whole, text);
	if (text[strcspn(text, "@!")] == '\0')
		buffer_append_format(&whole, "@%s", node->name.text);
	well = destination_parse(&to, buffer_text(&whole), &diagnostic) == STATUS_OK &&
	       to.user[0] != '\0';
	if (well) {
		buffer_clear(&whole);
		destination_format(&to, &whole);
		description_texts_add(&forward->to, memory_copy_text(buffer_text(&whole)));
	} else {
		description_parser_error(parser, place, "\"%s\" is no address of a user%s%s", text,
		                         diagnostic.text[0] != '\0' ? ": " : "", diagnostic.text);
		description_parser_hint(parser, "write a user of this node, or user@node");
	}
	buffer_release(&whole);
	destination_release(&to);
	free(text);
	return well;
}
