/*
 * chat_test.c - dialogues against what a line may say, however it is cut and whenever it comes
 */
#include "daemon/line/chat.h"

#include <stdio.h>
#include <string.h>

#include "spool/description/description.h"
#include "spool/description/description_parse.h"
#include "spool/description/description_report.h"
#include "tests/unit/unit.h"

static struct description description;
static struct chat       *chat;
static struct buffer      sent;
static struct instant     now;

static const struct chat_secret secrets[] = { { "munnari", { (const uint8_t *)"xyzzy", 5 } } };

static void
setup(void)
{
	description_init(&description);
	chat = chat_new();
	buffer_init(&sent);
	now = (struct instant){ 1000 };
}

static void
teardown(void)
{
	chat_free(chat);
	buffer_release(&sent);
	description_release(&description);
}

/* Begins with that dial dialogue and that login. */
static void
begin(const char *dial, const char *login)
{
	struct description_sources          roots;
	struct description_report           report;
	const struct description_transport *transport;
	struct diagnostic                   diagnostic;
	char                                text[2048];

	snprintf(text, sizeof(text),
	         "node a.x { link b.x { transport serial \"/dev/null\" { dial { %s }; login { %s "
	         "} } } }",
	         dial, login);
	description_sources_init(&roots);
	description_report_init(&report);
	description_sources_add(&roots, "chat", text, strlen(text));
	CU_ASSERT_EQUAL_FATAL(description_parse(&description, &roots, NULL, &report), STATUS_OK);
	transport = &description.nodes[0].links[0].transports[0];
	CU_ASSERT_EQUAL_FATAL(
	    chat_add(chat, "dial", &transport->dial, "0355501234", secrets, 1, &diagnostic),
	    STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(
	    chat_add(chat, "login", &transport->login, NULL, secrets, 1, &diagnostic), STATUS_OK);
	description_report_release(&report);
	description_sources_release(&roots);
}

/* Runs it; a break shows as |. */
static void
run(void)
{
	enum chat_want want;

	while ((want = chat_run(chat, now, &sent)) == CHAT_WANT_BREAK)
		buffer_append_u8(&sent, '|');
	CU_ASSERT_EQUAL(want == CHAT_WANT_END, chat_outcome(chat) != CHAT_GOES_ON);
	if (want == CHAT_WANT_TIME)
		CU_ASSERT_TRUE(!instant_reached(chat_deadline(chat), now));
}

static void
hear(const char *text)
{
	chat_hear(chat, span_of_text(text));
	run();
}

static void
pass(int64_t ms)
{
	now = instant_after(now, ms);
	run();
}

/* What was sent since the last time. */
static const char *
sent_now(void)
{
	static char text[256];

	snprintf(text, sizeof(text), "%s", buffer_text(&sent));
	buffer_clear(&sent);
	return text;
}

static void
a_modem_and_a_login_are_spoken_to(void)
{
	begin(
	    "abort \"BUSY\"; send \"ATZ\\r\" expect \"OK\"; send \"ATDT\\P\\r\" expect \"CONNECT\"",
	    "expect \"ogin:\"; send \"Usyd\\r\" expect \"ssword:\"; send secret \"munnari\"");
	run();
	CU_ASSERT_STRING_EQUAL(sent_now(), "ATZ\r");
	hear("ATZ\r\r\nO");
	CU_ASSERT_STRING_EQUAL(sent_now(), "");
	hear("K\r\n");
	CU_ASSERT_STRING_EQUAL(sent_now(), "ATDT0355501234\r");
	hear("\r\nCONNECT 9600\r\n\r\nlogin: ");
	CU_ASSERT_STRING_EQUAL(sent_now(), "Usyd\r");
	hear("Usyd\r\nPassword:");
	CU_ASSERT_STRING_EQUAL(sent_now(), "xyzzy\r");
	CU_ASSERT_EQUAL(chat_outcome(chat), CHAT_DONE);
	CU_ASSERT_STRING_EQUAL(buffer_text(chat_transcript(chat)),
	                       "dial: sent \"ATZ\\r\"\n"
	                       "dial: heard \"ATZ\\r\\r\\nOK\"\n"
	                       "dial: sent \"ATDT0355501234\\r\"\n"
	                       "dial: heard \"\\r\\n\\r\\nCONNECT\"\n"
	                       "login: heard \" 9600\\r\\n\\r\\nlogin:\"\n"
	                       "login: sent \"Usyd\\r\"\n"
	                       "login: heard \" Usyd\\r\\nPassword:\"\n"
	                       "login: sent ****\n");
}

static void
it_can_be_run_again(void)
{
	begin("abort \"BUSY\"; send \"ATD1\\r\" expect \"CONNECT\"", "");
	run();
	hear("BUSY");
	CU_ASSERT_EQUAL(chat_outcome(chat), CHAT_ABORTED);
	chat_rewind(chat);
	run();
	CU_ASSERT_STRING_EQUAL(sent_now(), "ATD1\rATD1\r");
	hear("CONNECT");
	CU_ASSERT_EQUAL(chat_outcome(chat), CHAT_DONE);
	CU_ASSERT_STRING_EQUAL(chat_reason(chat), "");
}

static void
an_abort_is_seen_while_it_waits_and_while_it_pauses(void)
{
	begin("abort \"BUSY\" \"NO CARRIER\"; send \"ATD1\\r\" expect \"CONNECT\"", "");
	run();
	hear("\r\nBUSY\r\n");
	CU_ASSERT_EQUAL(chat_outcome(chat), CHAT_ABORTED);
	CU_ASSERT_STRING_EQUAL(chat_reason(chat), "dial: the line said \"BUSY\"");
}

static void
an_abort_of_dialling_holds_at_the_login(void)
{
	begin("abort \"NO CARRIER\"; expect \"CONNECT\"", "pause 5s; send \"x\"");
	run();
	hear("CONNECT\r\nNO CARR");
	CU_ASSERT_EQUAL(chat_outcome(chat), CHAT_GOES_ON);
	hear("IER");
	CU_ASSERT_EQUAL(chat_outcome(chat), CHAT_ABORTED);
	CU_ASSERT_STRING_EQUAL(chat_reason(chat), "login: the line said \"NO CARRIER\"");
	CU_ASSERT_STRING_EQUAL(sent_now(), "");
}

static void
the_text_that_ends_first_was_said(void)
{
	begin("abort \"BUSY\"; expect \"OK\" \"READY\"; send \"1\" expect \"x\"", "");
	run();
	hear("\r\nREADY\r\nBUSY\r\n");
	CU_ASSERT_EQUAL(chat_outcome(chat), CHAT_ABORTED);
	CU_ASSERT_STRING_EQUAL(sent_now(), "");
	CU_ASSERT_STRING_EQUAL(buffer_text(chat_transcript(chat)),
	                       "dial: heard \"\\r\\nREADY\"\n"
	                       "dial: heard \"\\r\\nBUSY\"\n"
	                       "dial: the line said \"BUSY\"\n");
}

static void
silence_ends_it_with_what_was_heard(void)
{
	begin("timeout 5s expect \"OK\" \"READY\"", "");
	run();
	hear("\001~~garbage");
	pass(4999);
	CU_ASSERT_EQUAL(chat_outcome(chat), CHAT_GOES_ON);
	hear("x"); /* who talks is not waited for longer */
	pass(1);
	CU_ASSERT_EQUAL(chat_outcome(chat), CHAT_TIMED_OUT);
	CU_ASSERT_STRING_EQUAL(
	    chat_reason(chat),
	    "dial: no \"OK\" or \"READY\" within 5 s, heard \"\\x01~~garbagex\"");
}

static void
a_retry_asks_again_so_often(void)
{
	begin("timeout 2s expect \"ogin:\" retry \"\\K\\r\" x2; send \"me\\r\"", "");
	run();
	pass(2000);
	CU_ASSERT_STRING_EQUAL(sent_now(), "|\r");
	pass(1999);
	CU_ASSERT_STRING_EQUAL(sent_now(), "");
	pass(1);
	CU_ASSERT_STRING_EQUAL(sent_now(), "|\r");
	hear("login:");
	CU_ASSERT_STRING_EQUAL(sent_now(), "me\r");
	CU_ASSERT_EQUAL(chat_outcome(chat), CHAT_DONE);
}

static void
retries_end(void)
{
	begin("timeout 2s expect \"ogin:\" retry \"\\r\" x2", "");
	run();
	for (int i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(chat_outcome(chat), CHAT_GOES_ON);
		pass(2000);
	}
	CU_ASSERT_EQUAL(chat_outcome(chat), CHAT_TIMED_OUT);
	CU_ASSERT_STRING_EQUAL(chat_reason(chat),
	                       "dial: no \"ogin:\" within 6 s, nothing was heard");
}

static void
delays_stand_where_they_are_written(void)
{
	begin("send \"+\\d+\\p\\p+\"; pause 1s send \"ATH0\\r\\c\"", "");
	run();
	CU_ASSERT_STRING_EQUAL(sent_now(), "+");
	pass(2000);
	CU_ASSERT_STRING_EQUAL(sent_now(), "+");
	pass(250);
	CU_ASSERT_STRING_EQUAL(sent_now(), "");
	pass(250);
	CU_ASSERT_STRING_EQUAL(sent_now(), "+");
	pass(999);
	CU_ASSERT_STRING_EQUAL(sent_now(), "");
	pass(1);
	CU_ASSERT_STRING_EQUAL(sent_now(), "ATH0\r");
	CU_ASSERT_EQUAL(chat_outcome(chat), CHAT_DONE);
}

static void
a_secret_is_hidden_where_it_is_echoed(void)
{
	begin("send secret \"munnari\" expect \"$\"; expect \"y$\"", "timeout 1s expect \"never\"");
	run();
	hear("xyzzy\r\nxy$");
	hear("xyzzy$ xyz"); /* the last may be one in the making */
	pass(1000);
	CU_ASSERT_EQUAL(chat_outcome(chat), CHAT_TIMED_OUT);
	CU_ASSERT_STRING_EQUAL(chat_reason(chat),
	                       "login: no \"never\" within 1 s, heard \" ****\"");
	CU_ASSERT_STRING_EQUAL(buffer_text(chat_transcript(chat)),
	                       "dial: sent ****\n"
	                       "dial: heard \"****\\r\\nxy$\"\n"
	                       "dial: heard \"****$\"\n"
	                       "login: heard \" ****\"\n"
	                       "login: no \"never\" within 1 s, heard \" ****\"\n");
}

static void
a_missing_secret_is_named(void)
{
	struct description_sources roots;
	struct description_report  report;
	struct diagnostic          diagnostic;
	const char                *text = "node a.x { link b.x { transport serial \"/dev/null\" { "
					  "login { send secret \"gone\" } } } }";

	description_sources_init(&roots);
	description_report_init(&report);
	description_sources_add(&roots, "chat", text, strlen(text));
	CU_ASSERT_EQUAL(description_parse(&description, &roots, NULL, &report), STATUS_OK);
	CU_ASSERT_EQUAL(chat_add(chat, "login", &description.nodes[0].links[0].transports[0].login,
	                         NULL, secrets, 1, &diagnostic),
	                STATUS_NOT_FOUND);
	CU_ASSERT_STRING_EQUAL(diagnostic.text, "there is no secret \"gone\"");
	description_report_release(&report);
	description_sources_release(&roots);
}

static void
a_flood_is_not_kept_and_still_understood(void)
{
	char flood[1001];

	memset(flood, 'z', 1000);
	flood[1000] = '\0';
	begin("abort \"NO CARRIER\" expect \"CONNECT\"", "");
	run();
	for (int i = 0; i < 300; i++)
		hear(flood);
	CU_ASSERT_TRUE(chat_transcript(chat)->length <= CHAT_TRANSCRIPT_MAX);
	hear("CONN");
	hear("ECT");
	CU_ASSERT_EQUAL(chat_outcome(chat), CHAT_DONE);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_modem_and_a_login_are_spoken_to),
	UNIT_TEST(it_can_be_run_again),
	UNIT_TEST(an_abort_is_seen_while_it_waits_and_while_it_pauses),
	UNIT_TEST(an_abort_of_dialling_holds_at_the_login),
	UNIT_TEST(the_text_that_ends_first_was_said),
	UNIT_TEST(silence_ends_it_with_what_was_heard),
	UNIT_TEST(a_retry_asks_again_so_often),
	UNIT_TEST(retries_end),
	UNIT_TEST(delays_stand_where_they_are_written),
	UNIT_TEST(a_secret_is_hidden_where_it_is_echoed),
	UNIT_TEST(a_missing_secret_is_named),
	UNIT_TEST(a_flood_is_not_kept_and_still_understood),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo chat_suite = UNIT_SUITE("line/chat", setup, teardown, tests);
