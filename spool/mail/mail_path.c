/*
 * mail_path.c - "From_" lines, from the top
 */
#include "spool/mail/mail_path.h"

#include <string.h>

struct line {
	struct span user;
	struct span host; /* after "remote from"; empty: none */
};

static bool        read_line(struct span text, struct line *line);
static struct span word_of(struct span text, size_t at);

bool
mail_path_take(struct span *bytes, bool all, struct buffer *sender)
{
	struct span rest  = *bytes;
	struct span user  = { NULL, 0 };
	size_t      start = sender->length;

	for (unsigned i = 0; i < MAIL_PATH_LINES_MAX; i++) {
		const uint8_t *end    = memchr(rest.data, '\n', rest.length);
		size_t         length = end == NULL ? rest.length : (size_t)(end - rest.data);
		struct line    line;

		if (end == NULL && !all && rest.length <= MAIL_PATH_LINE_MAX) {
			sender->length = start;
			return false;
		}
		if (end == NULL || !read_line((struct span){ rest.data, length }, &line))
			break;
		rest.data += length + 1;
		rest.length -= length + 1;
		user = line.user;
		if (line.host.length > 0) {
			buffer_append_span(sender, line.host);
			buffer_append_text(sender, "!");
		}
	}
	buffer_append_span(sender, user);
	*bytes = rest;
	return true;
}

/* `[>]From USER ... [remote from HOST]` */
static bool
read_line(struct span text, struct line *line)
{
	static const char from[] = "From ", remote[] = " remote from ";
	const uint8_t    *found = NULL;

	if (text.length > 0 && text.data[text.length - 1] == '\r')
		text.length--;
	if (text.length > 0 && text.data[0] == '>') {
		text.data++;
		text.length--;
	}
	if (text.length < strlen(from) || memcmp(text.data, from, strlen(from)) != 0)
		return false;
	line->user = word_of(text, strlen(from));
	for (size_t at = 0; at + strlen(remote) <= text.length; at++)
		if (memcmp(text.data + at, remote, strlen(remote)) == 0)
			found = text.data + at;
	line->host = (struct span){ NULL, 0 };
	if (found != NULL)
		line->host = word_of(text, (size_t)(found - text.data) + strlen(remote));
	return line->user.length > 0;
}

static struct span
word_of(struct span text, size_t at)
{
	size_t end = at;

	while (end < text.length && text.data[end] > ' ' && text.data[end] != 0x7f)
		end++;
	return (struct span){ text.data + at, end - at };
}
