/*
 * mail_heading_test.c - headings as real programs hand them to sendmail
 */
#include "spool/mail/mail_heading.h"

#include <string.h>

#include "tests/unit/unit.h"

static const struct mail_heading_defaults defaults = { "home.z", "<me@home.z>", "today",
	                                               "<1@home.z>", "by home.z" };
#define RECEIVED "Received: by home.z\n"
#define ADDED    "From: <me@home.z>\nDate: today\nMessage-ID: <1@home.z>\n\n"

static void
the_heading_ends_where_fields_do(void)
{
	static const struct {
		const char *text;
		size_t      heading, body;
	} cases[] = {
		{ "To: a\n\nbody\n", 6, 7 },
		{ "To: a\r\n\r\nbody\n", 7, 9 },
		{ "To: a\n b\n\nbody\n", 9, 10 },
		{ "To: a\nno field\n", 6, 6 },
		{ "no field at all\n", 0, 0 },
		{ "\nbody\n", 0, 1 },
		{ "", 0, 0 },
		{ "From joe Thu Jan  1\nTo: a\n\nb", 26, 27 },
		{ "To: a", 5, 5 },
		{ " not continued\n", 0, 0 },
		{ "To: a\n.\n", 6, 6 },
		{ "http://x is no field: it has blanks\n", 36, 36 },
		{ "12 o'clock: lunch\n", 0, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t heading = 99, body = 99;

		CU_ASSERT_TRUE(
		    mail_heading_end(span_of_text(cases[i].text), true, &heading, &body));
		CU_ASSERT_EQUAL(heading, cases[i].heading);
		CU_ASSERT_EQUAL(body, cases[i].body);
	}
}

static void
the_end_is_the_same_however_the_bytes_arrive(void)
{
	static const char text[] = "From x\nTo: a,\n\tb\nSubject: y\r\n\r\nbody: z\n";
	size_t            heading, body, length = 0;

	while (!mail_heading_end((struct span){ (const uint8_t *)text, length }, false, &heading,
	                         &body))
		CU_ASSERT_TRUE_FATAL(++length <= strlen(text));
	CU_ASSERT_EQUAL(heading, strlen("From x\nTo: a,\n\tb\nSubject: y\r\n"));
	CU_ASSERT_EQUAL(body, heading + 2);
}

static void
a_long_line_that_is_no_field_is_not_waited_for(void)
{
	char   line[100000];
	size_t heading, body;

	memset(line, 'x', sizeof(line));
	line[40] = ' ';
	CU_ASSERT_TRUE(mail_heading_end((struct span){ (const uint8_t *)line, sizeof(line) }, false,
	                                &heading, &body));
	CU_ASSERT_EQUAL(body, 0);
}

static void
submission_completes_and_cleans(void)
{
	static const struct {
		const char *heading;
		const char *expected;
		const char *recipients; /* of -t, joined by "|" */
	} cases[] = {
		/* bsd-mailx: no From, Date, Message-ID; Bcc present */
		{ "To: joe\nSubject: hi\nBcc: spy@x\n",
		  RECEIVED "To: joe@home.z\nSubject: hi\n" ADDED, "joe|spy@x" },
		/* PHP: CRLF in the heading */
		{ "To: joe@x\r\nCc: ann,\r\n\tbob@y\r\n",
		  RECEIVED "To: joe@x\nCc: ann@home.z,\n\tbob@y\n" ADDED, "joe@x|ann|bob@y" },
		/* mutt: complete */
		{ "Date: then\nFrom: A <a@b>\nTo: joe@x\nMessage-ID: <9@b>\nX: y\n",
		  RECEIVED "Date: then\nFrom: A <a@b>\nTo: joe@x\nMessage-ID: <9@b>\nX: y\n\n",
		  "joe@x" },
		/* from an mbox */
		{ "From joe Thu\nReturn-Path: <x>\nContent-Length: 5\nTO : joe@x\n",
		  RECEIVED "TO : joe@x\n" ADDED, "joe@x" },
		/* resent: only those who are meant now */
		{ "To: old@x\nResent-To: new@y\nResent-Bcc: spy@z\n",
		  RECEIVED "To: old@x\nResent-To: new@y\n" ADDED, "new@y|spy@z" },
		/* names are qualified wherever an answer might go */
		{ "From: root (Cron)\nReply-To: \"A, B\" <ops>, x!y\nTo: a (c), g: b;\n",
		  RECEIVED
		  "From: root@home.z (Cron)\nReply-To: \"A, B\" <ops@home.z>, x!y\n"
		  "To: a@home.z (c), g: b@home.z;\nDate: today\nMessage-ID: <1@home.z>\n\n",
		  "a|b" },
		/* 8-bit text, odd fields and what cannot be read stay */
		{ "Subject: caf\xe9\nSender: a b c\nTo: x\n",
		  RECEIVED "Subject: caf\xe9\nSender: a b c\nTo: x@home.z\n" ADDED, "x" },
		{ "", RECEIVED ADDED, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mail_addresses recipients;
		struct diagnostic     diagnostic;
		struct buffer         out, names;

		diagnostic_init(&diagnostic);
		buffer_init(&out);
		buffer_init(&names);
		mail_addresses_init(&recipients);
		CU_ASSERT_EQUAL(mail_heading_rewrite(span_of_text(cases[i].heading), &defaults,
		                                     &recipients, &out, &diagnostic),
		                STATUS_OK);
		for (size_t j = 0; j < recipients.count; j++)
			buffer_append_format(&names, "%s%s", j > 0 ? "|" : "",
			                     recipients.items[j].text);
		CU_ASSERT_STRING_EQUAL(buffer_text(&out), cases[i].expected);
		CU_ASSERT_STRING_EQUAL(buffer_text(&names), cases[i].recipients);
		mail_addresses_release(&recipients);
		buffer_release(&names);
		buffer_release(&out);
	}
}

static void
controls_and_unreadable_recipients_are_refused(void)
{
	static const struct {
		struct span heading;
		bool        extract;
		enum status expected;
	} cases[] = {
#define HEADING(text) { (const uint8_t *)(text), sizeof(text) - 1 }
		{ HEADING("Subject: a\0b\n"), false, STATUS_INVALID },
		{ HEADING("Subject: a\033b\n"), false, STATUS_INVALID },
		{ HEADING("Subject: a\rb\n"), false, STATUS_INVALID },
		{ HEADING("Subject: \ta\r\n"), false, STATUS_OK },
		{ HEADING("To: a b\n"), true, STATUS_INVALID },
		{ HEADING("To: a b\n"), false, STATUS_OK },
#undef HEADING
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mail_addresses recipients;
		struct diagnostic     diagnostic;
		struct buffer         out;

		diagnostic_init(&diagnostic);
		buffer_init(&out);
		mail_addresses_init(&recipients);
		CU_ASSERT_EQUAL(mail_heading_rewrite(cases[i].heading, &defaults,
		                                     cases[i].extract ? &recipients : NULL, &out,
		                                     &diagnostic),
		                cases[i].expected);
		mail_addresses_release(&recipients);
		buffer_release(&out);
	}
}

static void
a_lone_dot_ends_the_message_wherever_pieces_are_cut(void)
{
	static const struct {
		const char *text;
		const char *expected;
		bool        ended;
	} cases[] = {
		{ "a\n.\nb\n", "a\n", true },        { ".\n", "", true },
		{ "a\n.\r\nb", "a\n", true },        { "a\n..\n.b\n", "a\n..\n.b\n", false },
		{ "a.\nb\n", "a.\nb\n", false },     { "a\n.\rb\n", "a\n.\rb\n", false },
		{ "a\n.\r\rb", "a\n.\r\rb", false }, { "", "", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t piece = 1; piece < 5; piece++) {
			struct mail_dot dot   = { .line_start = true };
			struct span     rest  = span_of_text(cases[i].text);
			bool            ended = false;
			struct buffer   out;

			buffer_init(&out);
			while (!ended && rest.length > 0) {
				size_t length = rest.length < piece ? rest.length : piece;

				ended =
				    mail_dot_pass(&dot, (struct span){ rest.data, length }, &out);
				rest.data += length;
				rest.length -= length;
			}
			CU_ASSERT_EQUAL(ended, cases[i].ended);
			CU_ASSERT_STRING_EQUAL(buffer_text(&out), cases[i].expected);
			buffer_release(&out);
		}
}

static CU_TestInfo tests[] = {
	UNIT_TEST(the_heading_ends_where_fields_do),
	UNIT_TEST(the_end_is_the_same_however_the_bytes_arrive),
	UNIT_TEST(a_long_line_that_is_no_field_is_not_waited_for),
	UNIT_TEST(submission_completes_and_cleans),
	UNIT_TEST(controls_and_unreadable_recipients_are_refused),
	UNIT_TEST(a_lone_dot_ends_the_message_wherever_pieces_are_cut),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo mail_heading_suite = UNIT_SUITE("mail/mail_heading", NULL, NULL, tests);
