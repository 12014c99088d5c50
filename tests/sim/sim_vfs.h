/*
 * sim_vfs.h - SQLite on a simulated disk
 *
 * SQLite's own code for WAL and recovery runs over the files of a sim_disk.h, so that a
 * power cut tests what it promises with synchronous=FULL, together with our bodies and
 * deliveries on the same disk. There is no clock and no randomness in it.
 */
#ifndef TESTS_SIM_SIM_VFS_H
#define TESTS_SIM_SIM_VFS_H

#include <stdint.h>

#include "spool/disk/disk.h"

struct sim_vfs;

/*
 * This process has one thread, and nobody asks SQLite how much memory it has: without locks and
 * counts it needs a tenth less. Before the first database; later it changes nothing.
 */
void sim_vfs_alone(void);

/*
 * Registers a VFS `name` over this disk; for struct store_options. Also seeds SQLite's one
 * random generator, from which a log draws its salt.
 */
struct sim_vfs *sim_vfs_new(const char *name, struct disk *disk, uint64_t seed);
/* After every database over it is closed. */
void sim_vfs_free(struct sim_vfs *vfs);

#endif
