/*
 * uucp_chat.c - word by word; the escapes are Taylor UUCP's
 */
#include "spool/import/uucp_chat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/description/description.h"
#include "spool/description/description_escape.h"

static void expect(const struct uucp_chat *chat, const struct import_word *word,
                   struct buffer *out);
static void send(const struct uucp_chat *chat, const struct import_word *word, struct buffer *out);
static bool convert(const struct uucp_chat *chat, const char *text, size_t length, bool sent,
                    struct buffer *out);
static const char *escape(const struct uucp_chat *chat, const char *text, const char *end,
                          struct buffer *out, bool *good, bool *bare);
static void        append_plain(const char *text, struct buffer *out);
static bool        asks_for_password(const struct import_word *expected);
static void hide(const struct uucp_chat *chat, const struct import_word *word, struct buffer *out);
static void note(const struct uucp_chat *chat, const struct import_word *word, struct buffer *out);

void
uucp_chat_convert(const struct uucp_chat *chat, const struct import_word *words, size_t count,
                  struct buffer *out)
{
	for (size_t i = 0; i < count; i++)
		if (i % 2 == 0)
			expect(chat, &words[i], out);
		else if (asks_for_password(&words[i - 1]) && strstr(words[i].text, "\\P") == NULL)
			hide(chat, &words[i], out);
		else
			send(chat, &words[i], out);
}

/* "a-b-a": waits for a; where it does not come, sends b and waits again. */
static void
expect(const struct uucp_chat *chat, const struct import_word *word, struct buffer *out)
{
	const char   *text = word->text, *dash = strchr(text, '-');
	size_t        length = dash != NULL ? (size_t)(dash - text) : strlen(text);
	struct buffer first, retry, other;
	unsigned      times = 0;
	bool          same  = true;

	if (strcmp(text, "\"\"") == 0)
		return;
	buffer_init(&first);
	buffer_init(&retry);
	buffer_init(&other);
	same = convert(chat, text, length, false, &first);
	while (dash != NULL && same) {
		const char *back = strchr(dash + 1, '-'), *end;

		if (back == NULL)
			break;
		end = strchr(back + 1, '-');
		buffer_clear(&other);
		same = convert(chat, dash + 1, (size_t)(back - dash - 1), true, &other) &&
		       (times == 0 || span_equal(buffer_span(&other), buffer_span(&retry)));
		if (times++ == 0)
			buffer_append_span(&retry, buffer_span(&other));
		if (end == NULL)
			end = text + strlen(text);
		same = same && (size_t)(end - back - 1) == length &&
		       strncmp(back + 1, text, length) == 0;
		dash = *end == '-' ? end : NULL;
	}
	if (!same || dash != NULL)
		note(chat, word, out);
	if (first.length > 2) {
		buffer_append_format(out, "%sexpect %s", chat->indent, buffer_text(&first));
		if (same && times > 0)
			buffer_append_format(out, " retry %s x%u", buffer_text(&retry), times);
		buffer_append_text(out, "\n");
	}
	buffer_release(&other);
	buffer_release(&retry);
	buffer_release(&first);
}

static void
send(const struct uucp_chat *chat, const struct import_word *word, struct buffer *out)
{
	struct buffer text;

	if (strstr(word->text, "\\P") != NULL) {
		if (strcmp(word->text, "\\P") != 0 && strcmp(word->text, "\\P\\c") != 0)
			note(chat, word, out);
		buffer_append_format(out, "%ssend secret %s\n", chat->indent, chat->secret);
		return;
	}
	buffer_init(&text);
	if (!convert(chat, word->text, strlen(word->text), true, &text))
		note(chat, word, out);
	buffer_append_format(out, "%ssend %s\n", chat->indent, buffer_text(&text));
	buffer_release(&text);
}

/* Appends it between quotes; what is sent ends with a carriage return, unless it says \c. */
static bool
convert(const struct uucp_chat *chat, const char *text, size_t length, bool sent,
        struct buffer *out)
{
	const char *end  = text + length;
	bool        good = true, bare = !sent;

	buffer_append_text(out, "\"");
	if (length == 2 && strncmp(text, "\"\"", 2) == 0)
		text = end;
	if (length == 5 && strncmp(text, "BREAK", 5) == 0) {
		buffer_append_text(out, "\\K");
		text = end;
		bare = true;
	} else if (length == 3 && strncmp(text, "EOT", 3) == 0) {
		description_escape_code(4, out);
		text = end;
		bare = true;
	}
	while (text < end)
		if (*text == '\\' && text + 1 < end)
			text = escape(chat, text + 1, end, out, &good, &bare);
		else
			description_escape_code((unsigned char)*text++, out);
	if (!bare)
		buffer_append_text(out, "\\r");
	buffer_append_text(out, "\"");
	return good;
}

/* What follows a backslash; returns what is behind it. */
static const char *
escape(const struct uucp_chat *chat, const char *text, const char *end, struct buffer *out,
       bool *good, bool *bare)
{
	static const char same[] = "dpKrnt\\";
	unsigned          octal  = 0;
	int               digits = 0;

	while (digits < 3 && text + digits < end && text[digits] >= '0' && text[digits] <= '7')
		octal = octal * 8 + (unsigned)(text[digits++] - '0');
	if (digits > 0) {
		description_escape_code(octal & 0xff, out);
		return text + digits;
	}
	switch (*text) {
	case 'c':
		*bare = true;
		break;
	case 's':
		buffer_append_text(out, " ");
		break;
	case 'b':
		description_escape_code('\b', out);
		break;
	case 'D':
	case 'T':
		*good = *good && chat->phone;
		if (chat->phone)
			buffer_append_text(out, "\\P");
		break;
	case 'L':
		*good = *good && chat->login != NULL;
		append_plain(chat->login != NULL ? chat->login : "", out);
		break;
	case 'e': /* echoes are not checked */
	case 'E':
	case 'm': /* nor carriers */
	case 'M':
		break;
	default:
		if (strchr(same, *text) != NULL)
			buffer_append_format(out, "\\%c", *text);
		else
			*good = false;
	}
	return text + 1;
}

static void
append_plain(const char *text, struct buffer *out)
{
	for (; *text != '\0'; text++)
		description_escape_code((unsigned char)*text, out);
}

static bool
asks_for_password(const struct import_word *expected)
{
	return strstr(expected->text, "ssw") != NULL || strstr(expected->text, "word") != NULL;
}

/* A password in the chat itself is not written into a description. */
static void
hide(const struct uucp_chat *chat, const struct import_word *word, struct buffer *out)
{
	buffer_append_format(
	    out, "%s# what %s:%u sends is the first line of keys/%s.secret\n%ssend secret %s\n",
	    chat->indent, chat->path, word->line, chat->secret, chat->indent, chat->secret);
}

static void
note(const struct uucp_chat *chat, const struct import_word *word, struct buffer *out)
{
	import_left(chat->path, word, 1, chat->indent, out);
}
