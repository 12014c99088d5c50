/*
 * command_medium.c - two socket pairs and a program
 *
 * The end of what it says may be read before it has ended, or after; the reason is known when it
 * has ended, and told when both are so. What does not come by itself is waited for END_MS.
 */
#include "daemon/transport/command_medium.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/transport/program.h"
#include "daemon/transport/status_lines.h"
#include "spool/base/memory.h"

enum { END_MS = 2000 };

struct command_medium {
	struct medium              medium;
	char                     **arguments;
	struct process_environment environment;
	char                      *called;
	int                        buffer_bytes;
	uv_pipe_t                 *in, *out; /* heap, until they are the medium's */
	struct program            *program;  /* NULL before and after            */
	struct status_lines       *status;
	bool                       read_to_end;
	char                       why[PROGRAM_WHY_SIZE];
};

static void start(struct medium *medium);
static bool launch(struct command_medium *command, const int in[2], const int out[2],
                   struct diagnostic *diagnostic);
static bool make_pair(struct command_medium *command, int pair[2]);
static void started(uv_timer_t *timer);
static bool at_end(struct medium *medium);
static void has_ended(uv_timer_t *timer);
static void waited_long(uv_timer_t *timer);
static void program_ended(void *owner, int code, const char *why);
static void status_said(void *owner, const char *line);
static void hang_up(struct medium *medium);
static void release(struct medium *medium);

static const struct medium_operations operations = {
	.start   = start,
	.hang_up = hang_up,
	.at_end  = at_end,
	.free    = release,
};

struct medium *
command_medium_new(uv_loop_t *loop, const struct command_medium_order *order)
{
	struct command_medium *command = memory_new(1, sizeof(*command));
	char                   number[8];

	medium_init(&command->medium, &operations, loop);
	process_environment_copy(&command->environment, order->environment);
	snprintf(number, sizeof(number), "%d", PROCESS_EXTRA);
	process_environment_set(&command->environment, "MULGA_STATUS_FD", number);
	command->arguments    = process_arguments_copy(order->arguments);
	command->called       = memory_copy_text(order->called);
	command->buffer_bytes = order->buffer_bytes;
	return &command->medium;
}

static void
start(struct medium *medium)
{
	struct command_medium *command = (struct command_medium *)medium;
	struct diagnostic      diagnostic;
	int                    in[2] = { -1, -1 }, out[2] = { -1, -1 };

	diagnostic_init(&diagnostic);
	if (!make_pair(command, in) || !make_pair(command, out))
		diagnostic_set(&diagnostic, "no sockets for a program: %s", strerror(errno));
	else if (launch(command, in, out, &diagnostic))
		in[0] = out[0] = -1; /* libuv has them */
	for (int i = 0; i < 2; i++) {
		if (in[i] >= 0)
			close(in[i]);
		if (out[i] >= 0)
			close(out[i]);
	}
	snprintf(command->why, sizeof(command->why), "%s", diagnostic.text);
	uv_timer_start(&medium->timer, started, 0, 0);
}

/* [0] is ours. */
static bool
make_pair(struct command_medium *command, int pair[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	for (int i = 0; i < 2; i++)
		setsockopt(pair[i], SOL_SOCKET, SO_SNDBUF, &command->buffer_bytes,
		           sizeof(command->buffer_bytes));
	return true;
}

static bool
launch(struct command_medium *command, const int in[2], const int out[2],
       struct diagnostic *diagnostic)
{
	uv_loop_t           *loop = command->medium.loop;
	int                  status[2];
	struct program_order order = {
		.arguments   = (const char *const *)command->arguments,
		.environment = &command->environment,
		.input       = out[1],
		.output      = in[1],
		.called      = command->called,
	};

	if (pipe2(status, O_CLOEXEC) != 0) {
		diagnostic_set(diagnostic, "no pipe for a program: %s", strerror(errno));
		return false;
	}
	order.extra      = status[1];
	command->program = program_start(loop, &order, program_ended, command, diagnostic);
	close(status[1]);
	if (command->program == NULL) {
		close(status[0]);
		return false;
	}
	command->status = status_lines_open(loop, status[0], status_said, command);
	command->in     = memory_new(1, sizeof(*command->in));
	command->out    = memory_new(1, sizeof(*command->out));
	uv_pipe_init(loop, command->in, 0);
	uv_pipe_init(loop, command->out, 0);
	uv_pipe_open(command->in, in[0]);
	uv_pipe_open(command->out, out[0]);
	return true;
}

static void
started(uv_timer_t *timer)
{
	struct command_medium *command = timer->data;

	if (command->in == NULL)
		medium_lost(&command->medium, command->why);
	else
		medium_connected(&command->medium, (uv_stream_t *)command->in,
		                 (uv_stream_t *)command->out);
}

/* --- its end ------------------------------------------------------------------------------- */

static bool
at_end(struct medium *medium)
{
	struct command_medium *command = (struct command_medium *)medium;

	if (!command->read_to_end)
		uv_timer_start(&medium->timer, command->program == NULL ? has_ended : waited_long,
		               command->program == NULL ? 0 : END_MS, 0);
	command->read_to_end = true;
	return true;
}

static void
has_ended(uv_timer_t *timer)
{
	struct command_medium *command = timer->data;

	medium_lost(&command->medium, command->why);
}

static void
waited_long(uv_timer_t *timer)
{
	struct command_medium *command = timer->data;

	program_end(command->program, "it closed the line and did not end");
}

static void
program_ended(void *owner, int code, const char *why)
{
	struct command_medium *command = owner;
	struct medium         *medium  = &command->medium;

	(void)code;
	command->program = NULL;
	snprintf(command->why, sizeof(command->why), "%s", why);
	status_lines_close(command->status);
	command->status = NULL;
	if (medium->hung_up)
		medium_release(medium);
	else if (medium->stream != NULL) /* its last words are to be read first */
		uv_timer_start(&medium->timer, has_ended, command->read_to_end ? 0 : END_MS, 0);
}

static void
status_said(void *owner, const char *line)
{
	struct command_medium *command = owner;

	medium_status(&command->medium, line);
}

static void
hang_up(struct medium *medium)
{
	struct command_medium *command = (struct command_medium *)medium;

	uv_timer_stop(&medium->timer);
	if (medium->stream == NULL && command->in != NULL) { /* before that was told */
		medium->stream = (uv_stream_t *)command->in;
		medium->out    = (uv_stream_t *)command->out;
	}
	if (command->program != NULL)
		program_end(command->program, "hung up");
	else
		medium_release(medium);
}

static void
release(struct medium *medium)
{
	struct command_medium *command = (struct command_medium *)medium;

	process_arguments_free(command->arguments);
	free(command->called);
	free(command);
}
