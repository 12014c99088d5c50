/*
 * bundle_block.c - heads written and read
 */
#include "spool/bundle/bundle_block.h"

#include <string.h>

/* No text begins so, and a medium that eats the top bit is seen at once. */
const uint8_t bundle_block_magic[4] = { 0x8d, 'm', 'b', '1' };

enum { FLAG_LAST = 1 };

void
bundle_block_head(const struct bundle_block *block, uint8_t head[BLOCK_HEAD_BYTES])
{
	struct buffer bytes;

	buffer_init(&bytes);
	buffer_append(&bytes, bundle_block_magic, sizeof(bundle_block_magic));
	buffer_append_u8(&bytes, (uint8_t)block->kind);
	buffer_append_u8(&bytes, block->last ? FLAG_LAST : 0);
	buffer_append_u32(&bytes, block->number);
	buffer_append_u32(&bytes, block->length);
	buffer_append(&bytes, block->id, BUNDLE_ID_BYTES);
	buffer_append_u64(&bytes, seal_check(buffer_span(&bytes)));
	memcpy(head, bytes.data, BLOCK_HEAD_BYTES);
	buffer_release(&bytes);
}

bool
bundle_block_parse(struct bundle_block *block, const uint8_t head[BLOCK_HEAD_BYTES])
{
	struct reader reader;
	uint8_t       kind, flags;

	reader_init(&reader, (struct span){ head, BLOCK_HEAD_BYTES });
	if (memcmp(reader_bytes(&reader, 4).data, bundle_block_magic, 4) != 0)
		return false;
	kind          = reader_u8(&reader);
	flags         = reader_u8(&reader);
	*block        = (struct bundle_block){ .kind = (enum block_kind)kind };
	block->last   = flags == FLAG_LAST;
	block->number = reader_u32(&reader);
	block->length = reader_u32(&reader);
	memcpy(block->id, reader_bytes(&reader, BUNDLE_ID_BYTES).data, BUNDLE_ID_BYTES);
	return reader_u64(&reader) == seal_check((struct span){ head, BLOCK_SIGNED_BYTES }) &&
	       kind >= BLOCK_LABEL && kind <= BLOCK_REPAIR && flags <= FLAG_LAST &&
	       block->length <= BLOCK_PAYLOAD_MAX;
}

void
bundle_block_append(const struct bundle_block *block, struct span payload,
                    const struct seal_identity *identity, struct buffer *out)
{
	uint8_t head[BLOCK_HEAD_BYTES], signature[SEAL_SIGNATURE_BYTES];

	bundle_block_head(block, head);
	seal_sign(identity, (struct span){ head, BLOCK_SIGNED_BYTES }, payload, signature);
	buffer_append(out, head, sizeof(head));
	buffer_append_span(out, payload);
	buffer_append(out, signature, sizeof(signature));
}

bool
bundle_block_verify(struct span bytes, const uint8_t sender[SEAL_PUBLIC_BYTES])
{
	return seal_verify(sender, (struct span){ bytes.data, BLOCK_SIGNED_BYTES },
	                   bundle_block_payload(bytes),
	                   bytes.data + bytes.length - SEAL_SIGNATURE_BYTES);
}

struct span
bundle_block_payload(struct span bytes)
{
	return (struct span){ bytes.data + BLOCK_HEAD_BYTES, bytes.length - BLOCK_FRAME_BYTES };
}
