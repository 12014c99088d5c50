/*
 * sim_inode.c - undo all, redo some
 */
#include "tests/sim/sim_inode.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

static struct sim_change *change_add(struct sim_inode *inode, size_t offset, size_t length,
                                     size_t size_after);
static void               set_size(struct sim_inode *inode, size_t size);
static void               undo(struct sim_inode *inode, const struct sim_change *change);
static void redo(struct sim_inode *inode, const struct sim_change *change, struct random *random,
                 unsigned keep);
static void forget_changes(struct sim_inode *inode);

struct sim_inode *
sim_inode_new(bool steady)
{
	struct sim_inode *inode = memory_new(1, sizeof(*inode));

	inode->steady     = steady;
	inode->references = 1;
	return inode;
}

void
sim_inode_hold(struct sim_inode *inode)
{
	inode->references++;
}

void
sim_inode_drop(struct sim_inode *inode)
{
	assert(inode->references > 0);
	if (--inode->references > 0)
		return;
	forget_changes(inode);
	free(inode->changes);
	buffer_release(&inode->bytes);
	free(inode);
}

void
sim_inode_write(struct sim_inode *inode, size_t offset, const void *data, size_t length)
{
	size_t end  = offset + length;
	size_t size = end > inode->bytes.length ? end : inode->bytes.length;

	if (length == 0)
		return;
	if (!inode->steady)
		change_add(inode, offset, length, size)->new_bytes = memory_copy(data, length);
	set_size(inode, size);
	memcpy(inode->bytes.data + offset, data, length);
}

void
sim_inode_truncate(struct sim_inode *inode, size_t size)
{
	if (size == inode->bytes.length)
		return;
	if (!inode->steady)
		change_add(inode, size, 0, size);
	set_size(inode, size);
}

void
sim_inode_sync(struct sim_inode *inode)
{
	bool doomed = false;

	for (size_t i = 0; i < inode->change_count; i++) {
		if (inode->changes[i].fate == SIM_PENDING)
			inode->changes[i].fate = SIM_DURABLE;
		doomed = doomed || inode->changes[i].fate == SIM_DOOMED;
	}
	if (!doomed) /* else the durable ones are needed to be done again over the doomed */
		forget_changes(inode);
}

void
sim_inode_fail_sync(struct sim_inode *inode)
{
	for (size_t i = 0; i < inode->change_count; i++)
		if (inode->changes[i].fate == SIM_PENDING)
			inode->changes[i].fate = SIM_DOOMED;
}

void
sim_inode_crash(struct sim_inode *inode, struct random *random, unsigned keep)
{
	for (size_t i = inode->change_count; i > 0; i--)
		undo(inode, &inode->changes[i - 1]);
	for (size_t i = 0; i < inode->change_count; i++)
		redo(inode, &inode->changes[i], random, keep);
	forget_changes(inode);
}

void
sim_inode_forget_cache(struct sim_inode *inode)
{
	struct sim_inode again = { .steady = inode->steady };

	for (size_t i = inode->change_count; i > 0; i--)
		undo(inode, &inode->changes[i - 1]);
	again.bytes = inode->bytes;
	for (size_t i = 0; i < inode->change_count; i++) {
		struct sim_change *change = &inode->changes[i];

		if (change->fate == SIM_DOOMED)
			continue;
		if (change->length > 0)
			sim_inode_write(&again, change->offset, change->new_bytes, change->length);
		else
			sim_inode_truncate(&again, change->size_after);
		if (change->fate == SIM_DURABLE) /* and so is all before it that is left */
			sim_inode_sync(&again);
	}
	inode->bytes = again.bytes;
	forget_changes(inode);
	free(inode->changes);
	inode->changes         = again.changes;
	inode->change_count    = again.change_count;
	inode->change_capacity = again.change_capacity;
}

/* Notes what is about to be replaced from `offset` on: `length` bytes, or all for 0. */
static struct sim_change *
change_add(struct sim_inode *inode, size_t offset, size_t length, size_t size_after)
{
	size_t             size = inode->bytes.length, end = length > 0 ? offset + length : size;
	struct sim_change *change;

	inode->changes = memory_grow(inode->changes, &inode->change_capacity,
	                             inode->change_count + 1, sizeof(inode->changes[0]));
	change         = &inode->changes[inode->change_count++];
	*change        = (struct sim_change){
		       .offset = offset, .length = length, .size_before = size, .size_after = size_after
	};
	if (end > size)
		end = size;
	if (end > offset) {
		change->old_length = end - offset;
		change->old_bytes  = memory_copy(inode->bytes.data + offset, end - offset);
	}
	return change;
}

/* Grows with zeroes. */
static void
set_size(struct sim_inode *inode, size_t size)
{
	size_t before = inode->bytes.length;

	if (size > before) {
		buffer_reserve(&inode->bytes, size - before);
		memset(inode->bytes.data + before, 0, size - before);
	}
	inode->bytes.length = size;
}

static void
undo(struct sim_inode *inode, const struct sim_change *change)
{
	set_size(inode, change->size_before);
	if (change->old_length > 0)
		memcpy(inode->bytes.data + change->offset, change->old_bytes, change->old_length);
}

static void
redo(struct sim_inode *inode, const struct sim_change *change, struct random *random, unsigned keep)
{
	bool   all = change->fate == SIM_DURABLE;
	size_t end = change->offset + change->length;

	for (size_t start = change->offset, next; start < end; start = next) {
		next = (start / SIM_SECTOR_BYTES + 1) * SIM_SECTOR_BYTES;
		if (next > end)
			next = end;
		if (!all && random_below(random, 8) >= keep)
			continue;
		if (next > inode->bytes.length)
			set_size(inode, next);
		memcpy(inode->bytes.data + start, change->new_bytes + (start - change->offset),
		       next - start);
	}
	if (!all && random_below(random, 8) >= keep)
		return;
	if (change->length == 0 || change->size_after > inode->bytes.length)
		set_size(inode, change->size_after);
}

static void
forget_changes(struct sim_inode *inode)
{
	for (size_t i = 0; i < inode->change_count; i++) {
		free(inode->changes[i].new_bytes);
		free(inode->changes[i].old_bytes);
	}
	inode->change_count = 0;
}
