/*
 * tls_memory.h - secrets shared with far ends, so that the next call need not show certificates
 *
 * After a handshake with certificates both ends derive the same two values from it (RFC 8446,
 * section 7.5): an identity, which means nothing to others, and a secret. The next handshake
 * begins with them as an external PSK (psk_dhe_ke: fresh keys all the same) and costs a few
 * hundred bytes (trust.md, T5). A secret is for one key and is good for TLS_MEMORY_DAYS,
 * also over a restart (tls_secrets.h); then certificates are shown again.
 */
#ifndef DAEMON_TRANSPORT_TLS_MEMORY_H
#define DAEMON_TRANSPORT_TLS_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/transport/tls.h"

enum {
	TLS_MEMORY_DAYS           = 7,
	TLS_MEMORY_MAX            = 1024, /* far ends */
	TLS_MEMORY_IDENTITY_BYTES = 16,
	TLS_MEMORY_SECRET_BYTES   = 32,
};

struct tls_secret {
	char    key[TLS_KEY_SIZE]; /* of the far end; "": free */
	uint8_t identity[TLS_MEMORY_IDENTITY_BYTES];
	uint8_t secret[TLS_MEMORY_SECRET_BYTES];
	int64_t made_s; /* of the clock that also counts while the machine sleeps */
};

struct tls_memory {
	struct tls_secret *secrets;
	size_t             count, capacity;
};

void tls_memory_release(struct tls_memory *memory);

/* Takes the place of what was there for that key; of all, the oldest goes for want of room. */
void tls_memory_put(struct tls_memory *memory, const struct tls_secret *secret);

/* The same for one that is `made_s` old already; not if that is too old. */
void    tls_memory_keep(struct tls_memory *memory, const struct tls_secret *secret);
int64_t tls_memory_age_s(const struct tls_secret *secret);

/* By the far end's key, or by what a caller says; NULL: nothing that is still good. Borrowed. */
const struct tls_secret *tls_memory_of_key(struct tls_memory *memory, const char *key);
const struct tls_secret *tls_memory_of_identity(struct tls_memory *memory, const uint8_t *identity,
                                                size_t length);

#endif
