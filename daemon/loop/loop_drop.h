/*
 * loop_drop.h - messages that programs left while no daemon ran
 *
 * Anybody of this machine may put a file into drop/ (architecture section 3). Its bytes are
 * those that its submitter would have written to the socket, so the node sees a client,
 * whose user is the owner of the file. The node's verdict decides what becomes of the file:
 * taken and removed, left for later, or set aside in drop/refused/.
 */
#ifndef DAEMON_LOOP_LOOP_DROP_H
#define DAEMON_LOOP_LOOP_DROP_H

#include "daemon/loop/loop_inbox.h"
#include "spool/base/status.h"

enum { LOOP_DROP_OPEN_MAX = 8, LOOP_DROP_PIECE_BYTES = 64 * 1024 };

struct loop_drop_file {
	uint64_t id; /* 0: this place is free                            */
	int      fd; /* -1: read to its end, waits for its verdict       */
	char     name[256];
};

struct loop_drop {
	struct loop_inbox    *inbox;
	int                   folder;
	uv_fs_event_t         watch;
	uv_timer_t            minute;
	bool                  open;
	uint64_t              next_id; /* even */
	struct loop_drop_file files[LOOP_DROP_OPEN_MAX];
	bool                  scan;    /* something may have come since the last scan  */
	char                **waiting; /* names of that scan, not yet opened, from the end */
	size_t                waiting_count, waiting_capacity;
	char                  room[LOOP_DROP_PIECE_BYTES];
};

/* Makes the folder if it is not there. */
enum status loop_drop_open(struct loop_drop *drop, uv_loop_t *uv, struct loop_inbox *inbox,
                           const char *folder, struct diagnostic *diagnostic);
void        loop_drop_close(struct loop_drop *drop);

/* Before a turn: the next piece of each open file into the inbox, and new files opened. */
void loop_drop_gather(struct loop_drop *drop);

/* Is there anything that loop_drop_gather would bring? */
bool loop_drop_has_more(const struct loop_drop *drop);

/* Performs an ACTION_CLIENT_*; one for a dead id is ignored. */
void loop_drop_perform(struct loop_drop *drop, const struct action *action);

/* The node is gone: every file stays, and is looked at again by the next gather. */
void loop_drop_forget(struct loop_drop *drop);

#endif
