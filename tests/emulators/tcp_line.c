/*
 * tcp_line.c - a slow, long, bad line between a port of the loopback and another
 *
 *	tcp-line [OPTION...] PORT HOST:PORT
 *
 *	--rate BYTES     a second, each way, for all calls together as on one line; 0: no limit
 *	--delay MS       one way
 *	--buffer BYTES   that may wait to be sent (default: what goes in 50 ms, at least 64)
 *	--record FILE    all that came out, of both ways
 *	--flip N, --drop N, --seven-bit, --eats-flow, --seed N     see channel.h
 *
 * Calls to PORT go on to HOST:PORT. Sockets have the smallest buffers there are, so that who
 * sends feels the line. Commands are read from the standard input and answered each with one
 * line; at its end the line goes away:
 *
 *	count            "FORTH BACK CALLS": bytes that came out at either end, since the last `zero`
 *	zero             counts from 0
 *	cut              hangs up; what is on its way is lost
 *	cut-after BYTES  as soon as so many more have come out at the far end; answered then
 *	down, up         hangs up and takes no calls; takes them again
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "spool/base/buffer.h"
#include "spool/base/memory.h"
#include "tests/support/channel.h"

enum { CALLS_MAX = 16, PIECE_BYTES = 65536, SLOW_BYTES_PER_S = 1 << 20, SLOW_SEGMENT = 536 };

struct way {
	struct channel channel;
	struct buffer  out;   /* came out, and is not written yet */
	bool           ended; /* who sends has said that nothing follows ... */
	bool           told;  /* ... and who receives has heard it           */
};

struct call {
	int        sockets[2]; /* who called, who is called; 0: no call */
	bool       connecting;
	struct way ways[2]; /* forth: from sockets[0] to sockets[1]; back */
};

static struct channel_options options;
static struct sockaddr_in     far;
static struct call            calls[CALLS_MAX];
static uint64_t               carried[2], taken;
static uint64_t               cut_at; /* when so many have come out forth; 0: never */
static bool                   is_down;
static FILE                  *record;
static int64_t                line_busy_us[2]; /* one line for all calls */

static bool   parse(int count, char **words, int *listener);
static int    listen_at(const char *port);
static void   tune(int handle);
static void   answer(int listener);
static void   serve(int listener);
static size_t watch(struct pollfd *polled, int listener, int64_t *due_us);
static void watch_way(struct call *call, unsigned direction, struct pollfd *from, struct pollfd *to,
                      int64_t *due_us);
static void carry(struct call *call);
static bool carry_way(struct call *call, unsigned direction);
static bool take_in(struct call *call, unsigned direction);
static bool put_out(struct call *call, unsigned direction);
static void hang_up(struct call *call);
static void hang_up_all(void);
static bool obey(void);
static void obey_line(char *line);
static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int64_t now_us(void);

int
main(int count, char **words)
{
	int listener = -1;

	signal(SIGPIPE, SIG_IGN);
	if (!parse(count, words, &listener)) {
		fputs("usage: tcp-line [--rate BYTES] [--delay MS] [--buffer BYTES] [--flip N] "
		      "[--drop N] [--seven-bit] [--eats-flow] [--seed N] PORT HOST:PORT\n",
		      stderr);
		return 64;
	}
	if (listener < 0) {
		perror("tcp-line");
		return 69;
	}
	say("ready");
	serve(listener);
	if (record != NULL)
		fclose(record);
	hang_up_all();
	return 0;
}

static bool
parse(int count, char **words, int *listener)
{
	int   at = 1;
	char *colon;

	for (; at < count && strncmp(words[at], "--", 2) == 0; at++) {
		const char *word = words[at];
		bool lone = strcmp(word, "--seven-bit") == 0 || strcmp(word, "--eats-flow") == 0;
		long long value = lone || at + 1 >= count ? 0 : strtoll(words[++at], NULL, 10);

		if (strcmp(word, "--rate") == 0)
			options.bytes_per_s = value;
		else if (strcmp(word, "--delay") == 0)
			options.delay_us = value * 1000;
		else if (strcmp(word, "--buffer") == 0)
			options.buffer = (size_t)value;
		else if (strcmp(word, "--flip") == 0)
			options.flip_one_in = (uint64_t)value;
		else if (strcmp(word, "--drop") == 0)
			options.drop_one_in = (uint64_t)value;
		else if (strcmp(word, "--record") == 0 && at < count)
			record = fopen(words[at], "ab");
		else if (strcmp(word, "--seed") == 0)
			options.seed = (uint64_t)value;
		else if (strcmp(word, "--seven-bit") == 0)
			options.seven_bit = true;
		else if (strcmp(word, "--eats-flow") == 0)
			options.eats_flow = true;
		else
			return false;
	}
	if (count - at != 2 || (colon = strrchr(words[at + 1], ':')) == NULL)
		return false;
	*colon         = '\0';
	far.sin_family = AF_INET;
	far.sin_port   = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	if (inet_pton(AF_INET, words[at + 1], &far.sin_addr) != 1)
		return false;
	if (options.buffer == 0)
		options.buffer =
		    options.bytes_per_s / 20 > 64 ? (size_t)options.bytes_per_s / 20 : 64;
	*listener = listen_at(words[at]);
	return true;
}

static int
listen_at(const char *port)
{
	struct sockaddr_in here   = { .sin_family = AF_INET };
	int                handle = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;

	here.sin_port        = htons((uint16_t)strtoul(port, NULL, 10));
	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	tune(handle);
	if (bind(handle, (struct sockaddr *)&here, sizeof(here)) != 0 || listen(handle, 16) != 0)
		return -1;
	return handle;
}

/* On a slow line: short segments, and hardly any of them in the kernel. */
static void
tune(int handle)
{
	int one = 1, segment = SLOW_SEGMENT, buffer = 2 * SLOW_SEGMENT;

	setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (options.bytes_per_s == 0 || options.bytes_per_s > SLOW_BYTES_PER_S)
		return;
	if (options.bytes_per_s / 8 > buffer)
		buffer = (int)(options.bytes_per_s / 8);
	setsockopt(handle, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment));
	setsockopt(handle, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	setsockopt(handle, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
}

static void
serve(int listener)
{
	struct pollfd polled[2 + 2 * CALLS_MAX];

	for (;;) {
		int64_t         due_us = CHANNEL_NEVER_US, wait_us;
		size_t          count  = watch(polled, listener, &due_us);
		struct timespec wait;

		wait_us = due_us == CHANNEL_NEVER_US ? 0 : due_us - now_us();
		wait_us = wait_us < 0 ? 0 : wait_us;
		wait    = (struct timespec){ wait_us / 1000000, wait_us % 1000000 * 1000 };
		if (ppoll(polled, count, due_us == CHANNEL_NEVER_US ? NULL : &wait, NULL) < 0 &&
		    errno != EINTR)
			return;
		if (polled[0].revents != 0 && !obey())
			return;
		if (polled[1].revents != 0)
			answer(listener);
		for (size_t i = 0; i < CALLS_MAX; i++)
			if (calls[i].sockets[0] != 0)
				carry(&calls[i]);
		if (cut_at > 0 && carried[0] >= cut_at) {
			cut_at = 0;
			hang_up_all();
			say("cut");
		}
	}
}

static size_t
watch(struct pollfd *polled, int listener, int64_t *due_us)
{
	size_t count = 2;

	polled[0] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	polled[1] = (struct pollfd){ .fd = listener, .events = POLLIN };
	for (size_t i = 0; i < CALLS_MAX; i++) {
		struct call   *call     = &calls[i];
		struct pollfd *near_end = &polled[count], *far_end = &polled[count + 1];

		if (call->sockets[0] == 0)
			continue;
		*near_end = (struct pollfd){ .fd = call->sockets[0] };
		*far_end  = (struct pollfd){ .fd = call->sockets[1] };
		if (call->connecting) {
			far_end->events = POLLOUT;
		} else {
			watch_way(call, 0, near_end, far_end, due_us);
			watch_way(call, 1, far_end, near_end, due_us);
		}
		count += 2;
	}
	return count;
}

static void
watch_way(struct call *call, unsigned direction, struct pollfd *from, struct pollfd *to,
          int64_t *due_us)
{
	struct way *way    = &call->ways[direction];
	int64_t     now    = now_us();
	int64_t     arrive = channel_due_us(&way->channel);

	way->channel.busy_us = line_busy_us[direction];
	if (!way->ended && channel_room(&way->channel, now) > 0)
		from->events |= POLLIN;
	else if (!way->ended && channel_room_us(&way->channel, now) < *due_us)
		*due_us = channel_room_us(&way->channel, now);
	if (way->out.length > 0)
		to->events |= POLLOUT;
	else if (arrive < *due_us)
		*due_us = arrive;
}

static void
answer(int listener)
{
	int          handle = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	struct call *call   = NULL;

	for (size_t i = 0; i < CALLS_MAX && call == NULL; i++)
		if (calls[i].sockets[0] == 0)
			call = &calls[i];
	if (handle < 0)
		return;
	if (call == NULL || is_down) {
		close(handle);
		return;
	}
	taken++;
	call->sockets[0] = handle;
	call->sockets[1] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	call->connecting = true;
	tune(call->sockets[0]);
	tune(call->sockets[1]);
	channel_init(&call->ways[0].channel, &options);
	channel_init(&call->ways[1].channel, &options);
	call->ways[1].channel.random.state[0] ^= 1; /* not the same luck both ways */
	connect(call->sockets[1], (const struct sockaddr *)&far, sizeof(far));
}

static void
carry(struct call *call)
{
	if (call->connecting) {
		struct pollfd polled = { .fd = call->sockets[1], .events = POLLOUT };
		int           error  = 0;
		socklen_t     size   = sizeof(error);

		if (poll(&polled, 1, 0) != 1)
			return;
		getsockopt(call->sockets[1], SOL_SOCKET, SO_ERROR, &error, &size);
		if (error != 0) {
			hang_up(call);
			return;
		}
		call->connecting = false;
	}
	if (!carry_way(call, 0) || !carry_way(call, 1) ||
	    (call->ways[0].told && call->ways[1].told))
		hang_up(call);
}

static bool
carry_way(struct call *call, unsigned direction)
{
	struct way *way = &call->ways[direction];

	if (!take_in(call, direction) || !put_out(call, direction))
		return false;
	if (way->ended && !way->told && channel_is_empty(&way->channel) && way->out.length == 0) {
		way->told = true;
		shutdown(call->sockets[1 - direction], SHUT_WR);
	}
	return true;
}

static bool
take_in(struct call *call, unsigned direction)
{
	struct way *way = &call->ways[direction];
	int64_t     now = now_us();
	char        bytes[PIECE_BYTES];
	size_t      room;
	ssize_t     length;

	way->channel.busy_us = line_busy_us[direction];
	room                 = channel_room(&way->channel, now);
	if (way->ended || room == 0)
		return true;
	length =
	    recv(call->sockets[direction], bytes, room < sizeof(bytes) ? room : sizeof(bytes), 0);
	if (length < 0)
		return errno == EAGAIN || errno == EINTR;
	way->ended = length == 0;
	channel_put(&way->channel, bytes, (size_t)length, now);
	line_busy_us[direction] = way->channel.busy_us;
	return true;
}

static bool
put_out(struct call *call, unsigned direction)
{
	struct way *way = &call->ways[direction];
	ssize_t     length;

	if (way->out.length == 0) {
		buffer_reserve(&way->out, PIECE_BYTES);
		way->out.length = channel_take(&way->channel, way->out.data, PIECE_BYTES, now_us());
		carried[direction] += way->out.length;
		if (record != NULL)
			fwrite(way->out.data, 1, way->out.length, record);
	}
	if (way->out.length == 0)
		return true;
	length = send(call->sockets[1 - direction], way->out.data, way->out.length, 0);
	if (length < 0)
		return errno == EAGAIN || errno == EINTR;
	buffer_drop_front(&way->out, (size_t)length);
	return true;
}

static void
hang_up(struct call *call)
{
	for (unsigned i = 0; i < 2; i++) {
		close(call->sockets[i]);
		channel_release(&call->ways[i].channel);
		buffer_release(&call->ways[i].out);
	}
	*call = (struct call){ .connecting = false };
}

static void
hang_up_all(void)
{
	for (size_t i = 0; i < CALLS_MAX; i++)
		if (calls[i].sockets[0] != 0)
			hang_up(&calls[i]);
	line_busy_us[0] = line_busy_us[1] = 0;
}

/* False at the end of the commands. */
static bool
obey(void)
{
	static struct buffer input;
	ssize_t              length;
	char                *newline;

	buffer_reserve(&input, 4096);
	length = read(STDIN_FILENO, input.data + input.length, 4096);
	if (length <= 0) {
		buffer_release(&input);
		return false;
	}
	input.length += (size_t)length;
	while ((newline = memchr(input.data, '\n', input.length)) != NULL) {
		*newline = '\0';
		obey_line((char *)input.data);
		buffer_drop_front(&input, (size_t)(newline + 1 - (char *)input.data));
	}
	return true;
}

static void
obey_line(char *line)
{
	if (strcmp(line, "count") == 0) {
		say("%llu %llu %llu", (unsigned long long)carried[0],
		    (unsigned long long)carried[1], (unsigned long long)taken);
	} else if (strcmp(line, "zero") == 0) {
		carried[0] = carried[1] = taken = 0;
		say("zero");
	} else if (strncmp(line, "cut-after ", 10) == 0) {
		cut_at = carried[0] + strtoull(line + 10, NULL, 10);
	} else if (strcmp(line, "cut") == 0 || strcmp(line, "down") == 0) {
		is_down = strcmp(line, "down") == 0;
		hang_up_all();
		say("%s", line);
	} else if (strcmp(line, "up") == 0) {
		is_down = false;
		say("up");
	} else {
		say("unknown: %s", line);
	}
}

static void
say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
}

static int64_t
now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
