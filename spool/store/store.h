/*
 * store.h - the spool's database: everything durable but the large bodies
 *
 * One process has it open (the caller holds the lock file), one step of the node is one
 * transaction: store_begin, any of the functions of the store_*.h headers, store_commit.
 * Outside a transaction only reading functions may be called. The database runs in WAL
 * mode with synchronous=FULL and exclusive locking; when store_commit says OK, the facts
 * are on the disk (architecture section 3).
 *
 * After STATUS_IO or STATUS_CORRUPT from any function the store is dead: release it and
 * start again from the file (style: "a failed fsync is never retried").
 */
#ifndef SPOOL_STORE_STORE_H
#define SPOOL_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/instant.h"
#include "spool/base/status.h"
#include "spool/disk/disk.h"

struct store;

struct store_options {
	const char  *vfs;       /* name of a registered SQLite VFS; NULL = the system's       */
	bool         read_only; /* for tools beside no daemon: never migrates, writes nothing */
	bool         small;     /* many in one process: little memory for each, not so fast   */
	bool         in_memory; /* ":memory:", for tests and for tools that need no file      */
	int          checkpoint_pages; /* of log before a checkpoint; 0 = as many as is fast  */
	struct disk *disk; /* that it lies on: read from there, not from what an earlier process
	                      may have failed to write; NULL = as the system has it      */
};

/*
 * Opens or creates `path` and brings its schema to this version. STATUS_STALE: made by a
 * newer version, left untouched; NOT_FOUND, BUSY, CORRUPT, IO, NO_SPACE as they say; each
 * with words in *diagnostic.
 */
enum status store_open(struct store **store, const char *path, const struct store_options *options,
                       struct diagnostic *diagnostic);
void        store_close(struct store *store);

enum status store_begin(struct store *store);
/* STATUS_NO_SPACE: nothing of the transaction happened, and the store lives on. */
enum status store_commit(struct store *store);
void        store_rollback(struct store *store);
/* Did this transaction change a row so far? A step that changed none need not commit. */
bool store_changed(const struct store *store);

/* The first failure of any statement since store_begin; OK while all went well. The node
 * checks it once before committing. */
enum status store_failure(const struct store *store);
/* What SQLite said about it; borrowed until the next call. */
const char *store_failure_text(const struct store *store);

/* One value by name, in table `setting`: what the node must remember about itself. */
bool    store_setting_get(struct store *store, const char *name, struct buffer *value);
void    store_setting_put(struct store *store, const char *name, struct span value);
int64_t store_setting_number(struct store *store, const char *name, int64_t otherwise);
void    store_setting_put_number(struct store *store, const char *name, int64_t value);

#endif
