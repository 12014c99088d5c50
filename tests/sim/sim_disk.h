/*
 * sim_disk.h - a disk in memory that can lose power
 *
 * It promises what POSIX promises and nothing more. A sync of a file saves its bytes, not
 * its name; a sync of a directory saves the names in it. What was not synced when the
 * power goes is lost, torn or kept by coins from the seed: sectors of files (sim_inode.h),
 * and names one by one. A rename is never lost so far that neither name is left; across
 * directories both may be there. A name whose directory did not survive is gone.
 *
 * SQLite reaches the same files by sim_vfs.h, so that one crash hits both.
 */
#ifndef TESTS_SIM_SIM_DISK_H
#define TESTS_SIM_SIM_DISK_H

#include "spool/disk/disk.h"

/* The root directory "/" exists; paths are absolute. Freeing closes nothing: close first. */
struct disk *sim_disk_new(uint64_t seed);
void         sim_disk_free(struct disk *disk);

/* Another disk with the same names and bytes, all of them durable: a backup. */
struct disk *sim_disk_copy(const struct disk *disk, uint64_t seed);

/* Never loses its power, so nothing is kept for that: writes cost what they write. At first. */
void sim_disk_set_steady(struct disk *disk);

/*
 * Cuts the power: what was not durable is decided now, and every operation fails with
 * STATUS_IO until sim_disk_restart; files that were open stay useless for ever.
 */
void sim_disk_crash(struct disk *disk);
void sim_disk_restart(struct disk *disk);
bool sim_disk_is_crashed(const struct disk *disk);

/* Cuts it by itself after so many more operations that change or sync; UINT64_MAX: never. */
void sim_disk_set_crash_at(struct disk *disk, uint64_t operations);
/* How many such operations there were so far. */
uint64_t sim_disk_operations(const struct disk *disk);

/* What all files have together. */
uint64_t sim_disk_used(const struct disk *disk);

/* STATUS_NO_SPACE for what would make all files together longer; UINT64_MAX at first. */
void sim_disk_set_space(struct disk *disk, uint64_t bytes);
/* The next sync of a file but `syncs` fails with STATUS_IO, and saved nothing. */
void sim_disk_fail_sync(struct disk *disk, uint64_t syncs);

/* Changes one byte of a file as it lies there; false if the file is not so long. */
bool sim_disk_rot(struct disk *disk, const char *path, uint64_t offset);

#endif
