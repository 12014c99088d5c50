/*
 * compress.c - stretches out: which are worth the work, and the work
 *
 * A flush closes a block, not the frame: the next goes on with all that was said as its
 * dictionary. The frame ends when the effort changes, because libzstd takes new parameters at a
 * begin only, and when the call has nothing to say for a while, because it needs a megabyte.
 */
#include "daemon/compress/compress.h"

#include <stdlib.h>
#include <zstd.h>

#include "daemon/compress/compress_dictionary.h"
#include "spool/base/field.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"

enum {
	LEVEL_QUICK  = 1,
	LEVEL_HARD   = 19,
	STORED_MIN   = 1024,  /* not worth a stretch of its own, if shorter */
	LOOK_BYTES   = 64,    /* at a time, where to store is looked for    */
	SHORT_BYTES  = 16384, /* in more, at so many                        */
	LOOK_LONG    = 512,
	LOOK_QUICK   = 8192, /* on a fast line: a look costs more than what it may save */
	SAMPLE_BYTES = 128,
	TINY_BYTES   = 16, /* are stored: a block has a head, too        */
};

struct compressor {
	ZSTD_CCtx           *context; /* of the frame that goes on; NULL: it rests */
	enum compress_effort effort;
	struct buffer packed; /* for the next stretch: the end of an earlier frame, perhaps */
};

static void   begin_frame(struct compressor *compressor);
static size_t next_run(const struct compressor *compressor, struct span plain, bool *stored);
static size_t rest_of_step(struct span run, size_t half);
static void   write_stretch(struct compressor *compressor, struct span plain, bool stored,
                            struct buffer *out);
static void   pack(struct compressor *compressor, struct span plain, ZSTD_EndDirective end);
static size_t must(size_t result);

struct compressor *
compressor_new(enum compress_effort effort)
{
	struct compressor *compressor = memory_new(1, sizeof(*compressor));

	compressor->effort = effort;
	return compressor;
}

void
compressor_free(struct compressor *compressor)
{
	if (compressor == NULL)
		return;
	ZSTD_freeCCtx(compressor->context);
	buffer_release(&compressor->packed);
	free(compressor);
}

void
compressor_set_effort(struct compressor *compressor, enum compress_effort effort)
{
	if (effort != compressor->effort)
		compressor_rest(compressor);
	compressor->effort = effort;
}

void
compressor_rest(struct compressor *compressor)
{
	if (compressor->context == NULL)
		return;
	pack(compressor, (struct span){ NULL, 0 }, ZSTD_e_end);
	ZSTD_freeCCtx(compressor->context);
	compressor->context = NULL;
}

static void
begin_frame(struct compressor *compressor)
{
	ZSTD_CCtx *context = compressor->context = ZSTD_createCCtx();
	bool       hard                          = compressor->effort == COMPRESS_HARD;

	if (context == NULL)
		log_fatal("out of memory for compression");
	must(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel,
	                            hard ? LEVEL_HARD : LEVEL_QUICK));
	must(ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, COMPRESS_WINDOW_LOG));
	must(ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0));
	must(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 0));
	must(ZSTD_CCtx_setParameter(context, ZSTD_c_dictIDFlag, 0));
	must(ZSTD_CCtx_loadDictionary(context, compress_dictionary, compress_dictionary_size));
}

void
compressor_write(struct compressor *compressor, struct span plain, struct buffer *out)
{
	while (plain.length > 0) {
		bool   stored;
		size_t length = next_run(compressor, plain, &stored);

		write_stretch(compressor, (struct span){ plain.data, length }, stored, out);
		plain = (struct span){ plain.data + length, plain.length - length };
	}
}

/* Bytes at the front that are all worth the work, or all not: a heading, then a picture. */
static size_t
next_run(const struct compressor *compressor, struct span plain, bool *stored)
{
	size_t most  = plain.length < COMPRESS_STRETCH_MAX ? plain.length : COMPRESS_STRETCH_MAX;
	size_t step  = plain.length > SHORT_BYTES ? LOOK_LONG : LOOK_BYTES;
	size_t worth = 0, run = 0; /* bytes that are; behind them, bytes that are not */

	*stored = most <= TINY_BYTES;
	if (*stored)
		return most;
	if (compressor->effort == COMPRESS_QUICK && step == LOOK_LONG)
		step = LOOK_QUICK;
	while (worth + run < most && run < STORED_MIN) {
		size_t left = most - worth - run;
		size_t look = left < step ? left : step;

		if (compress_is_hopeless((struct span){ plain.data + worth + run, look })) {
			run += look;
		} else {
			worth += run + look;
			run = 0;
		}
	}
	if (run < STORED_MIN)
		return most;
	if (worth > 0)
		return worth + rest_of_step((struct span){ plain.data + worth, run }, step / 2);
	*stored = true;
	while (run < most) {
		size_t look = most - run < step ? most - run : step;

		if (!compress_is_hopeless((struct span){ plain.data + run, look }))
			break;
		run += look;
	}
	return run;
}

/* What is worth it seldom ends with a step: does the first half of the next one belong to it? */
static size_t
rest_of_step(struct span run, size_t half)
{
	return run.length <= half || compress_is_hopeless((struct span){ run.data, half }) ? 0
	                                                                                   : half;
}

static void
write_stretch(struct compressor *compressor, struct span plain, bool stored, struct buffer *out)
{
	struct span packed;

	if (stored) {
		varint_append(out, (uint64_t)plain.length << 1 | 1);
		buffer_append_span(out, plain);
		return;
	}
	if (compressor->context == NULL)
		begin_frame(compressor);
	pack(compressor, plain, ZSTD_e_flush);
	packed = buffer_span(&compressor->packed);
	varint_append(out, (uint64_t)packed.length << 1);
	buffer_append_span(out, packed);
	buffer_clear(&compressor->packed);
}

static void
pack(struct compressor *compressor, struct span plain, ZSTD_EndDirective end)
{
	ZSTD_inBuffer  in     = { plain.data, plain.length, 0 };
	struct buffer *packed = &compressor->packed;
	size_t         left;

	do {
		ZSTD_outBuffer room;

		buffer_reserve(packed, ZSTD_compressBound(plain.length));
		room = (ZSTD_outBuffer){ packed->data, packed->capacity - 1, packed->length };
		left = must(ZSTD_compressStream2(compressor->context, &room, &in, end));
		packed->length = room.pos;
	} while (left > 0);
}

/*
 * How many different ones are there? Of 128 drawn bytes 101 in the mean, four more or less; of
 * text fewer than half. More are not looked at, so that this costs a fast line nothing.
 */
bool
compress_is_hopeless(struct span bytes)
{
	uint64_t seen[4] = { 0 };
	size_t   sample  = bytes.length < SAMPLE_BYTES ? bytes.length : SAMPLE_BYTES;
	size_t   step = sample == 0 ? 1 : bytes.length / sample, different = 0;

	for (size_t i = 0; i < sample; i++)
		seen[bytes.data[i * step] / 64] |= UINT64_C(1) << bytes.data[i * step] % 64;
	for (size_t i = 0; i < 4; i++)
		for (uint64_t left = seen[i]; left != 0; left &= left - 1)
			different++;
	return different * 16 > sample * 11;
}

/* Of these calls only want of memory can fail, or a mistake of ours. */
static size_t
must(size_t result)
{
	if (ZSTD_isError(result))
		log_fatal("libzstd: %s", ZSTD_getErrorName(result));
	return result;
}
