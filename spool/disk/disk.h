/*
 * disk.h - files, as the node's code sees them: a small table of operations
 *
 * Bodies and built-in deliveries promise an order of writes and syncs. That order is code
 * like any other and must meet crashes in tests, so it is written against this table:
 * disk_posix.c does the real thing, tests/sim keeps files in memory under the crash model
 * that its SQLite VFS shares. Paths are absolute or relative to the process. Operations
 * may be called from any thread, on one file by one thread at a time; only a sync may go on while
 * another thread writes, and what was written before it began is what it makes durable. Every one
 * returns a status; opening also leaves errno's words in the diagnostic, which may be NULL.
 */
#ifndef SPOOL_DISK_DISK_H
#define SPOOL_DISK_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/diagnostic.h"
#include "spool/base/status.h"

struct disk;
struct disk_file; /* an open file of that disk */

enum disk_open {
	DISK_READ,      /* must exist                                        */
	DISK_WRITE,     /* created if absent, kept if there; for resuming    */
	DISK_WRITE_NEW, /* created or emptied                                */
};

typedef void disk_entry_function(void *context, const char *name);

struct disk_operations {
	enum status (*open)(struct disk *disk, const char *path, enum disk_open how, unsigned mode,
	                    struct disk_file **file, struct diagnostic *diagnostic);
	enum status (*close)(struct disk_file *file);
	/* All of it or an error; reading past the end is STATUS_CORRUPT. */
	enum status (*read_at)(struct disk_file *file, uint64_t offset, void *data, size_t length);
	enum status (*write_at)(struct disk_file *file, uint64_t offset, const void *data,
	                        size_t length);
	enum status (*size)(struct disk_file *file, uint64_t *size_bytes);
	enum status (*truncate)(struct disk_file *file, uint64_t size_bytes);
	/* Starts writing back without waiting: many of these, then many syncs. */
	enum status (*write_behind)(struct disk_file *file);
	/*
	 * Permission bits and, unless it is 0, the time of last change, durable by the next sync. Where the
	 * file system knows no such thing, it says so, and the file is as good without.
	 */
	enum status (*dress)(struct disk_file *file, unsigned mode, int64_t modified_ms);
	/* Durable, or STATUS_IO: never to be called again on that file (trust T2). */
	enum status (*sync)(struct disk_file *file);
	enum status (*sync_directory)(struct disk *disk, const char *path);
	/*
	 * What memory holds of a file, and need not write any more, is read from the disk anew:
	 * after a sync that failed it may be in memory alone, and no later sync would write it.
	 */
	enum status (*forget_cache)(struct disk *disk, const char *path);
	/* STATUS_EXISTS where the new name is taken; nothing is ever replaced. */
	enum status (*rename_new)(struct disk *disk, const char *from, const char *to);
	enum status (*link_new)(struct disk *disk, const char *from, const char *to);
	enum status (*unlink)(struct disk *disk, const char *path); /* NOT_FOUND if absent */
	enum status (*make_directory)(struct disk *disk, const char *path, unsigned mode);
	/* STATUS_OK or NOT_FOUND; a path that ends in '/' must be a directory. */
	enum status (*exists)(struct disk *disk, const char *path);
	/* Names in byte order, without "." and "..". */
	enum status (*list)(struct disk *disk, const char *path, disk_entry_function *entry,
	                    void *context);
};

struct disk {
	const struct disk_operations *operations;
};

struct disk_file {
	struct disk *disk;
};

enum { DISK_PATH_SIZE = 4096 };

/* Makes the directory, durably, unless it is there. NOT_FOUND: its parent is missing. */
enum status disk_need_directory(struct disk *disk, const char *path, unsigned mode);

/* "folder/name" in `path`; false if it is too long. */
bool disk_path_join(char path[DISK_PATH_SIZE], const char *folder, const char *name);

#endif
