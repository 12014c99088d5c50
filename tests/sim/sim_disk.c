/*
 * sim_disk.c - the operations of disk.h over simulated names and bytes
 *
 * Operations that change or sync are counted, so that a test can cut the power before
 * each of them in turn. Files are kept in a list of their own: a crash must reach also
 * those that lost their names.
 */
#include "tests/sim/sim_disk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "tests/sim/sim_names.h"

struct sim_disk {
	struct disk        disk; /* first: a struct disk * is a struct sim_disk * */
	struct sim_names   names;
	struct random      random;
	struct sim_inode **inodes; /* all that may have a name; held */
	size_t             inode_count, inode_capacity;
	bool               steady;
	bool               crashed;
	unsigned           boots; /* a file opened before the last crash is dead */
	uint64_t           operations, crash_at;
	uint64_t           syncs, fail_sync_at;
	uint64_t           space_bytes;
};

struct sim_file {
	struct disk_file  file; /* first */
	struct sim_inode *inode;
	unsigned          boot;
};

static enum status sim_open(struct disk *disk, const char *path, enum disk_open how, unsigned mode,
                            struct disk_file **file, struct diagnostic *diagnostic);
static enum status sim_close(struct disk_file *file);
static enum status sim_read_at(struct disk_file *file, uint64_t offset, void *data, size_t length);
static enum status sim_write_at(struct disk_file *file, uint64_t offset, const void *data,
                                size_t length);
static enum status sim_size(struct disk_file *file, uint64_t *size_bytes);
static enum status sim_truncate(struct disk_file *file, uint64_t size_bytes);
static enum status sim_write_behind(struct disk_file *file);
static enum status sim_dress(struct disk_file *file, unsigned mode, int64_t modified_ms);
static enum status sim_sync(struct disk_file *file);
static enum status sim_sync_directory(struct disk *disk, const char *path);
static enum status sim_forget_cache(struct disk *disk, const char *path);
static enum status sim_rename_new(struct disk *disk, const char *from, const char *to);
static enum status sim_link_new(struct disk *disk, const char *from, const char *to);
static enum status sim_unlink(struct disk *disk, const char *path);
static enum status sim_make_directory(struct disk *disk, const char *path, unsigned mode);
static enum status sim_exists(struct disk *disk, const char *path);
static enum status sim_list(struct disk *disk, const char *path, disk_entry_function *entry,
                            void *context);

static struct sim_disk  *sim_of(const struct disk *disk);
static enum status       change(struct sim_disk *sim);
static enum status       reach(struct disk_file *file, bool changes, struct sim_disk **sim,
                               struct sim_inode **inode);
static bool              directory_exists(const struct sim_disk *sim, const char *path);
static bool              parent_exists(const struct sim_disk *sim, const char *path);
static bool              has_space(const struct sim_disk *sim, uint64_t more);
static struct sim_inode *new_inode(struct sim_disk *sim);
static void              drop_unused(struct sim_disk *sim);

struct disk *
sim_disk_new(uint64_t seed)
{
	static const struct disk_operations operations = {
		.open           = sim_open,
		.close          = sim_close,
		.read_at        = sim_read_at,
		.write_at       = sim_write_at,
		.size           = sim_size,
		.truncate       = sim_truncate,
		.write_behind   = sim_write_behind,
		.dress          = sim_dress,
		.sync           = sim_sync,
		.sync_directory = sim_sync_directory,
		.forget_cache   = sim_forget_cache,
		.rename_new     = sim_rename_new,
		.link_new       = sim_link_new,
		.unlink         = sim_unlink,
		.make_directory = sim_make_directory,
		.exists         = sim_exists,
		.list           = sim_list,
	};
	struct sim_disk *sim = memory_new(1, sizeof(*sim));

	sim->disk.operations = &operations;
	sim->crash_at = sim->fail_sync_at = sim->space_bytes = UINT64_MAX;
	random_seed_number(&sim->random, seed);
	return &sim->disk;
}

void
sim_disk_free(struct disk *disk)
{
	struct sim_disk *sim = sim_of(disk);

	sim_names_release(&sim->names);
	for (size_t i = 0; i < sim->inode_count; i++)
		sim_inode_drop(sim->inodes[i]);
	free(sim->inodes);
	free(sim);
}

struct disk *
sim_disk_copy(const struct disk *disk, uint64_t seed)
{
	const struct sim_map *seen = &sim_of(disk)->names.seen;
	struct disk          *copy = sim_disk_new(seed);
	struct sim_disk      *sim  = sim_of(copy);

	assert(!sim_of(disk)->crashed);
	for (size_t i = 0; i < seen->count; i++) { /* a folder before what is in it */
		const struct sim_entry *entry = &seen->entries[i];
		struct sim_inode       *inode = NULL;

		if (entry->inode != NULL) {
			inode = new_inode(sim);
			buffer_append_span(&inode->bytes, buffer_span(&entry->inode->bytes));
		}
		sim_names_change(&sim->names, NULL, entry->path, inode);
	}
	sim_names_sync(&sim->names, "/");
	for (size_t i = 0; i < seen->count; i++)
		if (seen->entries[i].inode == NULL)
			sim_names_sync(&sim->names, seen->entries[i].path);
	return copy;
}

void
sim_disk_set_steady(struct disk *disk)
{
	struct sim_disk *sim = sim_of(disk);

	assert(sim->operations == 0);
	sim->steady       = true;
	sim->names.steady = true;
}

void
sim_disk_crash(struct disk *disk)
{
	struct sim_disk *sim  = sim_of(disk);
	unsigned         keep = (unsigned)random_below(&sim->random, 9); /* of 8: all, some, none */

	assert(!sim->steady);
	if (sim->crashed)
		return;
	sim->crashed = true;
	sim->boots++;
	sim->crash_at = UINT64_MAX;
	for (size_t i = 0; i < sim->inode_count; i++)
		sim_inode_crash(sim->inodes[i], &sim->random, keep);
	sim_names_crash(&sim->names, &sim->random, keep);
	drop_unused(sim);
}

void
sim_disk_restart(struct disk *disk)
{
	struct sim_disk *sim = sim_of(disk);

	assert(sim->crashed);
	sim->crashed = false;
}

bool
sim_disk_is_crashed(const struct disk *disk)
{
	return sim_of(disk)->crashed;
}

void
sim_disk_set_crash_at(struct disk *disk, uint64_t operations)
{
	struct sim_disk *sim = sim_of(disk);

	sim->crash_at =
	    operations < UINT64_MAX - sim->operations ? sim->operations + operations : UINT64_MAX;
}

uint64_t
sim_disk_operations(const struct disk *disk)
{
	return sim_of(disk)->operations;
}

uint64_t
sim_disk_used(const struct disk *disk)
{
	const struct sim_map *seen = &sim_of(disk)->names.seen;
	uint64_t              used = 0;

	for (size_t i = 0; i < seen->count; i++)
		if (seen->entries[i].inode != NULL)
			used += seen->entries[i].inode->bytes.length;
	return used;
}

void
sim_disk_set_space(struct disk *disk, uint64_t bytes)
{
	sim_of(disk)->space_bytes = bytes;
}

void
sim_disk_fail_sync(struct disk *disk, uint64_t syncs)
{
	sim_of(disk)->fail_sync_at = sim_of(disk)->syncs + syncs;
}

bool
sim_disk_rot(struct disk *disk, const char *path, uint64_t offset)
{
	const struct sim_entry *entry = sim_names_find(&sim_of(disk)->names, path);

	if (entry == NULL || entry->inode == NULL || offset >= entry->inode->bytes.length)
		return false;
	entry->inode->bytes.data[offset] ^= 0x10;
	return true;
}

static enum status
sim_open(struct disk *disk, const char *path, enum disk_open how, unsigned mode,
         struct disk_file **out, struct diagnostic *diagnostic)
{
	struct sim_disk        *sim    = sim_of(disk);
	const struct sim_entry *entry  = sim_names_find(&sim->names, path);
	struct sim_inode       *inode  = entry != NULL ? entry->inode : NULL;
	enum status             status = STATUS_OK;
	struct sim_file        *file;

	(void)mode;
	if (sim->crashed)
		status = STATUS_IO;
	else if (entry != NULL && inode == NULL)
		status = STATUS_DENIED;
	else if (entry == NULL && (how == DISK_READ || !parent_exists(sim, path)))
		status = STATUS_NOT_FOUND;
	else if (entry == NULL || (how == DISK_WRITE_NEW && inode->bytes.length > 0))
		status = change(sim);
	if (status != STATUS_OK) {
		diagnostic_set(diagnostic, "%s: %s", path, status_text(status));
		return status;
	}
	if (entry == NULL) {
		inode = new_inode(sim);
		sim_names_change(&sim->names, NULL, path, inode);
	} else if (how == DISK_WRITE_NEW) {
		sim_inode_truncate(inode, 0);
	}
	file = memory_new(1, sizeof(*file));
	sim_inode_hold(inode);
	*file = (struct sim_file){ .file.disk = disk, .inode = inode, .boot = sim->boots };
	*out  = &file->file;
	return STATUS_OK;
}

static enum status
sim_close(struct disk_file *file)
{
	sim_inode_drop(((struct sim_file *)file)->inode);
	free(file);
	return STATUS_OK;
}

static enum status
sim_read_at(struct disk_file *file, uint64_t offset, void *data, size_t length)
{
	struct sim_disk  *sim;
	struct sim_inode *inode;
	enum status       status = reach(file, false, &sim, &inode);

	if (status != STATUS_OK || length == 0)
		return status;
	if (offset > inode->bytes.length || length > inode->bytes.length - offset)
		return STATUS_CORRUPT;
	memcpy(data, inode->bytes.data + offset, length);
	return STATUS_OK;
}

static enum status
sim_write_at(struct disk_file *file, uint64_t offset, const void *data, size_t length)
{
	struct sim_disk  *sim;
	struct sim_inode *inode;
	enum status       status = reach(file, true, &sim, &inode);
	uint64_t          end    = offset + length;

	if (status != STATUS_OK)
		return status;
	if (end > inode->bytes.length && !has_space(sim, end - inode->bytes.length))
		return STATUS_NO_SPACE;
	sim_inode_write(inode, offset, data, length);
	return STATUS_OK;
}

static enum status
sim_size(struct disk_file *file, uint64_t *size_bytes)
{
	struct sim_disk  *sim;
	struct sim_inode *inode;
	enum status       status = reach(file, false, &sim, &inode);

	if (status == STATUS_OK)
		*size_bytes = inode->bytes.length;
	return status;
}

static enum status
sim_truncate(struct disk_file *file, uint64_t size_bytes)
{
	struct sim_disk  *sim;
	struct sim_inode *inode;
	enum status       status = reach(file, true, &sim, &inode);

	if (status == STATUS_OK)
		sim_inode_truncate(inode, size_bytes);
	return status;
}

static enum status
sim_write_behind(struct disk_file *file)
{
	struct sim_disk  *sim;
	struct sim_inode *inode;

	return reach(file, false, &sim, &inode);
}

static enum status
sim_dress(struct disk_file *file, unsigned mode, int64_t modified_ms)
{
	struct sim_disk  *sim;
	struct sim_inode *inode;

	(void)mode;
	(void)modified_ms;
	return reach(file, true, &sim, &inode);
}

static enum status
sim_sync(struct disk_file *file)
{
	struct sim_disk  *sim;
	struct sim_inode *inode;
	enum status       status = reach(file, true, &sim, &inode);

	if (status != STATUS_OK)
		return status;
	if (sim->syncs++ == sim->fail_sync_at) {
		sim_inode_fail_sync(inode);
		return STATUS_IO;
	}
	sim_inode_sync(inode);
	return STATUS_OK;
}

static enum status
sim_sync_directory(struct disk *disk, const char *path)
{
	struct sim_disk *sim    = sim_of(disk);
	enum status      status = change(sim);

	if (status != STATUS_OK)
		return status;
	if (!directory_exists(sim, path))
		return STATUS_NOT_FOUND;
	sim_names_sync(&sim->names, path);
	drop_unused(sim);
	return STATUS_OK;
}

static enum status
sim_forget_cache(struct disk *disk, const char *path)
{
	const struct sim_entry *entry = sim_names_find(&sim_of(disk)->names, path);

	if (entry == NULL || entry->inode == NULL)
		return STATUS_NOT_FOUND;
	sim_inode_forget_cache(entry->inode);
	return STATUS_OK;
}

static enum status
sim_rename_new(struct disk *disk, const char *from, const char *to)
{
	struct sim_disk        *sim    = sim_of(disk);
	const struct sim_entry *entry  = sim_names_find(&sim->names, from);
	enum status             status = change(sim);

	if (status != STATUS_OK)
		return status;
	if (entry == NULL || !parent_exists(sim, to))
		return STATUS_NOT_FOUND;
	if (sim_names_find(&sim->names, to) != NULL)
		return STATUS_EXISTS;
	assert(entry->inode != NULL); /* nobody renames directories */
	sim_names_change(&sim->names, from, to, entry->inode);
	return STATUS_OK;
}

static enum status
sim_link_new(struct disk *disk, const char *from, const char *to)
{
	struct sim_disk        *sim    = sim_of(disk);
	const struct sim_entry *entry  = sim_names_find(&sim->names, from);
	enum status             status = change(sim);

	if (status != STATUS_OK)
		return status;
	if (entry == NULL || entry->inode == NULL || !parent_exists(sim, to))
		return STATUS_NOT_FOUND;
	if (sim_names_find(&sim->names, to) != NULL)
		return STATUS_EXISTS;
	sim_names_change(&sim->names, NULL, to, entry->inode);
	return STATUS_OK;
}

static enum status
sim_unlink(struct disk *disk, const char *path)
{
	struct sim_disk        *sim    = sim_of(disk);
	const struct sim_entry *entry  = sim_names_find(&sim->names, path);
	enum status             status = change(sim);

	if (status != STATUS_OK)
		return status;
	if (entry == NULL)
		return STATUS_NOT_FOUND;
	if (entry->inode == NULL)
		return STATUS_DENIED;
	sim_names_change(&sim->names, path, NULL, NULL);
	return STATUS_OK;
}

static enum status
sim_make_directory(struct disk *disk, const char *path, unsigned mode)
{
	struct sim_disk *sim    = sim_of(disk);
	enum status      status = change(sim);

	(void)mode;
	if (status != STATUS_OK)
		return status;
	if (sim_names_find(&sim->names, path) != NULL || strcmp(path, "/") == 0)
		return STATUS_EXISTS;
	if (!parent_exists(sim, path))
		return STATUS_NOT_FOUND;
	sim_names_change(&sim->names, NULL, path, NULL);
	return STATUS_OK;
}

static enum status
sim_exists(struct disk *disk, const char *path)
{
	const struct sim_disk *sim    = sim_of(disk);
	size_t                 length = strlen(path);
	char                  *plain;
	bool                   found;

	if (sim->crashed)
		return STATUS_IO;
	if (path[length - 1] != '/')
		return sim_names_find(&sim->names, path) != NULL ? STATUS_OK : STATUS_NOT_FOUND;
	plain                                   = memory_copy_text(path);
	plain[length > 1 ? length - 1 : length] = '\0';
	found                                   = directory_exists(sim, plain);
	free(plain);
	return found ? STATUS_OK : STATUS_NOT_FOUND;
}

/* The names are copied first: who is told of one may change it. */
static enum status
sim_list(struct disk *disk, const char *path, disk_entry_function *entry, void *context)
{
	const struct sim_disk *sim   = sim_of(disk);
	const struct sim_map  *seen  = &sim->names.seen;
	struct buffer          names = { NULL, 0, 0 }; /* each with its NUL */

	if (sim->crashed)
		return STATUS_IO;
	if (!directory_exists(sim, path))
		return STATUS_NOT_FOUND;
	for (size_t i = 0; i < seen->count; i++) {
		const char *name = strrchr(seen->entries[i].path, '/') + 1;

		if (sim_names_is_in(seen->entries[i].path, path))
			buffer_append(&names, name, strlen(name) + 1);
	}
	for (size_t at = 0; at < names.length; at += strlen((const char *)names.data + at) + 1)
		entry(context, (const char *)names.data + at);
	buffer_release(&names);
	return STATUS_OK;
}

static struct sim_disk *
sim_of(const struct disk *disk)
{
	return (struct sim_disk *)disk;
}

/* Before each operation that changes or syncs: is there power for it? */
static enum status
change(struct sim_disk *sim)
{
	if (!sim->crashed && sim->operations >= sim->crash_at)
		sim_disk_crash(&sim->disk);
	if (sim->crashed)
		return STATUS_IO;
	sim->operations++;
	return STATUS_OK;
}

static enum status
reach(struct disk_file *file, bool changes, struct sim_disk **sim, struct sim_inode **inode)
{
	struct sim_file *open = (struct sim_file *)file;

	*sim   = sim_of(file->disk);
	*inode = open->inode;
	if (open->boot != (*sim)->boots || (*sim)->crashed)
		return STATUS_IO;
	return changes ? change(*sim) : STATUS_OK;
}

static bool
directory_exists(const struct sim_disk *sim, const char *path)
{
	const struct sim_entry *entry = sim_names_find(&sim->names, path);

	return strcmp(path, "/") == 0 || (entry != NULL && entry->inode == NULL);
}

static bool
parent_exists(const struct sim_disk *sim, const char *path)
{
	char *parent = memory_copy_text(path);
	char *slash  = strrchr(parent, '/');
	bool  found;

	assert(slash != NULL); /* the simulated disk has no present folder */
	slash[slash == parent ? 1 : 0] = '\0';
	found                          = directory_exists(sim, parent);
	free(parent);
	return found;
}

static bool
has_space(const struct sim_disk *sim, uint64_t more)
{
	return sim->space_bytes == UINT64_MAX ||
	       sim_disk_used(&sim->disk) + more <= sim->space_bytes;
}

static struct sim_inode *
new_inode(struct sim_disk *sim)
{
	sim->inodes = memory_grow(sim->inodes, &sim->inode_capacity, sim->inode_count + 1,
	                          sizeof(struct sim_inode *));
	sim->inodes[sim->inode_count] = sim_inode_new(sim->steady);
	return sim->inodes[sim->inode_count++];
}

/* Forgets the files that nothing but the list of all files holds. */
static void
drop_unused(struct sim_disk *sim)
{
	size_t left = 0;

	for (size_t i = 0; i < sim->inode_count; i++) {
		if (sim->inodes[i]->references == 1)
			sim_inode_drop(sim->inodes[i]);
		else
			sim->inodes[left++] = sim->inodes[i];
	}
	sim->inode_count = left;
}
