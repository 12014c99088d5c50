/*
 * program.h - one run of a program, from its start until its whole group is gone
 *
 * What it says on its standard error goes to our log, line by line; the last line is kept, for it is
 * mostly the reason. When the program ends, what is left of its process group is killed before
 * its number is given back: until then nobody else can have it.
 */
#ifndef DAEMON_TRANSPORT_PROGRAM_H
#define DAEMON_TRANSPORT_PROGRAM_H

#include <stdbool.h>
#include <uv.h>

#include "daemon/process/process.h"
#include "spool/base/diagnostic.h"

enum { PROGRAM_WHY_SIZE = 256 };

struct program; /* heap, its own: it is gone after `ended` */

/* `code` is the exit code, or -1: it was ended by a signal, by us or by others. */
typedef void program_ended_function(void *owner, int code, const char *why);

struct program_order {
	const char *const                *arguments; /* copied by the new process */
	const struct process_environment *environment;
	int                               input, output; /* the caller closes them; -1: /dev/null */
	int                               extra;         /* PROCESS_EXTRA over there; -1: none    */
	const char                       *called;        /* its place in the log: "link b.a" */
};

/* Never calls `ended` before it returns. NULL: it cannot be started, and why. */
struct program *program_start(uv_loop_t *loop, const struct program_order *order,
                              program_ended_function *ended, void *owner,
                              struct diagnostic *diagnostic);

/* Asks the group to end (SIGTERM), and kills it if it has not within PROGRAM_TERM_MS. `why` is
 * what `ended` says then; static. Again is no harm. */
enum { PROGRAM_TERM_MS = 2000 };
void program_end(struct program *program, const char *why);

#endif
