/*
 * tls_secrets.h - what far ends and this node share, over a restart
 *
 * A node that is started again would show certificates at each next call, which a slow line pays
 * for. So its secrets (tls_memory.h) lie in a file of the home that only its own user may read.
 * They are good for no longer there than in memory, and for no other key of ours.
 */
#ifndef DAEMON_TRANSPORT_TLS_SECRETS_H
#define DAEMON_TRANSPORT_TLS_SECRETS_H

#include "daemon/transport/tls_memory.h"

/* Adds what the file has; nothing if there is none, or it is another key's, or anybody may read it. */
void tls_secrets_load(struct tls_memory *memory, const char *path, const char *own_key);

/* Writes the file anew. That it cannot be is logged, and costs the next call a few bytes. */
void tls_secrets_save(const struct tls_memory *memory, const char *path, const char *own_key);

#endif
