/*
 * uucp_import_test.c - the files of a Taylor UUCP: what they become, and where they are refused
 */
#include "spool/import/uucp_import.h"

#include <string.h>

#include "tests/unit/unit.h"

#define PORTS "port p\ntype modem\ndevice ttyS0\ndialer d\nport t\ntype tcp\nport x\ntype pipe\n"
#define DIALS "dialer d\nchat \"\" ATZ OK ATDT\\T CONNECT\n"

/* One file is the test's, the others are these. */
static enum status
import(enum uucp_file_kind kind, const char *text, bool foreign, struct buffer *out,
       struct diagnostic *diagnostic)
{
	static const struct uucp_import_wish wishes[]               = { { NULL, "oz.au", false },
		                                                        { NULL, "oz.au", true } };
	struct uucp_file                     files[UUCP_FILE_COUNT] = {
				    [UUCP_CONFIG] = { "config", span_of_text("nodename home\n") },
				    [UUCP_SYS]    = { "sys",
		                                      span_of_text("system a\ntime Any\nport t\naddress a.example\n") },
				    [UUCP_PORT]   = { "port", span_of_text(PORTS) },
				    [UUCP_DIAL]   = { "dial", span_of_text(DIALS) },
				    [UUCP_CALL]   = { "call", span_of_text("a Ua secret\n") },
	};

	files[kind].text = span_of_text(text);
	diagnostic_init(diagnostic);
	buffer_init(out);
	return uucp_import(files, &wishes[foreign], out, diagnostic);
}

static void
lines_become_statements(void)
{
	static const struct {
		enum uucp_file_kind kind;
		const char         *text;
		bool                foreign;
		const char         *expected; /* among others */
	} cases[] = {
		{ UUCP_CONFIG, "nodename\tOther # comment\n", false, "node other.oz.au {" },
		{ UUCP_CONFIG, "NODENAME who.else.nz\n", false, "node who.else.nz {" },
		{ UUCP_SYS, "system a_b\nport t\naddress a.example\n", false, "link a-b.oz.au {" },
		{ UUCP_SYS, "port t\nsystem a\naddress a.example\n", false,
		  "transport tcp \"a.example:4242\"" },
		{ UUCP_SYS, "system a\ntime Sa\nport t\naddress a.example\n", false,
		  "schedule hours-of-a" },
		{ UUCP_SYS, "system a\ntime Sa \\\n  \n\ttime Never\nport t\naddress a.example\n",
		  false, "call never" },
		{ UUCP_SYS, "system a\nport p\nphone 555\n", false,
		  "transport serial \"/dev/ttyS0\"" },
		{ UUCP_SYS, "system a\nport p\nphone 5\\\n55\n", false, "phone \"5\"" },
		{ UUCP_SYS, "system a\nport p\nphone 555\nspeed 9600\n", false, "speed 9600" },
		{ UUCP_SYS, "system a\nport t\naddress x.example\nalternate\naddress y.example\n",
		  false, "transport tcp \"y.example:4242\"" },
		{ UUCP_SYS, "system a\nport t\naddress x.example\nremote-send /\n", false,
		  "# sys:4: not carried over: remote-send /" },
		{ UUCP_SYS, "system a\ntime Any\n", true,
		  "transport command \"/usr/lib/mulga/to-uucp\" \"--site\" \"a\" \"%n\"" },
		{ UUCP_SYS, "system a\ntime Any\n", true, "submit by uucp" },
		{ UUCP_DIAL, "dialer d\nchat \"\" AT\\sZ OK\\r\n", false, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diagnostic diagnostic;
		struct buffer     out;

		CU_ASSERT_EQUAL(
		    import(cases[i].kind, cases[i].text, cases[i].foreign, &out, &diagnostic),
		    STATUS_OK);
		CU_ASSERT_PTR_NOT_NULL(strstr(buffer_text(&out), cases[i].expected));
		CU_ASSERT_PTR_NULL(strstr(buffer_text(&out), "secret1"));
		buffer_release(&out);
	}
}

static void
what_the_files_may_not_hold_is_refused_at_its_place(void)
{
	static const struct {
		enum uucp_file_kind kind;
		const char         *text;
		const char         *path;
		unsigned            line, column;
		const char         *said;
	} cases[] = {
		{ UUCP_CONFIG, "\n nodename a/b\n", "config", 2, 11,
		  "\"a/b\" cannot be the name of a node" },
		{ UUCP_SYS, "system\n", "sys", 1, 1, "a system has one name" },
		{ UUCP_SYS, "system a b\n", "sys", 1, 1, "a system has one name" },
		{ UUCP_SYS, "# none\nalternate\n", "sys", 2, 1, "an alternate before any system" },
		{ UUCP_SYS, "\nsystem a!b\n", "sys", 2, 8, "\"a!b\" cannot be the name of a node" },
		{ UUCP_SYS, "system a\nsystem a\n", "sys", 2, 8,
		  "a is described already, in line 1" },
		{ UUCP_SYS, "system a\n\tphone\n", "sys", 2, 2, "nothing is said of \"phone\"" },
		{ UUCP_SYS, "system a\nphone \\\n\n", "sys", 2, 1, "nothing is said of \"phone\"" },
		{ UUCP_SYS, "system a\ntime Wk,Xx\nport t\naddress b\n", "sys", 2, 9,
		  "\"Xx\" is no time, such as Wk1800-0800" },
		{ UUCP_SYS, "system a\nport none\n", "sys", 2, 6, "no port is called \"none\"" },
		{ UUCP_SYS, "system a\nport t\naddress a@b\n", "sys", 3, 9,
		  "\"a@b\" is no address" },
		{ UUCP_SYS, "system a\nport p\nphone 5\nspeed 9k6\n", "sys", 4, 7,
		  "\"9k6\" is no speed" },
		{ UUCP_SYS, "system a\nport p\nphone 5\nchat a b\nchat-timeout -1\n", "sys", 5, 14,
		  "\"-1\" is no number of seconds" },
		{ UUCP_SYS, "system \x01\n", "sys", 1, 8, "a byte that is no printable ASCII" },
		{ UUCP_SYS, "system a\ntime caf\xc3\xa9\n", "sys", 2, 6,
		  "a byte that is no printable ASCII" },
		{ UUCP_PORT, "port t\ntype radio\n", "port", 2, 6,
		  "there is no type of ports \"radio\"" },
		{ UUCP_PORT, "port t u\ntype tcp\n", "port", 1, 1, "a port has one name" },
		{ UUCP_DIAL, "dialer\n", "dial", 1, 1, "a dialer has one name" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diagnostic diagnostic;
		struct buffer     out;

		CU_ASSERT_EQUAL(import(cases[i].kind, cases[i].text, false, &out, &diagnostic),
		                STATUS_INVALID);
		CU_ASSERT_STRING_EQUAL(diagnostic.path, cases[i].path);
		CU_ASSERT_EQUAL(diagnostic.line, cases[i].line);
		CU_ASSERT_EQUAL(diagnostic.column, cases[i].column);
		CU_ASSERT_STRING_EQUAL(diagnostic.text, cases[i].said);
		buffer_release(&out);
	}
}

static void
a_line_has_an_end(void)
{
	struct diagnostic diagnostic;
	struct buffer     text, out;

	buffer_init(&text);
	buffer_append_text(&text, "system a\ncommands");
	for (int i = 0; i < IMPORT_WORDS_MAX; i++)
		buffer_append_text(&text, " x");
	CU_ASSERT_EQUAL(import(UUCP_SYS, buffer_text(&text), false, &out, &diagnostic),
	                STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(diagnostic.text, "more than 64 words in a line");
	CU_ASSERT_EQUAL(diagnostic.line, 2);
	CU_ASSERT_EQUAL(diagnostic.column, 9 + 2 * IMPORT_WORDS_MAX - 1);
	buffer_release(&text);
	buffer_release(&out);
}

static void
passwords_are_not_written_down(void)
{
	struct diagnostic diagnostic;
	struct buffer     out;

	CU_ASSERT_EQUAL(import(UUCP_SYS,
	                       "system a\nport p\nphone 5\nchat ogin: me ssword: open\\sesame\n",
	                       false, &out, &diagnostic),
	                STATUS_OK);
	CU_ASSERT_PTR_NULL(strstr(buffer_text(&out), "sesame"));
	CU_ASSERT_PTR_NOT_NULL(strstr(buffer_text(&out), "send secret a\n"));
	buffer_release(&out);
	CU_ASSERT_EQUAL(import(UUCP_SYS,
	                       "system a\nport p\nphone 5\nchat ogin: \\L ssword: \\P\n"
	                       "call-login *\ncall-password *\n",
	                       false, &out, &diagnostic),
	                STATUS_OK);
	CU_ASSERT_PTR_NOT_NULL(strstr(buffer_text(&out), "send \"Ua\\r\"\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(buffer_text(&out), "send secret a\n"));
	buffer_release(&out);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(lines_become_statements),
	UNIT_TEST(what_the_files_may_not_hold_is_refused_at_its_place),
	UNIT_TEST(a_line_has_an_end),
	UNIT_TEST(passwords_are_not_written_down),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo uucp_import_suite = UNIT_SUITE("import/uucp_import", NULL, NULL, tests);
