/*
 * thin_answer.c - bytes between a line and the daemon
 *
 * Little is kept here: what was read and not yet written is one small piece a way, so that the daemon
 * soon notices how slow the line is.
 */
#include "tools/thin_answer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/control/control.h"
#include "tools/complain.h"
#include "tools/thin_ask.h"
#include "tools/thin_socket.h"

enum { PIECE_BYTES = 4096 };

/* One way: bytes from one descriptor to another. */
struct way {
	int    from, to;
	size_t begin, end; /* of the piece: not yet written */
	bool   over;
	char   piece[PIECE_BYTES];
};

static void ask(int daemon, char **words);
static bool read_answer(int daemon, int *code);
static void carry(int daemon);
static void watch(const struct way *way, struct pollfd *in, struct pollfd *out);
static void move(struct way *way, const struct pollfd *in, const struct pollfd *out);
static void say_over(struct way *way);

int
thin_answer(const struct home *home, char **words)
{
	int daemon = thin_socket_connect(home);
	int code   = EX_TEMPFAIL;

	if (daemon < 0) {
		complain("%s/" HOME_SOCKET ": %s", home->run, strerror(errno));
		return errno == EACCES ? EX_NOPERM : THIN_NO_DAEMON;
	}
	signal(SIGPIPE, SIG_IGN);
	ask(daemon, words);
	if (!read_answer(daemon, &code))
		complain("the daemon went away before it had answered");
	else if (code == EX_OK)
		carry(daemon);
	close(daemon);
	return code;
}

static void
ask(int daemon, char **words)
{
	struct control_request request;
	struct buffer          frames;

	control_request_init(&request);
	buffer_init(&frames);
	for (; *words != NULL; words++)
		control_request_add(&request, *words);
	control_append_request(&frames, &request);
	thin_socket_write(daemon, buffer_span(&frames));
	buffer_release(&frames);
	control_request_release(&request);
}

/* Byte by byte: those that follow the answer are the line's already. */
static bool
read_answer(int daemon, int *code)
{
	struct control_reader reader;
	struct control_item   item = { .kind = CONTROL_NOTHING };
	struct control_done   done;
	uint8_t               byte;
	bool                  finished = false;

	control_reader_init(&reader, CONTROL_DAEMON);
	while (!finished && item.kind != CONTROL_BROKEN && read(daemon, &byte, 1) == 1) {
		struct span input = { &byte, 1 };

		do {
			control_read(&reader, &input, &item, NULL);
			if (item.kind == CONTROL_ERRORS)
				fwrite(item.bytes.data, 1, item.bytes.length, stderr);
			finished = item.kind == CONTROL_DONE &&
			           control_done_decode(&done, item.bytes, NULL) == STATUS_OK;
		} while (!finished && item.kind != CONTROL_NOTHING && item.kind != CONTROL_BROKEN);
	}
	control_reader_release(&reader);
	if (finished)
		*code = done.exit_code;
	return finished;
}

/* Until the daemon has said all, or nobody hears it any more. */
static void
carry(int daemon)
{
	struct way out = { .from = daemon, .to = STDOUT_FILENO };
	struct way in  = { .from = STDIN_FILENO, .to = daemon };

	while (!out.over) {
		struct pollfd polled[4];

		watch(&out, &polled[0], &polled[1]);
		watch(&in, &polled[2], &polled[3]);
		if (poll(polled, 4, -1) < 0 && errno != EINTR)
			return;
		move(&out, &polled[0], &polled[1]);
		move(&in, &polled[2], &polled[3]);
	}
}

/* Reads when the piece is written, and writes while it is not; negative descriptors are passed over. */
static void
watch(const struct way *way, struct pollfd *in, struct pollfd *out)
{
	bool empty = way->begin == way->end;

	*in  = (struct pollfd){ way->over || !empty ? -1 : way->from, POLLIN, 0 };
	*out = (struct pollfd){ way->over || empty ? -1 : way->to, POLLOUT, 0 };
}

static void
move(struct way *way, const struct pollfd *in, const struct pollfd *out)
{
	ssize_t length;

	if (in->fd >= 0 && in->revents != 0) {
		length = read(way->from, way->piece, sizeof(way->piece));
		if (length == 0 || (length < 0 && errno != EINTR && errno != EAGAIN))
			say_over(way);
		way->begin = 0;
		way->end   = length > 0 ? (size_t)length : 0;
	}
	if (out->fd >= 0 && out->revents != 0) {
		length = write(way->to, way->piece + way->begin, way->end - way->begin);
		if (length > 0)
			way->begin += (size_t)length;
		else if (errno != EINTR && errno != EAGAIN)
			say_over(way);
	}
}

/* The daemon may still have something to say; whoever hears it, does not. */
static void
say_over(struct way *way)
{
	way->over  = true;
	way->begin = way->end = 0;
	if (way->from == STDIN_FILENO)
		shutdown(way->to, SHUT_WR);
}
