/*
 * bundle_block.h - the frame of every block: what it is, and whose word it is
 *
 *    4 magic  1 kind  1 flags  4 number  4 length  16 id  8 sum      the head, 38 bytes
 *    length bytes of payload
 *   64 signature over the first 30 bytes of the head and the payload
 *
 * The sum is over what is before it: a head that fits can be believed about its length, so a
 * reader in damaged bytes looks for the next head and never takes noise for a length.
 */
#ifndef SPOOL_BUNDLE_BUNDLE_BLOCK_H
#define SPOOL_BUNDLE_BUNDLE_BLOCK_H

#include "spool/bundle/bundle.h"

enum {
	BLOCK_SIGNED_BYTES = 30, /* of the head, bound to the payload         */
	BLOCK_HEAD_BYTES   = 38,
	BLOCK_FRAME_BYTES  = BLOCK_HEAD_BYTES + SEAL_SIGNATURE_BYTES,
	BLOCK_PLACE_BYTES  = 8, /* before the content of a data block         */
	BLOCK_DATA_MAX     = BLOCK_PLACE_BYTES + BUNDLE_BLOCK_MAX + SEAL_TAG_BYTES,
	BLOCK_REPAIR_HEAD  = 1,
	BLOCK_WORD_BYTES   = 4, /* of a repaired payload: its length, and whether it is the last */
	BLOCK_PAYLOAD_MAX  = BLOCK_REPAIR_HEAD + BLOCK_WORD_BYTES + BLOCK_DATA_MAX,
};

/* A data block's place word says that no item begins in it. */
#define BLOCK_NO_ITEM UINT32_MAX

enum block_kind { BLOCK_LABEL = 1, BLOCK_DATA, BLOCK_REPAIR };

struct bundle_block {
	enum block_kind kind;
	bool            last; /* data: no data follows */
	uint32_t        number;
	uint32_t        length; /* of the payload */
	uint8_t         id[BUNDLE_ID_BYTES];
};

extern const uint8_t bundle_block_magic[4];

void bundle_block_head(const struct bundle_block *block, uint8_t head[BLOCK_HEAD_BYTES]);
/* False: these bytes are no head. */
bool bundle_block_parse(struct bundle_block *block, const uint8_t head[BLOCK_HEAD_BYTES]);
void bundle_block_append(const struct bundle_block *block, struct span payload,
                         const struct seal_identity *identity, struct buffer *out);
/* `bytes` is the whole block. */
bool        bundle_block_verify(struct span bytes, const uint8_t sender[SEAL_PUBLIC_BYTES]);
struct span bundle_block_payload(struct span bytes);

void        bundle_label_encode(const struct bundle_label *label, struct buffer *out);
enum status bundle_label_decode(struct bundle_label *label, struct span payload,
                                struct diagnostic *diagnostic);

#endif
