/*
 * status_lines.c - a piece at a time, and a pause after each
 */
#include "daemon/transport/status_lines.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "spool/base/memory.h"

enum { PAUSE_MS = 100 };

struct status_lines {
	uv_pipe_t             pipe;
	uv_timer_t            pause;
	status_line_function *said;
	void                 *owner;
	char                  line[STATUS_LINE_MAX + 1];
	size_t                length;
	bool                  bad; /* this line is passed over */
	unsigned              handles;
	char                  room[512];
};

static void read_on(struct status_lines *lines);
static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room);
static void came(uv_stream_t *stream, ssize_t length, const uv_buf_t *room);
static void paused(uv_timer_t *timer);
static void take(struct status_lines *lines, const char *bytes, size_t length);
static void closed(uv_handle_t *handle);

struct status_lines *
status_lines_open(uv_loop_t *loop, int fd, status_line_function *said, void *owner)
{
	struct status_lines *lines = memory_new(1, sizeof(*lines));

	*lines = (struct status_lines){ .said = said, .owner = owner, .handles = 2 };
	uv_pipe_init(loop, &lines->pipe, 0);
	uv_timer_init(loop, &lines->pause);
	lines->pipe.data = lines->pause.data = lines;
	uv_pipe_open(&lines->pipe, fd);
	read_on(lines);
	return lines;
}

void
status_lines_close(struct status_lines *lines)
{
	uv_os_fd_t fd;
	ssize_t    length;

	if (lines == NULL)
		return;
	if (uv_fileno((uv_handle_t *)&lines->pipe, &fd) == 0) {
		length = read(fd, lines->room, sizeof(lines->room));
		if (length > 0)
			take(lines, lines->room, (size_t)length);
	}
	uv_close((uv_handle_t *)&lines->pipe, closed);
	uv_close((uv_handle_t *)&lines->pause, closed);
}

static void
read_on(struct status_lines *lines)
{
	uv_read_start((uv_stream_t *)&lines->pipe, give_room, came);
}

static void
give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
	struct status_lines *lines = handle->data;

	(void)suggested;
	*room = uv_buf_init(lines->room, sizeof(lines->room));
}

static void
came(uv_stream_t *stream, ssize_t length, const uv_buf_t *room)
{
	struct status_lines *lines = stream->data;

	uv_read_stop(stream);
	if (length > 0)
		take(lines, room->base, (size_t)length);
	if (length >= 0)
		uv_timer_start(&lines->pause, paused, PAUSE_MS, 0);
}

static void
paused(uv_timer_t *timer)
{
	read_on(timer->data);
}

static void
take(struct status_lines *lines, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = bytes[i];

		if (c == '\n') {
			lines->line[lines->length] = '\0';
			if (!lines->bad && lines->length > 0)
				lines->said(lines->owner, lines->line);
			lines->length = 0;
			lines->bad    = false;
		} else if (c < ' ' || c > '~' || lines->length == STATUS_LINE_MAX) {
			lines->bad = true;
		} else {
			lines->line[lines->length++] = c;
		}
	}
}

static void
closed(uv_handle_t *handle)
{
	struct status_lines *lines = handle->data;

	if (--lines->handles == 0)
		free(lines);
}
