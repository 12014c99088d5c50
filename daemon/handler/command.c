/*
 * command.c - start it, feed it, hear it, end it
 *
 * One poll loop watches five descriptors: the program's input and output, its pidfd, a
 * timerfd and the caller's cancel. So there is no signal handler to share with libuv and
 * no clock to read. A program that must be ended is not reaped before its whole group has
 * been killed: until then its number cannot belong to anybody else.
 */
#include "daemon/handler/command.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/handler/job_body.h"
#include "daemon/process/process.h"
#include "spool/base/memory.h"

enum { TAIL_BYTES = 160, HEARD_AT_ONCE = 128, KILL_AFTER_MS = 2000 };
enum { WATCH_INPUT, WATCH_OUTPUT, WATCH_PROCESS, WATCH_TIMER, WATCH_CANCEL, WATCH_COUNT };

struct command {
	struct disk               *disk;
	struct delivery_job       *job;
	char                       program[PATH_MAX];
	struct process_environment environment;
	struct pollfd              watch[WATCH_COUNT]; /* fd -1: not watched (any more)      */
	pid_t                      process; /* its session and group have the same number */
	struct job_body            body;
	struct span                piece;                /* to be written to the program next  */
	char                       tail[TAIL_BYTES + 1]; /* the last it said, printable */
	size_t                     tail_length;
	const char                *killed; /* why we ended it, or NULL */
};

static bool prepare(struct command *command);
static bool start(struct command *command, int64_t timeout_ms, int cancel);
static void attend(struct command *command);
static void feed(struct command *command);
static bool next_piece(struct command *command);
static void hear(struct command *command);
static void end_program(struct command *command, const char *why);
static void judge(struct command *command, const siginfo_t *ended);
static void set_verdict(struct command *command, enum delivery_verdict verdict, const char *why);
static void stop_watching(struct command *command, unsigned which);
static void arm_timer(struct command *command, int64_t timeout_ms);

void
command_run(struct disk *disk, struct delivery_job *job, int64_t timeout_ms, int cancel)
{
	struct command *command = memory_new(1, sizeof(*command));
	siginfo_t       ended   = { 0 };

	assert(job->kind == DELIVERY_COMMAND && job->arguments[0] != NULL && timeout_ms > 0);
	command->disk = disk;
	command->job  = job;
	for (size_t i = 0; i < WATCH_COUNT; i++)
		command->watch[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	command->watch[WATCH_INPUT].events = POLLOUT;

	if (prepare(command) && start(command, timeout_ms, cancel)) {
		if (command->watch[WATCH_PROCESS].fd >= 0)
			attend(command);
		if (command->killed != NULL)
			process_kill(command->process, SIGKILL);
		waitid(P_PID, (id_t)command->process, &ended, WEXITED);
		judge(command, &ended);
	}
	for (unsigned i = 0; i < WATCH_CANCEL; i++)
		stop_watching(command, i);
	job_body_close(&command->body);
	free(command);
}

/* Everything that can go wrong before there is a process. */
static bool
prepare(struct command *command)
{
	struct delivery_job *job = command->job;
	char                 attempt[16];

	snprintf(attempt, sizeof(attempt), "%u", job->attempt);
	process_environment_init(&command->environment);
	process_environment_set(&command->environment, "MULGA_ID", job->id.text);
	process_environment_set(&command->environment, "MULGA_ATTEMPT", attempt);
	process_environment_set(&command->environment, "MULGA_FROM", job->sender);
	process_environment_set(&command->environment, "MULGA_USER", job->user);
	if (job->home != NULL)
		process_environment_set(&command->environment, "MULGA_NODE", job->home);
	command->piece = job->head;
	if (process_find(job->arguments[0], command->program))
		return job_body_open(&command->body, command->disk, job);
	set_verdict(command, DELIVERY_FAILED, "there is no such program in " PROCESS_PATH);
	return false;
}

static bool
start(struct command *command, int64_t timeout_ms, int cancel)
{
	int                  input[2] = { -1, -1 }, output[2] = { -1, -1 };
	struct process_start start = {
		.path        = command->program,
		.arguments   = command->job->arguments,
		.environment = command->environment.items,
		.extra       = -1,
	};

	command->watch[WATCH_TIMER].fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (command->watch[WATCH_TIMER].fd < 0 || pipe2(input, O_CLOEXEC) != 0 ||
	    pipe2(output, O_CLOEXEC) != 0)
		goto failed;
	start.input  = input[0];
	start.output = start.errors = output[1];
	fcntl(input[1], F_SETFL, O_NONBLOCK);
	fcntl(output[0], F_SETFL, O_NONBLOCK);
	command->process = process_start(&start);
	if (command->process < 0)
		goto failed;
	close(input[0]);
	close(output[1]);
	command->watch[WATCH_INPUT].fd   = input[1];
	command->watch[WATCH_OUTPUT].fd  = output[0];
	command->watch[WATCH_PROCESS].fd = pidfd_open(command->process, 0);
	command->watch[WATCH_CANCEL].fd  = cancel;
	if (command->watch[WATCH_PROCESS].fd < 0)
		command->killed = "no descriptor is left to watch it";
	arm_timer(command, timeout_ms);
	return true;

failed:
	set_verdict(command, DELIVERY_LATER, strerror(errno));
	for (int i = 0; i < 2; i++) {
		if (input[i] >= 0)
			close(input[i]);
		if (output[i] >= 0)
			close(output[i]);
	}
	return false;
}

/* Until the program has ended, its own doing or ours. */
static void
attend(struct command *command)
{
	for (;;) {
		if (poll(command->watch, WATCH_COUNT, -1) < 0) {
			assert(errno == EINTR);
			continue;
		}
		if (command->watch[WATCH_OUTPUT].revents != 0)
			hear(command);
		if (command->watch[WATCH_PROCESS].revents != 0)
			break;
		if (command->watch[WATCH_INPUT].revents != 0)
			feed(command);
		if (command->watch[WATCH_CANCEL].revents != 0) {
			stop_watching(command, WATCH_CANCEL);
			end_program(command, "the daemon stops");
		}
		if (command->watch[WATCH_TIMER].revents != 0) {
			if (command->killed != NULL)
				break; /* command_run kills what ignored SIGTERM */
			end_program(command, "it took too long");
		}
	}
	hear(command);
}

/* Politely first; the timer gives it a moment before it is killed. */
static void
end_program(struct command *command, const char *why)
{
	command->killed = why;
	process_kill(command->process, SIGTERM);
	arm_timer(command, KILL_AFTER_MS);
}

static void
feed(struct command *command)
{
	int     input = command->watch[WATCH_INPUT].fd;
	ssize_t written;

	do {
		if (command->piece.length == 0 && !next_piece(command)) {
			stop_watching(command, WATCH_INPUT);
			return;
		}
		written = write(input, command->piece.data, command->piece.length);
		if (written > 0) {
			command->piece.data += written;
			command->piece.length -= (size_t)written;
		}
	} while (written > 0);
	if (errno != EAGAIN && errno != EINTR) /* it does not want to know more: its choice */
		stop_watching(command, WATCH_INPUT);
}

/* False at the end of the body, or when it cannot be read: then the program is ended, lest it
 * take a part for the whole. */
static bool
next_piece(struct command *command)
{
	if (job_body_next(&command->body, &command->piece))
		return command->piece.length > 0;
	end_program(command, "its body cannot be read");
	return false;
}

/*
 * Keeps the end of what it says; control characters become spaces, one line for a log. Who talks
 * without a pause is heard for a while only: the other descriptors have their turn.
 */
static void
hear(struct command *command)
{
	char    said[512];
	ssize_t length;

	for (int pieces = 0; pieces < HEARD_AT_ONCE && command->watch[WATCH_OUTPUT].fd >= 0;
	     pieces++) {
		length = read(command->watch[WATCH_OUTPUT].fd, said, sizeof(said));
		if (length < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (length <= 0)
			stop_watching(command, WATCH_OUTPUT);
		for (ssize_t i = length > TAIL_BYTES ? length - TAIL_BYTES : 0; i < length; i++) {
			if (command->tail_length == TAIL_BYTES)
				memmove(command->tail, command->tail + 1, --command->tail_length);
			command->tail[command->tail_length++] =
			    said[i] < ' ' || said[i] > '~' ? ' ' : said[i];
		}
	}
}

static void
judge(struct command *command, const siginfo_t *ended)
{
	char why[128];
	int  code = ended->si_status;

	if (command->killed != NULL) {
		set_verdict(command, DELIVERY_LATER, command->killed);
		return;
	}
	if (ended->si_code != CLD_EXITED) {
		snprintf(why, sizeof(why), "ended by signal %d (%s)", code, strsignal(code));
		set_verdict(command, DELIVERY_LATER, why);
		return;
	}
	snprintf(why, sizeof(why), "%s (exit %d)", process_exit_words(code), code);
	switch (code) {
	case EX_OK:
		set_verdict(command, DELIVERY_DONE, "");
		break;
	case EX_NOUSER:
		set_verdict(command, DELIVERY_NO_USER, why);
		break;
	case EX_TEMPFAIL:
	case EX_OSERR:
	case EX_IOERR:
		set_verdict(command, DELIVERY_LATER, why);
		break;
	case EX_CONFIG:
	case 126:
	case 127:
		set_verdict(command, DELIVERY_FAILED, why);
		break;
	default:
		set_verdict(command, DELIVERY_REFUSED, why);
	}
}

static void
set_verdict(struct command *command, enum delivery_verdict verdict, const char *why)
{
	size_t length = command->tail_length;

	command->job->verdict = verdict;
	while (length > 0 && command->tail[length - 1] == ' ')
		length--;
	command->tail[length] = '\0';
	if (verdict != DELIVERY_DONE)
		diagnostic_set(&command->job->diagnostic, "%.64s: %.100s%s%s",
		               command->job->arguments[0], why, length > 0 ? ": " : "",
		               command->tail + strspn(command->tail, " "));
}

static void
stop_watching(struct command *command, unsigned which)
{
	int *fd = &command->watch[which].fd;

	if (*fd >= 0 && which != WATCH_CANCEL)
		close(*fd);
	*fd                           = -1;
	command->watch[which].revents = 0;
}

static void
arm_timer(struct command *command, int64_t timeout_ms)
{
	const struct itimerspec once = { .it_value = { .tv_sec  = timeout_ms / 1000,
		                                       .tv_nsec = timeout_ms % 1000 * 1000000 } };

	timerfd_settime(command->watch[WATCH_TIMER].fd, 0, &once, NULL);
	command->watch[WATCH_TIMER].revents = 0;
}
