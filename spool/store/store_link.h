/*
 * store_link.h - what must be remembered of a link beyond its description
 */
#ifndef SPOOL_STORE_STORE_LINK_H
#define SPOOL_STORE_STORE_LINK_H

#include "spool/name/name.h"
#include "spool/store/store.h"

struct stored_link {
	struct name neighbor;
	int64_t     heard_ms;        /* spool time                               */
	int64_t     delay_ms;        /* as it was measured and told; -1 = never */
	uint64_t    topology_bytes;  /* of its limit, in the day that ...      */
	int64_t     topology_day_ms; /* ... began at this spool time           */
};

void store_link_put(struct store *store, const struct stored_link *link);
void store_link_delete(struct store *store, const char *neighbor);
bool store_link_get(struct store *store, const char *neighbor, struct stored_link *link);
/* In name order, `after` may be the same struct's name; "" starts. */
bool store_link_next(struct store *store, const char *after, struct stored_link *link);

#endif
