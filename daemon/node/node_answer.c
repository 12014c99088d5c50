/*
 * node_answer.c - a call that a program hands over: `mulga answer`
 *
 * sshd, inetd or a login over a modem has a line, and this program at its end. It asks, is told yes,
 * and from then on its connection to us is that line. Who calls is known by the key, as ever;
 * that anybody of this machine may ask gives nobody more than a port that is open to all. Without
 * TLS it is another matter: then `answer program plain` must say so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/node_state.h"
#include "spool/description/description.h"
#include "spool/query/query_text.h"

enum { ANSWER_TRIPS = 4, ANSWER_BYTES = 4096, RATE_DIGITS_MAX = 9, FROM_MAX = 80 };

struct order {
	struct description_transport line; /* what is said of it: rate, round trip, plain */
	const char                  *from;
	bool                         terminal; /* before TLS, the ends have to meet */
};

static const char *read_order(struct order *order, const struct control_request *request);
static bool        read_flag(struct order *order, const char *word);
static bool        read_rate(const char *text, int64_t *bits);

static const char usage[] = "answer [--plain] [--terminal] [--unreliable] [--7bit] [--half-duplex] "
			    "[--from TEXT] [--rate BITS] [--round-trip TIME]";

void
node_answer_request(struct node *node, struct node_client *client,
                    const struct control_request *request)
{
	struct order   order = { .from = "" };
	const char    *why   = read_order(&order, request);
	struct buffer  errors, from;
	struct action *action;
	int            code = why != NULL ? 64 : 0;

	if (why == NULL && order.line.plain && !node->home->answer_program_plain) {
		why = "a call without TLS is not taken from a program, unless the description says "
		      "`answer program plain`";
		code = 77;
	}
	buffer_init(&errors);
	buffer_init(&from);
	if (why != NULL)
		buffer_append_format(&errors, "mulga: %s\n", why);
	node_client_answer(node, client, code, NULL, NULL, &errors);
	if (why == NULL) {
		buffer_append_format(&from, "a program of %s",
		                     client->user[0] != '\0' ? client->user : "somebody");
		if (order.from[0] != '\0')
			buffer_append_format(&from, " (%.*s)", FROM_MAX, order.from);
		action           = actions_add(node->actions, ACTION_CLIENT_CALLS, client->id);
		action->text     = arena_text(&node->actions->arena, buffer_text(&from));
		action->plain    = order.line.plain;
		action->terminal = order.terminal;
		action->path     = (order.line.path_unreliable ? PATH_UNRELIABLE : 0U) |
		               (order.line.path_7bit ? PATH_7BIT : 0U) |
		               (order.line.path_half_duplex ? PATH_HALF_DUPLEX : 0U);
		action->number =
		    (unsigned)description_patience_ms(&order.line, ANSWER_TRIPS, ANSWER_BYTES);
	}
	buffer_release(&from);
	buffer_release(&errors);
}

/* NULL, or what is wrong with it. */
static const char *
read_order(struct order *order, const struct control_request *request)
{
	description_transport_init(&order->line, TRANSPORT_COMMAND);
	for (size_t i = 1; i < request->count; i++) {
		const char *word  = request->arguments[i];
		const char *value = request->arguments[i + 1]; /* NULL after the last */

		if (read_flag(order, word))
			continue;
		if (value == NULL)
			return usage;
		if (strcmp(word, "--from") == 0)
			order->from = value;
		else if (strcmp(word, "--rate") == 0) {
			if (!read_rate(value, &order->line.rate_bits))
				return "--rate is a number of bits a second";
		} else if (strcmp(word, "--round-trip") == 0) {
			if (!query_text_parse_duration(value, &order->line.round_trip_ms) ||
			    order->line.round_trip_ms > NODE_DAY_MS)
				return "--round-trip is a time, as in 12s";
		} else
			return usage;
		i++;
	}
	for (const char *c = order->from; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			return "--from is printable ASCII";
	return NULL;
}

static bool
read_flag(struct order *order, const char *word)
{
	const struct {
		const char *word;
		bool       *flag;
	} flags[] = {
		{ "--plain", &order->line.plain },
		{ "--terminal", &order->terminal },
		{ "--unreliable", &order->line.path_unreliable },
		{ "--7bit", &order->line.path_7bit },
		{ "--half-duplex", &order->line.path_half_duplex },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strcmp(word, flags[i].word) == 0)
			return *flags[i].flag = true;
	return false;
}

static bool
read_rate(const char *text, int64_t *bits)
{
	size_t length = strspn(text, "0123456789");

	*bits = length > 0 && length <= RATE_DIGITS_MAX && text[length] == '\0'
	            ? strtoll(text, NULL, 10)
	            : 0;
	return *bits > 0;
}
