/*
 * modem.c - a telephone network with a modem at each end
 *
 *	modem [OPTION...] NUMBER=PATH...
 *
 *	--rate BITS      a second, each way: ten bits a byte (default 9600; 0: no limit)
 *	--delay MS       one way
 *	--flip N, --drop N, --seven-bit, --eats-flow, --seed N     see channel.h
 *	--train MS       from answering to CONNECT (default 100)
 *	--busy NUMBER    is always engaged
 *	--silent NUMBER  rings, and nobody answers
 *	--no-dialtone
 *	--one-at-a-time  what an end says while something is on its way to it is noise, as on a radio
 *
 * Each PATH becomes a link to a terminal: a computer's serial line, behind which a modem has that
 * NUMBER. Whoever closes the terminal drops DTR. Commands are read from the standard input, and
 * answered each with one line; at its end the modems go away:
 *
 *	count            "CALLS BYTES": that were connected, that came out at any end; since `zero`
 *	zero             counts from 0
 *	cut              the network loses every call
 *	cut-after BYTES  as soon as so many more have come out; answered then
 *	calls            how many calls there are now
 *	turns            "TURNS BYTES": how often another end spoke than before, and what was noise; since `zero`
 *	dialled          the numbers that were dialled since the last `zero`
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "spool/base/buffer.h"
#include "tests/support/channel.h"
#include "tests/support/modem.h"

enum {
	ENDS_MAX    = 8,
	NUMBERS_MAX = 8,
	RING_US     = 400000, /* six seconds, in a test's time */
	DIAL_US     = 100000,
	LOOK_US     = 20000, /* for a terminal that was opened */
	PIECE_BYTES = 4096
};

enum call_state { NO_CALL, CALL_DIALS, CALL_RINGS, CALL_TRAINS, CALL_TALKS };

struct end {
	int             master;
	bool            open; /* a program has the terminal */
	const char     *number, *path;
	struct modem    modem;
	struct end     *other;   /* of its call */
	bool            calling; /* it made the call, whose state is here */
	enum call_state call;
	int64_t         due_us; /* of that state */
	unsigned        rung;
	struct channel  channel; /* from its computer to the other's */
};

static struct channel_options options = { .bytes_per_s = 960 };
static bool                   one_at_a_time;
static const struct end      *speaker; /* whoever said something last */
static uint64_t               turns, collided;
static struct end             ends[ENDS_MAX];
static size_t                 end_count;
static const char            *busy[NUMBERS_MAX], *silent[NUMBERS_MAX];
static size_t                 busy_count, silent_count;
static bool                   no_dialtone;
static unsigned               speed_bits = 9600;
static int64_t                train_us   = 100000;
static uint64_t               connected, carried, cut_at;
static struct buffer          dialled;

static bool    parse(int count, char **words);
static bool    parse_option(const char *word, const char *value);
static bool    add_end(char *word);
static void    serve(void);
static void    look_at(struct end *end, bool readable, bool hung);
static void    read_computer(struct end *end);
static void    write_computer(struct end *end);
static void    speak(const struct end *end, size_t length);
static void    carry(struct end *end);
static void    perform(struct end *end);
static void    start_call(struct end *end);
static void    call_due(struct end *end);
static void    fail(struct end *end, enum modem_result why);
static void    ring(struct end *end);
static void    end_call(struct end *end);
static void    cut_all(void);
static int64_t due_us(const struct end *end);
static bool    obey(void);
static void    obey_line(const char *line);
static bool    is_listed(const char *number, const char *const *list, size_t count);
static int64_t now_us(void);

int
main(int count, char **words)
{
	signal(SIGPIPE, SIG_IGN);
	buffer_init(&dialled);
	if (!parse(count, words)) {
		fputs("usage: modem [--rate BITS] [--delay MS] [--flip N] [--drop N] [--seven-bit] "
		      "[--eats-flow] [--seed N] [--train MS] [--busy NUMBER] [--silent NUMBER] "
		      "[--no-dialtone] [--one-at-a-time] NUMBER=PATH...\n",
		      stderr);
		return 64;
	}
	puts("ready");
	fflush(stdout);
	serve();
	for (size_t i = 0; i < end_count; i++) {
		unlink(ends[i].path);
		close(ends[i].master);
		modem_release(&ends[i].modem);
		channel_release(&ends[i].channel);
	}
	buffer_release(&dialled);
	return 0;
}

static bool
parse(int count, char **words)
{
	int at = 1;

	for (; at < count && strncmp(words[at], "--", 2) == 0; at++) {
		const char *word = words[at];

		if (strcmp(word, "--seven-bit") == 0)
			options.seven_bit = true;
		else if (strcmp(word, "--eats-flow") == 0)
			options.eats_flow = true;
		else if (strcmp(word, "--no-dialtone") == 0)
			no_dialtone = true;
		else if (strcmp(word, "--one-at-a-time") == 0)
			one_at_a_time = true;
		else if (at + 1 >= count || !parse_option(word, words[++at]))
			return false;
	}
	if (options.bytes_per_s > 0) /* a byte's time more or less is nothing to a modem */
		options.buffer = (size_t)options.bytes_per_s / 20 + 16;
	if (at == count)
		return false;
	for (; at < count; at++)
		if (!add_end(words[at]))
			return false;
	return true;
}

static bool
parse_option(const char *word, const char *value)
{
	long long number = strtoll(value, NULL, 10);

	if (strcmp(word, "--rate") == 0) {
		speed_bits          = (unsigned)number;
		options.bytes_per_s = number / 10;
	} else if (strcmp(word, "--delay") == 0) {
		options.delay_us = number * 1000;
	} else if (strcmp(word, "--flip") == 0) {
		options.flip_one_in = (uint64_t)number;
	} else if (strcmp(word, "--drop") == 0) {
		options.drop_one_in = (uint64_t)number;
	} else if (strcmp(word, "--seed") == 0) {
		options.seed = (uint64_t)number;
	} else if (strcmp(word, "--train") == 0) {
		train_us = number * 1000;
	} else if (strcmp(word, "--busy") == 0 && busy_count < NUMBERS_MAX) {
		busy[busy_count++] = value;
	} else if (strcmp(word, "--silent") == 0 && silent_count < NUMBERS_MAX) {
		silent[silent_count++] = value;
	} else {
		return false;
	}
	return true;
}

/* NUMBER=PATH */
static bool
add_end(char *word)
{
	struct channel_options own  = options;
	struct end            *end  = &ends[end_count];
	char                  *path = strchr(word, '=');
	char                   name[64];
	struct termios         raw;
	int                    slave;

	if (path == NULL || end_count == ENDS_MAX)
		return false;
	*path++ = '\0';
	own.seed += end_count; /* not the same luck both ways */
	cfmakeraw(&raw);
	raw.c_cflag |= CREAD | CLOCAL;
	if (openpty(&end->master, &slave, name, &raw, NULL) != 0 || symlink(name, path) != 0) {
		perror(path);
		return false;
	}
	fcntl(end->master, F_SETFL, O_NONBLOCK);
	close(slave); /* a line that nobody has open */
	end->number = word;
	end->path   = path;
	end->due_us = MODEM_NEVER_US;
	modem_init(&end->modem, speed_bits);
	channel_init(&end->channel, &own);
	end_count++;
	return true;
}

/* --- turns ------------------------------------------------------------------------------------ */

static void
serve(void)
{
	for (;;) {
		struct pollfd polled[ENDS_MAX + 1] = { { .fd = STDIN_FILENO, .events = POLLIN } };
		int64_t       next                 = now_us() + 10000000, wait;

		for (size_t i = 0; i < end_count; i++) {
			struct end *end = &ends[i];
			int64_t     due = due_us(end);

			polled[i + 1].fd = end->open ? end->master : -1;
			if (end->modem.state != MODEM_ONLINE ||
			    channel_room(&end->channel, now_us()) > 0)
				polled[i + 1].events |= POLLIN;
			if (end->modem.says.length > 0)
				polled[i + 1].events |= POLLOUT;
			next = due < next ? due : next;
		}
		wait = next - now_us();
		poll(polled, end_count + 1, wait > 0 ? (int)((wait + 999) / 1000) : 0);
		if (polled[0].revents != 0 && !obey())
			return;
		for (size_t i = 0; i < end_count; i++)
			look_at(&ends[i], (polled[i + 1].revents & POLLIN) != 0,
			        (polled[i + 1].revents & POLLHUP) != 0);
		if (cut_at > 0 && carried >= cut_at) {
			cut_at = 0;
			cut_all();
			puts("cut");
			fflush(stdout);
		}
	}
}

static int64_t
due_us(const struct end *end)
{
	int64_t now = now_us(), due = modem_due_us(&end->modem);

	if (end->due_us < due)
		due = end->due_us;
	if (!end->open && now + LOOK_US < due)
		due = now + LOOK_US;
	if (end->other != NULL && channel_due_us(&end->channel) < due)
		due = channel_due_us(&end->channel);
	if (end->modem.state == MODEM_ONLINE && channel_room(&end->channel, now) == 0 &&
	    channel_room_us(&end->channel, now) < due)
		due = channel_room_us(&end->channel, now);
	return due;
}

static void
look_at(struct end *end, bool readable, bool hung)
{
	int64_t now = now_us();

	if (!end->open) {
		struct pollfd polled = { .fd = end->master, .events = POLLIN };

		poll(&polled, 1, 0);
		end->open = (polled.revents & POLLHUP) == 0;
	} else if (readable) {
		read_computer(end);
	} else if (hung) {
		end->open = false;
		modem_dropped(&end->modem);
	}
	modem_tick(&end->modem, now);
	if (end->due_us <= now)
		call_due(end);
	perform(end);
	carry(end);
	write_computer(end);
}

static void
read_computer(struct end *end)
{
	int64_t now  = now_us();
	size_t  room = PIECE_BYTES;
	uint8_t bytes[PIECE_BYTES];
	ssize_t length;

	if (end->modem.state == MODEM_ONLINE && channel_room(&end->channel, now) < room)
		room = channel_room(&end->channel, now);
	length = room == 0 ? 0 : read(end->master, bytes, room);
	if (length > 0) {
		modem_hear(&end->modem, bytes, (size_t)length, now);
	} else if (length < 0 && errno == EIO) {
		end->open = false;
		modem_dropped(&end->modem);
	}
}

static void
write_computer(struct end *end)
{
	ssize_t length;

	if (!end->open || end->modem.says.length == 0)
		return;
	length = write(end->master, end->modem.says.data, end->modem.says.length);
	if (length > 0)
		buffer_drop_front(&end->modem.says, (size_t)length);
}

static void
speak(const struct end *end, size_t length)
{
	turns += speaker != end;
	speaker = end;
	if (!one_at_a_time || channel_is_empty(&end->other->channel))
		return;
	collided += length;
	for (size_t i = 0; i < length; i++)
		end->modem.data.data[i] ^= (uint8_t)(0x55 + 2 * i);
}

/* What this end's computer says goes into the channel; what comes out is said by the other's modem. */
static void
carry(struct end *end)
{
	int64_t now = now_us();
	uint8_t bytes[PIECE_BYTES];
	size_t  room = channel_room(&end->channel, now), length = end->modem.data.length;

	if (end->other == NULL) {
		buffer_clear(&end->modem.data);
		return;
	}
	length = length < room ? length : room;
	if (length > 0)
		speak(end, length);
	channel_put(&end->channel, end->modem.data.data, length, now);
	buffer_drop_front(&end->modem.data, length);
	if (end->other->modem.state != MODEM_ONLINE || end->other->modem.says.length > PIECE_BYTES)
		return;
	length = channel_take(&end->channel, bytes, sizeof(bytes), now);
	buffer_append(&end->other->modem.says, bytes, length);
	carried += length;
}

/* --- calls --------------------------------------------------------------------------------------- */

/* What the modem wants of the network. */
static void
perform(struct end *end)
{
	enum modem_request request = end->modem.request;
	struct end        *caller  = end->other;

	end->modem.request = MODEM_WANTS_NOTHING;
	switch (request) {
	case MODEM_WANTS_NOTHING:
		break;
	case MODEM_WANTS_CALL:
		buffer_append_format(&dialled, " %s", end->modem.number);
		end->calling = true;
		end->call    = CALL_DIALS;
		end->due_us  = now_us() + DIAL_US;
		break;
	case MODEM_WANTS_ANSWER:
		if (caller != NULL && caller->calling && caller->call == CALL_RINGS) {
			caller->call   = CALL_TRAINS;
			caller->due_us = now_us() + train_us;
		} else {
			modem_failed(&end->modem, MODEM_NO_CARRIER);
		}
		break;
	case MODEM_WANTS_END:
		end_call(end);
		break;
	}
}

static void
call_due(struct end *end)
{
	end->due_us = MODEM_NEVER_US;
	switch (end->call) {
	case CALL_DIALS:
		start_call(end);
		break;
	case CALL_RINGS:
		ring(end);
		break;
	case CALL_TRAINS:
		end->call = CALL_TALKS;
		connected++;
		channel_clear(&end->channel);
		channel_clear(&end->other->channel);
		modem_connected(&end->modem, now_us());
		modem_connected(&end->other->modem, now_us());
		break;
	case NO_CALL:
	case CALL_TALKS:
		break;
	}
}

static void
start_call(struct end *end)
{
	struct end *other = NULL;

	for (size_t i = 0; i < end_count; i++)
		if (strcmp(ends[i].number, end->modem.number) == 0)
			other = &ends[i];
	if (no_dialtone) {
		fail(end, MODEM_NO_DIALTONE);
	} else if (is_listed(end->modem.number, busy, busy_count) ||
	           (other != NULL && (other == end || other->other != NULL ||
	                              other->modem.state != MODEM_COMMAND))) {
		fail(end, MODEM_BUSY);
	} else if (other == NULL && !is_listed(end->modem.number, silent, silent_count)) {
		fail(end, MODEM_NO_CARRIER);
	} else {
		end->call  = CALL_RINGS;
		end->rung  = 0;
		end->other = other;
		if (other != NULL)
			other->other = end;
		ring(end);
	}
}

static void
ring(struct end *end)
{
	unsigned most = end->modem.registers[7] / 6 + 1; /* S7 is of seconds, a ring of six */

	if (end->rung++ == most) {
		fail(end, MODEM_NO_ANSWER);
		return;
	}
	end->due_us = now_us() + RING_US;
	if (end->other != NULL && end->other->open &&
	    !is_listed(end->modem.number, silent, silent_count))
		modem_ring(&end->other->modem);
}

/* A call that was not connected ends at the caller alone. */
static void
fail(struct end *end, enum modem_result why)
{
	if (end->other != NULL) {
		end->other->modem.rings = 0;
		end->other->other       = NULL;
	}
	end->other   = NULL;
	end->calling = false;
	end->call    = NO_CALL;
	end->due_us  = MODEM_NEVER_US;
	modem_failed(&end->modem, why);
}

/* This end has hung up, and its modem knows. */
static void
end_call(struct end *end)
{
	struct end *pair[] = { end, end->other };

	for (size_t i = 0; i < 2 && pair[i] != NULL; i++) {
		pair[i]->other   = NULL;
		pair[i]->calling = false;
		pair[i]->call    = NO_CALL;
		pair[i]->due_us  = MODEM_NEVER_US;
		channel_clear(&pair[i]->channel);
		if (i == 1 && pair[i]->modem.state != MODEM_COMMAND)
			modem_failed(&pair[i]->modem, MODEM_NO_CARRIER);
	}
}

static void
cut_all(void)
{
	for (size_t i = 0; i < end_count; i++)
		if (ends[i].calling && ends[i].call == CALL_TALKS) {
			struct end *end = &ends[i];

			end_call(end);
			modem_failed(&end->modem, MODEM_NO_CARRIER);
		}
}

/* --- commands of the test ------------------------------------------------------------------------- */

/* False at the end of the commands. */
static bool
obey(void)
{
	static struct buffer input;
	ssize_t              length;
	char                *newline;

	buffer_reserve(&input, PIECE_BYTES);
	length = read(STDIN_FILENO, input.data + input.length, PIECE_BYTES);
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
obey_line(const char *line)
{
	size_t talking = 0;

	if (strcmp(line, "count") == 0) {
		printf("%llu %llu\n", (unsigned long long)connected, (unsigned long long)carried);
	} else if (strcmp(line, "zero") == 0) {
		connected = carried = turns = collided = 0;
		buffer_clear(&dialled);
		puts("zero");
	} else if (strncmp(line, "cut-after ", 10) == 0) {
		cut_at = carried + strtoull(line + 10, NULL, 10);
	} else if (strcmp(line, "cut") == 0) {
		cut_all();
		puts("cut");
	} else if (strcmp(line, "calls") == 0) {
		for (size_t i = 0; i < end_count; i++)
			talking += ends[i].calling && ends[i].call == CALL_TALKS;
		printf("%zu\n", talking);
	} else if (strcmp(line, "turns") == 0) {
		printf("%llu %llu\n", (unsigned long long)turns, (unsigned long long)collided);
	} else if (strcmp(line, "dialled") == 0) {
		printf("%s\n", dialled.length > 0 ? buffer_text(&dialled) + 1 : "");
	} else {
		printf("unknown: %s\n", line);
	}
	fflush(stdout);
}

static bool
is_listed(const char *number, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(number, list[i]) == 0)
			return true;
	return false;
}

static int64_t
now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
