/*
 * home.h - where the files of a node are
 *
 * One folder with everything of one node (`-C DIR`, MULGA_HOME), or the three folders of
 * the system's own node (interface section 1). Paths only: nothing here opens a file.
 */
#ifndef SPOOL_HOME_HOME_H
#define SPOOL_HOME_HOME_H

struct home {
	const char *folder;      /* as given; NULL: the system's own node. Borrowed */
	char       *description; /* node.topo */
	char       *keys;
	char       *key; /* this node's own, in there */
	char       *spool;
	char       *lock;
	char       *database;
	char       *bodies;
	char       *secrets; /* file of what its TLS remembers */
	char       *drop;    /* folder where programs leave messages */
	char       *areas;   /* folder of who wants which newsgroups */
	char       *name;    /* file that tells programs the node's name */
	char       *run;     /* folder of control.sock */
};

/* The file in the folder `run`; its own path may be too long for a socket address. */
#define HOME_SOCKET "control.sock"

void home_init(struct home *home, const char *folder);
void home_release(struct home *home);

#endif
