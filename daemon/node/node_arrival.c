/*
 * node_arrival.c - who is told, and of what
 */
#include "daemon/node/node_arrival.h"

#include <stdio.h>
#include <string.h>

#include "daemon/node/node_language.h"
#include "daemon/node/node_notice.h"
#include "daemon/node/node_parts.h"
#include "spool/notice/notice_file.h"

static bool is_wanted(const struct node *node, const struct envelope *envelope);
static void path_of(const char *target, const char *user, const char *name, struct buffer *path);
static void tell(struct node *node, const struct destination *destination,
                 struct notice_file *notice);

void
node_arrival_waits(struct node *node, const struct stored_copy *copy,
                   const struct node_message *message, const struct destination *destination)
{
	struct notice_file notice = {
		.about      = &message->envelope,
		.size_bytes = node_parts_bytes(node, copy, message),
		.until = { node->now.wall.ms + message->stored.expires_ms - node_spool_ms(node) },
	};

	if (is_wanted(node, &message->envelope))
		tell(node, destination, &notice);
}

void
node_arrival_dropped(struct node *node, const struct stored_copy *copy, const char *name)
{
	const char         *target = buffer_text(&copy->text);
	struct node_message message;
	struct destination  destination;
	struct buffer       path;

	if (copy->state != COPY_PREPARED || strcmp(copy->reason, "drop") != 0 ||
	    strstr(target, "%u") == NULL)
		return;
	node_message_init(&message);
	destination_init(&destination);
	buffer_init(&path);
	if (node_message_get(node, copy->message, &message) && is_wanted(node, &message.envelope) &&
	    destination_parse(&destination, buffer_text(&copy->destinations), NULL) == STATUS_OK) {
		path_of(target, destination.user, name, &path);
		tell(node, &destination,
		     &(struct notice_file){ .about      = &message.envelope,
		                            .size_bytes = node_parts_bytes(node, copy, &message),
		                            .path       = buffer_text(&path) });
	}
	buffer_release(&path);
	destination_release(&destination);
	node_message_release(&message);
}

/* A mail that tells of mail would be told of in turn. */
static bool
is_wanted(const struct node *node, const struct envelope *envelope)
{
	const struct description_service *service =
	    description_find_service(node->home, envelope->service);
	const struct description_service *mail = description_find_service(node->home, "mail");

	return mail != NULL && mail->deliver != DELIVER_NONE && service != mail &&
	       (service == NULL || !service->quiet) && !envelope->report;
}

/* Of the file, or of its folder. */
static void
path_of(const char *target, const char *user, const char *name, struct buffer *path)
{
	for (const char *at; (at = strstr(target, "%u")) != NULL; target = at + 2) {
		buffer_append(path, target, (size_t)(at - target));
		buffer_append_text(path, user);
	}
	buffer_append_format(path, "%s/%s", target, name);
}

/* A mail like any other. */
static void
tell(struct node *node, const struct destination *destination, struct notice_file *notice)
{
	char               language[NOTIFY_LANGUAGE_MAX + 1];
	struct destination to;
	struct buffer      text;

	destination_init(&to);
	buffer_init(&text);
	destination_copy(&to, destination);
	to.broadcast = false;
	to.node      = node->name;
	node_user_language(node, to.user, language);
	notice->home     = node->name.text;
	notice->user     = to.user;
	notice->language = language;
	notice->now      = node->now.wall;
	notice_file_format(notice, &text);
	node_notice_mail(node, &to, "", language, buffer_span(&text));
	buffer_release(&text);
	destination_release(&to);
}
