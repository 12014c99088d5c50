/*
 * sim_names.h - the names on a simulated disk, and what a power cut leaves of them
 *
 * Two maps from path to file: as programs see them, and as they are on the platter.
 * Changes wait between the two until their directory is synced.
 */
#ifndef TESTS_SIM_SIM_NAMES_H
#define TESTS_SIM_SIM_NAMES_H

#include "tests/sim/sim_inode.h"

struct sim_entry {
	char             *path;  /* owned           */
	struct sim_inode *inode; /* NULL: directory */
};

struct sim_map {
	struct sim_entry *entries; /* sorted by path */
	size_t            count, capacity;
};

/* A name that came, went, or both: a rename, which is one change. */
struct sim_name_change {
	char             *removed, *added; /* owned; NULL = none          */
	struct sim_inode *inode;           /* of `added`; NULL: directory */
};

struct sim_names {
	struct sim_map          seen, durable;
	struct sim_name_change *changes;
	size_t                  change_count, change_capacity;
	bool                    steady; /* never crashes: `seen` is all there is */
};

void sim_names_release(struct sim_names *names);
/* NULL if there is none. Borrowed until the next change. */
const struct sim_entry *sim_names_find(const struct sim_names *names, const char *path);
/* `removed` or `added` may be NULL. What is added must not be there. */
void sim_names_change(struct sim_names *names, const char *removed, const char *added,
                      struct sim_inode *inode);
void sim_names_sync(struct sim_names *names, const char *directory);
void sim_names_crash(struct sim_names *names, struct random *random, unsigned keep);

/* Is `path` directly in `directory`? */
bool sim_names_is_in(const char *path, const char *directory);

#endif
