/*
 * body_digest.c - SHA-256 by libcrypto, in two levels
 */
#include "spool/disk/body_digest.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "spool/base/log.h"
#include "spool/base/memory.h"

struct body_digest_stream {
	EVP_MD_CTX *context;
	size_t      length; /* of the chunk so far, below BODY_CHUNK_BYTES */
};

static void digest_bytes(const void *bytes, size_t length, uint8_t digest[BODY_DIGEST_BYTES]);
static void must(int result);

void
body_digest_chunk(const void *chunk, size_t length, uint8_t digest[BODY_DIGEST_BYTES])
{
	assert(length <= BODY_CHUNK_BYTES);
	digest_bytes(chunk, length, digest);
}

void
body_digest_of_chunks(struct span chunks, uint8_t digest[BODY_DIGEST_BYTES])
{
	assert(chunks.length % BODY_DIGEST_BYTES == 0);
	digest_bytes(chunks.data, chunks.length, digest);
}

void
body_digest(struct span body, uint8_t digest[BODY_DIGEST_BYTES])
{
	struct buffer chunks = { NULL, 0, 0 };

	while (body.length > 0) {
		size_t  length = body.length < BODY_CHUNK_BYTES ? body.length : BODY_CHUNK_BYTES;
		uint8_t chunk[BODY_DIGEST_BYTES];

		body_digest_chunk(body.data, length, chunk);
		buffer_append(&chunks, chunk, sizeof(chunk));
		body = (struct span){ body.data + length, body.length - length };
	}
	body_digest_of_chunks(buffer_span(&chunks), digest);
	buffer_release(&chunks);
}

struct body_digest_stream *
body_digest_stream_new(void)
{
	struct body_digest_stream *stream = memory_new(1, sizeof(*stream));

	stream->context = EVP_MD_CTX_new();
	must(stream->context != NULL);
	must(EVP_DigestInit_ex(stream->context, EVP_sha256(), NULL));
	return stream;
}

void
body_digest_stream_free(struct body_digest_stream *stream)
{
	if (stream == NULL)
		return;
	EVP_MD_CTX_free(stream->context);
	free(stream);
}

void
body_digest_stream_add(struct body_digest_stream *stream, struct span bytes, struct buffer *digests)
{
	while (bytes.length > 0) {
		size_t room   = BODY_CHUNK_BYTES - stream->length;
		size_t length = bytes.length < room ? bytes.length : room;

		must(EVP_DigestUpdate(stream->context, bytes.data, length));
		stream->length += length;
		bytes = (struct span){ bytes.data + length, bytes.length - length };
		if (stream->length == BODY_CHUNK_BYTES)
			body_digest_stream_finish(stream, digests);
	}
}

void
body_digest_stream_finish(struct body_digest_stream *stream, struct buffer *digests)
{
	uint8_t digest[BODY_DIGEST_BYTES];

	if (stream->length == 0)
		return;
	must(EVP_DigestFinal_ex(stream->context, digest, NULL));
	must(EVP_DigestInit_ex(stream->context, EVP_sha256(), NULL));
	buffer_append(digests, digest, sizeof(digest));
	stream->length = 0;
}

static void
digest_bytes(const void *bytes, size_t length, uint8_t digest[BODY_DIGEST_BYTES])
{
	must(EVP_Digest(bytes, length, digest, NULL, EVP_sha256(), NULL));
}

/* Of these calls only want of memory can fail, and nobody can act on that (memory.h). */
static void
must(int result)
{
	if (result != 1)
		log_fatal("libcrypto: no SHA-256");
}
