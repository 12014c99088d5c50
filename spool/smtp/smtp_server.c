/*
 * smtp_server.c - states of a conversation
 *
 * Why a message that is too long is read to its end: SMTP has no word for stopping in the middle.
 * Its bytes are dropped from the first one over, the caller is told at once, and the client after the
 * lone dot.
 */
#include "spool/smtp/smtp_server.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/smtp/smtp_data.h"

enum state {
	STATE_FRESH,      /* nobody said hello      */
	STATE_READY,      /* for MAIL               */
	STATE_MAIL_ASKED, /* the caller is to answer */
	STATE_MAIL,       /* for RCPT               */
	STATE_RCPT_ASKED,
	STATE_DATA,
	STATE_DATA_DROPPED, /* to its end, for nobody */
	STATE_MESSAGE_ASKED,
	STATE_CLOSED,
};

struct smtp_server {
	char            *name;
	bool             lmtp;
	bool             lenient;
	uint64_t         size_max;
	enum state       state;
	struct buffer    line;     /* a command that is not whole */
	bool             overlong; /* it is, and is dropped up to its end */
	struct smtp_data data;
	struct buffer    message; /* bytes of it for one event */
	uint64_t         size;
	size_t           accepted; /* recipients                        */
	size_t           answered; /* of them, after the message: LMTP  */
	unsigned         faults;
};

static void enter(struct smtp_server *server, enum state state);
static bool asked(const struct smtp_server *server);
static void reply(struct buffer *replies, int code, const char *text);
static void fault(struct smtp_server *server, int code, const char *text, struct buffer *replies);
static bool take_line(struct smtp_server *server, struct span *bytes, struct buffer *replies);
static bool obey(struct smtp_server *server, struct smtp_event *event, struct buffer *replies);
static bool hello(struct smtp_server *server, enum smtp_verb verb, struct buffer *replies);
static bool mail(struct smtp_server *server, struct smtp_event *event, struct buffer *replies);
static bool recipient(struct smtp_server *server, struct smtp_event *event, struct buffer *replies);
static void data(struct smtp_server *server, struct buffer *replies);
static bool reset(struct smtp_server *server, struct smtp_event *event);
static bool read_message(struct smtp_server *server, struct span *bytes, struct smtp_event *event,
                         struct buffer *replies);
static void refuse_message(struct smtp_server *server, struct buffer *replies);
static bool message_is_over(const struct smtp_server *server);
static void message_answered(struct smtp_server *server);

struct smtp_server *
smtp_server_new(const struct smtp_server_options *options)
{
	struct smtp_server *server = memory_new(1, sizeof(*server));

	server->name     = memory_copy_text(options->name);
	server->lmtp     = options->lmtp;
	server->lenient  = options->lenient;
	server->size_max = options->size_max;
	buffer_init(&server->line);
	buffer_init(&server->message);
	enter(server, STATE_FRESH);
	return server;
}

void
smtp_server_free(struct smtp_server *server)
{
	if (server == NULL)
		return;
	buffer_release(&server->line);
	buffer_release(&server->message);
	free(server->name);
	free(server);
}

void
smtp_server_greet(struct smtp_server *server, struct buffer *replies)
{
	buffer_append_format(replies, "220 %s %s mulga\r\n", server->name,
	                     server->lmtp ? "LMTP" : "ESMTP");
}

bool
smtp_server_read(struct smtp_server *server, struct span *bytes, struct smtp_event *event,
                 struct buffer *replies)
{
	while ((bytes->length > 0 || message_is_over(server)) && !asked(server) &&
	       server->state != STATE_CLOSED) {
		*event = (struct smtp_event){ .kind = SMTP_DROPPED };
		if (server->state == STATE_DATA || server->state == STATE_DATA_DROPPED) {
			if (read_message(server, bytes, event, replies))
				return true;
		} else if (take_line(server, bytes, replies)) {
			bool told = obey(server, event, replies);

			buffer_clear(&server->line);
			if (told)
				return true;
		}
	}
	return false;
}

void
smtp_server_answer(struct smtp_server *server, int code, const char *text, struct buffer *replies)
{
	bool good = code >= 200 && code < 300;

	assert(asked(server));
	reply(replies, code, text);
	switch (server->state) {
	case STATE_MAIL_ASKED:
		enter(server, good ? STATE_MAIL : STATE_READY);
		break;
	case STATE_RCPT_ASKED:
		server->accepted += good ? 1 : 0;
		enter(server, STATE_MAIL);
		break;
	case STATE_MESSAGE_ASKED:
		message_answered(server);
		break;
	default:
		break;
	}
}

bool
smtp_server_is_over(const struct smtp_server *server)
{
	return server->state == STATE_CLOSED;
}

size_t
smtp_server_recipients(const struct smtp_server *server)
{
	return server->accepted;
}

/* Its last bytes were told, but not that they were the last. */
static bool
message_is_over(const struct smtp_server *server)
{
	return server->state == STATE_DATA && server->data.state == SMTP_DATA_OVER;
}

static void
message_answered(struct smtp_server *server)
{
	server->answered++;
	if (!server->lmtp || server->answered == server->accepted)
		enter(server, STATE_READY);
}

/* The only writer of `state`. */
static void
enter(struct smtp_server *server, enum state state)
{
	server->state = state;
	if (state == STATE_READY || state == STATE_FRESH)
		server->accepted = server->answered = 0;
}

static bool
asked(const struct smtp_server *server)
{
	return server->state == STATE_MAIL_ASKED || server->state == STATE_RCPT_ASKED ||
	       server->state == STATE_MESSAGE_ASKED;
}

/* A reply is in ASCII (RFC 6531 section 3.7.4): letters of our languages lose what is above them. */
static void
reply(struct buffer *replies, int code, const char *text)
{
	static const char letters[] = "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTs"
				      "aaaaaaaceeeeiiiidnooooo/ouuuuyty"; /* U+00C0 to U+00FF */

	buffer_append_format(replies, "%d ", code);
	for (; *text != '\0'; text++) {
		uint8_t byte = (uint8_t)*text, next = (uint8_t)text[1];

		if (byte == 0xc3 && next >= 0x80 && next < 0xc0) {
			buffer_append_u8(replies, (uint8_t)letters[next - 0x80]);
			text++;
		} else {
			buffer_append_u8(replies, byte < ' ' || byte > '~' ? '?' : byte);
		}
	}
	buffer_append_text(replies, "\r\n");
}

/* A client that understands nothing is not talked to for ever. */
static void
fault(struct smtp_server *server, int code, const char *text, struct buffer *replies)
{
	if (++server->faults < SMTP_FAULTS_MAX) {
		reply(replies, code, text);
		return;
	}
	reply(replies, 421, "4.7.0 too many errors");
	enter(server, STATE_CLOSED);
}

/* --- commands ---------------------------------------------------------------------------- */

/* True: a line is whole, without its end. */
static bool
take_line(struct smtp_server *server, struct span *bytes, struct buffer *replies)
{
	const uint8_t *end    = memchr(bytes->data, '\n', bytes->length);
	size_t         length = end == NULL ? bytes->length : (size_t)(end - bytes->data) + 1;
	bool           strict, whole;

	if (server->line.length + length > SMTP_LINE_MAX + 2)
		server->overlong = true;
	else
		buffer_append(&server->line, bytes->data, length);
	bytes->data += length;
	bytes->length -= length;
	if (end == NULL)
		return false;
	whole = !server->overlong;
	if (!whole) {
		fault(server, 500, "5.5.6 the line is too long", replies);
	} else {
		server->line.length--;
		strict =
		    server->line.length > 0 && server->line.data[server->line.length - 1] == '\r';
		server->line.length -= strict ? 1 : 0;
		if (!strict && !server->lenient) {
			fault(server, 500, "5.5.2 a line ends in CR LF", replies);
			whole = false;
		}
	}
	server->overlong = false;
	if (!whole)
		buffer_clear(&server->line);
	return whole;
}

/* True: there is an event. */
static bool
obey(struct smtp_server *server, struct smtp_event *event, struct buffer *replies)
{
	char reason[SMTP_REASON_SIZE];
	int  code = smtp_command_parse(&event->command, buffer_span(&server->line), reason);

	if (code != 0) {
		fault(server, code, reason, replies);
		return false;
	}
	switch (event->command.verb) {
	case SMTP_VERB_HELO:
	case SMTP_VERB_EHLO:
	case SMTP_VERB_LHLO:
		return hello(server, event->command.verb, replies) && reset(server, event);
	case SMTP_VERB_MAIL:
		return mail(server, event, replies);
	case SMTP_VERB_RCPT:
		return recipient(server, event, replies);
	case SMTP_VERB_DATA:
		data(server, replies);
		return false;
	case SMTP_VERB_RSET:
		reply(replies, 250, "2.0.0 reset");
		return reset(server, event);
	case SMTP_VERB_QUIT:
		reply(replies, 221, "2.0.0 goodbye");
		enter(server, STATE_CLOSED);
		event->kind = SMTP_QUIT;
		return true;
	case SMTP_VERB_NOOP:
		reply(replies, 250, "2.0.0 ok");
		return false;
	case SMTP_VERB_VRFY:
		reply(replies, 252, "2.5.0 send, and see");
		return false;
	case SMTP_VERB_HELP:
		reply(replies, 214, "2.0.0 RFC 5321, RFC 2033; mulga(1)");
		return false;
	case SMTP_VERB_EXPN:
	case SMTP_VERB_UNKNOWN:
	default:
		fault(server, 500, "5.5.1 this command is not known", replies);
		return false;
	}
}

/* True: it was the hello of this protocol. */
static bool
hello(struct smtp_server *server, enum smtp_verb verb, struct buffer *replies)
{
	if ((verb == SMTP_VERB_LHLO) != server->lmtp) {
		fault(server, 500,
		      server->lmtp ? "5.5.1 this is LMTP: LHLO" : "5.5.1 this is SMTP: EHLO",
		      replies);
		return false;
	}
	if (verb == SMTP_VERB_HELO) {
		reply(replies, 250, server->name);
		return true;
	}
	buffer_append_format(
	    replies, "250-%s\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n", server->name);
	buffer_append_format(replies, "250-SIZE %llu\r\n250-DSN\r\n250 ENHANCEDSTATUSCODES\r\n",
	                     (unsigned long long)server->size_max);
	return true;
}

static bool
mail(struct smtp_server *server, struct smtp_event *event, struct buffer *replies)
{
	if (server->state != STATE_READY) {
		fault(server, 503,
		      server->state == STATE_FRESH ? "5.5.1 say hello first"
		                                   : "5.5.1 there is a sender already",
		      replies);
		return false;
	}
	if (server->size_max > 0 && event->command.size > server->size_max) {
		char text[SMTP_REASON_SIZE];

		snprintf(text, sizeof(text), "5.3.4 at most %llu bytes are taken",
		         (unsigned long long)server->size_max);
		reply(replies, 552, text);
		return false;
	}
	event->kind = SMTP_MAIL;
	enter(server, STATE_MAIL_ASKED);
	return true;
}

static bool
recipient(struct smtp_server *server, struct smtp_event *event, struct buffer *replies)
{
	if (server->state != STATE_MAIL) {
		fault(server, 503, "5.5.1 say MAIL FROM first", replies);
		return false;
	}
	if (event->command.path[0] == '\0') {
		fault(server, 501, "5.1.3 a recipient has an address", replies);
		return false;
	}
	if (server->accepted >= SMTP_RECIPIENTS_MAX) {
		reply(replies, 452, "4.5.3 too many recipients: send the others another message");
		return false;
	}
	event->kind = SMTP_RECIPIENT;
	enter(server, STATE_RCPT_ASKED);
	return true;
}

static void
data(struct smtp_server *server, struct buffer *replies)
{
	if (server->state != STATE_MAIL) {
		fault(server, 503, "5.5.1 say MAIL FROM first", replies);
		return;
	}
	if (server->accepted == 0) {
		fault(server, 554, "5.5.1 no recipient was accepted", replies);
		return;
	}
	reply(replies, 354, "end with a dot on a line of its own");
	smtp_data_init(&server->data, server->lenient);
	server->size = 0;
	enter(server, STATE_DATA);
}

/* True: something was begun, and is dropped. */
static bool
reset(struct smtp_server *server, struct smtp_event *event)
{
	bool begun = server->state == STATE_MAIL;

	event->kind = SMTP_DROPPED;
	enter(server, STATE_READY);
	return begun;
}

/* --- the message ----------------------------------------------------------------------------- */

/* Bytes first, and that they were the last ones with the next call. */
static bool
read_message(struct smtp_server *server, struct span *bytes, struct smtp_event *event,
             struct buffer *replies)
{
	bool dropped = server->state == STATE_DATA_DROPPED;
	bool over;

	buffer_clear(&server->message);
	over = smtp_data_read(&server->data, bytes, &server->message);
	server->size += server->message.length;
	if (server->data.bare || (server->size_max > 0 && server->size > server->size_max)) {
		enter(server, STATE_DATA_DROPPED);
		if (over)
			refuse_message(server, replies);
		event->kind = SMTP_DROPPED;
		return !dropped;
	}
	if (server->message.length > 0) {
		event->kind  = SMTP_BYTES;
		event->bytes = buffer_span(&server->message);
		return true;
	}
	if (over) {
		event->kind = SMTP_MESSAGE;
		enter(server, STATE_MESSAGE_ASKED);
	}
	return over;
}

static void
refuse_message(struct smtp_server *server, struct buffer *replies)
{
	size_t count = server->lmtp ? server->accepted : 1;

	for (size_t i = 0; i < count; i++) {
		if (server->data.bare)
			reply(replies, 554, "5.6.0 a line of the message does not end in CR LF");
		else
			reply(replies, 552, "5.3.4 the message is too large");
	}
	enter(server, STATE_READY);
}
