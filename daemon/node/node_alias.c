/*
 * node_alias.c - mail for a user who stands for others is given their addresses, where it becomes ours
 *
 * It stays the same message, of the same sender: what becomes of it is reported to whom wrote it. The
 * operator's statement holds, whatever the sender might have written himself; but what the service
 * `mail` does not take from there (`accept from`) is not forwarded either. Which address led to which
 * goes with the message (alias.h): an address that has led here by others is not followed again, so
 * that of a circle of nodes the last one keeps the mail for its own user. What the message had been
 * through before is no loop for where it goes now.
 */
#include "daemon/node/node_alias.h"

#include <string.h>

#include "daemon/node/node_seen.h"
#include "spool/base/log.h"
#include "spool/description/description_forward.h"
#include "spool/route/route_waypoints.h"

enum { FIELDS_BYTES = 16 }; /* numbers and lengths of an alias and a destination, at most */

/* Of one message. */
struct following {
	struct node         *node;
	struct node_arrival *arrival;
	struct address       destinations; /* to be */
	size_t               waiting;      /* to be looked at */
	int64_t              forget_ms;
	bool                 followed; /* any alias */
};

static bool is_user_here(const struct node *node, const struct destination *destination,
                         struct destination *rest);
static bool is_taken_from(const struct node *node, const struct node_arrival *arrival,
                          const struct destination *destination);
static bool follow(struct following *following, const struct destination *user);
static bool is_too_much(const struct following *following, const struct address *others,
                        size_t user_bytes);
static void complete(const struct node *node, struct destination *destination);

void
node_alias_follow(struct node *node, struct node_arrival *arrival, int64_t forget_ms)
{
	struct address    *address   = &arrival->transit.destinations;
	struct following   following = { .node = node, .arrival = arrival, .forget_ms = forget_ms };
	struct destination user;

	if (node->home->forward_count == 0 || strcmp(arrival->envelope.service, "mail") != 0 ||
	    arrival->denied.length > 0)
		return;
	address_init(&following.destinations);
	destination_init(&user);
	for (size_t i = 0; i < address->count; i++) {
		const struct destination *destination = &address->destinations[i];
		bool                      others;

		following.waiting = address->count - i - 1;
		others            = is_user_here(node, destination, &user) &&
		         is_taken_from(node, arrival, destination) && follow(&following, &user);
		if (others && destination->broadcast) /* it goes on, and not to this one */
			node_seen_wants(node, &arrival->envelope.id, user.user, forget_ms);
		if (!others || destination->broadcast)
			address_add(&following.destinations, destination);
	}
	destination_release(&user);
	address_release(address);
	*address = following.destinations;
	if (following.followed)
		arrival->transit.forgiven = arrival->transit.hop_count;
}

const char *
node_alias_written(const struct node_message *message, const char *destination)
{
	return aliases_written(&message->transit.aliases, destination, "");
}

const char *
node_alias_known(const struct node_message *message, const char *destination)
{
	struct name origin;

	message_id_origin(&message->stored.id, &origin);
	return aliases_written(&message->transit.aliases, destination, origin.text);
}

/* *rest: as user@this-node, of one whom somebody stands for. */
static bool
is_user_here(const struct node *node, const struct destination *destination,
             struct destination *rest)
{
	destination_copy(rest, destination);
	route_waypoints_strip(&node->tables, rest);
	if (rest->waypoint_count > 0 ||
	    !(rest->broadcast ? name_within(node->name.text, rest->node.text)
	                      : route_tables_is_home(&node->tables, rest->node.text)))
		return false;
	rest->node      = node->name;
	rest->broadcast = false;
	return description_forward_find(node->home, rest->user) != NULL;
}

/* A node may have no mailboxes: then everybody's mail is taken. */
static bool
is_taken_from(const struct node *node, const struct node_arrival *arrival,
              const struct destination *destination)
{
	struct node_outlet outlet;
	struct buffer      why;
	enum status        status;

	buffer_init(&why);
	status = node_outlet_find(node, &arrival->envelope, destination, &outlet, &why);
	buffer_release(&why);
	return status != STATUS_DENIED;
}

/* False: the mail is the user's own. */
static bool
follow(struct following *following, const struct destination *user)
{
	struct node    *node    = following->node;
	struct aliases *aliases = &following->arrival->transit.aliases;
	struct address  others;
	struct buffer   from, to;
	bool            any = false, herself = false;

	address_init(&others);
	buffer_init(&from);
	buffer_init(&to);
	destination_format(user, &from);
	description_forward_expand(node->home, user->user, &others);
	if (is_too_much(following, &others, from.length)) {
		log_line(LOG_WARNING, "%s: too many addresses to forward what is for %s",
		         following->arrival->envelope.id.text, buffer_text(&from));
		address_release(&others);
	}
	for (size_t i = 0; i < others.count; i++) {
		struct destination *other = &others.destinations[i];

		complete(node, other);
		buffer_clear(&to);
		destination_format(other, &to);
		if (strcmp(buffer_text(&to), buffer_text(&from)) == 0) {
			herself = true;
			continue;
		}
		if (aliases_came_by(aliases, buffer_text(&from), aliases_user(buffer_text(&to)))) {
			log_line(LOG_WARNING, "%s: aliases of %s and %s lead in a circle",
			         following->arrival->envelope.id.text, buffer_text(&from),
			         buffer_text(&to));
			continue;
		}
		any = true;
		aliases_add(aliases, buffer_text(&from), aliases_user(buffer_text(&to)));
		if (node_seen_add(node, following->arrival, other, following->forget_ms))
			address_add(&following->destinations, other);
	}
	following->followed = following->followed || any;
	if (any)
		log_line(LOG_DEBUG, "%s: for %s is for others",
		         following->arrival->envelope.id.text, buffer_text(&from));
	buffer_release(&to);
	buffer_release(&from);
	address_release(&others);
	return any && !herself;
}

/* What is written down must be read again: half of what a transit may have is for what was there. */
static bool
is_too_much(const struct following *following, const struct address *others, size_t user_bytes)
{
	const struct transit *transit = &following->arrival->transit;
	struct buffer         now, more;
	size_t                bytes;

	buffer_init(&now);
	buffer_init(&more);
	transit_encode(transit, &now);
	address_format(others, &more);
	bytes = now.length + 2 * more.length + others->count * (user_bytes + FIELDS_BYTES);
	buffer_release(&more);
	buffer_release(&now);
	return bytes > TRANSIT_MAX_BYTES / 2 ||
	       following->destinations.count + following->waiting + others->count >
	           ADDRESS_MAX_DESTINATIONS ||
	       transit->aliases.count + others->count > ALIASES_MAX;
}

/* Short names, as people of this node write them. */
static void
complete(const struct node *node, struct destination *destination)
{
	struct name whole;

	if (!destination->broadcast && node_complete(node, &destination->node, &whole))
		destination->node = whole;
	for (size_t i = 0; i < destination->waypoint_count; i++)
		if (node_complete(node, &destination->waypoints[i], &whole))
			destination->waypoints[i] = whole;
}
