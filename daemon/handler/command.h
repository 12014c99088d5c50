/*
 * command.h - a delivery by a program of the operator's
 *
 * The program is run from its argument list, never by a shell, as a session of its own
 * with nothing inherited: head and body on its standard input, what it says kept as a
 * tail for people, its exit code read as sysexits(3) has it. It runs at least once; a
 * second run has the same MULGA_ID and the next MULGA_ATTEMPT (architecture section 3).
 *
 *	0            DONE
 *	67           NO_USER: returned, the user does not exist
 *	71 74 75     LATER, and so for a signal, a timeout and a shutdown: the program did
 *	             not say no, it had no chance to say yes
 *	78, no start FAILED: the operator's mistake, which no sender shall hear of as theirs
 *	others       REFUSED: returned with the words of the code and of the program
 */
#ifndef DAEMON_HANDLER_COMMAND_H
#define DAEMON_HANDLER_COMMAND_H

#include <stdint.h>

#include "daemon/delivery/delivery.h"
#include "spool/disk/disk.h"

/*
 * Runs the job to its end, on a thread that may block, and sets its verdict and diagnostic.
 * The process ignores SIGPIPE. After `timeout_ms`, or when the descriptor `cancel` becomes
 * readable (-1: never), the whole process group is killed.
 */
void command_run(struct disk *disk, struct delivery_job *job, int64_t timeout_ms, int cancel);

#endif
