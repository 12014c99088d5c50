/*
 * serial_port.c - termios, locks and modem lines
 *
 * The order of taking a port: open it, which waits for nothing; flock(), which also keeps
 * two calls of this process apart; then the lock file, which with our own pid can so only be
 * an old one; then TIOCEXCL, against programs that know no locks.
 */
#include "daemon/transport/serial_port.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "daemon/transport/serial_speed.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"

static enum status cannot_open(const char *device, const struct serial_settings *settings,
                               int error, struct diagnostic *diagnostic);
static enum status tune(struct serial_port *port, struct diagnostic *diagnostic);

void
serial_port_init(struct serial_port *port)
{
	*port = (struct serial_port){ .file = -1 };
}

enum status
serial_port_open(struct serial_port *port, const char *device,
                 const struct serial_settings *settings, struct diagnostic *diagnostic)
{
	port->file = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (port->file < 0)
		return cannot_open(device, settings, errno, diagnostic);
	port->device   = memory_copy_text(device);
	port->settings = *settings;
	if (!isatty(port->file)) {
		diagnostic_set(diagnostic, "%s is no serial line", device);
		serial_port_close(port);
		return STATUS_INVALID;
	}
	return STATUS_OK;
}

static enum status
cannot_open(const char *device, const struct serial_settings *settings, int error,
            struct diagnostic *diagnostic)
{
	char holder[64];

	if (error == EBUSY &&
	    serial_lock_holder(settings->lock_folder, device, holder, sizeof(holder)))
		diagnostic_set(diagnostic, "%s is in use by %s", device, holder);
	else if (error == EBUSY)
		diagnostic_set(diagnostic, "%s: another program has it for itself", device);
	else
		diagnostic_set(diagnostic, "%s: %s", device, strerror(error));
	switch (error) {
	case EBUSY:
		return STATUS_BUSY;
	case ENOENT:
	case ENXIO:
	case ENODEV:
		return STATUS_NOT_FOUND;
	case EACCES:
	case EPERM:
		return STATUS_DENIED;
	default:
		return STATUS_IO;
	}
}

static enum status
tune(struct serial_port *port, struct diagnostic *diagnostic)
{
	struct termios settings;

	if (!port->tuned && tcgetattr(port->file, &port->before) != 0) {
		diagnostic_set(diagnostic, "%s: %s", port->device, strerror(errno));
		return STATUS_IO;
	}
	port->tuned = true;
	settings    = port->before;
	cfmakeraw(&settings);
	settings.c_iflag &= ~(tcflag_t)(IXON | IXOFF | IXANY | INPCK);
	settings.c_iflag |= IGNBRK | IGNPAR;
	settings.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS | PARENB);
	settings.c_cflag |= CREAD | CLOCAL | HUPCL;
	if (port->settings.flow == SERIAL_FLOW_RTSCTS)
		settings.c_cflag |= CRTSCTS;
	if (port->settings.flow == SERIAL_FLOW_XONXOFF)
		settings.c_iflag |= IXON | IXOFF;
	settings.c_cc[VMIN]  = 1;
	settings.c_cc[VTIME] = 0;
	if (tcsetattr(port->file, TCSANOW, &settings) != 0) {
		diagnostic_set(diagnostic, "%s: %s", port->device, strerror(errno));
		return STATUS_IO;
	}
	if (port->settings.speed_bits != 0 &&
	    !serial_speed_set(port->file, port->settings.speed_bits)) {
		diagnostic_set(diagnostic, "%s cannot do %u bits a second, but %u", port->device,
		               port->settings.speed_bits, serial_speed_get(port->file));
		return STATUS_INVALID;
	}
	return STATUS_OK;
}

enum status
serial_port_hold(struct serial_port *port, struct diagnostic *diagnostic)
{
	char        holder[64] = "another program";
	enum status status;

	if (flock(port->file, LOCK_EX | LOCK_NB) != 0) {
		if (!serial_lock_holder(port->settings.lock_folder, port->device, holder,
		                        sizeof(holder)))
			serial_lock_flock_holder(port->file, holder, sizeof(holder));
		diagnostic_set(diagnostic, "%s is in use by %s", port->device, holder);
		return STATUS_BUSY;
	}
	status =
	    serial_lock_take(&port->lock, port->settings.lock_folder, port->device, diagnostic);
	if (status == STATUS_UNAVAILABLE) {
		log_line(LOG_WARNING, "%s is locked by flock alone: %s", port->device,
		         diagnostic->text);
		status = STATUS_OK;
	}
	if (status != STATUS_OK) {
		flock(port->file, LOCK_UN);
		return status;
	}
	ioctl(port->file, TIOCEXCL);
	port->held = true;
	return tune(port, diagnostic);
}

void
serial_port_let(struct serial_port *port)
{
	serial_port_flush_input(port);
	ioctl(port->file, TIOCNXCL);
	serial_lock_drop(&port->lock);
	flock(port->file, LOCK_UN);
	port->held = false;
}

void
serial_port_close(struct serial_port *port)
{
	if (port->file < 0)
		return;
	if (port->held)
		tcflush(port->file,
		        TCIOFLUSH); /* else close() may wait for a far end that is deaf */
	if (port->tuned)
		tcsetattr(port->file, TCSANOW, &port->before);
	if (port->held)
		ioctl(port->file, TIOCNXCL);
	serial_lock_drop(&port->lock);
	close(port->file);
	free(port->device);
	serial_port_init(port);
}

void
serial_port_flush_input(const struct serial_port *port)
{
	tcflush(port->file, TCIFLUSH);
}

void
serial_port_flush_output(const struct serial_port *port)
{
	tcflush(port->file, TCOFLUSH);
}

size_t
serial_port_unsent(const struct serial_port *port)
{
	int bytes = 0;

	return ioctl(port->file, TIOCOUTQ, &bytes) == 0 && bytes > 0 ? (size_t)bytes : 0;
}

void
serial_port_break(const struct serial_port *port, bool on)
{
	ioctl(port->file, on ? TIOCSBRK : TIOCCBRK);
}

bool
serial_port_drop(const struct serial_port *port)
{
	int lines = TIOCM_DTR;

	return ioctl(port->file, TIOCMBIC, &lines) == 0;
}

void
serial_port_raise(const struct serial_port *port)
{
	int lines = TIOCM_DTR | TIOCM_RTS;

	ioctl(port->file, TIOCMBIS, &lines);
}

bool
serial_port_mind_carrier(const struct serial_port *port)
{
	struct termios settings;
	int            lines;

	if (ioctl(port->file, TIOCMGET, &lines) != 0 || (lines & TIOCM_CAR) == 0 ||
	    tcgetattr(port->file, &settings) != 0)
		return false;
	settings.c_cflag &= ~(tcflag_t)CLOCAL;
	return tcsetattr(port->file, TCSANOW, &settings) == 0;
}

bool
serial_port_lost_carrier(const struct serial_port *port)
{
	int lines;

	return ioctl(port->file, TIOCMGET, &lines) == 0 && (lines & TIOCM_CAR) == 0;
}
