/*
 * loop_tell.c - EVENT_CALL_STATUS of a call that the node knows
 */
#include "daemon/loop/loop_tell.h"

#include <string.h>

enum { EACH_MS = 1000 };

static void tell_lines(const struct loop_stream *stream, char *text, size_t length);

void
loop_tell_line(const struct loop_stream *stream, const char *line)
{
	struct loop_inbox *inbox = stream->set->inbox;
	const char        *text;

	if (stream->id == 0)
		return;
	text                                                       = loop_inbox_text(inbox, line);
	loop_inbox_add(inbox, EVENT_CALL_STATUS, stream->id)->text = text;
}

void
loop_tell_figures(struct loop_stream *stream, struct instant now)
{
	struct buffer lines;

	if (!stream->open || stream->id == 0 || stream->set->kind != LOOP_CALL ||
	    now.ms - stream->described.ms < EACH_MS)
		return;
	stream->described = now;
	buffer_init(&lines);
	layers_describe(&stream->layers, &lines);
	tell_lines(stream, (char *)lines.data, lines.length);
	buffer_release(&lines);
}

static void
tell_lines(const struct loop_stream *stream, char *text, size_t length)
{
	for (char *end; length > 0 && (end = memchr(text, '\n', length)) != NULL; text = end + 1) {
		*end = '\0';
		loop_tell_line(stream, text);
		length -= (size_t)(end - text) + 1;
	}
}
