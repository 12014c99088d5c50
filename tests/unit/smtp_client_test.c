/*
 * smtp_client_test.c - what is said to servers that are friendly, and to others
 */
#include "spool/smtp/smtp_client.h"

#include <string.h>

#include "tests/unit/unit.h"

static const struct smtp_client_options lmtp = {
	.lmtp = true, .name = "home.z", .sender = "joe@home.z", .recipient = "ann@b.z", .size = 42
};

/* The server's words one after the other; a message "..x" is sent where it wants one. */
static enum smtp_verdict
talk(const struct smtp_client_options *options, const char *const *words, struct buffer *said,
     struct buffer *last)
{
	struct smtp_client *client = smtp_client_new(options);
	enum smtp_verdict   verdict;

	for (; *words != NULL; words++) {
		for (size_t i = 0; i < strlen(*words); i++) /* byte by byte */
			smtp_client_read(client, (struct span){ (const uint8_t *)*words + i, 1 },
			                 said);
		if (smtp_client_wants_body(client)) {
			smtp_client_body(client, span_of_text(".x\n."), said);
			smtp_client_body(client, span_of_text(".y"), said);
			smtp_client_end(client, said);
		}
	}
	buffer_append_text(last, smtp_client_said(client));
	verdict = smtp_client_verdict(client);
	smtp_client_free(client);
	return verdict;
}

static void
a_message_is_handed_over(void)
{
	static const char *const words[] = {
		"220 hello\r\n",
		"250-me\r\n250-SIZE 100\r\n250 8BITMIME\r\n",
		"250 ok\r\n",
		"250 ok\r\n",
		"354 go on\r\n",
		"250 2.0.0 <ann> saved\r\n",
		NULL,
	};
	struct buffer said, last;

	buffer_init(&said);
	buffer_init(&last);
	CU_ASSERT_EQUAL(talk(&lmtp, words, &said, &last), SMTP_TAKEN);
	CU_ASSERT_STRING_EQUAL(buffer_text(&said),
	                       "LHLO home.z\r\nMAIL FROM:<joe@home.z> SIZE=42 BODY=8BITMIME\r\n"
	                       "RCPT TO:<ann@b.z>\r\nDATA\r\n..x\r\n...y\r\n.\r\nQUIT\r\n");
	CU_ASSERT_STRING_EQUAL(buffer_text(&last), "250 2.0.0 <ann> saved");
	buffer_release(&said);
	buffer_release(&last);
}

static void
what_the_server_says_decides(void)
{
	static const struct {
		const char       *words[8];
		enum smtp_verdict verdict;
	} cases[] = {
		{ { "220 a\r\n", "250 b\r\n", "250 c\r\n", "550 5.1.1 nobody\r\n" },
		  SMTP_NO_MAILBOX },
		{ { "220 a\r\n", "250 b\r\n", "250 c\r\n", "450 busy\r\n" }, SMTP_LATER },
		{ { "220 a\r\n", "250 b\r\n", "552 too large\r\n" }, SMTP_REFUSED },
		{ { "220 a\r\n", "250 b\r\n", "250 c\r\n", "250 d\r\n", "354 e\r\n",
		    "452 full\r\n" },
		  SMTP_LATER },
		{ { "421 go away\r\n" }, SMTP_LATER },
		{ { "HTTP/1.0 400 what\r\n" }, SMTP_LATER },
		{ { "220 a\r\n", "354 b\r\n" }, SMTP_LATER },
		{ { "220 a\r\n", "250 b\r\n", "250 c\r\n", "250 d\r\n", "250 e\r\n" }, SMTP_LATER },
		{ { "220 a\r\n", "250-b" }, SMTP_OPEN },
		{ { "220-a\n", "220 b\n" }, SMTP_OPEN },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer said, last;

		buffer_init(&said);
		buffer_init(&last);
		CU_ASSERT_EQUAL(talk(&lmtp, cases[i].words, &said, &last), cases[i].verdict);
		buffer_release(&said);
		buffer_release(&last);
	}
}

/* To a server that offers DSN; to another the same is not said. */
static void
what_the_sender_wants_to_hear_is_passed_on(void)
{
	static const struct smtp_client_options wishes = { .name      = "home.z",
		                                           .sender    = "joe@home.z",
		                                           .recipient = "ann@b.z",
		                                           .notify    = SMTP_NOTIFY_SUCCESS |
		                                                     SMTP_NOTIFY_DELAY,
		                                           .ret    = SMTP_RETURN_HEADINGS,
		                                           .envid  = "QQ+2B1",
		                                           .origin = "rfc822;Ann@b.z" };
	static const char *const words[] = { "220 a\r\n", "250-b\r\n250 DSN\r\n", "250 c\r\n",
		                             "250 d\r\n", NULL };
	static const char *const plain[] = { "220 a\r\n", "250-b\r\n250 DSNX\r\n", "250 c\r\n",
		                             "250 d\r\n", NULL };
	struct buffer            said, last;

	buffer_init(&said);
	buffer_init(&last);
	talk(&wishes, words, &said, &last);
	CU_ASSERT_STRING_EQUAL(
	    buffer_text(&said),
	    "EHLO home.z\r\nMAIL FROM:<joe@home.z> RET=HDRS ENVID=QQ+2B1\r\n"
	    "RCPT TO:<ann@b.z> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Ann@b.z\r\nDATA\r\n");
	buffer_clear(&said);
	talk(&wishes, plain, &said, &last);
	CU_ASSERT_STRING_EQUAL(
	    buffer_text(&said),
	    "EHLO home.z\r\nMAIL FROM:<joe@home.z>\r\nRCPT TO:<ann@b.z>\r\nDATA\r\n");
	buffer_release(&said);
	buffer_release(&last);
}

static void
an_endless_reply_and_an_address_with_a_command_in_it_end_it(void)
{
	static const struct smtp_client_options evil = {
		.name = "home.z", .sender = "", .recipient = "a>\r\nDATA\r\n@b.z", .size = 1
	};
	static const char *const words[] = { "220 a\r\n", "250 b\r\n", NULL };
	struct smtp_client      *client  = smtp_client_new(&lmtp);
	struct buffer            said, last;

	buffer_init(&said);
	buffer_init(&last);
	for (size_t i = 0; i < 2 * SMTP_REPLY_MAX; i++)
		smtp_client_read(client, span_of_text("2"), &said);
	CU_ASSERT_EQUAL(smtp_client_verdict(client), SMTP_LATER);
	smtp_client_free(client);
	buffer_clear(&said);
	CU_ASSERT_EQUAL(talk(&evil, words, &said, &last), SMTP_REFUSED);
	CU_ASSERT_STRING_EQUAL(buffer_text(&said), "EHLO home.z\r\nQUIT\r\n");
	buffer_release(&said);
	buffer_release(&last);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_message_is_handed_over),
	UNIT_TEST(what_the_server_says_decides),
	UNIT_TEST(what_the_sender_wants_to_hear_is_passed_on),
	UNIT_TEST(an_endless_reply_and_an_address_with_a_command_in_it_end_it),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo smtp_client_suite = UNIT_SUITE("smtp/smtp_client", NULL, NULL, tests);
