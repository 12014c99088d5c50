/*
 * program.c - a pidfd, a pipe from its standard error, a timer for its end
 */
#include "daemon/transport/program.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spool/base/log.h"
#include "spool/base/memory.h"

enum { LINE_BYTES = 200, LINES_MAX = 500, CALLED_SIZE = 300, NAME_SIZE = 64 };

struct program {
	uv_poll_t               watch; /* of the pidfd              */
	uv_pipe_t               errors;
	uv_timer_t              timer;
	unsigned                handles;
	int                     pidfd;
	pid_t                   process;
	bool                    exited;
	program_ended_function *ended;
	void                   *owner;
	const char             *killed; /* why we ended it, or NULL */
	int                     code;
	char                    name[NAME_SIZE];
	char                    called[CALLED_SIZE];
	char                    line[LINE_BYTES + 1]; /* of its errors, so far; printable */
	size_t                  line_length;
	char                    last[LINE_BYTES + 1]; /* one that was not empty */
	unsigned                lines;
	char                    why[PROGRAM_WHY_SIZE];
	char                    room[512];
};

static bool launch(struct program *program, const struct program_order *order, const char *path,
                   int errors, struct diagnostic *diagnostic);
static void keep_watch(struct program *program, uv_loop_t *loop, int errors);
static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room);
static void heard(uv_stream_t *stream, ssize_t length, const uv_buf_t *room);
static void hear(struct program *program, const char *bytes, size_t length);
static void end_line(struct program *program);
static void exited(uv_poll_t *watch, int status, int events);
static void hear_rest(struct program *program);
static void judge(struct program *program, const siginfo_t *info);
static void killed_late(uv_timer_t *timer);
static void closed(uv_handle_t *handle);

struct program *
program_start(uv_loop_t *loop, const struct program_order *order, program_ended_function *ended,
              void *owner, struct diagnostic *diagnostic)
{
	struct program *program = memory_new(1, sizeof(*program));
	const char     *slash   = strrchr(order->arguments[0], '/');
	char            path[PATH_MAX];
	int             errors[2];
	bool            well;

	program->ended = ended;
	program->owner = owner;
	snprintf(program->name, sizeof(program->name), "%s",
	         slash != NULL ? slash + 1 : order->arguments[0]);
	snprintf(program->called, sizeof(program->called), "%s", order->called);
	if (!process_find(order->arguments[0], path)) {
		diagnostic_set(diagnostic, "%s: there is no such program in " PROCESS_PATH,
		               program->name);
		free(program);
		return NULL;
	}
	if (pipe2(errors, O_CLOEXEC | O_NONBLOCK) != 0) {
		diagnostic_set(diagnostic, "%s: %s", program->name, strerror(errno));
		free(program);
		return NULL;
	}
	well = launch(program, order, path, errors[1], diagnostic);
	close(errors[1]);
	if (!well) {
		close(errors[0]);
		free(program);
		return NULL;
	}
	keep_watch(program, loop, errors[0]);
	return program;
}

static bool
launch(struct program *program, const struct program_order *order, const char *path, int errors,
       struct diagnostic *diagnostic)
{
	int                  nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct process_start start   = {
		  .path        = path,
		  .arguments   = order->arguments,
		  .environment = order->environment->items,
		  .input       = order->input >= 0 ? order->input : nothing,
		  .output      = order->output >= 0 ? order->output : nothing,
		  .errors      = errors,
		  .extra       = order->extra,
	};

	program->process = nothing < 0 ? -1 : process_start(&start);
	if (program->process > 0)
		program->pidfd = pidfd_open(program->process, 0);
	if (program->process < 0 || program->pidfd < 0)
		diagnostic_set(diagnostic, "%s: %s", program->name, strerror(errno));
	if (program->process > 0 && program->pidfd < 0) {
		process_kill(program->process, SIGKILL);
		waitpid(program->process, NULL, 0);
		program->process = -1;
	}
	if (nothing >= 0)
		close(nothing);
	return program->process > 0;
}

static void
keep_watch(struct program *program, uv_loop_t *loop, int errors)
{
	uv_poll_init(loop, &program->watch, program->pidfd);
	uv_pipe_init(loop, &program->errors, 0);
	uv_pipe_open(&program->errors, errors);
	uv_timer_init(loop, &program->timer);
	program->watch.data = program->errors.data = program->timer.data = program;
	program->handles                                                 = 3;
	uv_poll_start(&program->watch, UV_READABLE, exited);
	uv_read_start((uv_stream_t *)&program->errors, give_room, heard);
}

/* --- what it says -------------------------------------------------------------------------- */

static void
give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
	struct program *program = handle->data;

	(void)suggested;
	*room = uv_buf_init(program->room, sizeof(program->room));
}

static void
heard(uv_stream_t *stream, ssize_t length, const uv_buf_t *room)
{
	if (length > 0)
		hear(stream->data, room->base, (size_t)length);
	else if (length < 0)
		uv_read_stop(stream);
}

static void
hear(struct program *program, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = bytes[i];

		if (c == '\n' || program->line_length == LINE_BYTES)
			end_line(program);
		if (c != '\n' && c != '\r')
			program->line[program->line_length++] = c < ' ' || c > '~' ? '?' : c;
	}
}

static void
end_line(struct program *program)
{
	program->line[program->line_length] = '\0';
	program->line_length                = 0;
	if (program->line[strspn(program->line, " ")] == '\0')
		return;
	memcpy(program->last, program->line, sizeof(program->last));
	program->lines++;
	if (program->lines <= LINES_MAX)
		log_line(LOG_INFO, "%s: %s: %s", program->called, program->name, program->line);
	if (program->lines == LINES_MAX)
		log_line(LOG_WARNING, "%s: %s says too much; the rest is left out", program->called,
		         program->name);
}

/* --- its end ------------------------------------------------------------------------------- */

void
program_end(struct program *program, const char *why)
{
	if (program->exited || program->killed != NULL)
		return;
	program->killed = why;
	process_kill(program->process, SIGTERM);
	uv_timer_start(&program->timer, killed_late, PROGRAM_TERM_MS, 0);
}

static void
killed_late(uv_timer_t *timer)
{
	struct program *program = timer->data;

	process_kill(program->process, SIGKILL);
}

static void
exited(uv_poll_t *watch, int status, int events)
{
	struct program *program = watch->data;
	siginfo_t       info    = { 0 };

	(void)status;
	(void)events;
	if (waitid(P_PID, (id_t)program->process, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
	    info.si_pid == 0)
		return;
	program->exited = true;
	process_kill(program->process, SIGKILL); /* what it has left behind */
	waitid(P_PID, (id_t)program->process, &info, WEXITED | WNOHANG);
	hear_rest(program);
	judge(program, &info);
	uv_close((uv_handle_t *)&program->watch, closed);
	uv_close((uv_handle_t *)&program->errors, closed);
	uv_close((uv_handle_t *)&program->timer, closed);
}

/* What lies in the pipe; others may hold its other end still. */
static void
hear_rest(struct program *program)
{
	uv_os_fd_t fd;
	ssize_t    length;

	if (uv_fileno((uv_handle_t *)&program->errors, &fd) != 0)
		return;
	while ((length = read(fd, program->room, sizeof(program->room))) > 0)
		hear(program, program->room, (size_t)length);
	end_line(program);
}

static void
judge(struct program *program, const siginfo_t *info)
{
	bool        by_itself = info->si_code == CLD_EXITED;
	const char *colon     = program->last[0] != '\0' ? ": " : "";
	char        how[80];

	program->code = by_itself ? info->si_status : -1;
	if (program->killed != NULL)
		snprintf(how, sizeof(how), "%s", program->killed);
	else if (!by_itself)
		snprintf(how, sizeof(how), "ended by signal %d (%s)", info->si_status,
		         strsignal(info->si_status));
	else if (info->si_status == 0)
		snprintf(how, sizeof(how), "it has ended (exit 0)");
	else
		snprintf(how, sizeof(how), "%s (exit %d)", process_exit_words(info->si_status),
		         info->si_status);
	snprintf(program->why, sizeof(program->why), "%s: %s%s%.100s", program->name, how, colon,
	         program->last);
}

static void
closed(uv_handle_t *handle)
{
	struct program *program = handle->data;

	if (--program->handles > 0)
		return;
	close(program->pidfd);
	program->ended(program->owner, program->code, program->why);
	free(program);
}
