/*
 * smtp_server_test.c - conversations: what a client says, what it hears, what is told
 *
 * Each runs whole and byte by byte, and must come out the same.
 */
#include "spool/smtp/smtp_server.h"

#include <string.h>

#include "tests/unit/unit.h"

struct talk {
	const char *client; /* what it says, all at once          */
	const char *replies;
	const char *told; /* events, one a line                 */
};

static const struct smtp_server_options smtp    = { "home.z", false, false, 0 };
static const struct smtp_server_options lenient = { "home.z", false, true, 0 };
static const struct smtp_server_options lmtp    = { "home.z", true, false, 40 };

#define HELLO "250 home.z\r\n"

/* Answers as a node would that has no user "nobody". */
static void
answer(struct smtp_server *server, const struct smtp_event *event, struct buffer *told,
       struct buffer *replies)
{
	switch (event->kind) {
	case SMTP_MAIL:
		buffer_append_format(told, "mail %s\n", event->command.path);
		smtp_server_answer(server, 250, "2.1.0 ok", replies);
		break;
	case SMTP_RECIPIENT:
		buffer_append_format(told, "rcpt %s\n", event->command.path);
		if (strcmp(event->command.path, "nobody@home.z") == 0)
			smtp_server_answer(server, 550, "5.1.1 no such user", replies);
		else
			smtp_server_answer(server, 250, "2.1.5 ok", replies);
		break;
	case SMTP_BYTES:
		buffer_append_span(told, event->bytes);
		break;
	case SMTP_MESSAGE:
		buffer_append_text(told, "message\n");
		for (size_t i = smtp_server_recipients(server); i > 0; i--) {
			smtp_server_answer(server, 250, "2.0.0 taken", replies);
			if (i > 1 && smtp_server_recipients(server) == 0)
				break; /* one answer was enough: SMTP */
		}
		break;
	case SMTP_DROPPED:
		buffer_append_text(told, "dropped\n");
		break;
	case SMTP_QUIT:
		buffer_append_text(told, "quit\n");
		break;
	}
}

static void
say(const struct smtp_server_options *options, const struct talk *talk, size_t step)
{
	struct smtp_server *server = smtp_server_new(options);
	struct buffer       told, replies;
	struct smtp_event   event;
	size_t              length = strlen(talk->client);

	buffer_init(&told);
	buffer_init(&replies);
	for (size_t at = 0; at < length; at += step) {
		struct span bytes = { (const uint8_t *)talk->client + at,
			              length - at < step ? length - at : step };

		while (smtp_server_read(server, &bytes, &event, &replies))
			answer(server, &event, &told, &replies);
	}
	CU_ASSERT_STRING_EQUAL(buffer_text(&replies), talk->replies);
	CU_ASSERT_STRING_EQUAL(buffer_text(&told), talk->told);
	buffer_release(&told);
	buffer_release(&replies);
	smtp_server_free(server);
}

static void
say_all(const struct smtp_server_options *options, const struct talk *talks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		say(options, &talks[i], SIZE_MAX / 2);
		say(options, &talks[i], 1);
		say(options, &talks[i], 3);
	}
}

static void
a_message_goes_through(void)
{
	static const struct talk talks[] = {
		{ "HELO me\r\nMAIL FROM:<joe@a.z> SIZE=100\r\nrcpt to: <ann@b.z>\r\nDATA\r\n"
		  "Subject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\nNOOP\r\n",
		  HELLO
		  "250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 end with a dot on a line of its own\r\n"
		  "250 2.0.0 taken\r\n221 2.0.0 goodbye\r\n",
		  "mail joe@a.z\nrcpt ann@b.z\nSubject: x\n\n.dot\nmessage\nquit\n" },
		{ "HELO me\r\nMAIL FROM:<>\r\nRCPT TO:<a!b!\"x>y\"@c.z>\r\nRCPT TO:<@a,@b:u@c>\r\n"
		  "DATA\r\n.\r\n",
		  HELLO "250 2.1.0 ok\r\n250 2.1.5 ok\r\n250 2.1.5 ok\r\n"
		        "354 end with a dot on a line of its own\r\n250 2.0.0 taken\r\n",
		  "mail \nrcpt a!b!\"x>y\"@c.z\nrcpt u@c\nmessage\n" },
	};

	say_all(&smtp, talks, sizeof(talks) / sizeof(talks[0]));
}

/* Every form in which one message has been made two: only CR LF . CR LF ends one. */
static void
nobody_smuggles_a_second_message(void)
{
#define BEGIN  "HELO me\r\nMAIL FROM:<j@a.z>\r\nRCPT TO:<x@b.z>\r\nDATA\r\n"
#define SECOND "MAIL FROM:<evil@a.z>\r\nRCPT TO:<y@b.z>\r\nDATA\r\nevil\r\n.\r\n"
#define OPENED HELLO "250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 end with a dot on a line of its own\r\n"
	static const char *const ends[] = { "a\n.\n" SECOND,    "a\n.\r\n" SECOND,
		                            "a\r\n.\n" SECOND,  "a\r.\r" SECOND,
		                            "a\r\n.\r" SECOND,  "a\r.\r\n" SECOND,
		                            "a\n\n.\r\n" SECOND };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct smtp_server *server = smtp_server_new(&smtp);
		struct buffer       client, replies, told;
		struct smtp_event   event;
		struct span         bytes;

		buffer_init(&client);
		buffer_init(&replies);
		buffer_init(&told);
		buffer_append_text(&client, BEGIN);
		buffer_append_text(&client, ends[i]);
		bytes = buffer_span(&client);
		while (smtp_server_read(server, &bytes, &event, &replies))
			answer(server, &event, &told, &replies);
		CU_ASSERT_STRING_EQUAL(buffer_text(&replies), OPENED
		                       "554 5.6.0 a line of the message does not end in CR LF\r\n");
		CU_ASSERT_PTR_NULL(strstr(buffer_text(&told), "mail evil"));
		CU_ASSERT_PTR_NULL(strstr(buffer_text(&told), "message\n"));
		buffer_release(&client);
		buffer_release(&replies);
		buffer_release(&told);
		smtp_server_free(server);
	}
}

static void
a_program_on_a_pipe_may_end_lines_as_unix_does(void)
{
	static const struct talk talk = {
		"EHLO me\nMAIL FROM:<j@a.z>\nRCPT TO:<x@b.z>\nDATA\nSubject: x\n\n..a\r\n.\nQUIT\n",
		"250-home.z\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-SIZE 0\r\n"
		"250-DSN\r\n250 ENHANCEDSTATUSCODES\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n"
		"354 end with a dot on a line of its own\r\n250 2.0.0 taken\r\n221 2.0.0 goodbye\r\n",
		"mail j@a.z\nrcpt x@b.z\nSubject: x\n\n.a\nmessage\nquit\n",
	};

	say_all(&lenient, &talk, 1);
}

static void
under_lmtp_each_recipient_is_answered(void)
{
	static const struct talk talks[] = {
		{ "HELO me\r\nLHLO me\r\nMAIL FROM:<j@a.z>\r\nRCPT TO:<x@b.z>\r\nRCPT TO:<nobody@home.z>\r\n"
		  "RCPT TO:<y@b.z>\r\nDATA\r\nhello\r\n.\r\n",
		  "500 5.5.1 this is LMTP: LHLO\r\n250-home.z\r\n250-PIPELINING\r\n250-8BITMIME\r\n"
		  "250-SMTPUTF8\r\n250-SIZE 40\r\n250-DSN\r\n250 ENHANCEDSTATUSCODES\r\n"
		  "250 2.1.0 ok\r\n250 2.1.5 ok\r\n550 5.1.1 no such user\r\n250 2.1.5 ok\r\n"
		  "354 end with a dot on a line of its own\r\n250 2.0.0 taken\r\n250 2.0.0 taken\r\n",
		  "mail j@a.z\nrcpt x@b.z\nrcpt nobody@home.z\nrcpt y@b.z\nhello\nmessage\n" },
	};

	say_all(&lmtp, talks, 1);
}

static void
what_is_too_large_is_refused_at_once_and_at_its_end(void)
{
	struct smtp_server *server = smtp_server_new(&lmtp);
	struct buffer       replies;
	struct smtp_event   event;
	struct span         bytes = span_of_text(
		    "LHLO me\r\nMAIL FROM:<a@b> SIZE=41\r\nMAIL FROM:<a@b> SIZE=40\r\nRCPT TO:<x@b.z>\r\n"
			    "RCPT TO:<y@b.z>\r\nDATA\r\n1234567890123456789012345678901234567890");
	size_t dropped = 0, messages = 0;

	buffer_init(&replies);
	while (smtp_server_read(server, &bytes, &event, &replies))
		if (event.kind == SMTP_MAIL || event.kind == SMTP_RECIPIENT)
			smtp_server_answer(server, 250, "2.0.0 ok", &replies);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(buffer_text(&replies), "552 5.3.4 at most 40 bytes are taken\r\n"));
	buffer_clear(&replies);
	bytes = span_of_text("x and more\r\n.\r\nNOOP\r\n");
	while (smtp_server_read(server, &bytes, &event, &replies)) {
		dropped += event.kind == SMTP_DROPPED;
		messages += event.kind == SMTP_MESSAGE;
	}
	CU_ASSERT_EQUAL(dropped, 1);
	CU_ASSERT_EQUAL(messages, 0);
	CU_ASSERT_STRING_EQUAL(buffer_text(&replies), "552 5.3.4 the message is too large\r\n"
	                                              "552 5.3.4 the message is too large\r\n"
	                                              "250 2.0.0 ok\r\n");
	buffer_release(&replies);
	smtp_server_free(server);
}

static void
commands_out_of_place_are_refused(void)
{
	static const struct talk talks[] = {
		{ "MAIL FROM:<a@b>\r\n", "503 5.5.1 say hello first\r\n", "" },
		{ "HELO x\r\nRCPT TO:<a@b>\r\nDATA\r\n",
		  HELLO "503 5.5.1 say MAIL FROM first\r\n503 5.5.1 say MAIL FROM first\r\n", "" },
		{ "HELO x\r\nMAIL FROM:<a@b>\r\nMAIL FROM:<a@b>\r\nDATA\r\nRCPT TO:<>\r\nRSET\r\nRSET\r\n",
		  HELLO
		  "250 2.1.0 ok\r\n503 5.5.1 there is a sender already\r\n"
		  "554 5.5.1 no recipient was accepted\r\n501 5.1.3 a recipient has an address\r\n"
		  "250 2.0.0 reset\r\n250 2.0.0 reset\r\n",
		  "mail a@b\ndropped\n" },
		{ "HELO x\nHELO x\r\nGET / HTTP/1.0\r\n\r\n",
		  "500 5.5.2 a line ends in CR LF\r\n" HELLO
		  "500 5.5.1 this command is not known\r\n500 5.5.1 this command is not known\r\n",
		  "" },
		{ "HELO x\r\nMAIL FROM:a@b\r\nMAIL TO:<a@b>\r\nMAIL FROM:<a@b>x\r\nMAIL FROM:<a@b> FOO=1\r\n"
		  "MAIL FROM:<\xc3\xa9@b>\r\nMAIL FROM:<\xc3\xa9@b> SMTPUTF8\r\n",
		  HELLO
		  "501 5.1.7 an address stands between < and >\r\n501 5.5.4 FROM:<address> is missing\r\n"
		  "501 5.5.4 behind the address there is a blank\r\n"
		  "555 5.5.4 the parameter FOO is not known, or not of that value\r\n"
		  "553 5.6.7 an address beyond ASCII needs SMTPUTF8\r\n250 2.1.0 ok\r\n",
		  "mail \xc3\xa9@b\n" },
	};

	say_all(&smtp, talks, sizeof(talks) / sizeof(talks[0]));
}

static void
what_a_sender_wants_to_hear_is_read(void)
{
	struct smtp_command command;
	char                reason[SMTP_REASON_SIZE];

	CU_ASSERT_EQUAL(smtp_command_parse(&command,
	                                   span_of_text("MAIL FROM:<a@b> RET=HDRS ENVID=QQ+3D1"),
	                                   reason),
	                0);
	CU_ASSERT_EQUAL(command.ret, SMTP_RETURN_HEADINGS);
	CU_ASSERT_STRING_EQUAL(command.envid, "QQ+3D1");
	CU_ASSERT_EQUAL(
	    smtp_command_parse(&command,
	                       span_of_text("RCPT TO:<a@b> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a@b"),
	                       reason),
	    0);
	CU_ASSERT_EQUAL(command.notify, SMTP_NOTIFY_SUCCESS | SMTP_NOTIFY_DELAY);
	CU_ASSERT_STRING_EQUAL(command.origin, "rfc822;a@b");
	CU_ASSERT_EQUAL(
	    smtp_command_parse(&command, span_of_text("RCPT TO:<a@b> NOTIFY=NEVER,DELAY"), reason),
	    555);
	CU_ASSERT_EQUAL(
	    smtp_command_parse(&command, span_of_text("RCPT TO:<a@b> ORCPT=a@b"), reason), 555);
	CU_ASSERT_EQUAL(
	    smtp_command_parse(&command, span_of_text("MAIL FROM:<a@b> ENVID=a+2"), reason), 555);
}

static void
a_client_without_sense_is_left(void)
{
	struct smtp_server *server = smtp_server_new(&smtp);
	struct buffer       replies, client;
	struct smtp_event   event;
	struct span         bytes;

	buffer_init(&replies);
	buffer_init(&client);
	for (size_t i = 0; i < SMTP_FAULTS_MAX - 1; i++)
		buffer_append_text(&client, "XYZ\r\n");
	for (size_t i = 0; i < SMTP_LINE_MAX + 3; i++)
		buffer_append_text(&client, "y");
	buffer_append_text(&client, "\r\nNOOP\r\n");
	bytes = buffer_span(&client);
	CU_ASSERT_FALSE(smtp_server_read(server, &bytes, &event, &replies));
	CU_ASSERT_EQUAL(bytes.length, strlen("NOOP\r\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(buffer_text(&replies), "421 4.7.0 too many errors\r\n"));
	CU_ASSERT_PTR_NULL(strstr(buffer_text(&replies), "250"));
	buffer_release(&replies);
	buffer_release(&client);
	smtp_server_free(server);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_message_goes_through),
	UNIT_TEST(nobody_smuggles_a_second_message),
	UNIT_TEST(a_program_on_a_pipe_may_end_lines_as_unix_does),
	UNIT_TEST(under_lmtp_each_recipient_is_answered),
	UNIT_TEST(what_is_too_large_is_refused_at_once_and_at_its_end),
	UNIT_TEST(commands_out_of_place_are_refused),
	UNIT_TEST(what_a_sender_wants_to_hear_is_read),
	UNIT_TEST(a_client_without_sense_is_left),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo smtp_server_suite = UNIT_SUITE("smtp/smtp_server", NULL, NULL, tests);
