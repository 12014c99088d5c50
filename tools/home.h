/*
 * home.h - where the files of a node are, for the programs that ask it
 *
 * One folder with everything of one node (`-C DIR`, MULGA_HOME), or the three folders of
 * the system's own node (interface section 1).
 */
#ifndef TOOLS_HOME_H
#define TOOLS_HOME_H

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/status.h"
#include "spool/name/name.h"

struct home {
	const char *folder; /* as given; NULL: the system's own node. Borrowed */
	char       *description;
	char       *keys;
	char       *spool;
	char       *lock;
	char       *database;
	char       *bodies;
	char       *drop;
	char       *name;
	char       *run; /* folder of control.sock */
};

#define HOME_SOCKET "control.sock"

void home_init(struct home *home, const char *folder);
void home_release(struct home *home);

/*
 * The name of the node that lives here: its file `name`, else its description. Anything
 * but STATUS_OK comes with the reason.
 */
enum status home_read_name(const struct home *home, struct name *name,
                           struct diagnostic *diagnostic);

#endif
