/*
 * layer_compress.c - hard work on a slow line, quick work on a fast one
 *
 * How fast the line is shows in how much is written to it: a call begins as on a slow one, and
 * what has written QUICK_BYTES at more than QUICK_BYTES_PER_S cannot be one. A call that has
 * been silent for a while gives its memory back; its neighbor may be one of a thousand.
 */
#include "daemon/transport/layer_compress.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/compress/compress.h"
#include "spool/base/memory.h"

enum { QUICK_BYTES = 256 * 1024, QUICK_BYTES_PER_S = 64 * 1024, REST_MS = 60000 };

struct layer_compress {
	struct layer         layer;
	const struct tls    *tls;
	struct compressor   *compressor;   /* NULL until something is said  */
	struct decompressor *decompressor; /* NULL until something is heard */
	struct buffer        out;          /* not yet put out               */
	struct buffer        in;           /* passed on as it is; from `used` on */
	size_t               used;
	uint64_t             written;
	struct instant       first, last; /* when something was said */
	bool                 rests;
};

static enum status    receive(struct layer *layer, struct span bytes, struct instant now);
static enum status    read_plain(struct layer *layer, void *bytes, size_t room, size_t *length);
static size_t         passing(const struct layer *layer);
static void           passed(struct layer *layer, size_t length);
static enum status    write_plain(struct layer *layer, struct span bytes, struct instant now);
static void           follow_line(struct layer_compress *compress, struct instant now);
static void           output(struct layer *layer, struct buffer *below, struct instant now);
static struct instant deadline(const struct layer *layer);
static enum status    tick(struct layer *layer, struct instant now);
static const char    *why(const struct layer *layer);
static void           release(struct layer *layer);

static const struct layer_operations operations = {
	.receive  = receive,
	.read     = read_plain,
	.passing  = passing,
	.passed   = passed,
	.write    = write_plain,
	.output   = output,
	.deadline = deadline,
	.tick     = tick,
	.why      = why,
	.free     = release,
};

struct layer *
layer_compress_new(const struct tls *tls)
{
	struct layer_compress *compress = memory_new(1, sizeof(*compress));

	compress->layer.operations = &operations;
	compress->tls              = tls;
	compress->rests            = true;
	return &compress->layer;
}

static enum status
receive(struct layer *layer, struct span bytes, struct instant now)
{
	struct layer_compress *compress = (struct layer_compress *)layer;

	(void)now;
	if (bytes.length == 0)
		return STATUS_OK;
	if (!tls_compresses(compress->tls)) {
		buffer_drop_front(&compress->in, compress->used);
		compress->used = 0;
		buffer_append_span(&compress->in, bytes);
		return STATUS_OK;
	}
	if (compress->decompressor == NULL)
		compress->decompressor = decompressor_new();
	decompressor_receive(compress->decompressor, bytes);
	return STATUS_OK;
}

static enum status
read_plain(struct layer *layer, void *bytes, size_t room, size_t *length)
{
	struct layer_compress *compress = (struct layer_compress *)layer;

	if (compress->decompressor != NULL)
		return decompressor_read(compress->decompressor, bytes, room, length);
	*length = compress->in.length - compress->used;
	*length = *length < room ? *length : room;
	if (*length > 0)
		memcpy(bytes, compress->in.data + compress->used, *length);
	compress->used += *length;
	return STATUS_OK;
}

static size_t
passing(const struct layer *layer)
{
	const struct layer_compress *compress = (const struct layer_compress *)layer;

	return compress->decompressor == NULL ? 0 : decompressor_passing(compress->decompressor);
}

static void
passed(struct layer *layer, size_t length)
{
	decompressor_passed(((struct layer_compress *)layer)->decompressor, length);
}

static enum status
write_plain(struct layer *layer, struct span bytes, struct instant now)
{
	struct layer_compress *compress = (struct layer_compress *)layer;

	if (!tls_compresses(compress->tls)) {
		buffer_append_span(&compress->out, bytes);
		return STATUS_OK;
	}
	if (compress->compressor == NULL) {
		compress->compressor = compressor_new(COMPRESS_HARD);
		compress->first      = now;
	}
	compressor_write(compress->compressor, bytes, &compress->out);
	compress->rests = false;
	compress->last  = now;
	compress->written += bytes.length;
	follow_line(compress, now);
	return STATUS_OK;
}

static void
follow_line(struct layer_compress *compress, struct instant now)
{
	int64_t took_ms = now.ms - compress->first.ms + 1;

	if (compress->written < QUICK_BYTES)
		return;
	compressor_set_effort(compress->compressor,
	                      (int64_t)compress->written / took_ms * 1000 > QUICK_BYTES_PER_S
	                          ? COMPRESS_QUICK
	                          : COMPRESS_HARD);
	compress->written = 0;
	compress->first   = now;
}

static void
output(struct layer *layer, struct buffer *below, struct instant now)
{
	struct layer_compress *compress = (struct layer_compress *)layer;

	(void)now;
	buffer_move(below, &compress->out);
}

static struct instant
deadline(const struct layer *layer)
{
	const struct layer_compress *compress = (const struct layer_compress *)layer;

	return compress->rests ? INSTANT_NEVER : instant_after(compress->last, REST_MS);
}

static enum status
tick(struct layer *layer, struct instant now)
{
	struct layer_compress *compress = (struct layer_compress *)layer;

	(void)now;
	compressor_rest(compress->compressor);
	buffer_release(&compress->out);
	compress->rests = true;
	return STATUS_OK;
}

static const char *
why(const struct layer *layer)
{
	(void)layer;
	return "what came is not compressed as it should be";
}

static void
release(struct layer *layer)
{
	struct layer_compress *compress = (struct layer_compress *)layer;

	compressor_free(compress->compressor);
	decompressor_free(compress->decompressor);
	buffer_release(&compress->out);
	buffer_release(&compress->in);
	free(compress);
}
