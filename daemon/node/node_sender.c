/*
 * node_sender.c - whose message it is, of one that a program of this machine submits
 *
 * Who is logged in is known; to name anybody else is for the operator, and for the logins of `submit by`:
 * mail servers, UUCP and its like, which hand over what others wrote. A name that is not
 * believed is replaced by that of the login.
 */
#include "daemon/node/node_sender.h"

#include <stdio.h>
#include <string.h>

static bool speaks_for(const struct node *node, const struct node_client *client,
                       const char *sender);
static void complete(const struct node *node, const char *sender, struct buffer *whole);

bool
node_sender_brings(const struct node *node, const struct node_client *client)
{
	const struct description_texts *logins = &node->home->submit_by;

	for (size_t i = 0; i < logins->count && client->user[0] != '\0'; i++)
		if (strcmp(logins->items[i], client->user) == 0)
			return true;
	return client->trusted;
}

void
node_sender_set(const struct node *node, const struct node_client *client,
                const struct control_submission *submission, struct envelope *envelope)
{
	const char   *sender = submission->sender;
	struct buffer whole;

	buffer_init(&whole);
	envelope->report = submission->report;
	if (submission->report) {
		envelope->sender[0] = '\0';
	} else if (sender[0] != '\0' && node_sender_brings(node, client)) {
		complete(node, sender, &whole);
		if (whole.length > 0 && whole.length < sizeof(envelope->sender))
			sender = buffer_text(&whole);
		snprintf(envelope->sender, sizeof(envelope->sender), "%s", sender);
	} else if (sender[0] != '\0' && speaks_for(node, client, sender)) {
		snprintf(envelope->sender, sizeof(envelope->sender), "%s", sender);
	} else {
		snprintf(envelope->sender, sizeof(envelope->sender), "%s@%s", client->user,
		         node->name.text);
	}
	buffer_release(&whole);
}

/* Is this the client's own name at this node, or its domain-less one? */
static bool
speaks_for(const struct node *node, const struct node_client *client, const char *sender)
{
	size_t length = strlen(client->user);

	return strncmp(sender, client->user, length) == 0 && sender[length] == '@' &&
	       strcmp(sender + length + 1, node->name.text) == 0;
}

/* Neighbors by UUCP sign with short names: a report must find its way back. Nothing: it is whole. */
static void
complete(const struct node *node, const char *sender, struct buffer *whole)
{
	struct destination destination;
	struct name        name;
	bool               completed = false;

	destination_init(&destination);
	if (destination_parse(&destination, sender, NULL) == STATUS_OK && !destination.broadcast) {
		completed        = node_complete(node, &destination.node, &name);
		destination.node = name;
		for (size_t i = 0; i < destination.waypoint_count; i++)
			if (node_complete(node, &destination.waypoints[i], &name)) {
				destination.waypoints[i] = name;
				completed                = true;
			}
		if (completed)
			destination_format(&destination, whole);
	}
	destination_release(&destination);
}
