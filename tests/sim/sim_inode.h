/*
 * sim_inode.h - the bytes of one simulated file, and what a power cut leaves of them
 *
 * Readers see every write at once. Until a sync, each is kept with what it replaced, so
 * that a crash can undo them all and do them again piece by piece: every sector of 512
 * bytes survives or does not by its own coin, in the order of the writes, and so does the
 * growth of the file. After a sync that failed the kernel thinks its pages clean: a later
 * sync says OK and does not save them ("fsyncgate"), and neither does this.
 */
#ifndef TESTS_SIM_SIM_INODE_H
#define TESTS_SIM_SIM_INODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/random.h"

enum { SIM_SECTOR_BYTES = 512 };

enum sim_fate { SIM_PENDING, SIM_DOOMED, SIM_DURABLE };

/* One write, or one change of size where `length` is 0. */
struct sim_change {
	size_t        offset, length;
	size_t        size_before, size_after;
	enum sim_fate fate;
	uint8_t      *new_bytes, *old_bytes; /* owned; old as far as the file went, else NULL */
	size_t        old_length;
};

struct sim_inode {
	struct buffer      bytes; /* as readers see them */
	struct sim_change *changes;
	size_t             change_count, change_capacity;
	bool               steady;
	unsigned           references; /* names, open files and pending changes of names */
};

struct sim_inode *sim_inode_new(bool steady); /* with one reference; steady: never crashes */
void              sim_inode_hold(struct sim_inode *inode);
void              sim_inode_drop(struct sim_inode *inode); /* frees it with the last */

void sim_inode_write(struct sim_inode *inode, size_t offset, const void *data, size_t length);
void sim_inode_truncate(struct sim_inode *inode, size_t size);
void sim_inode_sync(struct sim_inode *inode);
void sim_inode_fail_sync(struct sim_inode *inode);
/* What a sync failed to save is as it was before; what waits to be written stays. */
void sim_inode_forget_cache(struct sim_inode *inode);
/* `keep` of 8: how likely each piece survives. */
void sim_inode_crash(struct sim_inode *inode, struct random *random, unsigned keep);

#endif
