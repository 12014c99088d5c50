/*
 * published.c - the arguments of the program that answers
 */
#include "daemon/handler/published.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/handler/command.h"

static bool beside_us(const char *where, char path[PATH_MAX]);

void
published_answer(struct disk *disk, struct delivery_job *job, int64_t timeout_ms, int cancel,
                 const char *home)
{
	const char *arguments[7], *const *said = job->arguments;
	char   program[PATH_MAX], *whole       = home != NULL ? realpath(home, NULL) : NULL;
	size_t count = 0;

	if (!beside_us("/mulga", program) && !beside_us("/../bin/mulga", program))
		snprintf(program, sizeof(program), "mulga");
	arguments[count++] = program;
	if (home != NULL) {
		arguments[count++] = "-C";
		arguments[count++] = whole != NULL ? whole : home;
	}
	arguments[count++] = "request";
	arguments[count++] = "answer";
	arguments[count++] = job->target;
	arguments[count]   = NULL;
	job->kind          = DELIVERY_COMMAND;
	job->arguments     = arguments;
	command_run(disk, job, timeout_ms, cancel);
	job->kind      = DELIVERY_PUBLISHED;
	job->arguments = said;
	free(whole);
}

/* In the folder of the running daemon, or where an installation puts programs beside it. */
static bool
beside_us(const char *where, char path[PATH_MAX])
{
	char    own[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 1);

	while (length > 0 && own[length - 1] != '/')
		length--;
	if (length <= 0)
		return false;
	return snprintf(path, PATH_MAX, "%.*s%s", (int)length - 1, own, where) < PATH_MAX &&
	       access(path, X_OK) == 0;
}
