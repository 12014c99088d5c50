/*
 * loop_visits.h - folders that sticks come to, and who looks into them
 *
 * A visit is a process of its own, `mulga carry visit`: a stick that hangs, or is pulled out, hangs
 * that one. What it says goes into the log. Whether a folder is there is learnt from the kernel:
 * what happens in it or its parent, and every mount.
 */
#ifndef DAEMON_LOOP_LOOP_VISITS_H
#define DAEMON_LOOP_LOOP_VISITS_H

#include <stdbool.h>
#include <uv.h>

#include "daemon/config.h"
#include "daemon/loop/loop_inbox.h"
#include "daemon/node/node.h"

struct loop_folder;
struct loop_visit;

struct loop_visits {
	uv_loop_t           *uv;
	struct loop_inbox   *inbox;
	const struct config *config;
	struct loop_folder  *folders;
	struct loop_visit   *first; /* under way */
	uv_timer_t           timer; /* until it has been quiet for a moment; and once a minute */
	uv_poll_t            mounts;
	int                  mounts_file;
	bool                 open;
};

void loop_visits_open(struct loop_visits *visits, uv_loop_t *uv, struct loop_inbox *inbox,
                      const struct config *config);
/* Watches the folders that the description names, and none else. */
void loop_visits_watch(struct loop_visits *visits);
/* A new node has heard of none of them. */
void loop_visits_announce(struct loop_visits *visits);
/* Performs an ACTION_VISIT*. */
void loop_visits_perform(struct loop_visits *visits, const struct action *action);
/* Ends what is under way, and watches nothing any more. */
void loop_visits_close(struct loop_visits *visits);

#endif
