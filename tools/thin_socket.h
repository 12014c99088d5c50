/*
 * thin_socket.h - one conversation with the daemon, by spool/control
 */
#ifndef TOOLS_THIN_SOCKET_H
#define TOOLS_THIN_SOCKET_H

#include <stdbool.h>
#include <stdio.h>

#include "spool/base/buffer.h"
#include "spool/control/control.h"
#include "spool/home/home.h"

/* A connected socket, or -1 with errno: no daemon runs there, or it is not for this user. */
int thin_socket_connect(const struct home *home);

/* False: the far end is gone; what it said before that can still be read. */
bool thin_socket_write(int socket, struct span bytes);

/*
 * Copies the daemon's answer to `out`, and what it complains to where complaints go (complain.h),
 * until it is done. False: it ended in the
 * middle, and *done is not filled.
 */
bool thin_socket_answer(int socket, FILE *out, struct control_done *done);

#endif
