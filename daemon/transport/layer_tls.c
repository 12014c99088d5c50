/*
 * layer_tls.c - TLS has this face already
 */
#include "daemon/transport/layer_tls.h"

#include <stdlib.h>

#include "spool/base/memory.h"

struct layer_tls {
	struct layer  layer;
	struct tls   *tls;
	struct buffer sealed; /* not yet put out */
};

static enum status receive(struct layer *layer, struct span bytes, struct instant now);
static enum status read_plain(struct layer *layer, void *bytes, size_t room, size_t *length);
static enum status write_plain(struct layer *layer, struct span bytes, struct instant now);
static void        output(struct layer *layer, struct buffer *below, struct instant now);
static bool        is_open(const struct layer *layer);
static void        say_goodbye(struct layer *layer, struct instant now);
static const char *key(const struct layer *layer);
static const char *why(const struct layer *layer);
static void        release(struct layer *layer);

static const struct layer_operations operations = {
	.receive = receive,
	.read    = read_plain,
	.write   = write_plain,
	.output  = output,
	.is_open = is_open,
	.close   = say_goodbye,
	.key     = key,
	.why     = why,
	.free    = release,
};

struct layer *
layer_tls_new(struct tls *tls)
{
	struct layer_tls *layer = memory_new(1, sizeof(*layer));

	layer->layer.operations = &operations;
	layer->tls              = tls;
	buffer_init(&layer->sealed);
	return &layer->layer;
}

static enum status
receive(struct layer *layer, struct span bytes, struct instant now)
{
	(void)now;
	return tls_receive(((struct layer_tls *)layer)->tls, bytes);
}

static enum status
read_plain(struct layer *layer, void *bytes, size_t room, size_t *length)
{
	return tls_read(((struct layer_tls *)layer)->tls, bytes, room, length);
}

static enum status
write_plain(struct layer *layer, struct span bytes, struct instant now)
{
	struct layer_tls *tls = (struct layer_tls *)layer;

	(void)now;
	return tls_write(tls->tls, bytes, &tls->sealed);
}

static void
output(struct layer *layer, struct buffer *below, struct instant now)
{
	struct layer_tls *tls = (struct layer_tls *)layer;

	(void)now;
	buffer_move(below, &tls->sealed);
	tls_output(tls->tls, below);
}

static bool
is_open(const struct layer *layer)
{
	return tls_is_open(((const struct layer_tls *)layer)->tls);
}

static void
say_goodbye(struct layer *layer, struct instant now)
{
	(void)now;
	tls_close(((struct layer_tls *)layer)->tls);
}

static const char *
key(const struct layer *layer)
{
	return tls_key(((const struct layer_tls *)layer)->tls);
}

static const char *
why(const struct layer *layer)
{
	return tls_why(((const struct layer_tls *)layer)->tls);
}

static void
release(struct layer *layer)
{
	struct layer_tls *tls = (struct layer_tls *)layer;

	tls_free(tls->tls);
	buffer_release(&tls->sealed);
	free(tls);
}
