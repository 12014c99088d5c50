/*
 * thin_parts.h - a file that is too large for some link of its way goes in parts
 *
 * Each part is a message like any other, with an id of its own; all have the name of the set in
 * their headings, and the destination joins them. Nothing is cut unless the daemon has said that
 * the whole would not go, and how much would.
 */
#ifndef TOOLS_THIN_PARTS_H
#define TOOLS_THIN_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/control/control.h"
#include "spool/home/home.h"

/* Is it worth it: a service whose messages may be cut, so many bytes in not too many parts? */
bool thin_parts_can(const struct control_submission *submission, uint64_t size_bytes,
                    uint64_t fits_bytes);

/* Submits the open file `file` in parts of at most `fits_bytes`; prints an id each. The exit code. */
int thin_parts_send(const struct home *home, const struct name *node,
                    struct control_submission *submission, int file, uint64_t size_bytes,
                    uint64_t fits_bytes);

#endif
