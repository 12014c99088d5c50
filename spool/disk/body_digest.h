/*
 * body_digest.h - the digest of a body, computed as it comes, resumed where it stopped
 *
 * SHA-256 over the SHA-256 digests of the body's 64 KiB chunks. Two levels, so that a body
 * whose transfer was cut goes on from the digests of the chunks that are durable, without
 * reading them again, and a rotten chunk can be named. An empty body has no chunks.
 */
#ifndef SPOOL_DISK_BODY_DIGEST_H
#define SPOOL_DISK_BODY_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"

enum { BODY_CHUNK_BYTES = 65536, BODY_DIGEST_BYTES = 32 };

/* The digest of one chunk (at most BODY_CHUNK_BYTES long). */
void body_digest_chunk(const void *chunk, size_t length, uint8_t digest[BODY_DIGEST_BYTES]);

/* The digest of the body whose chunk digests, one after the other, are `chunks`. */
void body_digest_of_chunks(struct span chunks, uint8_t digest[BODY_DIGEST_BYTES]);

/* The digests of chunks whose bytes come in pieces of any length. */
struct body_digest_stream;
struct body_digest_stream *body_digest_stream_new(void);
void                       body_digest_stream_free(struct body_digest_stream *stream);
/* Appends to *digests the digest of each chunk that these bytes complete. */
void body_digest_stream_add(struct body_digest_stream *stream, struct span bytes,
                            struct buffer *digests);
/* Appends the digest of the last chunk, if it was begun, and starts anew. */
void body_digest_stream_finish(struct body_digest_stream *stream, struct buffer *digests);

/* The digest of a whole body in memory. */
void body_digest(struct span body, uint8_t digest[BODY_DIGEST_BYTES]);

#endif
