/*
 * node_notice.c - notices to the user of `notify`
 *
 * A notice is a mail from the node itself, about which no report is made. What happens again
 * and again, as a caller with a key that nobody knows, is one mail a day: when it was told last is a
 * fact of the spool, in spool time, so that a daemon that is started often does not tell it more
 * often. While the disk is full nothing can be written, this neither: it is told when there has
 * been room for FULL_MS.
 */
#include "daemon/node/node_notice.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "spool/base/log.h"

enum { FULL_MS = 10000 };

static bool is_news(struct node *node, const char *what);
static void send(struct node *node, const char *title, const char *text);

void
node_notice(struct node *node, const char *what, const char *title, const char *text)
{
	log_line(LOG_WARNING, "%s: %s", title, text);
	if (node->home->notify != NULL && is_news(node, what))
		send(node, title, text);
}

void
node_notice_silent(struct node *node, const struct node_link *link)
{
	char what[NODE_LINK_TITLE_MAX + 32], title[NODE_LINK_TITLE_MAX + 32];
	bool dead = link->life == LINK_DEAD;

	snprintf(what, sizeof(what), "%s %s", dead ? "dead" : "down", link->title);
	snprintf(title, sizeof(title), "link %s counts as %s", link->title, dead ? "dead" : "down");
	node_notice(
	    node, what, title,
	    dead ? "Nothing was heard from it for seven times as long as that takes: somebody "
		   "should look. What is sent there waits, or goes another way."
		 : "Nothing was heard from it for too long. What is sent there goes another "
		   "way or, where there is none, waits. The first word from it ends that.");
}

void
node_notice_key(struct node *node, const struct node_call *call, const struct node_link *link)
{
	const char   *who = link != NULL ? link->description->neighbor.text : "a stranger";
	struct buffer text;
	char          what[NAME_MAX_BYTES + 8], title[NAME_MAX_BYTES + 48];

	if (call->key[0] == '\0' || (link != NULL && link->description->auth_key == NULL))
		return; /* another matter: of TLS, of the description */
	snprintf(what, sizeof(what), "key %s", who);
	snprintf(title, sizeof(title), "%s came with another key", who);
	buffer_init(&text);
	buffer_append_format(
	    &text,
	    "%s%s proved to hold the key %s, which no `auth key` here states%s. The call was ended. If a "
	    "neighbor has a new key, ask its operator what `mulga key` shows there, and write that "
	    "into the description.",
	    link != NULL ? "The far end of a call with it" : "Who called from ",
	    link != NULL ? "" : call->from, call->key, link != NULL ? " for it" : "");
	node_notice(node, what, title, buffer_text(&text));
	buffer_release(&text);
}

void
node_notice_clock(struct node *node, struct walltime theirs)
{
	char ours[WALLTIME_TEXT_SIZE], other[WALLTIME_TEXT_SIZE],
	    text[2 * WALLTIME_TEXT_SIZE + 384];

	snprintf(text, sizeof(text),
	         "It shows %s, which cannot be right or is not what the neighbors' clocks show. "
	         "Windows follow that of %.200s, which shows %s, until this one is set.",
	         walltime_format(node->now.wall, ours), node->followed->title,
	         walltime_format(theirs, other));
	node_notice(node, "clock", "the clock of this node is not believed", text);
}

void
node_notice_full(struct node *node)
{
	node->full_due = instant_after(node->now.instant, FULL_MS);
}

void
node_notice_run(struct node *node)
{
	if (!instant_reached(node->full_due, node->now.instant))
		return;
	node->full_due = INSTANT_NEVER;
	node_notice(
	    node, "full", "the disk of the spool was full",
	    "Nothing was lost that had been taken; what came meanwhile was put off. There is "
	    "room again now, but perhaps not for long: `mulga queue` says what is kept.");
}

struct instant
node_notice_deadline(const struct node *node)
{
	return node->full_due;
}

/* Was it not told for a day? It is now. */
static bool
is_news(struct node *node, const char *what)
{
	char    name[NODE_LINK_TITLE_MAX + 48];
	int64_t told_ms;

	if (what == NULL)
		return true;
	snprintf(name, sizeof(name), "told %s", what);
	told_ms = store_setting_number(node->store, name, -NODE_DAY_MS);
	if (node_spool_ms(node) - told_ms < NODE_DAY_MS)
		return false;
	store_setting_put_number(node->store, name, node_spool_ms(node));
	return true;
}

static void
send(struct node *node, const char *title, const char *text)
{
	struct destination to;
	struct buffer      address, mail;

	destination_init(&to);
	buffer_init(&address);
	buffer_init(&mail);
	buffer_append_format(&address, "%s@%s", node->home->notify, node->name.text);
	if (destination_parse(&to, buffer_text(&address), NULL) == STATUS_OK) {
		buffer_append_format(&mail, "From: mulga@%s\nTo: %s\nSubject: %s\n\n%s\n",
		                     node->name.text, buffer_text(&address), title, text);
		node_notice_mail(node, &to, title, "", buffer_span(&mail));
	}
	buffer_release(&mail);
	buffer_release(&address);
	destination_release(&to);
}

void
node_notice_mail(struct node *node, const struct destination *to, const char *title,
                 const char *language, struct span mail)
{
	struct envelope envelope;
	struct transit  transit;

	envelope_init(&envelope);
	transit_init(&transit);
	address_add(&transit.destinations, to);
	snprintf(envelope.service, sizeof(envelope.service), "mail");
	snprintf(envelope.title, sizeof(envelope.title), "%s", title);
	snprintf(envelope.notify.language, sizeof(envelope.notify.language), "%s", language);
	envelope.priority    = PRIORITY_HIGH;
	envelope.report      = true;
	envelope.lifetime_ms = 30 * NODE_DAY_MS;
	node_accept_own(node, &envelope, &transit, mail);
	transit_release(&transit);
	envelope_release(&envelope);
}
