/*
 * loop_bodies.h - the files of large bodies, as the node asks for them
 *
 * Bytes are written, and their digest computed, on another thread, and synced on a third. What is
 * asked of a body meanwhile waits, in order. That queue is what back-pressure is for: while
 * loop_bodies_are_full, nobody is read from.
 */
#ifndef DAEMON_LOOP_LOOP_BODIES_H
#define DAEMON_LOOP_LOOP_BODIES_H

#include <stdbool.h>
#include <uv.h>

#include "daemon/loop/loop_inbox.h"
#include "daemon/node/node.h"
#include "spool/disk/body_file.h"

struct loop_body;

struct loop_bodies {
	uv_loop_t         *uv;
	struct loop_inbox *inbox;
	struct disk       *disk;
	const char        *folder;
	struct loop_body  *first;
	size_t             working;      /* writes and syncs under way                */
	size_t             queued_bytes; /* of appends that are not written yet       */
	bool               stopping;
	bool               disk_failed;           /* a sync failed: nothing here may be trusted */
	char               run[BODY_RUN_MAX + 1]; /* of the machine; "": nobody knows    */
	bool               same_run; /* as when the files were written: they have it all */
};

void loop_bodies_init(struct loop_bodies *bodies, uv_loop_t *uv, struct loop_inbox *inbox,
                      struct disk *disk, const char *folder);

/* At the start of a node: removes the files that it does not know. */
enum status loop_bodies_clean(struct loop_bodies *bodies, struct node *node);

/* After its first actions have been performed: what is not to be believed is cut off. */
void loop_bodies_cleaned(struct loop_bodies *bodies);

/* Performs an ACTION_BODY_*. */
void loop_bodies_perform(struct loop_bodies *bodies, const struct action *action);

/* Performs an ACTION_BODY_READ. */
void loop_bodies_read(struct loop_bodies *bodies, const struct action *action);

/* For reading, by whoever gets it, who closes it; NULL and a line in the log. */
struct disk_file *loop_bodies_open(struct loop_bodies *bodies, int64_t key);

bool loop_bodies_are_full(const struct loop_bodies *bodies);
bool loop_bodies_busy(const struct loop_bodies *bodies); /* threads are at work */

/* The process ends: what came is made durable, and the node hears of it unasked. */
void loop_bodies_stop(struct loop_bodies *bodies);

/* The node is gone: bytes that are not durable are nobody's. Syncs end unheard. */
void loop_bodies_forget(struct loop_bodies *bodies);

#endif
