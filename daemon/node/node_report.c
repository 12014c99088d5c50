/*
 * node_report.c - every destination ends once, and its sender hears of every bad end
 *
 * The outcome is remembered for trace, why and sent: here, and where the message began, whose
 * node takes it from the report's heading. A report is a mail from this node to the
 * message's sender; none is made about a report (RFC 3464 section 2: null sender) or about
 * the nodes' own control messages.
 */
#include "daemon/node/node_report.h"

#include <stdio.h>
#include <string.h>

#include "daemon/node/node_alias.h"
#include "daemon/node/node_parts.h"
#include "daemon/node/node_state.h"
#include "spool/base/log.h"
#include "spool/notice/notice.h"

/* Of a whole mail in a report, where some link has a limit: nobody would hear of a report that is
 * too large for its way home. */
enum { RETURNED_MAX = 4096 };

static bool is_wanted(const struct node_message *message, const char *destination,
                      const char *outcome);
static bool has_arrived(const char *outcome);
static bool waits(const char *outcome);
static void describe_end(struct envelope_end *end, const struct message_id *id,
                         const char *destination, const char *outcome, const char *text);
static void send_report(struct node *node, const struct node_message *message,
                        const char *destination, const char *outcome, const char *text);

void
node_report_end(struct node *node, const struct node_message *message, const char *destination,
                const char *outcome, const char *text)
{
	struct stored_outcome ended = { .at = node->now.wall };
	bool                  good  = has_arrived(outcome);

	if (strcmp(message->envelope.service, "control") == 0)
		return;
	log_line(good ? LOG_DEBUG : LOG_INFO, "%s for %s: %s%s%s", message->stored.id.text,
	         destination, outcome, text[0] != '\0' ? ": " : "", text);
	snprintf(ended.destination, sizeof(ended.destination), "%s", destination);
	snprintf(ended.outcome, sizeof(ended.outcome), "%s", good ? "delivered" : outcome);
	snprintf(ended.text, sizeof(ended.text), "%s", text);
	store_outcome_add(node->store, &message->stored.id, &ended,
	                  node_spool_ms(node) + node_retain_ms(node));
	if (is_wanted(message, destination, outcome))
		send_report(node, message, destination, outcome, text);
}

/*
 * Of a report nobody hears, nor of a mail from nobody. Who said nothing hears of bad ends (RFC 3461
 * section 4.1): what only takes long is no news in a network that is slow by nature.
 */
static bool
is_wanted(const struct node_message *message, const char *destination, const char *outcome)
{
	const struct envelope *envelope = &message->envelope;
	unsigned               bits =
	    notify_find(&envelope->notify, node_alias_written(message, destination), NULL);

	if (envelope->report || envelope->sender[0] == '\0' ||
	    strcmp(envelope->service, "control") == 0)
		return false;
	if (strcmp(outcome, NODE_REPORT_BEYOND) == 0)
		return false;
	if (has_arrived(outcome))
		return (bits & NOTIFY_SUCCESS) != 0 ||
		       (envelope->receipt && (bits & NOTIFY_NEVER) == 0);
	if (strcmp(outcome, NOTICE_DELAYED) == 0)
		return (bits & NOTIFY_DELAY) != 0;
	if (strcmp(outcome, NOTICE_HELD) == 0)
		return bits == 0 || (bits & (NOTIFY_DELAY | NOTIFY_FAILURE)) != 0;
	return bits == 0 || (bits & NOTIFY_FAILURE) != 0;
}

static bool
has_arrived(const char *outcome)
{
	return strcmp(outcome, "delivered") == 0 || strcmp(outcome, NOTICE_RELAYED) == 0 ||
	       strcmp(outcome, NODE_REPORT_BEYOND) == 0;
}

/* It has not ended. */
static bool
waits(const char *outcome)
{
	return strcmp(outcome, NOTICE_HELD) == 0 || strcmp(outcome, NOTICE_DELAYED) == 0;
}

void
node_report_held(struct node *node, const struct node_message *message, const char *destination,
                 const char *text)
{
	if (is_wanted(message, destination, NOTICE_HELD))
		send_report(node, message, destination, NOTICE_HELD, text);
}

void
node_report_delayed(struct node *node, const struct node_message *message,
                    const struct stored_copy *copy)
{
	struct address destinations;
	struct buffer  destination;

	address_init(&destinations);
	buffer_init(&destination);
	if (address_add_text(&destinations, buffer_text(&copy->destinations), NULL) == STATUS_OK)
		for (size_t i = 0; i < destinations.count; i++) {
			buffer_clear(&destination);
			destination_format(&destinations.destinations[i], &destination);
			if (is_wanted(message, buffer_text(&destination), NOTICE_DELAYED))
				send_report(node, message, buffer_text(&destination),
				            NOTICE_DELAYED, buffer_text(&copy->text));
		}
	buffer_release(&destination);
	address_release(&destinations);
}

void
node_report_copy(struct node *node, const struct stored_copy *copy, const char *outcome,
                 const char *text)
{
	struct node_message message;
	struct address      destinations;
	struct buffer       destination;

	node_message_init(&message);
	address_init(&destinations);
	buffer_init(&destination);
	if (node_message_get(node, copy->message, &message) &&
	    address_add_text(&destinations, buffer_text(&copy->destinations), NULL) == STATUS_OK)
		for (size_t i = 0; i < destinations.count; i++) {
			buffer_clear(&destination);
			destination_format(&destinations.destinations[i], &destination);
			node_report_end(node, &message, buffer_text(&destination), outcome, text);
		}
	node_parts_end(node, copy, &message, has_arrived(outcome) ? "delivered" : outcome, text);
	buffer_release(&destination);
	address_release(&destinations);
	node_message_release(&message);
	node_copy_end(node, copy);
}

static void
send_report(struct node *node, const struct node_message *message, const char *destination,
            const char *outcome, const char *text)
{
	struct envelope envelope;
	struct transit  transit;
	struct buffer   original, mail;
	struct notice   notice = {
		  .home        = node->name.text,
		  .about       = &message->envelope,
		  .transit     = &message->transit,
		  .destination = destination,
		  .outcome     = outcome,
		  .reason      = text,
		  .now         = node->now.wall,
	};
	int64_t left_ms = message->stored.expires_ms - node_spool_ms(node);
	bool    failed  = !has_arrived(outcome) && !waits(outcome);

	envelope_init(&envelope);
	transit_init(&transit);
	buffer_init(&original);
	buffer_init(&mail);
	if (address_add_text(&transit.destinations, message->envelope.sender, NULL) == STATUS_OK) {
		if (strcmp(message->envelope.service, "mail") == 0 &&
		    !store_message_body(node->store, message->stored.key, &original))
			store_message_beginning(node->store, message->stored.key, &original);
		notice.original = buffer_span(&original);
		notice.whole    = failed && message->stored.inline_body &&
		               message->envelope.notify.ret == NOTIFY_RETURN_FULL &&
		               original.length > 0 &&
		               (!node->limited || original.length <= RETURNED_MAX);
		if (waits(outcome) && left_ms > 0)
			notice.until = (struct walltime){ node->now.wall.ms + left_ms };
		notice_format(&notice, &mail);
		snprintf(envelope.service, sizeof(envelope.service), "mail");
		envelope.priority    = PRIORITY_HIGH;
		envelope.preference  = message->envelope.preference;
		envelope.report      = true;
		envelope.lifetime_ms = 30 * NODE_DAY_MS;
		memcpy(envelope.notify.language, message->envelope.notify.language,
		       sizeof(envelope.notify.language));
		if (!waits(outcome))
			describe_end(&envelope.about, &message->stored.id,
			             node_alias_known(message, destination),
			             failed ? outcome : "delivered", text);
		node_accept_own(node, &envelope, &transit, buffer_span(&mail));
	} else {
		log_line(LOG_WARNING, "nobody can be told about %s: \"%s\" is no address",
		         message->stored.id.text, message->envelope.sender);
	}
	buffer_release(&mail);
	buffer_release(&original);
	envelope_release(&envelope);
	transit_release(&transit);
}

/* For programs what the mail says to people. A destination that is too long is left out. */
static void
describe_end(struct envelope_end *end, const struct message_id *id, const char *destination,
             const char *outcome, const char *text)
{
	if (strlen(destination) >= sizeof(end->destination))
		return;
	end->id = *id;
	snprintf(end->destination, sizeof(end->destination), "%s", destination);
	snprintf(end->outcome, sizeof(end->outcome), "%s", outcome);
	snprintf(end->reason, sizeof(end->reason), "%s", text);
	for (char *c = end->reason; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
}

void
node_report_learn(struct node *node, const struct envelope *report)
{
	const struct envelope_end *end = &report->about;
	struct stored_passage      passage;
	struct stored_outcome      ended = { .at = report->created };
	struct transit             transit;
	struct buffer              text;

	stored_passage_init(&passage);
	transit_init(&transit);
	buffer_init(&text);
	if (end->outcome[0] != '\0' && store_passage_get(node->store, &end->id, 0, &passage) &&
	    passage.from[0] == '\0')
		transit_decode(&transit, buffer_span(&passage.transit), NULL);
	snprintf(ended.outcome, sizeof(ended.outcome), "%s", end->outcome);
	snprintf(ended.text, sizeof(ended.text), "%s", end->reason);
	for (size_t i = 0; i < transit.destinations.count; i++) {
		const struct destination *destination = &transit.destinations.destinations[i];

		buffer_clear(&text);
		destination_format(destination, &text);
		if (destination->broadcast ||
		    !destination_is_rest(end->destination, buffer_text(&text)))
			continue;
		snprintf(ended.destination, sizeof(ended.destination), "%s", buffer_text(&text));
		store_outcome_add(node->store, &end->id, &ended,
		                  node_spool_ms(node) + node->home->retain_delivered_ms);
	}
	buffer_release(&text);
	transit_release(&transit);
	stored_passage_release(&passage);
}
