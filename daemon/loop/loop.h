/*
 * loop.h - libuv drives the node
 *
 * Gather events, one node_step, perform its actions: a turn (architecture section 3). All
 * clocks of the daemon are read here, and everything outside the process is touched here
 * or below.
 */
#ifndef DAEMON_LOOP_LOOP_H
#define DAEMON_LOOP_LOOP_H

#include "daemon/config.h"
#include "spool/base/diagnostic.h"
#include "spool/base/status.h"

struct loop;

/*
 * Opens the spool, the node, its control socket and listeners; `config` is borrowed and has
 * been read. The caller holds the spool's lock. STATUS_STALE: a newer version made the
 * spool; others as store_open says, STATUS_UNAVAILABLE for an address or a socket.
 */
enum status loop_open(struct loop **loop, struct config *config, struct diagnostic *diagnostic);

/* Until SIGTERM or SIGINT, or the floor is gone; closes it and returns the exit code. */
int loop_run(struct loop *loop);

#endif
