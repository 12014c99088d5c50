/*
 * decompress.c - stretches in, from whoever sends them
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "daemon/compress/compress.h"
#include "daemon/compress/compress_dictionary.h"
#include "spool/base/field.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"

enum {
	HEAD_MAX   = 3,                           /* bytes of a stretch's length */
	PACKED_MAX = COMPRESS_STRETCH_MAX + 1024, /* of libzstd for one stretch, with room */
};

struct decompressor {
	ZSTD_DCtx    *context;
	struct buffer came; /* not yet used, from `used` on */
	size_t        used;
	size_t        left;  /* bytes of the stretch that is being read */
	size_t        plain; /* that it has become so far              */
	bool          stored;
	bool          full; /* libzstd may have more, without new bytes */
	bool          broken;
};

static bool        next_stretch(struct decompressor *decompressor);
static size_t      copy_stored(struct decompressor *decompressor, void *bytes, size_t room);
static enum status unpack(struct decompressor *decompressor, void *bytes, size_t room,
                          size_t *length);
static void        must(size_t result);

struct decompressor *
decompressor_new(void)
{
	struct decompressor *decompressor = memory_new(1, sizeof(*decompressor));

	decompressor->context = ZSTD_createDCtx();
	if (decompressor->context == NULL)
		log_fatal("out of memory for compression");
	must(ZSTD_DCtx_setParameter(decompressor->context, ZSTD_d_windowLogMax,
	                            COMPRESS_WINDOW_LOG));
	must(ZSTD_DCtx_loadDictionary(decompressor->context, compress_dictionary,
	                              compress_dictionary_size));
	return decompressor;
}

void
decompressor_free(struct decompressor *decompressor)
{
	if (decompressor == NULL)
		return;
	ZSTD_freeDCtx(decompressor->context);
	buffer_release(&decompressor->came);
	free(decompressor);
}

void
decompressor_receive(struct decompressor *decompressor, struct span bytes)
{
	buffer_drop_front(&decompressor->came, decompressor->used);
	decompressor->used = 0;
	buffer_append_span(&decompressor->came, bytes);
}

enum status
decompressor_read(struct decompressor *decompressor, void *bytes, size_t room, size_t *length)
{
	enum status status = STATUS_OK;

	*length = 0;
	while (status == STATUS_OK && *length == 0) {
		if (decompressor->broken)
			return STATUS_INVALID;
		if (decompressor->left == 0 && !decompressor->full && !next_stretch(decompressor))
			return decompressor->broken ? STATUS_INVALID : STATUS_OK;
		if (decompressor->used == decompressor->came.length && !decompressor->full)
			return STATUS_OK;
		if (decompressor->stored)
			*length = copy_stored(decompressor, bytes, room);
		else
			status = unpack(decompressor, bytes, room, length);
	}
	decompressor->broken = status != STATUS_OK;
	return status;
}

size_t
decompressor_passing(const struct decompressor *decompressor)
{
	bool more = decompressor->used < decompressor->came.length || decompressor->full;

	return decompressor->stored && !more && !decompressor->broken ? decompressor->left : 0;
}

void
decompressor_passed(struct decompressor *decompressor, size_t length)
{
	assert(length <= decompressor_passing(decompressor));
	decompressor->left -= length;
}

/* Its head; false: it has not come, or is none. */
static bool
next_stretch(struct decompressor *decompressor)
{
	const uint8_t *head   = decompressor->came.data + decompressor->used;
	size_t         length = decompressor->came.length - decompressor->used, size = 1;
	struct reader  reader;
	uint64_t       number;

	if (length == 0)
		return false;
	while (size < length && size < HEAD_MAX && head[size - 1] >= 0x80)
		size++;
	if (head[size - 1] >= 0x80) {
		decompressor->broken = size == HEAD_MAX;
		return false;
	}
	reader_init(&reader, (struct span){ head, size });
	number               = reader_varint(&reader);
	decompressor->stored = (number & 1) != 0;
	decompressor->left   = (size_t)(number >> 1);
	decompressor->plain  = 0;
	decompressor->used += size;
	decompressor->broken =
	    reader.failed || decompressor->left == 0 ||
	    decompressor->left > (decompressor->stored ? COMPRESS_STRETCH_MAX : PACKED_MAX);
	return !decompressor->broken;
}

static size_t
copy_stored(struct decompressor *decompressor, void *bytes, size_t room)
{
	size_t here   = decompressor->came.length - decompressor->used;
	size_t length = room < decompressor->left ? room : decompressor->left;

	length = here < length ? here : length;
	memcpy(bytes, decompressor->came.data + decompressor->used, length);
	decompressor->used += length;
	decompressor->left -= length;
	return length;
}

static enum status
unpack(struct decompressor *decompressor, void *bytes, size_t room, size_t *length)
{
	size_t         here   = decompressor->came.length - decompressor->used;
	ZSTD_inBuffer  in     = { decompressor->came.data + decompressor->used,
                             here < decompressor->left ? here : decompressor->left, 0 };
	ZSTD_outBuffer out    = { bytes, room, 0 };
	size_t         result = ZSTD_decompressStream(decompressor->context, &out, &in);

	if (ZSTD_isError(result) || (in.pos == 0 && out.pos == 0 && in.size > 0))
		return STATUS_INVALID;
	decompressor->used += in.pos;
	decompressor->left -= in.pos;
	decompressor->full = out.pos == room; /* a full room hides what libzstd still has */
	decompressor->plain += out.pos;
	*length = out.pos;
	return decompressor->plain <= COMPRESS_STRETCH_MAX ? STATUS_OK : STATUS_INVALID;
}

static void
must(size_t result)
{
	if (ZSTD_isError(result))
		log_fatal("libzstd: %s", ZSTD_getErrorName(result));
}
