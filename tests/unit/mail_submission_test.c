/*
 * mail_submission_test.c - what every face of a node makes of a mail, and which it does not take
 */
#include "spool/mail/mail_submission.h"

#include <string.h>

#include "tests/unit/unit.h"

static struct message_id message;
static struct mail_face  face = { .node    = "a.oz.au",
	                          .message = &message,
	                          .from    = "<joe@a.oz.au>",
	                          .source  = ", from uid 7)",
	                          .now     = { .tm_mday = 1, .tm_mon = 1, .tm_year = 126 } };

static struct buffer     given, made;
static struct diagnostic diagnostic;

static void
setup(void)
{
	static const uint8_t token[MESSAGE_TOKEN_BYTES] = { 1 };

	message_id_make(&message, name_of("a.oz.au"), token);
	diagnostic_init(&diagnostic);
	buffer_init(&given);
	buffer_init(&made);
}

static void
teardown(void)
{
	buffer_release(&given);
	buffer_release(&made);
}

/* Such a field so many times, then the rest of a heading. */
static enum status
submit(const char *field, size_t times)
{
	struct notify notify;
	enum status   status;

	buffer_clear(&given);
	buffer_clear(&made);
	diagnostic_init(&diagnostic);
	notify_init(&notify);
	for (size_t i = 0; i < times; i++)
		buffer_append_text(&given, field);
	buffer_append_text(&given, "From: joe@a.oz.au\nSubject: round\n");
	status =
	    mail_submission_prepare(buffer_span(&given), &face, NULL, &notify, &made, &diagnostic);
	notify_release(&notify);
	return status;
}

static void
each_pass_adds_one_received(void)
{
	size_t hops = 0;

	CU_ASSERT_EQUAL(submit("", 0), STATUS_OK);
	for (; hops < 5; hops++) {
		struct notify notify;

		CU_ASSERT_EQUAL(mail_heading_count(buffer_span(&made), "received"), hops + 1);
		buffer_clear(&given);
		buffer_append(&given, made.data, made.length - 1); /* without the empty line */
		buffer_clear(&made);
		notify_init(&notify);
		CU_ASSERT_EQUAL(mail_submission_prepare(buffer_span(&given), &face, NULL, &notify,
		                                        &made, &diagnostic),
		                STATUS_OK);
		notify_release(&notify);
	}
}

static void
a_mail_that_goes_in_a_circle_is_refused(void)
{
	static const char *const fields[] = {
		"Received: by b.example\n",
		"received : from a\n\tby b.example; today\n",
		"RECEIVED:\r\n",
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		CU_ASSERT_EQUAL(submit(fields[i], MAIL_HOPS_MAX - 1), STATUS_OK);
		CU_ASSERT_EQUAL(mail_heading_count(buffer_span(&made), "received"), MAIL_HOPS_MAX);
		CU_ASSERT_EQUAL(submit(fields[i], MAIL_HOPS_MAX), STATUS_TOO_BIG);
		CU_ASSERT_STRING_EQUAL(
		    diagnostic.text,
		    "the mail goes in a circle: 100 mailers have had it, 99 are the most");
		CU_ASSERT_EQUAL(made.length, 0);
	}
}

static void
other_fields_are_no_hops(void)
{
	static const char *const fields[] = {
		"X-Received: by b.example\n",
		"Received-SPF: pass\n",
		"Subject: a\n Received: by b.example\n",
		"Delivered-To: received\n",
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		CU_ASSERT_EQUAL(submit(fields[i], 300), STATUS_OK);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(each_pass_adds_one_received),
	UNIT_TEST(a_mail_that_goes_in_a_circle_is_refused),
	UNIT_TEST(other_fields_are_no_hops),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo mail_submission_suite = UNIT_SUITE("mail/mail_submission", setup, teardown, tests);
