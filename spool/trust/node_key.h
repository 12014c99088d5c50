/*
 * node_key.h - the Ed25519 key that makes a node that node (RFC 8032, RFC 8410)
 *
 * The private half is a PKCS #8 file of the node's keys/; the public half is what an
 * operator writes after `auth key` at the other end of a link: the base64 of its
 * SubjectPublicKeyInfo.
 */
#ifndef SPOOL_TRUST_NODE_KEY_H
#define SPOOL_TRUST_NODE_KEY_H

#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/status.h"

enum { NODE_KEY_SEED_BYTES = 32 };

/* Appends the PEM of the key that `seed` is; the seed comes from the kernel. */
enum status node_key_make(const uint8_t seed[NODE_KEY_SEED_BYTES], struct buffer *pem);

/* Appends the public half of such a PEM; STATUS_INVALID: it is none. */
enum status node_key_public(struct span pem, struct buffer *base64);

/* The seed of such a PEM, for spool/seal; STATUS_INVALID: it is none. */
enum status node_key_seed(struct span pem, uint8_t seed[NODE_KEY_SEED_BYTES]);

#endif
