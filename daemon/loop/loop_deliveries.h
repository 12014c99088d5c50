/*
 * loop_deliveries.h - deliveries on other threads
 *
 * Files (Maildir, drop) and questions for users go in batches, a few batches at a time: what comes meanwhile waits
 * and shares the next wait for the disk. A command has a thread of its own, a few at a
 * time, for it may take many minutes.
 *
 * A node that was opened again asks for deliveries that are still under way. Such a job is
 * not started twice: the answer of the first is the answer.
 */
#ifndef DAEMON_LOOP_LOOP_DELIVERIES_H
#define DAEMON_LOOP_LOOP_DELIVERIES_H

#include <stdbool.h>
#include <uv.h>

#include "daemon/loop/loop_inbox.h"
#include "spool/disk/disk.h"

struct loop_job;

enum loop_job_kind { LOOP_PREPARE, LOOP_PUBLISH, LOOP_LOOK_UP, LOOP_COMMAND, LOOP_JOB_KINDS };

struct loop_deliveries {
	uv_loop_t         *uv;
	struct loop_inbox *inbox;
	struct disk       *disk;
	const char        *bodies; /* folder */
	const char        *home;   /* of the node, for programs of ours; NULL: the system's */
	unsigned           umask;  /* bits that no dropped file gets */
	struct loop_job   *waiting[LOOP_JOB_KINDS], *waiting_last[LOOP_JOB_KINDS];
	struct loop_job   *running[LOOP_JOB_KINDS];
	size_t             batches[LOOP_JOB_KINDS]; /* running, on threads of the pool */

	uv_async_t wake;   /* a command has ended                     */
	int        cancel; /* eventfd: readable = commands are to end */
};

void loop_deliveries_init(struct loop_deliveries *deliveries, uv_loop_t *uv,
                          struct loop_inbox *inbox, struct disk *disk, const char *bodies,
                          const char *home, unsigned umask);

/* Performs ACTION_DELIVER and ACTION_PUBLISH. */
void loop_deliveries_perform(struct loop_deliveries *deliveries, const struct action *action);

/* After a turn: starts what can be started. */
void loop_deliveries_go_on(struct loop_deliveries *deliveries);

/* Forgets what has not begun. */
void loop_deliveries_forget(struct loop_deliveries *deliveries);

/* Forgets, and ends running commands; then loop_deliveries_busy becomes false soon. */
void loop_deliveries_stop(struct loop_deliveries *deliveries);
bool loop_deliveries_busy(const struct loop_deliveries *deliveries);
void loop_deliveries_close(struct loop_deliveries *deliveries);

#endif
