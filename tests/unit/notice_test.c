/*
 * notice_test.c - reports: in four languages, for people and programs, whatever a mail holds
 */
#include "spool/notice/notice.h"

#include <stdio.h>
#include <string.h>

#include "spool/notice/notice_catalog.h"
#include "spool/notice/notice_render.h"
#include "tests/unit/unit.h"

static struct envelope about;
static struct transit  transit;
static struct notice   notice;
static struct buffer   mail, text;

static void
setup(void)
{
	envelope_init(&about);
	transit_init(&transit);
	buffer_init(&mail);
	buffer_init(&text);
	message_id_parse(&about.id, "a.oz.au-aaaaaaaaaaaaaaaa", NULL);
	memcpy(about.service, "mail", 5);
	memcpy(about.sender, "joe@a.oz.au", 12);
	about.size_bytes = 4711;
	about.created.ms = 1795171200000;
	notice           = (struct notice){ .home        = "b.oz.au",
		                            .about       = &about,
		                            .transit     = &transit,
		                            .destination = "ann@c.oz.au",
		                            .outcome     = "returned",
		                            .reason      = "no such user",
		                            .original    = span_of_text("Subject: hi\nFrom: joe\n\ntext\n"),
		                            .now         = { 1795171260000 } };
}

static void
teardown(void)
{
	envelope_release(&about);
	transit_release(&transit);
	buffer_release(&mail);
	buffer_release(&text);
}

static const char *
formatted(void)
{
	buffer_clear(&mail);
	notice_format(&notice, &mail);
	return buffer_text(&mail);
}

static bool
has(const char *wanted)
{
	return strstr(formatted(), wanted) != NULL;
}

/* In the part that a mail program may act on. */
static bool
html_has(const char *wanted)
{
	const char *html = strstr(formatted(), "text/html"), *end = strstr(html, "\n--=_");
	size_t      length = (size_t)(end - html);

	return memmem(html, length, wanted, strlen(wanted)) != NULL;
}

static size_t
count_of(const char *wanted)
{
	size_t count = 0;

	for (const char *at = formatted(); (at = strstr(at, wanted)) != NULL; at++)
		count++;
	return count;
}

static void
people_read_a_sentence_first_and_programs_fields(void)
{
	CU_ASSERT_TRUE(has("Subject: Not delivered: ann@c.oz.au\n"));
	CU_ASSERT_TRUE(has("Your mail to ann@c.oz.au could not be delivered.\n\n"
	                   "Reason: no such user.\n"));
	CU_ASSERT_TRUE(has("\n    mulga explain ann@c.oz.au\n"));
	CU_ASSERT_TRUE(has("<p>Your mail to <strong>ann@c.oz.au</strong> could not"));
	CU_ASSERT_TRUE(has("report-type=delivery-status;"));
	CU_ASSERT_TRUE(has("Reporting-MTA: dns; b.oz.au\nArrival-Date: "));
	CU_ASSERT_TRUE(
	    has("\n\nFinal-Recipient: rfc822; ann@c.oz.au\nAction: failed\nStatus: 5.1.1\n"
	        "Diagnostic-Code: x-mulga; no such user\n"));
	CU_ASSERT_TRUE(has("text/rfc822-headers\nContent-Transfer-Encoding: 8bit\n\n"
	                   "Subject: hi\nFrom: joe\n\n--"));
	CU_ASSERT_TRUE(has("Auto-Submitted: auto-replied\n"));
}

static void
what_the_sender_asked_for_comes_back(void)
{
	memcpy(about.notify.envid, "QQ+2B1", 7);
	notify_add(&about.notify, true, NOTIFY_FAILURE, "rfc822;Ann.Old@x", "ann@c.oz.au");
	notice.whole = true;
	CU_ASSERT_TRUE(has("Original-Envelope-Id: QQ+1\n"));
	CU_ASSERT_TRUE(has("Original-Recipient: rfc822;Ann.Old@x\nFinal-Recipient: "));
	CU_ASSERT_TRUE(has("message/rfc822\nContent-Transfer-Encoding: 8bit\n\n"
	                   "Subject: hi\nFrom: joe\n\ntext\n"));
}

static void
a_status_says_what_the_sentence_or_the_server_said(void)
{
	static const struct {
		const char *outcome, *reason, *fields;
	} cases[] = {
		{ "delivered", "", "Action: delivered\nStatus: 2.0.0\n" },
		{ NOTICE_RELAYED, "", "Action: relayed\nStatus: 2.0.0\n" },
		{ "expired", "", "Action: failed\nStatus: 4.4.7\n" },
		{ "expired", "the mailbox of ann is full: x", "Action: failed\nStatus: 4.2.2\n" },
		{ "cancelled", "cancelled by the operator", "Status: 5.7.0\n" },
		{ NOTICE_HELD, "it goes in a circle: a", "Action: delayed\nStatus: 4.4.6\n" },
		{ NOTICE_DELAYED, "", "Action: delayed\nStatus: 4.4.1\n" },
		{ "returned", "there is no node x", "Status: 5.1.2\n" },
		{ "returned", "the link to x takes at most 3 bytes a message", "Status: 5.3.4\n" },
		{ "returned", "[::1]:25 said: 550 5.7.26 go away",
		  "Status: 5.7.26\nDiagnostic-Code: smtp; 550 5.7.26 go away\n" },
		{ "returned", "x said: 550 5.7 go", "Status: 5.0.0\n" },
		{ "returned", "x said: 550 5.1234.1 go", "Status: 5.0.0\n" },
		{ "returned", "x said: ", "Status: 5.0.0\n" },
		{ "returned", "what nobody has heard of", "Status: 5.0.0\n" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		notice.outcome = cases[i].outcome;
		notice.reason  = cases[i].reason;
		CU_ASSERT_TRUE(has(cases[i].fields));
	}
}

static void
a_sender_is_told_in_its_language(void)
{
	static const struct {
		const char *language, *sentence;
	} cases[] = {
		{ "pt-BR",
		  "Sua mensagem para ann@c.oz.au não pôde ser entregue.\n\nMotivo: o enlace "
		  "para x.au aceita no máximo 20000 bytes por mensagem; esta tem 82 KiB.\n" },
		{ "es",
		  "Su correo para ann@c.oz.au no pudo ser entregado.\n\nMotivo: el enlace a x.au "
		  "admite como máximo 20000 bytes por mensaje; este tiene 82 KiB.\n" },
		{ "FR",
		  "Votre courrier à ann@c.oz.au n'a pas pu être remis.\n\nRaison : la liaison "
		  "vers x.au accepte au plus 20000 bytes par message ; celui-ci a 82 KiB.\n" },
		{ "tlh", "Your mail to ann@c.oz.au could not be delivered.\n" },
	};

	notice.reason = "the link to x.au takes at most 20000 bytes a message; this one has 82 KiB";
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memcpy(about.notify.language, cases[i].language, strlen(cases[i].language) + 1);
		CU_ASSERT_TRUE(has(cases[i].sentence));
		CU_ASSERT_TRUE(has("Status: 5.3.4\n")); /* programs need no language */
	}
	memcpy(about.notify.language, "pt", 3);
	CU_ASSERT_TRUE(has("Subject: =?utf-8?B?TsOjbyBlbnRyZWd1ZTogYW5uQGMub3ouYXU=?=\n"));
}

static void
a_sentence_that_no_catalog_knows_stays_as_it_is(void)
{
	const struct notice_catalog *catalog = notice_catalog_find("pt");

	notice_catalog_say(catalog, "no such user at all", &text);
	CU_ASSERT_STRING_EQUAL(buffer_text(&text), "no such user at all");
	buffer_clear(&text);
	notice_catalog_say(catalog, "the link to  takes at most", &text);
	CU_ASSERT_STRING_EQUAL(buffer_text(&text), "the link to  takes at most");
	buffer_clear(&text);
	notice_catalog_say(catalog, "", &text);
	CU_ASSERT_EQUAL(text.length, 0);
}

/* Every text that English has, with the same words to be filled in and nothing left open. */
static void
the_catalogs_are_whole(void)
{
	static const char *const languages[] = { "en", "es", "fr", "pt" };
	static const char *const outcomes[]  = { "delivered",   "returned",  "expired",
		                                 "cancelled",   NOTICE_HELD, NOTICE_DELAYED,
		                                 NOTICE_RELAYED };
	char                     key[64];

	memcpy(about.title, "a title", 8);
	transit.hops    = NULL;
	notice.until.ms = 1795171260000;
	for (size_t i = 0; i < 4; i++) {
		const struct notice_catalog *catalog = notice_catalog_find(languages[i]);

		CU_ASSERT_STRING_EQUAL(catalog->language, languages[i]);
		memcpy(about.notify.language, languages[i], 3);
		for (size_t j = 0; j < sizeof(outcomes) / sizeof(outcomes[0]); j++) {
			notice.outcome = outcomes[j];
			snprintf(key, sizeof(key), "\n## %s\n", outcomes[j]);
			CU_ASSERT_PTR_NOT_NULL(strstr(catalog->text, key));
			snprintf(key, sizeof(key), "\n## subject %s\n", outcomes[j]);
			CU_ASSERT_PTR_NOT_NULL(strstr(catalog->text, key));
			CU_ASSERT_FALSE(has("{"));
			CU_ASSERT_TRUE(has("2026-11-20T10:41:00Z\n"));
		}
	}
}

static void
what_is_quoted_means_nothing(void)
{
	notice.destination = "<b>*x*</b>[a](javascript:x)&amp;`$(reboot)`'@c.oz.au";
	notice.reason      = "![i](http://x/) <script>\033[31m";
	memcpy(about.title, "# heading\r\nX: y", 16);
	CU_ASSERT_FALSE(html_has("<b>"));
	CU_ASSERT_FALSE(html_has("<script"));
	CU_ASSERT_FALSE(html_has("<a "));
	CU_ASSERT_FALSE(html_has("<img"));
	CU_ASSERT_FALSE(html_has("<em>"));
	CU_ASSERT_FALSE(html_has("<h1>"));
	CU_ASSERT_FALSE(has("\nX: y"));
	CU_ASSERT_FALSE(has("\033"));
	CU_ASSERT_TRUE(has("&lt;b&gt;*x*&lt;/b&gt;[a](javascript:x)&amp;amp;`$(reboot)`'@c.oz.au"));
	CU_ASSERT_TRUE(has(
	    "\n    mulga explain '<b>*x*</b>[a](javascript:x)&amp;`$(reboot)`'\\''@c.oz.au'\n"));
}

/* Whoever wrote the mail knew its id, and so how a boundary is made. */
static void
no_mail_can_end_a_part(void)
{
	char original[512];

	snprintf(
	    original, sizeof(original),
	    "Subject: x\n--=_aaaaaaaaaaaaaaaa.report.0--\n--=_aaaaaaaaaaaaaaaa.report.1\n\nx\n");
	notice.original = span_of_text(original);
	CU_ASSERT_TRUE(has("boundary=\"=_aaaaaaaaaaaaaaaa.report.2\""));
	CU_ASSERT_EQUAL(count_of("\n--=_aaaaaaaaaaaaaaaa.report.2"), 4);
}

static void
a_heading_without_end_is_cut(void)
{
	char original[8192];

	memset(original, 'x', sizeof(original));
	memcpy(original, "Subject: ", 9);
	for (size_t i = 80; i < sizeof(original); i += 80)
		memcpy(original + i, "\n x", 3);
	original[200]   = '\0';
	notice.original = (struct span){ (const uint8_t *)original, sizeof(original) };
	CU_ASSERT_TRUE(strlen(formatted()) == mail.length && mail.length < 7000);
}

static void
markdown_is_read_as_text(void)
{
	notice_render_text(
	    span_of_text("# Title\n\nA *b* **c** `d`\nline\n\n- one\n- two\n\n1. x\n\nz\n\n"
	                 "    code\n\n> quoted\n\n<b>raw</b> [at](http://x/)\n"),
	    &text);
	CU_ASSERT_STRING_EQUAL(buffer_text(&text),
	                       "Title\n\nA b c d\nline\n\n- one\n- two\n\n- x\n\nz\n\n    code\n\n"
	                       "  quoted\n\nraw at (http://x/)\n\n");
	buffer_clear(&text);
	notice_render_html(
	    span_of_text("<script>x</script>\n\n[a](javascript:x) <i onclick=x>y</i>"), &text);
	CU_ASSERT_PTR_NULL(strstr(buffer_text(&text), "script>"));
	CU_ASSERT_PTR_NULL(strstr(buffer_text(&text), "javascript"));
	CU_ASSERT_PTR_NULL(strstr(buffer_text(&text), "onclick"));
}

static CU_TestInfo tests[] = {
	UNIT_TEST(people_read_a_sentence_first_and_programs_fields),
	UNIT_TEST(what_the_sender_asked_for_comes_back),
	UNIT_TEST(a_status_says_what_the_sentence_or_the_server_said),
	UNIT_TEST(a_sender_is_told_in_its_language),
	UNIT_TEST(a_sentence_that_no_catalog_knows_stays_as_it_is),
	UNIT_TEST(the_catalogs_are_whole),
	UNIT_TEST(what_is_quoted_means_nothing),
	UNIT_TEST(no_mail_can_end_a_part),
	UNIT_TEST(a_heading_without_end_is_cut),
	UNIT_TEST(markdown_is_read_as_text),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo notice_suite = UNIT_SUITE("notice/notice", setup, teardown, tests);
