/*
 * hook_medium.h - another medium, with a program before it and one after
 *
 * `before` must exit 0 before anything is dialled: 75 says that others have what it needs, and any
 * other code that it failed. `after` runs when the line is free again, whatever has become of the
 * call, of `before` or of the daemon's patience; each has HOOK_LIMIT_MS.
 */
#ifndef DAEMON_TRANSPORT_HOOK_MEDIUM_H
#define DAEMON_TRANSPORT_HOOK_MEDIUM_H

#include "daemon/process/process.h"
#include "daemon/transport/medium.h"

enum { HOOK_LIMIT_MS = 60000 };

/* All is copied; argument lists end with NULL, and are NULL where there is nothing to run. */
struct hook_medium_order {
	const char *const                *before;
	const char *const                *after;
	const struct process_environment *environment;
	const char                       *called; /* its place in the log */
};

/* Owns `inner`, which has not been started. NULL: one whose call is over; hung up at once, it runs
 * `after`. */
struct medium *hook_medium_new(uv_loop_t *loop, struct medium *inner,
                               const struct hook_medium_order *order);

#endif
