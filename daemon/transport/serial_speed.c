/*
 * serial_speed.c - BOTHER: the number itself, and not a name for it
 */
#include "daemon/transport/serial_speed.h"

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <errno.h>

/* Not <sys/ioctl.h>: it brings libc's termios. */
int ioctl(int file, unsigned long request, ...);

enum { TOLERANCE_PERCENT = 3 }; /* beyond, the far end's bits and ours drift apart in a byte */

bool
serial_speed_set(int file, unsigned bits)
{
	struct termios2 settings;
	unsigned        is;

	if (ioctl(file, TCGETS2, &settings) != 0)
		return false;
	settings.c_cflag &= ~(unsigned)(CBAUD | CIBAUD);
	settings.c_cflag |= BOTHER;
	settings.c_ispeed = settings.c_ospeed = bits;
	if (ioctl(file, TCSETS2, &settings) != 0)
		return false;
	is = serial_speed_get(file);
	if (is >= bits - bits * TOLERANCE_PERCENT / 100 &&
	    is <= bits + bits * TOLERANCE_PERCENT / 100)
		return true;
	errno = EINVAL;
	return false;
}

unsigned
serial_speed_get(int file)
{
	struct termios2 settings;

	return ioctl(file, TCGETS2, &settings) == 0 ? settings.c_ospeed : 0;
}
