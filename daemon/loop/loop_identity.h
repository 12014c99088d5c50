/*
 * loop_identity.h - who this node is on its lines: its key, read once, and TLS by it
 */
#ifndef DAEMON_LOOP_LOOP_IDENTITY_H
#define DAEMON_LOOP_LOOP_IDENTITY_H

#include "daemon/config.h"
#include "daemon/loop/loop_stream.h"
#include "daemon/transport/tls.h"

struct loop_identity {
	const struct config *config;
	struct tls_identity *tls; /* NULL until a call or a listener needs one */
};

void loop_identity_init(struct loop_identity *identity, const struct config *config);
/* Once no stream has TLS any more. */
void loop_identity_release(struct loop_identity *identity);

/* Reads the node's key, once: no call with TLS without it. */
enum status loop_identity_read(struct loop_identity *identity, struct diagnostic *diagnostic);

/* Once it was read: puts TLS on what the call has so far, and what saves bytes. A caller expects
 * that key of the far end. */
void loop_identity_answer(const struct loop_identity *identity, struct loop_stream *call);
void loop_identity_call(const struct loop_identity *identity, struct loop_stream *call,
                        const char *key);

#endif
