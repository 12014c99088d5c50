/*
 * query_changes.h - what differs between two records of one node, in words
 */
#ifndef SPOOL_QUERY_QUERY_CHANGES_H
#define SPOOL_QUERY_QUERY_CHANGES_H

#include <stddef.h>

#include "spool/base/buffer.h"
#include "spool/topology/record.h"

/* One difference between two records of a node. */
struct query_change {
	const char   *token;                   /* for programs: static                */
	char          far[NAME_MAX_BYTES + 1]; /* the other end of a link; "" = none   */
	char          label[RECORD_LABEL_MAX_BYTES + 1];
	struct buffer text; /* for people; owned */
};

struct query_changes {
	struct query_change *items;
	size_t               count, capacity;
};

void query_changes_init(struct query_changes *changes);
void query_changes_release(struct query_changes *changes);

/*
 * Adds what changed from `before` to `after`; either may be NULL, for a node that was not
 * known. Nothing is added where only the serial differs.
 */
void query_changes_between(struct query_changes *changes, const struct record *before,
                           const struct record *after);

#endif
