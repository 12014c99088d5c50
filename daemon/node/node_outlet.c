/*
 * node_outlet.c - what takes a message that ends here: a service of this node, or a gateway
 *
 * What is for this node goes to the service that the message asks for. What is for another
 * name has been routed here because a `gateway` of the description covers it (D14), and
 * leaves the network, whatever its service.
 */
#include <string.h>

#include "daemon/node/node_permit.h"

static enum status find_service(const struct node *node, const struct envelope *envelope,
                                struct node_outlet *outlet, struct buffer *why);
static bool        accepts_from(const struct node *node, const struct description_service *service,
                                const struct envelope *envelope, struct buffer *why);
static enum status find_gateway(const struct node *node, const char *name,
                                struct node_outlet *outlet, struct buffer *why);
static const struct description_gateway *longest_gateway(const struct node *node, const char *name);

enum status
node_outlet_find(const struct node *node, const struct envelope *envelope,
                 const struct destination *destination, struct node_outlet *outlet,
                 struct buffer *why)
{
	const char *name = destination->node.text;
	bool        ours = route_tables_is_home(&node->tables, name) ||
	            (destination->broadcast && name_within(node->name.text, name));

	*outlet = (struct node_outlet){ .path = "" };
	return ours ? find_service(node, envelope, outlet, why)
	            : find_gateway(node, name, outlet, why);
}

static enum status
find_service(const struct node *node, const struct envelope *envelope, struct node_outlet *outlet,
             struct buffer *why)
{
	const struct description_service *found =
	    description_find_service(node->home, envelope->service);

	if (found == NULL || found->deliver == DELIVER_NONE) {
		buffer_append_format(why, "this node has no service \"%s\"", envelope->service);
		return STATUS_NOT_FOUND;
	}
	if (!accepts_from(node, found, envelope, why))
		return STATUS_DENIED;
	switch (found->deliver) {
	case DELIVER_MAILDIR:
		outlet->kind = DELIVERY_MAILDIR;
		break;
	case DELIVER_DROP:
		outlet->kind = DELIVERY_DROP;
		break;
	case DELIVER_COMMAND:
		outlet->kind = DELIVERY_COMMAND;
		break;
	case DELIVER_HOLD:
		outlet->kind = DELIVERY_HOLD;
		break;
	case DELIVER_PUBLISH:
		outlet->kind = DELIVERY_PUBLISHED;
		break;
	case DELIVER_LMTP:
	default:
		outlet->kind = DELIVERY_LMTP;
		break;
	}
	if (found->path != NULL)
		outlet->path = found->path;
	if (found->quota_bytes != DESCRIPTION_UNSET)
		outlet->quota_bytes = (uint64_t)found->quota_bytes;
	outlet->arguments = &found->arguments;
	outlet->ordered   = found->ordered;
	return STATUS_OK;
}

/*
 * `accept from`: who wrote it, not who brought it. A user is one of the node that the message
 * began at, and of no other that might say so. The refusal quotes the rule.
 */
static bool
accepts_from(const struct node *node, const struct description_service *service,
             const struct envelope *envelope, struct buffer *why)
{
	const struct description_names *regions = &service->accept_from;
	const struct description_texts *users   = &service->accept_users;
	const char                     *at      = strrchr(envelope->sender, '@');
	struct name                     origin;

	message_id_origin(&envelope->id, &origin);
	for (size_t i = 0; i < regions->count; i++)
		if (name_within(origin.text, regions->items[i].text))
			return true;
	for (size_t i = 0; i < users->count; i++)
		if (at != NULL && strcmp(at + 1, origin.text) == 0 &&
		    strcmp(envelope->sender, users->items[i]) == 0)
			return true;
	if (regions->count == 0 && users->count == 0)
		return true;
	buffer_append_format(why, "service \"%s\" of %s takes nothing from %s: accept from",
	                     service->name, node->name.text,
	                     users->count > 0 ? envelope->sender : origin.text);
	for (size_t i = 0; i < regions->count; i++)
		buffer_append_format(why, " %s",
		                     regions->items[i].text[0] == '\0' ? "world"
		                                                       : regions->items[i].text);
	for (size_t i = 0; i < users->count; i++)
		buffer_append_format(why, " %s", users->items[i]);
	buffer_append_format(why, " (%s:%u)", node_rule_path(node, service->accept_place),
	                     service->accept_place.line);
	return false;
}

static enum status
find_gateway(const struct node *node, const char *name, struct node_outlet *outlet,
             struct buffer *why)
{
	const struct description_gateway *found = longest_gateway(node, name);

	if (found == NULL) {
		buffer_append_format(why, "%s has no gateway to %s", node->name.text, name);
		return STATUS_NOT_FOUND;
	}
	outlet->kind = found->kind == GATEWAY_COMMAND ? DELIVERY_COMMAND
	               : found->kind == GATEWAY_SMTP  ? DELIVERY_SMTP
	                                              : DELIVERY_LMTP;
	if (found->address != NULL)
		outlet->path = found->address;
	outlet->arguments = &found->arguments;
	outlet->beyond    = true;
	return STATUS_OK;
}

/* As route_lookup.c chooses among defaults and gateways; no pattern is stated twice. */
static const struct description_gateway *
longest_gateway(const struct node *node, const char *name)
{
	const struct description_gateway *found  = NULL;
	size_t                            length = 0;

	for (size_t i = 0; i < node->home->gateway_count; i++) {
		const struct description_gateway *gateway = &node->home->gateways[i];

		for (size_t j = 0; j < gateway->patterns.count; j++) {
			const char *region = gateway->patterns.items[j].region.text;

			if (!name_within(name, region) ||
			    (found != NULL && strlen(region) <= length))
				continue;
			found  = gateway;
			length = strlen(region);
		}
	}
	return found;
}
