/*
 * process.h - a program of the operator's, started with nothing inherited
 *
 * From its argument list, never by a shell; as a session and process group of its own, in /, with
 * usual signals, few descriptors and no core; with the environment that it is given and nothing
 * else. An exec that fails ends as shells say it: 127 not found, else 126.
 */
#ifndef DAEMON_PROCESS_PROCESS_H
#define DAEMON_PROCESS_PROCESS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define PROCESS_PATH "/usr/local/bin:/usr/bin:/bin"

enum { PROCESS_VARIABLES_MAX = 12, PROCESS_VARIABLE_BYTES = 400 };

struct process_environment {
	char  text[PROCESS_VARIABLES_MAX][PROCESS_VARIABLE_BYTES];
	char *items[PROCESS_VARIABLES_MAX + 1]; /* NULL after the last; they point into `text` */
};

/* PATH and LC_ALL. It may not be moved afterwards. */
void process_environment_init(struct process_environment *environment);
/* A value with anything but printable ASCII, or too long, is left out whole: it came from outside. */
void process_environment_set(struct process_environment *environment, const char *name,
                             const char *value);

void process_environment_copy(struct process_environment       *copy,
                              const struct process_environment *environment);

/* A list that ends with NULL, and each text in it; heap. */
char **process_arguments_copy(const char *const *arguments);
void   process_arguments_free(char **arguments);

/* Where that program is: its path, or a name in PROCESS_PATH; false: nowhere. */
bool process_find(const char *name, char path[PATH_MAX]);

enum { PROCESS_EXTRA = 3 }; /* the number that `extra` has over there */

struct process_start {
	const char        *path;
	const char *const *arguments; /* NULL after the last */
	char *const       *environment;
	int                input, output, errors; /* copied; they may be the same */
	int                extra;                 /* -1: none                     */
};

/* Its number, which is that of its group as well; -1: errno says why. */
pid_t process_start(const struct process_start *start);

/* To its whole group; to it alone while it has not come to lead one. */
void process_kill(pid_t process, int signal);

/* "temporary failure", of sysexits(3) and of shells; static. */
const char *process_exit_words(int code);

#endif
