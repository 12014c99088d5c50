/*
 * node_permit.c - what a program of this machine may submit
 *
 * The operator's lines `allow` and `refuse` are held against each property of a submission apart:
 * the first line about that property that fits decides, and a refusal quotes it. Where none fits, a
 * whole region (broadcast) and a way that the sender lists (explicit) are the operator's alone, and
 * everything else is everybody's; the logins of `submit by`, too, list ways, which are the addresses of
 * UUCP. The operator, root and the user that the daemon runs as, asks
 * nobody. A mail server that hands mail over speaks for the whole world, and is no operator: by its
 * user it would be one.
 */
#include "daemon/node/node_permit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "daemon/node/node_sender.h"
#include "spool/base/diagnostic.h"

static const char mail_servers[] = "mail-servers";

static bool may(const struct node *node, const struct node_client *client, enum description_act act,
                const struct destination *destination, const char *subject, size_t count,
                struct diagnostic *diagnostic);
static bool fits(const struct node_client *client, const struct description_permit *permit,
                 const struct destination *destination, const char *subject, size_t count);
static bool is_of(const struct node_client *client, const struct description_texts *users);
static bool touches(const struct description_permit *permit, const struct destination *destination);
static bool within(const struct description_names *regions, const char *name);
static void say_act(struct diagnostic *diagnostic, const struct node_client *client,
                    enum description_act act, const struct destination *destination,
                    const char *subject, size_t count);
static void append(struct diagnostic *diagnostic, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

int
node_permit(const struct node *node, const struct node_client *client, const char *service,
            const struct address *destinations, struct diagnostic *diagnostic)
{
	bool allowed = true;

	if (client->trusted && !client->server)
		return 0;
	allowed = may(node, client, ACT_SERVICE, NULL, service, 0, diagnostic) &&
	          may(node, client, ACT_MULTICAST, NULL, NULL, destinations->count, diagnostic);
	for (size_t i = 0; i < destinations->count && allowed; i++) {
		const struct destination *destination = &destinations->destinations[i];

		allowed = may(node, client, ACT_REGION, destination, NULL, 0, diagnostic) &&
		          (!destination->broadcast ||
		           may(node, client, ACT_BROADCAST, destination, NULL, 0, diagnostic)) &&
		          (destination->waypoint_count == 0 ||
		           may(node, client, ACT_EXPLICIT, destination, NULL, 0, diagnostic));
	}
	return allowed ? 0 : NODE_PERMIT_DENIED;
}

/* The first line that fits, or what holds without one. */
static bool
may(const struct node *node, const struct node_client *client, enum description_act act,
    const struct destination *destination, const char *subject, size_t count,
    struct diagnostic *diagnostic)
{
	const struct description_node *home   = node->home;
	bool                           brings = node_sender_brings(node, client);

	for (size_t i = 0; i < home->permit_count; i++) {
		const struct description_permit *permit = &home->permits[i];

		if (permit->act != act || !fits(client, permit, destination, subject, count))
			continue;
		if (permit->allowed)
			return true;
		say_act(diagnostic, client, act, destination, subject, count);
		append(diagnostic, " (%s:%u)", node_rule_path(node, permit->place),
		       permit->place.line);
		return false;
	}
	if (act != ACT_BROADCAST && (act != ACT_EXPLICIT || (brings && !client->server)))
		return true;
	say_act(diagnostic, client, act, destination, subject, count);
	append(diagnostic, " (%s:%u has no line `allow %s for %s`)",
	       node_rule_path(node, home->place), home->place.line,
	       act == ACT_BROADCAST ? "broadcast" : "explicit",
	       client->server ? mail_servers : client->user);
	return false;
}

static bool
fits(const struct node_client *client, const struct description_permit *permit,
     const struct destination *destination, const char *subject, size_t count)
{
	if (!is_of(client, &permit->users))
		return false;
	switch (permit->act) {
	case ACT_BROADCAST:
		return permit->regions.count == 0 ||
		       within(&permit->regions, destination->node.text);
	case ACT_MULTICAST:
		return (int64_t)count > permit->most;
	case ACT_EXPLICIT:
		return true;
	case ACT_REGION:
		return touches(permit, destination);
	case ACT_SERVICE:
		for (size_t i = 0; i < permit->services.count; i++)
			if (strcmp(permit->services.items[i], subject) == 0)
				return true;
		return false;
	}
	return false;
}

static bool
is_of(const struct node_client *client, const struct description_texts *users)
{
	const char *user = client->server ? mail_servers : client->user;

	for (size_t i = 0; i < users->count; i++)
		if (strcmp(users->items[i], user) == 0)
			return true;
	return users->count == 0;
}

/* Does it go to one of the regions? What is refused there is refused in part and on the way, too. */
static bool
touches(const struct description_permit *permit, const struct destination *destination)
{
	if (within(&permit->regions, destination->node.text))
		return true;
	if (permit->allowed)
		return false;
	for (size_t i = 0; i < destination->waypoint_count; i++)
		if (within(&permit->regions, destination->waypoints[i].text))
			return true;
	for (size_t i = 0; i < permit->regions.count && destination->broadcast; i++)
		if (name_within(permit->regions.items[i].text, destination->node.text))
			return true;
	return false;
}

static bool
within(const struct description_names *regions, const char *name)
{
	for (size_t i = 0; i < regions->count; i++)
		if (name_within(name, regions->items[i].text))
			return true;
	return false;
}

static void
say_act(struct diagnostic *diagnostic, const struct node_client *client, enum description_act act,
        const struct destination *destination, const char *subject, size_t count)
{
	diagnostic_set(diagnostic, "%s may not ", client->server ? "a mail server" : client->user);
	switch (act) {
	case ACT_BROADCAST:
		append(diagnostic, "send to all of %s",
		       destination->node.text[0] == '\0' ? "the world" : destination->node.text);
		break;
	case ACT_MULTICAST:
		append(diagnostic, "send to %zu addresses at once", count);
		break;
	case ACT_EXPLICIT:
		append(diagnostic, "list the way to %s", destination->node.text);
		break;
	case ACT_REGION:
		append(diagnostic, "send to %s%s", destination->broadcast ? "*." : "",
		       destination->node.text);
		break;
	case ACT_SERVICE:
		append(diagnostic, "use service \"%s\"", subject);
		break;
	}
}

static void
append(struct diagnostic *diagnostic, const char *format, ...)
{
	size_t  used = strlen(diagnostic->text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(diagnostic->text + used, sizeof(diagnostic->text) - used, format, arguments);
	va_end(arguments);
}

const char *
node_rule_path(const struct node *node, struct description_place place)
{
	return node->description.sources.items[place.source].path;
}

void
node_permit_return(struct node *node, const struct node_message *message, const char *why)
{
	const struct address *destinations = &message->transit.destinations;
	struct buffer         text;

	buffer_init(&text);
	for (size_t i = 0; i < destinations->count; i++) {
		buffer_clear(&text);
		destination_format(&destinations->destinations[i], &text);
		node_report_end(node, message, buffer_text(&text), "returned", why);
	}
	buffer_release(&text);
	store_passage_left(node->store, &message->stored.id, node->now.wall);
	node_message_drop(node, &message->stored);
}
