/*
 * store_link.h - what must be remembered of a link beyond its description
 */
#ifndef SPOOL_STORE_STORE_LINK_H
#define SPOOL_STORE_STORE_LINK_H

#include "spool/name/name.h"
#include "spool/store/store.h"

struct stored_link {
	struct name neighbor;
	char        label[64];       /* "" = the plain one                       */
	int64_t     heard_ms;        /* spool time                               */
	int64_t     delay_ms;        /* as it was measured and told; -1 = never */
	uint64_t    topology_bytes;  /* of its limit, in the day that ...      */
	int64_t     topology_day_ms; /* ... began at this spool time           */
	uint64_t    day_bytes;       /* the same of all that goes over it      */
	int64_t     day_ms;
};

void store_link_put(struct store *store, const struct stored_link *link);
void store_link_delete(struct store *store, const char *neighbor, const char *label);
bool store_link_get(struct store *store, const char *neighbor, const char *label,
                    struct stored_link *link);
/* In the order of names, then labels; those of *link, which is filled; empty ones start. */
bool store_link_next(struct store *store, struct stored_link *link);

#endif
