/*
 * chat_words.c - what people see of a chat: everything, but no secret
 *
 * A secret shows as ****, also in what was heard: some far ends echo it. One whose
 * beginning is the end of what was heard is hidden from there on, before the rest comes.
 */
#include <string.h>

#include "daemon/line/chat_inside.h"
#include "spool/description/description_escape.h"

enum { REASON_HEARD_MAX = 48 };

static void line_begin(struct chat *chat);
static void line_end(struct chat *chat);
static void append_heard(const struct chat *chat, size_t start, size_t end, struct buffer *out);
static bool is_hidden(const struct chat *chat, size_t at);
static void append_text(const struct chat_text *text, struct buffer *out);
static void append_duration(int64_t ms, struct buffer *out);
static void tell_reason(struct chat *chat);

void
chat_tell_heard(struct chat *chat, size_t end)
{
	if (end <= chat->told)
		return;
	line_begin(chat);
	buffer_append_text(&chat->transcript, "heard ");
	append_heard(chat, chat->told, end, &chat->transcript);
	chat->told = end;
	line_end(chat);
}

void
chat_tell_sent(struct chat *chat, const struct chat_text *text, bool secret)
{
	line_begin(chat);
	buffer_append_text(&chat->transcript, "sent ");
	if (secret)
		buffer_append_text(&chat->transcript, "****");
	else
		append_text(text, &chat->transcript);
	line_end(chat);
}

void
chat_tell_wait(struct chat *chat, int64_t ms)
{
	line_begin(chat);
	buffer_append_text(&chat->transcript, "waits ");
	append_duration(ms, &chat->transcript);
	line_end(chat);
}

void
chat_tell_aborted(struct chat *chat, const struct chat_text *text)
{
	buffer_append_format(&chat->reason, "%s: the line said ", chat->steps[chat->at].title);
	append_text(text, &chat->reason);
	tell_reason(chat);
}

void
chat_tell_timed_out(struct chat *chat, const struct chat_step *step)
{
	size_t start = chat->from;

	buffer_append_format(&chat->reason, "%s: no ", step->title);
	for (size_t i = 0; i < step->text_count; i++) {
		if (i > 0)
			buffer_append_text(&chat->reason, " or ");
		append_text(&step->texts[i], &chat->reason);
	}
	buffer_append_text(&chat->reason, " within ");
	append_duration(chat->timeout_ms * (1 + (int64_t)step->retries), &chat->reason);
	if (start == chat->heard.length) {
		buffer_append_text(&chat->reason, ", nothing was heard");
	} else {
		buffer_append_text(&chat->reason, ", heard ");
		if (chat->heard.length - start > REASON_HEARD_MAX) {
			start = chat->heard.length - REASON_HEARD_MAX;
			buffer_append_text(&chat->reason, "...");
		}
		append_heard(chat, start, chat->heard.length, &chat->reason);
	}
	chat_tell_heard(chat, chat->heard.length);
	tell_reason(chat);
}

static void
tell_reason(struct chat *chat)
{
	chat->line = chat->transcript.length;
	buffer_append_span(&chat->transcript, buffer_span(&chat->reason));
	line_end(chat);
}

static void
line_begin(struct chat *chat)
{
	size_t at = chat->at < chat->count ? chat->at : chat->count - 1;

	chat->line = chat->transcript.length;
	buffer_append_format(&chat->transcript, "%s: ", chat->steps[at].title);
}

static void
line_end(struct chat *chat)
{
	buffer_append_u8(&chat->transcript, '\n');
	if (chat->transcript.length > CHAT_TRANSCRIPT_MAX) { /* nobody takes it: it ends here */
		chat->transcript.length           = chat->line;
		chat->transcript.data[chat->line] = 0;
	}
}

static void
append_heard(const struct chat *chat, size_t start, size_t end, struct buffer *out)
{
	bool hidden = false;

	buffer_append_u8(out, '"');
	for (size_t i = start; i < end; i++) {
		bool hides = is_hidden(chat, i);

		if (!hides)
			description_escape_code(chat->heard.data[i], out);
		else if (!hidden)
			buffer_append_text(out, "****");
		hidden = hides;
	}
	buffer_append_u8(out, '"');
}

/* Is this byte part of a secret, or of what may become one? */
static bool
is_hidden(const struct chat *chat, size_t at)
{
	for (size_t i = 0; i < chat->secret_count; i++) {
		struct span secret = buffer_span(&chat->secrets[i]);
		size_t      first  = at >= secret.length ? at - secret.length + 1 : 0;

		for (size_t start = first; secret.length > 0 && start <= at; start++) {
			size_t there = chat->heard.length - start;
			size_t some  = there < secret.length ? there : secret.length;

			if (memcmp(chat->heard.data + start, secret.data, some) == 0)
				return true;
		}
	}
	return false;
}

static void
append_text(const struct chat_text *text, struct buffer *out)
{
	buffer_append_u8(out, '"');
	for (size_t i = 0; i < text->count; i++)
		description_escape_code(text->codes[i], out);
	buffer_append_u8(out, '"');
}

static void
append_duration(int64_t ms, struct buffer *out)
{
	if (ms % 1000 == 0)
		buffer_append_format(out, "%lld s", (long long)(ms / 1000));
	else
		buffer_append_format(out, "%lld ms", (long long)ms);
}
