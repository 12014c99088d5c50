/*
 * fuzz_compress.c - any bytes as compressed ones: read to their end, or refused
 *
 * The first byte says in which pieces the rest comes and is read. However little room a reader
 * gives, it comes to an end, and no stretch becomes more than it may.
 */
#include <assert.h>

#include "daemon/compress/compress.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t       bytes[4096];
	struct decompressor *decompressor = decompressor_new();
	size_t               step = size > 0 ? 1 + data[0] : 1, length, plain = 0;
	enum status          status = STATUS_OK;

	for (size_t at = 1; at < size && status == STATUS_OK; at += step) {
		size_t here = size - at < step ? size - at : step;

		decompressor_receive(decompressor, (struct span){ data + at, here });
		do {
			status = decompressor_read(decompressor, bytes, 16 * step, &length);
			assert(length <= 16 * step);
			plain += length;
			assert(plain <= size * COMPRESS_STRETCH_MAX);
		} while (status == STATUS_OK && length > 0);
	}
	if (status != STATUS_OK)
		assert(decompressor_read(decompressor, bytes, 1, &length) == STATUS_INVALID);
	decompressor_free(decompressor);
	return 0;
}
