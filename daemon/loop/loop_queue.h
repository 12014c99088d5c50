/*
 * loop_queue.h - what a connection is still to say
 *
 * Bytes, and ranges of body files, of which a bounded part is in memory at a time. What has been
 * taken out counts as unsent until it has passed a mark on the way to the far end: the medium, or
 * the repair of a line, has its own idea of when bytes are gone.
 */
#ifndef DAEMON_LOOP_LOOP_QUEUE_H
#define DAEMON_LOOP_LOOP_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/status.h"
#include "spool/disk/disk.h"

enum { LOOP_PIECE_BYTES = 64 * 1024 };

struct loop_queue {
	struct loop_output *first, *last; /* not yet taken out */
	struct loop_mark   *oldest, *newest;
	uint64_t            unsent;    /* all of it                       */
	uint64_t            in_flight; /* of that, taken out and not gone */
};

void loop_queue_init(struct loop_queue *queue);
void loop_queue_clear(struct loop_queue *queue); /* also releases it */

void loop_queue_add(struct loop_queue *queue, struct span bytes);
/* A range of an open file, which is closed when it has been read. */
void loop_queue_add_file(struct loop_queue *queue, struct disk_file *file, uint64_t offset,
                         uint32_t length);

/* What was added last is the end of a piece: it travels without what is added next. */
void loop_queue_end_piece(struct loop_queue *queue);

/* Appends the next bytes, about `room` of them; the status of a file that cannot be read. */
enum status loop_queue_take(struct loop_queue *queue, size_t room, struct buffer *bytes);

/* The last `length` bytes that were taken are gone when so many in all have passed. */
void loop_queue_mark(struct loop_queue *queue, uint64_t at, size_t length);
/* So many have; true if bytes of ours are among them. */
bool loop_queue_passed(struct loop_queue *queue, uint64_t passed);

#endif
