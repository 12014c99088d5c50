/*
 * thin_shell.h - `mulga-shell`: what a caller gets for a login, on a modem's line or by ssh
 */
#ifndef TOOLS_THIN_SHELL_H
#define TOOLS_THIN_SHELL_H

#include "spool/home/home.h"

/*
 * Hands its line to the daemon, as `mulga answer` does; a terminal is made raw for it, and is given
 * back as it was. `words` are the options of `answer`, ended by NULL; what a login program says to a
 * shell (`-c COMMAND`) is passed over. Returns the exit code: EX_TEMPFAIL where no daemon runs.
 */
int thin_shell(const struct home *home, char **words);

#endif
