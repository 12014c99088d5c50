/*
 * serial_lock.h - one program at a time on a serial line, as UUCP's programs agreed
 *
 * A file LCK..NAME in a folder that all programs know (cu, minicom, uucico, getty: /run/lock)
 * holds the pid of who uses the line, ten digits and a newline (HoneyDanBer). It is made by
 * link(), so that it has its content from its first moment on. One whose process is gone is
 * stale and taken away.
 */
#ifndef DAEMON_TRANSPORT_SERIAL_LOCK_H
#define DAEMON_TRANSPORT_SERIAL_LOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/base/diagnostic.h"
#include "spool/base/status.h"

enum { SERIAL_LOCK_PATH_SIZE = 512 };

struct serial_lock {
	char path[SERIAL_LOCK_PATH_SIZE]; /* "": nothing is held */
};

/*
 * Takes the lock of a device, whose own name counts and not that of a link to it. `folder` NULL:
 * SERIAL_LOCK_FOLDER. Whoever calls has made sure that no other call of this process has the line:
 * a lock with our own pid is left over from an earlier one. STATUS_BUSY: another program's, named
 * in *diagnostic. STATUS_UNAVAILABLE: the folder takes no locks, and why.
 */
enum status serial_lock_take(struct serial_lock *lock, const char *folder, const char *device,
                             struct diagnostic *diagnostic);
void        serial_lock_drop(struct serial_lock *lock);

/* Who has the device: "minicom (pid 1234)". False: no lock says so. */
bool serial_lock_holder(const char *folder, const char *device, char *text, size_t size);

/* Who holds a flock() on that open file, as above. */
bool serial_lock_flock_holder(int file, char *text, size_t size);

#define SERIAL_LOCK_FOLDER "/run/lock"

#endif
