/*
 * serial_port.h - a serial line as a file: taken, made raw, given back as it was
 *
 * Eight bits, no parity, nothing translated; a line that loses bits is repaired above
 * (daemon/line). A port that is held is nobody else's: by a lock of UUCP's programs, by
 * flock(), and by TIOCEXCL. Modem lines are used where the device has them; a pty has none.
 */
#ifndef DAEMON_TRANSPORT_SERIAL_PORT_H
#define DAEMON_TRANSPORT_SERIAL_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "daemon/transport/serial_lock.h"
#include "spool/base/diagnostic.h"
#include "spool/base/status.h"

enum serial_flow { SERIAL_FLOW_NONE, SERIAL_FLOW_RTSCTS, SERIAL_FLOW_XONXOFF };

struct serial_settings {
	unsigned         speed_bits; /* per second; 0: as it is */
	enum serial_flow flow;
	const char      *lock_folder; /* NULL: SERIAL_LOCK_FOLDER. Borrowed while it is open */
};

struct serial_port {
	int                    file; /* -1: not open */
	char                  *device;
	struct serial_settings settings;
	bool                   held;  /* locked, raw, nobody else's                     */
	bool                   tuned; /* `before` is what to give back                  */
	struct termios         before;
	struct serial_lock     lock;
};

void serial_port_init(struct serial_port *port);

/*
 * Opens it, without waiting for a carrier, and touches nothing. STATUS_BUSY: somebody has it for
 * himself; STATUS_INVALID, STATUS_NOT_FOUND, STATUS_DENIED, STATUS_IO: why it will not do.
 */
enum status serial_port_open(struct serial_port *port, const char *device,
                             const struct serial_settings *settings, struct diagnostic *diagnostic);

/* Locks what is open, and makes it raw. STATUS_BUSY: *diagnostic names who has it; nothing of it was
 * touched. STATUS_INVALID, STATUS_IO: it is locked, and will not do. */
enum status serial_port_hold(struct serial_port *port, struct diagnostic *diagnostic);

/*
 * Lets others have what was held, but keeps it open and raw: so one waits for a caller and leaves
 * the line to whoever dials. What it has said so far is thrown away.
 */
void serial_port_let(struct serial_port *port);

/* Gives it back, as it was. */
void serial_port_close(struct serial_port *port);

/* Throws away what was not read yet; and what was not sent. */
void serial_port_flush_input(const struct serial_port *port);
void serial_port_flush_output(const struct serial_port *port);

/* Bytes that the kernel has still to send. */
size_t serial_port_unsent(const struct serial_port *port);

/* Begins or ends a break; the caller knows how long it lasts. */
void serial_port_break(const struct serial_port *port, bool on);

/* Tells the modem to hang up, if there is a wire for it; or that it may answer again. */
bool serial_port_drop(const struct serial_port *port);
void serial_port_raise(const struct serial_port *port);

/* Is there a wire that tells of a carrier, and one now? From then on its loss ends reading. */
bool serial_port_mind_carrier(const struct serial_port *port);
/* Is there such a wire, and no carrier? */
bool serial_port_lost_carrier(const struct serial_port *port);

#endif
