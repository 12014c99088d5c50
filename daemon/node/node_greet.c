/*
 * node_greet.c - who is at the far end of a call, and which of our links to it the call is
 *
 * A link has at most one call. Of two simultaneous ones the call opened by the lesser name
 * survives, so that both ends let go of the same one; a newer call from the same opener
 * replaces the older, because whoever dials again does not believe in the first.
 *
 * Where there are several links to one neighbor, the caller says by which it calls (the label
 * in its HELLO). It is ours of the same label; of two ends that call it differently, our first
 * one that this caller may use, as the tables pair what two ends say of a link (D30). Two of the
 * far end's links are never one of ours at the same time, or they would push each other out: the one
 * of the same label has it.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/node/node_calling.h"
#include "daemon/node/node_notice.h"

static void              expect_line(struct node_call *call, const struct node_link *link);
static struct node_link *link_of_call(const struct node *node, struct node_call *call,
                                      const struct name *name);
static bool take_over(struct node *node, struct node_call *call, struct node_link *link);
static bool survives(const struct node *node, const struct node_call *call,
                     const struct node_call *other);

bool
node_call_greet(struct node *node, struct node_call *call, const struct session_event *event)
{
	struct node_link *link;
	const char       *why;
	char              text[2 * NAME_MAX_BYTES + 64];

	snprintf(call->label, sizeof(call->label), "%.*s", (int)sizeof(call->label) - 1,
	         call->dialled ? call->link->description->label : event->text);
	link = link_of_call(node, call, &event->name);
	if (link == NULL) {
		snprintf(text, sizeof(text), "%s is no neighbor of %s", event->name.text,
		         node->name.text);
		node_call_close(node, call, text);
		return false;
	}
	if (link->operator_down) {
		node_call_close(node, call, "the link is down");
		return false;
	}
	why = node_trust_objection(call, link);
	if (why != NULL) {
		node_notice_key(node, call, link);
		node_call_close(node, call, why);
		return false;
	}
	if (!take_over(node, call, link))
		return false;
	call->link    = link;
	link->call    = call->id;
	call->greeted = true;
	expect_line(call, link);
	link_enter(node, link, "calling", "greeting");
	return true;
}

/* As an earlier call knew it, or as the description states it. */
static void
expect_line(struct node_call *call, const struct node_link *link)
{
	const struct description_link *description = link->description;
	int64_t                        rate = link->line_rate, round_trip_ms = -1;

	if (rate > 0) { /* a guess that is too high makes the first urgent message wait */
		rate -= rate / 4;
		round_trip_ms = link->line_round_trip_ms;
	} else {
		rate = (int64_t)node_link_rate(link, call);
		if (link->transport < description->transport_count &&
		    description->transports[link->transport].round_trip_ms > 0)
			round_trip_ms = description->transports[link->transport].round_trip_ms;
	}
	session_expect_line(call->session, rate, round_trip_ms);
}

/* NULL: the caller is no neighbor. */
static struct node_link *
link_of_call(const struct node *node, struct node_call *call, const struct name *name)
{
	struct node_link *link = call->link;

	if (link == NULL)
		link = node_link_get(node, name->text, call->label);
	if (link != NULL)
		return link;
	for (link = node_link_find(node, name->text); link != NULL;
	     link = node_link_next(node, link))
		if (node_trust_objection(call, link) == NULL)
			return link;
	return node_link_find(node, name->text);
}

/* By which its caller calls its link. */
static const char *
label_of(const struct node_call *call)
{
	return call->dialled ? call->link->description->label : call->label;
}

/* Ends the link's other call, or this one. */
static bool
take_over(struct node *node, struct node_call *call, struct node_link *link)
{
	struct node_call *other = node_call_find(node, link->call);
	char              text[NAME_MAX_BYTES + 128];

	if (other == NULL || other == call)
		return true;
	if (other->greeted && strcmp(label_of(other), call->label) != 0 &&
	    strcmp(call->label, link->description->label) != 0) {
		snprintf(text, sizeof(text), "%s has no link of its own for yours%s%s",
		         node->name.text, call->label[0] == '\0' ? " without a label" : " as ",
		         call->label);
		node_call_close(node, call, text);
		return false;
	}
	if (strcmp(label_of(other), call->label) == 0 && !survives(node, call, other)) {
		node_call_close(node, call, "another call of the two of us goes on");
		return false;
	}
	link->call = 0; /* so that ending the other leaves the link to this one */
	node_call_close(node, other, "another call of the two of us goes on");
	return true;
}

static bool
survives(const struct node *node, const struct node_call *call, const struct node_call *other)
{
	bool home_is_lesser = name_compare(&node->name, &other->link->description->neighbor) < 0;

	if (!other->greeted && other->sent_bytes == 0)
		return true; /* the other has not even connected, and perhaps never will */
	return call->dialled == other->dialled || call->dialled == home_is_lesser;
}
