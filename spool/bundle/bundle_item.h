/*
 * bundle_item.h - the content of data blocks: items, one after the other
 *
 * An item is four bytes of length, so many bytes of fields (1 heading, 2 transit, 3 size of the
 * body, a count), and the body. Items know nothing of blocks; each block says where in it the
 * first one begins, so a reader goes on behind a gap.
 */
#ifndef SPOOL_BUNDLE_BUNDLE_ITEM_H
#define SPOOL_BUNDLE_BUNDLE_ITEM_H

#include "spool/bundle/bundle.h"

#define BUNDLE_VECTOR_LAST 0x80000000u /* in the length word of a repaired block */

void bundle_item_encode(struct span heading, struct span transit, uint64_t size,
                        struct buffer *out);

/* Proves that its bearer could read the bundle; of one in clear, its id. */
void bundle_token(const struct bundle_label *label, const uint8_t key[SEAL_KEY_BYTES],
                  uint8_t token[SEAL_TOKEN_BYTES]);

struct bundle_items {
	struct buffer plain; /* of one block, what is left of it begins at `at` */
	size_t        at;
	struct buffer head;    /* of an item, as far as it has come             */
	bool          in_body; /* of item `item`; `left` bytes of it are to come */
	uint64_t      left;
	uint32_t      item; /* that goes on, or is expected          */
	bool          gap;  /* bytes are missing before what comes   */
	bool          lost; /* anything was, of this bundle          */
};

void bundle_items_init(struct bundle_items *items);
void bundle_items_release(struct bundle_items *items);
void bundle_items_begin(struct bundle_items *items); /* of a new bundle */
/* The next block: `plain` is filled anew by the caller, which then says so. */
void bundle_items_filled(struct bundle_items *items);
/* The next block is not there. */
void bundle_items_missing(struct bundle_items *items);
/* False: the block is used up. */
bool bundle_items_next(struct bundle_items *items, struct bundle_item *item);
/* No block follows; false: nothing is missing of the last item. */
bool bundle_items_end(struct bundle_items *items, struct bundle_item *item);

#endif
