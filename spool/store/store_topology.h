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
void store_record_put(struct store *store, const struct stored_record *record);
void store_record_delete(struct store *store, const char *node);
bool store_record_get(struct store *store, const char *node, struct stored_record *record);
/* In name order; `after` "" starts. */
bool store_record_next(struct store *store, const char *after, struct stored_record *record);

#endif
