/*
 * mail_path.h - the lines by which UUCP says whose mail it is (RFC 976 section 2.4)
 *
 *	From joe Thu Jan  1 00:00:00 1987 remote from phys
 *	>From ann Thu Jan  1 00:00:00 1987 remote from cs
 *
 * Each host on the way put its own above the others, so the sender's path is read from the top:
 * phys!cs!ann. A last line without "remote from" is of this machine.
 */
#ifndef SPOOL_MAIL_MAIL_PATH_H
#define SPOOL_MAIL_MAIL_PATH_H

#include <stdbool.h>

#include "spool/base/buffer.h"

enum { MAIL_PATH_LINES_MAX = 64, MAIL_PATH_LINE_MAX = 1024 };

/*
 * Takes such lines from the front of *bytes, and appends the sender, as `phys!cs!ann`, to `sender`:
 * nothing if there is none. False: more bytes are needed, and nothing was taken; not if `all`.
 */
bool mail_path_take(struct span *bytes, bool all, struct buffer *sender);

#endif
