/*
 * node_expire.c - lifetimes that are over, and memories that may be forgotten
 *
 * Lifetimes count residence in spools by monotonic clocks (trust T4), so no clock that was
 * set wrongly can end a message. A copy whose sender wants to hear of a delay "expires" a first
 * time when a quarter of its lifetime is over; it is told, and the copy goes on. Rows of bodies that stopped arriving go with them.
 */
#include "daemon/node/node_body.h"
#include "daemon/node/node_topology.h"
#include "spool/base/log.h"
#include "spool/store/store_sequence.h"

static bool warn(struct node *node, struct stored_copy *copy);
static void purge(struct node *node);
static void drop_stale_arrivals(struct node *node);

void
node_expire_copies(struct node *node)
{
	struct stored_copy copy;
	int64_t            now_ms = node_spool_ms(node);

	stored_copy_init(&copy);
	while (store_copy_next_expired(node->store, now_ms, &copy)) {
		if (warn(node, &copy)) {
			store_copy_update(node->store, &copy);
		} else if (node_copy_busy(node, copy.key) || copy.state == COPY_PREPARED) {
			copy.expires_ms =
			    now_ms + NODE_LATER_MAX_MS; /* it is about to end anyway */
			store_copy_update(node->store, &copy);
		} else {
			node_report_copy(node, &copy, "expired", buffer_text(&copy.text));
		}
	}
	stored_copy_release(&copy);
}

int64_t
node_expire_first_ms(const struct node_message *message)
{
	const struct notify *notify     = &message->envelope.notify;
	int64_t              expires_ms = message->stored.expires_ms;
	int64_t              warn_ms    = expires_ms - message->envelope.lifetime_ms / 4 * 3;

	if ((notify->bits & NOTIFY_DELAY) == 0 && notify->recipients.length == 0)
		return expires_ms;
	return warn_ms > message->stored.arrived_ms ? warn_ms : expires_ms;
}

/* True: only the time to say that it takes long was over, and that is said. */
static bool
warn(struct node *node, struct stored_copy *copy)
{
	struct node_message message;
	bool                early;

	node_message_init(&message);
	early = node_message_get(node, copy->message, &message) &&
	        copy->expires_ms < message.stored.expires_ms;
	if (early) {
		copy->expires_ms = message.stored.expires_ms;
		node_report_delayed(node, &message, copy);
	}
	node_message_release(&message);
	return early;
}

void
node_upkeep(struct node *node)
{
	node->upkeep = instant_after(node->now.instant, NODE_UPKEEP_MS);
	if (instant_reached(node->purge, node->now.instant))
		purge(node);
	drop_stale_arrivals(node);
	node_loop_run(node);
	node_links_note(node);
	node_note_spool_ms(node); /* an idle spool ages, too */
}

/* What nobody asks for any more takes room and nothing else: once a day is soon enough. */
static void
purge(struct node *node)
{
	int64_t now_ms = node_spool_ms(node);

	node->purge = instant_after(node->now.instant, NODE_DAY_MS);
	store_sequence_purge(node->store, now_ms);
	store_seen_purge(node->store, now_ms);
	store_history_purge(node->store, now_ms);
	store_record_history_purge(node->store,
	                           (struct walltime){ node->now.wall.ms - NODE_RECORD_HISTORY_MS });
	node_learn_purge(node);
}

static void
drop_stale_arrivals(struct node *node)
{
	struct stored_message message;

	stored_message_init(&message);
	for (int64_t after = 0; store_message_next_arriving(node->store, after, &message);
	     after         = message.key)
                if (message.state == MESSAGE_ARRIVING &&
                    message.expires_ms <= node_spool_ms(node) &&
                    !node_body_arrives(node, message.key)) {
				log_line(LOG_INFO, "%s never arrived whole", message.id.text);
				node_message_drop(node, &message);
                }
	stored_message_release(&message);
}
