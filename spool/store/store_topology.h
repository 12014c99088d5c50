/*
 * store_topology.h - the topology database on disk: one record for each node heard of
 *
 * A fact: the record's bytes as they came. Everything else about routing is derived at
 * start. Pseudolinks (D20-D22) and dead links join in a later migration.
 */
#ifndef SPOOL_STORE_STORE_TOPOLOGY_H
#define SPOOL_STORE_STORE_TOPOLOGY_H

#include "spool/name/name.h"
#include "spool/store/store.h"

struct stored_record {
	struct name     node;
	uint64_t        serial;
	struct buffer   bytes;                    /* record.h; owned */
	char            from[NAME_MAX_BYTES + 1]; /* the neighbor who brought it; "" = ours */
	struct walltime taken;
};

void stored_record_init(struct stored_record *record);
void stored_record_release(struct stored_record *record);
/* The record that it takes the place of goes to the history. */
void store_record_put(struct store *store, const struct stored_record *record);
void store_record_delete(struct store *store, const char *node, struct walltime now);
bool store_record_get(struct store *store, const char *node, struct stored_record *record);
/* In name order; `after` "" starts. */
bool store_record_next(struct store *store, const char *after, struct stored_record *record);

/*
 * What was known before: the versions of a node's record that were replaced or deleted,
 * and the present one. At most so many old ones of a node are kept, the newest.
 */
enum { STORE_RECORD_VERSIONS_MAX = 1000 };

struct stored_version {
	int64_t         key; /* ascending in the order in which they came */
	uint64_t        serial;
	struct walltime from;
	struct walltime until; /* 0: the present record */
	struct buffer   bytes; /* record.h; owned */
};

void stored_version_init(struct stored_version *version);
void stored_version_release(struct stored_version *version);
/* Files the present record of `node`, if there is one, before it goes: for store_record.c. */
void store_record_history_add(struct store *store, const char *node, struct walltime until);
/* Forgets what went before `limit`. */
void store_record_history_purge(struct store *store, struct walltime limit);
/* The nodes with any version, in name order; `after` "" starts. */
bool store_record_history_node(struct store *store, const char *after, struct name *node);
/* The versions of a node, oldest first; `after` 0 starts. */
bool store_record_history_next(struct store *store, const char *node, int64_t after,
                               struct stored_version *version);
/* The version that was the present one at that time. */
bool store_record_history_at(struct store *store, const char *node, struct walltime at,
                             struct stored_version *version);

#endif
