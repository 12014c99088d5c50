/*
 * query_uustat.c - `uustat`: what waits, a line for each job, as Taylor UUCP shows it
 *
 *	ann.oz.au-5cxz4ejqk6b7lrwd ben.oz.au joe 11-30 10:28 Executing rnews (sending 374 bytes)
 *
 * Programs read it: INN's send-uucp counts lines with " Executing rnews ". A job is a message with its users
 * at one site, the next node that it has to visit; times are UTC. A site may be asked for by a short
 * name, as UUCP has them. What nodes tell each other is no job.
 */
#include <string.h>

#include "spool/name/address.h"
#include "spool/name/spelling.h"
#include "spool/query/query_copy.h"
#include "spool/query/query_text.h"
#include "spool/query/query_verb.h"

static void copy_lines(struct query_call *call, const struct stored_copy *copy, const char *site);
static bool is_meant(const struct query *query, const char *node, const char *site);
static void job_line(struct query_call *call, const struct query_message *message,
                     const struct address *address, size_t first);
static void append_time(struct walltime time, struct buffer *out);
static void append_users(const struct address *address, size_t first, struct buffer *out);

int
query_uustat(struct query_call *call)
{
	const char               *site    = NULL;
	const struct query_option options = { "--site", &site, NULL };
	struct stored_copy        copy;

	if (!query_options(call, &options, 1, 0))
		return QUERY_USAGE;
	stored_copy_init(&copy);
	for (int64_t after = 0; store_copy_next(call->query->store, NULL, after, &copy);
	     after         = copy.key)
                copy_lines(call, &copy, site);
	stored_copy_release(&copy);
	return QUERY_DONE;
}

/* One for each site of its destinations, which are sorted by text and not by site. */
static void
copy_lines(struct query_call *call, const struct stored_copy *copy, const char *site)
{
	const struct query  *query = call->query;
	struct query_message message;
	struct address       address;

	query_message_init(&message);
	address_init(&address);
	if (query_message_load(query, copy->message, &message) &&
	    query_may_see(query, &message.stored.id) &&
	    strcmp(message.envelope.service, "control") != 0 &&
	    address_add_text(&address, buffer_text(&copy->destinations), NULL) == STATUS_OK)
		for (size_t i = 0; i < address.count; i++) {
			const char *node  = destination_leg(&address.destinations[i]);
			bool        first = true;

			for (size_t j = 0; j < i && first; j++)
				first =
				    strcmp(destination_leg(&address.destinations[j]), node) != 0;
			if (first && is_meant(query, node, site))
				job_line(call, &message, &address, i);
		}
	address_release(&address);
	query_message_release(&message);
}

/* What is to be delivered here is no job for UUCP. A short name is the first component. */
static bool
is_meant(const struct query *query, const char *node, const char *site)
{
	size_t length = site != NULL ? strlen(site) : 0;

	if (strcmp(node, query->home->name.text) == 0)
		return false;
	for (size_t i = 0; i < length; i++)
		if (spelling_lower(site[i]) != node[i])
			return false;
	return site == NULL || node[length] == '\0' || node[length] == '.';
}

static void
job_line(struct query_call *call, const struct query_message *message,
         const struct address *address, size_t first)
{
	const struct envelope *envelope = &message->envelope;
	struct buffer         *out      = call->out;
	size_t                 user     = strcspn(envelope->sender, "@");

	buffer_append_format(out, "%s %s ", message->stored.id.text,
	                     destination_leg(&address->destinations[first]));
	if (user > 0)
		buffer_append_format(out, "%.*s ", (int)user, envelope->sender);
	else
		buffer_append_text(out, "MAILER-DAEMON ");
	append_time(message->stored.arrived, out);
	if (strcmp(envelope->service, "news") == 0) {
		buffer_append_text(out, " Executing rnews");
	} else if (strcmp(envelope->service, "file") == 0) {
		buffer_append_text(out, " Sending ");
		query_text_append(out, envelope->title[0] != '\0' ? envelope->title : "a file");
		buffer_append_format(out, " (%llu bytes) to",
		                     (unsigned long long)message->stored.size_bytes);
	} else {
		buffer_append_format(out, " Executing %s",
		                     strcmp(envelope->service, "mail") == 0 ? "rmail"
		                                                            : envelope->service);
	}
	append_users(address, first, out);
	if (strcmp(envelope->service, "file") != 0)
		buffer_append_format(out, " (sending %llu bytes)",
		                     (unsigned long long)message->stored.size_bytes);
	buffer_append_text(out, "\n");
}

/* "11-30 10:28" */
static void
append_time(struct walltime time, struct buffer *out)
{
	char text[WALLTIME_TEXT_SIZE];

	walltime_format(time, text); /* 2026-11-30T10:28:03Z */
	buffer_append_format(out, "%.5s %.5s", text + 5, text + 11);
}

/* All of them at the site of the first. */
static void
append_users(const struct address *address, size_t first, struct buffer *out)
{
	const char *site = destination_leg(&address->destinations[first]);

	for (size_t i = first; i < address->count; i++) {
		const struct destination *destination = &address->destinations[i];

		if (strcmp(destination_leg(destination), site) != 0 || destination->user[0] == '\0')
			continue;
		buffer_append_text(out, " ");
		query_text_append(out, destination->user);
	}
}
