/*
 * uucp_chat_test.c - dialogues of UUCP, word by word, as steps
 */
#include "spool/import/uucp_chat.h"

#include <string.h>

#include "tests/unit/unit.h"

static void
words_become_steps(void)
{
	static const struct {
		const char *chat;  /* words between blanks */
		const char *steps; /* between | */
	} cases[] = {
		{ "\"\" ATZ OK ATDT\\T CONNECT",
		  "send \"ATZ\\r\"|expect \"OK\"|send \"ATDT\\P\\r\"|expect \"CONNECT\"|" },
		{ "ogin: \\L ssword: \\P",
		  "expect \"ogin:\"|send \"Ume\\r\"|expect \"ssword:\"|send secret far|" },
		{ "\"\" \\r\\c", "send \"\\r\"|" },
		{ "\"\" \"\"", "send \"\\r\"|" },
		{ "\"\" BREAK", "send \"\\K\"|" },
		{ "\"\" EOT", "send \"\\x04\"|" },
		{ "\"\" a\\sb\\101\\\\", "send \"a bA\\\\\\r\"|" },
		{ "ogin:--ogin: me", "expect \"ogin:\" retry \"\\r\" x1|send \"me\\r\"|" },
		{ "ogin:-BREAK-ogin:-BREAK-ogin:", "expect \"ogin:\" retry \"\\K\" x2|" },
		{ "gin:-a-gin:-b-gin:",
		  "# sys:7: not carried over: gin:-a-gin:-b-gin:|expect \"gin:\"|" },
		{ "gin:-a-word:", "# sys:7: not carried over: gin:-a-word:|expect \"gin:\"|" },
		{ "gin:-a", "# sys:7: not carried over: gin:-a|expect \"gin:\"|" },
		{ "x a\\qb", "expect \"x\"|# sys:7: not carried over: a\\qb|send \"ab\\r\"|" },
		{ "word: open", "expect \"word:\"|# what sys:7 sends is the first line of "
		                "keys/far.secret|send secret far|" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct uucp_chat   chat     = { "sys", "Ume", "far", true, "" };
		struct import_word words[8] = { { "", 0, 0 } };
		char               text[128], *rest = NULL;
		size_t             count = 0;
		struct buffer      out;

		buffer_init(&out);
		memcpy(text, cases[i].chat, strlen(cases[i].chat) + 1);
		for (char *word = strtok_r(text, " ", &rest); word != NULL;
		     word       = strtok_r(NULL, " ", &rest))
                        words[count++] = (struct import_word){ word, 7, 1 };
		uucp_chat_convert(&chat, words, count, &out);
		for (size_t j = 0; j < out.length; j++)
			if (out.data[j] == '\n')
				out.data[j] = '|';
		CU_ASSERT_STRING_EQUAL(buffer_text(&out), cases[i].steps);
		buffer_release(&out);
	}
}

static void
what_nobody_knows_is_left_out_with_a_word(void)
{
	struct uucp_chat   chat    = { "sys", NULL, "far", false, "\t" };
	struct import_word words[] = {
		{ "\"\"", 7, 6 }, { "\\L", 7, 9 }, { "OK", 7, 12 }, { "ATDT\\D", 8, 2 }
	};
	struct buffer out;

	buffer_init(&out);
	uucp_chat_convert(&chat, words, 4, &out);
	CU_ASSERT_STRING_EQUAL(buffer_text(&out),
	                       "\t# sys:7: not carried over: \\L\n\tsend \"\\r\"\n"
	                       "\texpect \"OK\"\n"
	                       "\t# sys:8: not carried over: ATDT\\D\n\tsend \"ATDT\\r\"\n");
	buffer_release(&out);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(words_become_steps),
	UNIT_TEST(what_nobody_knows_is_left_out_with_a_word),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo uucp_chat_suite = UNIT_SUITE("import/uucp_chat", NULL, NULL, tests);
