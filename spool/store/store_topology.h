/*
 * store_topology.h - the topology database on disk: records, teachers and pseudolinks
 *
 * Facts: the record's bytes as they came, one for each node heard of, and what tables of
 * other nodes told (D20-D22). Everything else about routing is derived at start.
 */
#ifndef SPOOL_STORE_STORE_TOPOLOGY_H
#define SPOOL_STORE_STORE_TOPOLOGY_H

#include "spool/name/name.h"
#include "spool/store/store.h"
#include "spool/topology/topology.h"

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
 * Records that a hub told of nodes that are not visible here (D29); `from` is the hub. They
 * have no history.
 */
void store_foreign_put(struct store *store, const struct stored_record *record);
/* Forgets what another hub than this one told, and what was told before; returns how many. */
int store_foreign_purge(struct store *store, const char *hub, struct walltime limit);
/* In name order; `after` "" starts, and may be the record's own name. */
bool store_foreign_next(struct store *store, const char *after, struct stored_record *record);

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

/* A node whose table was asked for, or told. */
struct stored_teacher {
	struct name     node;
	struct name     visible;
	struct walltime heard; /* 0: no table of it came */
	struct walltime asked; /* 0: never               */
};

void store_teacher_put(struct store *store, const struct stored_teacher *teacher);
bool store_teacher_get(struct store *store, const char *node, struct stored_teacher *teacher);
/*
 * Those not heard and not asked since `limit` go, but for who has pseudolinks. A time after
 * `now`, by a clock that was set back, is of unknown age and counts as old.
 */
void store_teachers_forget(struct store *store, struct walltime limit, struct walltime now);

struct stored_pseudolink {
	struct name teacher; /* has a row of its own */
	struct name region;
	enum pseudolink_class class;
	struct walltime heard;
};

void store_pseudolink_put(struct store *store, const struct stored_pseudolink *pseudolink);
void store_pseudolink_delete(struct store *store, const char *teacher, const char *region);
/* In the order of both names, which may be the same struct's; "" and "" start. */
bool store_pseudolink_next(struct store *store, const char *teacher, const char *region,
                           struct stored_pseudolink *pseudolink);

#endif
