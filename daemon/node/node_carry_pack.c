/*
 * node_carry_pack.c - what goes on a stick, and what waits for the next
 *
 * The queue is packed in the order of its rank: by priority, then the shortest first, as much as
 * there is room for. What is left out stays queued, and is counted.
 *
 * A folder is a link like any other, so what the link says holds: what it carries, how large a message
 * may be, how much goes in a call, which a visit is, and in a day. Its windows say when the daemon
 * writes; a courier is a link with windows and a capacity. Who writes by hand has come to
 * write, whatever the time.
 */
#include <string.h>

#include "daemon/node/node_calling.h"
#include "daemon/node/node_carry.h"
#include "spool/base/memory.h"

enum { TRANSIT_GROWS = 64 }; /* a transit may, between the plan and the write */

static uint64_t room_for(const struct description_transport *transport,
                         const struct carry_wanted          *wanted);
static uint64_t pack_queue(struct node *node, struct node_link *link,
                           const struct carry_wanted *wanted, uint64_t room, struct carry_out *out);
static uint64_t pack_again(struct node *node, const struct carry_wanted *wanted, uint64_t room,
                           struct carry_out *out);
static bool     may_go(struct node *node, struct node_link *link, const struct carry_wanted *wanted,
                       const struct stored_copy *copy, uint64_t people);
static bool     is_open(const struct node *node, const struct node_link *link,
                        const struct carry_wanted *wanted, enum priority priority);
static bool     pack_copy(struct node *node, const struct carry_wanted *wanted, uint64_t room,
                          const struct stored_copy *copy, struct carry_out *out, uint64_t *content);

uint64_t
node_carry_pack(struct node *node, struct node_link *link, const struct carry_wanted *wanted,
                struct carry_out *out)
{
	uint64_t room = room_for(node_carry_transport(link), wanted);

	out->closed = !is_open(node, link, wanted, PRIORITY_URGENT);
	return wanted->again != 0 ? pack_again(node, wanted, room, out)
	                          : pack_queue(node, link, wanted, room, out);
}

void
node_carry_packed(struct carry_out *out)
{
	out->counted = 0;
}

void
node_carry_unpack(struct node *node, struct carry_out *out)
{
	struct node_link *link = node_carry_link(node, out->neighbor);

	if (link != NULL)
		node_limit_day_refund(node, link, out->counted);
	out->counted = 0;
}

/* The description may say that the medium takes less than there is room. */
static uint64_t
room_for(const struct description_transport *transport, const struct carry_wanted *wanted)
{
	uint64_t capacity;

	if (transport == NULL || transport->capacity_bytes <= 0)
		return wanted->space;
	capacity = (uint64_t)transport->capacity_bytes;
	capacity = capacity > wanted->used ? capacity - wanted->used : 0;
	return capacity < wanted->space ? capacity : wanted->space;
}

static uint64_t
pack_queue(struct node *node, struct node_link *link, const struct carry_wanted *wanted,
           uint64_t room, struct carry_out *out)
{
	struct stored_copy copy;
	struct store_rank  rank    = STORE_RANK_FIRST;
	uint64_t           content = 0, people = 0;

	stored_copy_init(&copy);
	while (
	    store_copy_next_for(node->store, wanted->neighbor, node_spool_ms(node), &rank, &copy)) {
		uint64_t before = content;

		if (node_copy_busy(node, copy.key) || !may_go(node, link, wanted, &copy, people))
			continue;
		if (pack_copy(node, wanted, room, &copy, out, &content)) {
			node_limit_day_spend(node, link, content - before);
			out->counted += content - before;
			people += copy.own ? 0 : content - before;
		} else {
			out->left_out_count++;
			out->left_out_bytes += copy.size_bytes;
		}
	}
	stored_copy_release(&copy);
	return content;
}

/* The same for what an earlier stick carries, and nothing has acknowledged. */
static uint64_t
pack_again(struct node *node, const struct carry_wanted *wanted, uint64_t room,
           struct carry_out *out)
{
	struct stored_bundle  bundle = { .key = 0 };
	struct stored_carried carried;
	struct stored_copy    copy;
	uint64_t              content = 0;

	stored_copy_init(&copy);
	while (store_bundle_next(node->store, wanted->again, bundle.key, &bundle))
		for (uint32_t from = 0; strcmp(bundle.neighbor, wanted->neighbor) == 0 &&
		                        store_carried_next(node->store, bundle.key, from, &carried);
		     from = carried.item + 1)
			if (store_copy_get(node->store, carried.copy, &copy) &&
			    copy.state == COPY_QUEUED && !node_copy_busy(node, copy.key) &&
			    !pack_copy(node, wanted, room, &copy, out, &content)) {
				out->left_out_count++;
				out->left_out_bytes += copy.size_bytes;
			}
	stored_copy_release(&copy);
	return content;
}

/* Do the link's words let it go now, beside so many bytes of what people wrote? */
static bool
may_go(struct node *node, struct node_link *link, const struct carry_wanted *wanted,
       const struct stored_copy *copy, uint64_t people)
{
	uint64_t            per_call = link->carrier.link.limits.per_call_bytes;
	struct node_message message;
	bool                goes = is_open(node, link, wanted, copy->priority);

	if (!goes || node_carry_transport(link) == NULL || link->simple)
		return goes;
	if (!node_carrier_carries(node, link, copy))
		return false;
	if (per_call != 0 && !copy->own && people > 0 && people + copy->size_bytes > per_call)
		return false;
	node_message_init(&message);
	goes = node_message_get(node, copy->message, &message) &&
	       node_limit_day_admits(node, link, &message, copy->size_bytes);
	node_message_release(&message);
	return goes;
}

static bool
is_open(const struct node *node, const struct node_link *link, const struct carry_wanted *wanted,
        enum priority priority)
{
	return !wanted->visit || link->visit.by_hand ||
	       instant_reached(node_window_opens(node, link, node->now.instant, priority),
	                       node->now.instant);
}

/* False: there is no room for it. */
static bool
pack_copy(struct node *node, const struct carry_wanted *wanted, uint64_t room,
          const struct stored_copy *copy, struct carry_out *out, uint64_t *content)
{
	struct stored_message message;
	struct bundle_shape   shape;
	uint64_t              with;
	bool                  fits = false;

	stored_message_init(&message);
	if (store_message_get(node->store, copy->message, &message)) {
		with = *content +
		       bundle_item_size(message.heading.length,
		                        message.transit.length + TRANSIT_GROWS +
		                            strlen(node->name.text) + copy->destinations.length,
		                        message.size_bytes);
		shape = bundle_shape_for(with, wanted->repair_percent);
		fits  = bundle_size(&shape, with) <= room;
		if (fits) {
			*content  = with;
			out->plan = memory_grow(out->plan, &out->plan_capacity, out->plan_count + 1,
			                        sizeof(out->plan[0]));
			out->plan[out->plan_count++] =
			    (struct carry_plan){ copy->key, copy->message };
		}
	}
	stored_message_release(&message);
	return fits;
}
