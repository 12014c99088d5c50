/*
 * serial_speed.h - any number of bits per second
 *
 * A file of its own, because the kernel's termios, which knows any number, and that of libc,
 * which knows thirty, cannot be seen at once.
 */
#ifndef DAEMON_TRANSPORT_SERIAL_SPEED_H
#define DAEMON_TRANSPORT_SERIAL_SPEED_H

#include <stdbool.h>

/* Sets both directions; false with errno, EINVAL: the device cannot come near enough. */
bool serial_speed_set(int file, unsigned bits);

/* What it is set to; 0 if that is not known. */
unsigned serial_speed_get(int file);

#endif
