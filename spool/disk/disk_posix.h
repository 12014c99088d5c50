/*
 * disk_posix.h - the disk of this machine
 */
#ifndef SPOOL_DISK_DISK_POSIX_H
#define SPOOL_DISK_DISK_POSIX_H

#include "spool/disk/disk.h"

/* Has no state: one for everybody, for ever. */
struct disk *disk_posix(void);

#endif
