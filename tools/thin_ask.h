/*
 * thin_ask.h - the verbs that the daemon answers, and those that other programs run
 */
#ifndef TOOLS_THIN_ASK_H
#define TOOLS_THIN_ASK_H

#include <stdbool.h>

#include "spool/home/home.h"

enum { THIN_NO_DAEMON = 3 }; /* the exit code: the daemon is needed and not running */

/*
 * Asks the daemon; `words` are the verb and its arguments, ended by NULL. Without one, a
 * verb that `reads` is run by mulga-spool in place of this program. Returns the exit code.
 */
int thin_ask(const struct home *home, char **words, bool reads);

/* The same on a connection that is there already, and stays. */
int thin_ask_on(int socket, char **words);

/* Becomes mulga-spool; returns an exit code only if that fails. */
int thin_run_owner(const struct home *home, char **words);
/* The same with another program of ours; `home` is its -C, NULL: none. */
int thin_run_beside(const char *program, const char *home, char **words);

#endif
