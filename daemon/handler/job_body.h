/*
 * job_body.h - the body of a delivery, for who passes it on in pieces
 *
 * It is read twice: what has been given to a program or a server cannot be taken back, so rot
 * must be found before the first byte goes (trust T2).
 */
#ifndef DAEMON_HANDLER_JOB_BODY_H
#define DAEMON_HANDLER_JOB_BODY_H

#include "daemon/delivery/delivery.h"

struct job_body {
	struct disk         *disk;
	struct delivery_job *job;  /* borrowed, the bodies too                 */
	size_t               at;   /* which of them: 0 is the first, then rest */
	struct disk_file    *file; /* NULL: it is in memory        */
	uint64_t             read; /* bytes of it so far           */
	char                 room[BODY_CHUNK_BYTES];
};

/* False: it is not what its digest says, and the job has its verdict. Close it in any case. */
bool job_body_open(struct job_body *body, struct disk *disk, struct delivery_job *job);
void job_body_close(struct job_body *body);

/* The next piece, empty at the end; good until the next call. False: it cannot be read. */
bool job_body_next(struct job_body *body, struct span *piece);

#endif
