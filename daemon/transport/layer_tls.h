/*
 * layer_tls.h - TLS as a layer of a call
 */
#ifndef DAEMON_TRANSPORT_LAYER_TLS_H
#define DAEMON_TRANSPORT_LAYER_TLS_H

#include "daemon/transport/layer.h"
#include "daemon/transport/tls.h"

/* Takes over what tls_call or tls_answer made. */
struct layer *layer_tls_new(struct tls *tls);

#endif
