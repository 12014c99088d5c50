/*
 * fuzz_chat.c - whatever a line says and however long it is silent, a chat ends, and tells no secret
 *
 * The first byte picks a dialogue. Then pieces: a byte says how long the line is silent, the
 * next how many bytes it says then.
 */
#include <assert.h>
#include <string.h>

#include "daemon/line/chat.h"
#include "spool/description/description_parse.h"
#include "spool/description/description_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const dialogues[] = {
	"abort \"BUSY\" \"NO\"; timeout 9s; send \"ATZ\\r\" expect \"OK\"; send \"ATD\\P\\d\\r\" "
	"expect \"CONNECT\" \"UP\"",
	"expect \"ogin:\" retry \"\\K\\r\" x3; send \"me\\r\" expect \"word:\"; send secret \"s\" "
	"expect \"z\" \"qzq\"",
	"pause 1s; send secret \"s\"; abort \"qqz\"; expect \"zqzq\" \"\"; timeout 1s; expect "
	"\"ab\\0\" retry \"\" x2",
	"timeout 3s; expect \"a\"; expect \"aa\"; expect \"aaa\"; abort \"aaaa\"; expect \"b\"",
};
enum { DIALOGUES = sizeof(dialogues) / sizeof(dialogues[0]) };

static const struct chat_secret secret = { "s", { (const uint8_t *)"qzqqz", 5 } };

static void
add_dialogue(struct chat *chat, const char *text)
{
	struct description         description;
	struct description_sources roots;
	struct description_report  report;
	struct buffer              whole;
	enum status                status;

	description_init(&description);
	description_sources_init(&roots);
	description_report_init(&report);
	buffer_init(&whole);
	buffer_append_format(
	    &whole, "node a.x { link b.x { transport serial \"t\" { phone \"1\"; dial { %s } } } }",
	    text);
	description_sources_add(&roots, "fixed", buffer_text(&whole), whole.length);
	status = description_parse(&description, &roots, NULL, &report);
	assert(status == STATUS_OK);
	status = chat_add(chat, "dial", &description.nodes[0].links[0].transports[0].dial, "1",
	                  &secret, 1, NULL);
	assert(status == STATUS_OK);
	(void)status;
	buffer_release(&whole);
	description_report_release(&report);
	description_sources_release(&roots);
	description_release(&description);
}

static void
run(struct chat *chat, struct instant now)
{
	struct buffer  sent;
	enum chat_want want;

	buffer_init(&sent);
	do
		want = chat_run(chat, now, &sent);
	while (want == CHAT_WANT_BREAK);
	assert((want == CHAT_WANT_END) == (chat_outcome(chat) != CHAT_GOES_ON));
	assert(want == CHAT_WANT_END || !instant_reached(chat_deadline(chat), now));
	buffer_release(&sent);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct chat   *chat     = chat_new();
	struct instant now      = { 0 };
	const char    *dialogue = dialogues[size == 0 ? 0 : data[0] % DIALOGUES];

	add_dialogue(chat, dialogue);
	run(chat, now);
	for (size_t at = 1; at + 1 < size;) {
		size_t length = data[at + 1];

		now = instant_after(now, data[at] * 10);
		at += 2;
		length = length < size - at ? length : size - at;
		chat_hear(chat, (struct span){ data + at, length });
		run(chat, now);
		at += length;
	}
	for (int i = 0; i < 100 && chat_outcome(chat) == CHAT_GOES_ON; i++) {
		now = chat_deadline(chat);
		run(chat, now);
	}
	assert(chat_outcome(chat) != CHAT_GOES_ON);
	assert(chat_transcript(chat)->length <= CHAT_TRANSCRIPT_MAX);
	if (strstr(dialogue, "secret") != NULL) {
		assert(strstr(buffer_text(chat_transcript(chat)), "qzqqz") == NULL);
		assert(strstr(chat_reason(chat), "qzqqz") == NULL);
	}
	chat_free(chat);
	return 0;
}
