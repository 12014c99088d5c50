/*
 * bundle_group.h - the blocks of one group, until they are read in order
 *
 * Without repair a group is one block. Payloads are kept as they came: sealed, and judged by
 * their signature already. Memory is set aside for what has come, not for what was announced.
 */
#ifndef SPOOL_BUNDLE_BUNDLE_GROUP_H
#define SPOOL_BUNDLE_BUNDLE_GROUP_H

#include "spool/bundle/bundle.h"

struct bundle_group {
	struct bundle_shape   shape;
	size_t                vector_bytes;
	struct buffer        *vectors; /* of data, then of repair; empty = lost, or not come yet */
	struct bundle_repair *repair;  /* NULL until it is needed                               */
	uint32_t              index;   /* of the group                                          */
	uint32_t              given;   /* data blocks of it that were read or given up          */
	uint32_t              count; /* data blocks that it has; the shape's, unless it says less */
	uint32_t              came;  /* one more than the last data block that is there       */
};

void bundle_group_init(struct bundle_group *group);
void bundle_group_release(struct bundle_group *group);
/* Of a bundle that is cut so; its first group. */
void bundle_group_shape(struct bundle_group *group, const struct bundle_shape *shape, bool sealed);
void bundle_group_begin(struct bundle_group *group, uint32_t index);

void bundle_group_data(struct bundle_group *group, uint32_t number, struct span payload, bool last);
/* False: such a repair block cannot be. */
bool bundle_group_repair(struct bundle_group *group, uint32_t number, struct span payload);

/* The next block in order, if it is there: borrowed until the group begins anew. */
bool bundle_group_next(struct bundle_group *group, struct span *payload, bool *last);

#endif
