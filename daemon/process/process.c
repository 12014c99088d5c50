/*
 * process.c - everything is prepared before the fork: after it, only what is safe there is called
 */
#include "daemon/process/process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/base/memory.h"

enum { FILES_MAX = 256 };

static void run(const struct process_start *start) __attribute__((noreturn));
static bool place(int given, int number);

void
process_environment_init(struct process_environment *environment)
{
	*environment = (struct process_environment){ .items = { NULL } };
	process_environment_set(environment, "PATH", PROCESS_PATH);
	process_environment_set(environment, "LC_ALL", "C");
}

void
process_environment_set(struct process_environment *environment, const char *name,
                        const char *value)
{
	size_t i = 0;

	while (environment->items[i] != NULL)
		i++;
	assert(i < PROCESS_VARIABLES_MAX);
	for (const char *c = value; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			value = c = "";
	if (snprintf(environment->text[i], PROCESS_VARIABLE_BYTES, "%s=%s", name, value) >=
	    PROCESS_VARIABLE_BYTES)
		snprintf(environment->text[i], PROCESS_VARIABLE_BYTES, "%s=", name);
	environment->items[i] = environment->text[i];
}

void
process_environment_copy(struct process_environment       *copy,
                         const struct process_environment *environment)
{
	*copy = *environment;
	for (size_t i = 0; copy->items[i] != NULL; i++)
		copy->items[i] = copy->text[i];
}

char **
process_arguments_copy(const char *const *arguments)
{
	size_t count = 0;
	char **copy;

	while (arguments[count] != NULL)
		count++;
	copy = memory_new(count + 1, sizeof(copy[0]));
	for (size_t i = 0; i < count; i++)
		copy[i] = memory_copy_text(arguments[i]);
	return copy;
}

void
process_arguments_free(char **arguments)
{
	for (size_t i = 0; arguments[i] != NULL; i++)
		free(arguments[i]);
	free(arguments);
}

bool
process_find(const char *name, char path[PATH_MAX])
{
	if (strchr(name, '/') != NULL) {
		snprintf(path, PATH_MAX, "%s", name);
		return true;
	}
	for (const char *folder = PROCESS_PATH; folder != NULL; folder = strchr(folder, ':')) {
		folder += *folder == ':';
		snprintf(path, PATH_MAX, "%.*s/%s", (int)strcspn(folder, ":"), folder, name);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

pid_t
process_start(const struct process_start *start)
{
	pid_t process = fork();

	if (process == 0)
		run(start);
	return process;
}

static void
run(const struct process_start *start)
{
	const struct rlimit no_core = { 0, 0 }, few_files = { FILES_MAX, FILES_MAX };
	struct sigaction    usual = { .sa_handler = SIG_DFL };
	sigset_t            none;

	setsid();
	for (int signal = 1; signal < NSIG; signal++)
		sigaction(signal, &usual, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setrlimit(RLIMIT_CORE, &no_core);
	setrlimit(RLIMIT_NOFILE, &few_files);
	if (!place(start->input, STDIN_FILENO) || !place(start->output, STDOUT_FILENO) ||
	    !place(start->errors, STDERR_FILENO) ||
	    (start->extra >= 0 && !place(start->extra, PROCESS_EXTRA)) || chdir("/") != 0)
		_exit(EX_OSERR);
	close_range(start->extra >= 0 ? PROCESS_EXTRA + 1 : STDERR_FILENO + 1, ~0U, 0);
	execve(start->path, (char *const *)start->arguments, start->environment);
	_exit(errno == ENOENT ? 127 : 126);
}

/* One that has the number already is only kept open across the exec. */
static bool
place(int given, int number)
{
	return given == number ? fcntl(number, F_SETFD, 0) == 0 : dup2(given, number) == number;
}

void
process_kill(pid_t process, int signal)
{
	if (kill(-process, signal) != 0)
		kill(process, signal);
}

const char *
process_exit_words(int code)
{
	static const struct {
		int         code;
		const char *words;
	} table[] = {
		{ EX_USAGE, "usage error" },
		{ EX_DATAERR, "data format error" },
		{ EX_NOINPUT, "cannot open input" },
		{ EX_NOUSER, "user unknown" },
		{ EX_NOHOST, "host name unknown" },
		{ EX_UNAVAILABLE, "service unavailable" },
		{ EX_SOFTWARE, "internal software error" },
		{ EX_OSERR, "system error" },
		{ EX_OSFILE, "critical file missing" },
		{ EX_CANTCREAT, "cannot create output" },
		{ EX_IOERR, "input or output error" },
		{ EX_TEMPFAIL, "temporary failure" },
		{ EX_PROTOCOL, "protocol error" },
		{ EX_NOPERM, "permission denied" },
		{ EX_CONFIG, "configuration error" },
		{ 126, "cannot be run" },
		{ 127, "not found" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].code == code)
			return table[i].words;
	return "failed";
}
