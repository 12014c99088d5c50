/*
 * layer_compress.h - the layer that makes bytes fewer, directly above TLS
 */
#ifndef DAEMON_TRANSPORT_LAYER_COMPRESS_H
#define DAEMON_TRANSPORT_LAYER_COMPRESS_H

#include "daemon/transport/layer.h"
#include "daemon/transport/tls.h"

/* It compresses if both ends of that TLS, which must live as long, agreed to; else it passes all
 * on as it is. */
struct layer *layer_compress_new(const struct tls *tls);

#endif
