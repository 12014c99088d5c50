/*
 * fuzz_smtp.c - whatever a client sends, and however it is cut, the conversation is the same
 *
 * The first byte says which server it is and how the rest is cut. Events must come in an order that
 * makes sense, and no message may hold a line that does not end in LF alone. The seeds are in
 * corpus/smtp.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/smtp/smtp_server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
	struct buffer replies;
	struct buffer told; /* what the caller saw: a letter for each event, and whole messages */
	struct buffer message; /* that may yet be dropped */
};

static void converse(const struct smtp_server_options *options, struct span bytes, size_t step,
                     struct outcome *outcome);
static void happen(struct smtp_server *server, const struct smtp_event *event,
                   struct outcome *outcome);
static void outcome_release(struct outcome *outcome);
static void require(bool holds, const char *what);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smtp_server_options options = { .name = "home.z" };
	struct outcome whole = { .told = { NULL, 0, 0 } }, cut = { .told = { NULL, 0, 0 } };

	if (size == 0)
		return 0;
	options.lmtp     = (data[0] & 1) != 0;
	options.lenient  = (data[0] & 2) != 0;
	options.size_max = (data[0] & 4) != 0 ? 64 : 0;
	converse(&options, (struct span){ data + 1, size - 1 }, size, &whole);
	converse(&options, (struct span){ data + 1, size - 1 }, 1 + (data[0] >> 3), &cut);
	require(span_equal(buffer_span(&whole.replies), buffer_span(&cut.replies)),
	        "the replies are the same");
	require(span_equal(buffer_span(&whole.told), buffer_span(&cut.told)),
	        "the events are the same");
	outcome_release(&whole);
	outcome_release(&cut);
	return 0;
}

static void
converse(const struct smtp_server_options *options, struct span bytes, size_t step,
         struct outcome *outcome)
{
	struct smtp_server *server = smtp_server_new(options);
	struct smtp_event   event;

	smtp_server_greet(server, &outcome->replies);
	while (bytes.length > 0 && !smtp_server_is_over(server)) {
		struct span piece = { bytes.data, bytes.length < step ? bytes.length : step };
		size_t      given = piece.length;

		while (smtp_server_read(server, &piece, &event, &outcome->replies))
			happen(server, &event, outcome);
		require(piece.length == 0 || smtp_server_is_over(server), "bytes are used up");
		bytes.data += given - piece.length;
		bytes.length -= given - piece.length;
	}
	smtp_server_free(server);
}

static void
happen(struct smtp_server *server, const struct smtp_event *event, struct outcome *outcome)
{
	size_t answers = smtp_server_recipients(server);

	switch (event->kind) {
	case SMTP_MAIL:
	case SMTP_RECIPIENT:
		buffer_append_text(&outcome->told, event->kind == SMTP_MAIL ? "<M>" : "<R>");
		buffer_append_text(&outcome->told, event->command.path);
		if (strchr(event->command.path, 'n') != NULL)
			smtp_server_answer(server, 550, "5.1.1 no", &outcome->replies);
		else
			smtp_server_answer(server, 250, "2.1.0 ok", &outcome->replies);
		break;
	case SMTP_BYTES:
		require(event->bytes.length > 0, "bytes are some");
		require(memchr(event->bytes.data, '\r', event->bytes.length) == NULL,
		        "no carriage return is in a message");
		require(answers > 0, "a message has recipients");
		buffer_append_span(&outcome->message, event->bytes);
		break;
	case SMTP_MESSAGE:
		buffer_append_span(&outcome->told, buffer_span(&outcome->message));
		buffer_clear(&outcome->message);
		buffer_append_text(&outcome->told, "<.>");
		require(answers > 0, "a message has recipients");
		while (smtp_server_recipients(server) > 0 && answers-- > 0)
			smtp_server_answer(server, 250, "2.0.0 taken", &outcome->replies);
		break;
	case SMTP_DROPPED:
		buffer_clear(&outcome->message);
		buffer_append_text(&outcome->told, "<D>");
		break;
	case SMTP_QUIT:
		buffer_append_text(&outcome->told, "<Q>");
		break;
	}
}

static void
outcome_release(struct outcome *outcome)
{
	buffer_release(&outcome->replies);
	buffer_release(&outcome->told);
	buffer_release(&outcome->message);
}

static void
require(bool holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "fuzz_smtp: not so: %s\n", what);
		abort();
	}
}
