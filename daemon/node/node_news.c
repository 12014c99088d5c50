/*
 * node_news.c - news of the network on its way out: what is urgent, overtaken, or too much
 *
 * A record that changes what can be reached (a link came or went, a node is new) goes before
 * everything; one that only says that a delay or a cost is another one goes with the mail.
 * Where a record waits for a neighbor, the next version takes its place: nobody needs the steps
 * between. What a link's `limit { topology }` has no room for today waits for the next day, in
 * the spool like all that waits, and `why` and `links` say so.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/node/node_topology.h"

enum priority
node_news_priority(struct node *node, const struct record *record)
{
	struct stored_record stored;
	struct record        before;
	bool                 alike;

	stored_record_init(&stored);
	record_init(&before);
	alike = store_record_get(node->store, record->node.text, &stored) &&
	        record_decode(&before, buffer_span(&stored.bytes), NULL) == STATUS_OK &&
	        record_reaches_alike(&before, record);
	record_release(&before);
	stored_record_release(&stored);
	return alike ? PRIORITY_HIGH : PRIORITY_URGENT;
}

bool
node_news_overtake(struct node *node, const struct node_message *message, struct stored_copy *copy)
{
	struct stored_copy  earlier;
	struct node_message its;
	struct name         about;
	uint64_t            serial = node_record_told(node, message, &about), other;
	bool                newest = true;

	if (serial == 0)
		return true;
	memcpy(copy->about, about.text, sizeof(copy->about));
	stored_copy_init(&earlier);
	for (int64_t after = 0; newest && store_copy_next_about(node->store, copy->neighbor,
	                                                        copy->about, after, &earlier);
	     after         = earlier.key) {
		if (earlier.message == copy->message || node_copy_busy(node, earlier.key) ||
		    !span_equal(buffer_span(&earlier.destinations),
		                buffer_span(&copy->destinations)))
			continue;
		node_message_init(&its);
		other = node_message_get(node, earlier.message, &its)
		            ? node_record_told(node, &its, &about)
		            : 0;
		node_message_release(&its);
		newest = other < serial;
		if (!newest)
			break;
		if (earlier.priority < copy->priority) /* what it said is said by this one now */
			copy->priority = earlier.priority;
		node_copy_end(node, &earlier);
	}
	stored_copy_release(&earlier);
	return newest;
}

size_t
node_news_body(const struct node *node, const char *neighbor)
{
	uint64_t most = NODE_CONTROL_BODY;

	for (const struct node_link *link = node_link_find(node, neighbor); link != NULL;
	     link                         = node_link_next(node, link)) {
		const struct record_limits *limits = &link->carrier.link.limits;

		if (limits->topology_per_day_bytes != 0 && limits->topology_per_day_bytes < most)
			most = limits->topology_per_day_bytes;
		if (limits->message_bytes != 0 && limits->message_bytes < most)
			most = limits->message_bytes;
	}
	return (size_t)most;
}

bool
node_news_may_go(struct node *node, struct node_link *link, const struct node_message *message,
                 uint64_t bytes, struct stored_copy *copy)
{
	uint64_t limit  = link->carrier.link.limits.topology_per_day_bytes;
	int64_t  now_ms = node_spool_ms(node);
	bool     waited = strcmp(copy->reason, COPY_REASON_LIMIT) == 0, goes;

	if (limit == 0 || strcmp(message->envelope.service, "control") != 0)
		return true;
	allowance_turn(&link->allowance, limit, now_ms);
	goes = allowance_admits(&link->allowance, limit, bytes, waited);
	buffer_clear(&copy->text);
	if (goes) {
		allowance_spend(&link->allowance, bytes, now_ms);
		node_link_note(node, link);
		snprintf(copy->reason, sizeof(copy->reason), "waiting");
		copy->next_try_ms = 0;
	} else {
		buffer_append_format(&copy->text,
		                     "the link's limit of %llu bytes of topology a day is used up",
		                     (unsigned long long)limit);
		snprintf(copy->reason, sizeof(copy->reason), COPY_REASON_LIMIT);
		copy->next_try_ms = allowance_next_ms(&link->allowance, now_ms);
	}
	if (waited || !goes)
		store_copy_update(node->store, copy);
	return goes;
}
