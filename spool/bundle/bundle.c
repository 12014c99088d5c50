/*
 * bundle.c - how a bundle is cut
 */
#include "spool/bundle/bundle.h"

#include "spool/bundle/bundle_block.h"

enum {
	BLOCKS_WANTED =
	    64, /* of a bundle: so few that the frames cost little, so many that a damaged
	                       one is little */
	ITEM_FRAME   = 4 + 3 * 6 + 8, /* length, three fields' numbers and lengths, the size */
	LABEL_BYTES  = 3 + 2 * (2 + NAME_MAX_BYTES) + 3 * 10 + 3 + SEAL_BOX_BYTES,
	REPAIR_EXTRA = 2, /* repair blocks more than the share: small numbers are unlucky */
};

struct bundle_shape
bundle_shape_for(uint64_t content_bytes, unsigned repair_percent)
{
	struct bundle_shape shape  = { .group = 1 };
	uint64_t            block  = content_bytes / BLOCKS_WANTED;
	uint64_t            blocks = 1;

	block             = (block / BUNDLE_BLOCK_MIN + 1) * BUNDLE_BLOCK_MIN;
	shape.block_bytes = block < BUNDLE_BLOCK_MAX ? (uint32_t)block : BUNDLE_BLOCK_MAX;
	if (repair_percent == 0)
		return shape;
	blocks       = content_bytes / shape.block_bytes + 1;
	shape.group  = blocks < BUNDLE_GROUP_MAX ? (uint32_t)blocks : BUNDLE_GROUP_MAX;
	shape.repair = (shape.group * repair_percent + 99) / 100 + REPAIR_EXTRA;
	if (shape.repair > BUNDLE_REPAIR_MAX)
		shape.repair = BUNDLE_REPAIR_MAX;
	return shape;
}

uint64_t
bundle_size(const struct bundle_shape *shape, uint64_t content_bytes)
{
	uint64_t frame  = BLOCK_FRAME_BYTES + BLOCK_PLACE_BYTES + SEAL_TAG_BYTES;
	uint64_t blocks = content_bytes / shape->block_bytes + 1;
	uint64_t groups = blocks / shape->group + 1;
	uint64_t labels = shape->repair > 0 ? BUNDLE_LABELS + groups : 1;

	return content_bytes + blocks * frame + labels * (BLOCK_FRAME_BYTES + LABEL_BYTES) +
	       groups * shape->repair *
	           (frame + BLOCK_REPAIR_HEAD + BLOCK_WORD_BYTES + shape->block_bytes);
}

uint64_t
bundle_item_size(uint64_t heading, uint64_t transit, uint64_t body)
{
	return ITEM_FRAME + heading + transit + body;
}
