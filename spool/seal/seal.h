/*
 * seal.h - what is signed by one node, and closed to all but another
 *
 * One key makes a node that node: Ed25519, of which libsodium also makes the X25519 key that
 * closes a box to it (crypto_sign_ed25519_pk_to_curve25519). So a neighbor's `auth key` is all
 * that is needed to write to it without a handshake. Randomness is handed in: the same seed
 * makes the same bytes, in the simulator as well.
 */
#ifndef SPOOL_SEAL_SEAL_H
#define SPOOL_SEAL_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/status.h"

enum {
	SEAL_SEED_BYTES      = 32, /* of a node's key (node_key.h) and of other randomness */
	SEAL_PUBLIC_BYTES    = 32,
	SEAL_PUBLIC_TEXT     = 61, /* base64 of 44 bytes */
	SEAL_SIGNATURE_BYTES = 64,
	SEAL_KEY_BYTES       = 32, /* of what is closed by a secret that two share */
	SEAL_TAG_BYTES       = 16, /* by which that grows                          */
	SEAL_BOX_BYTES       = 80, /* a key, closed to one node                    */
	SEAL_TOKEN_BYTES     = 16,
};

struct seal_identity {
	uint8_t public_key[SEAL_PUBLIC_BYTES];
	uint8_t secret[64];
};

/* Lets libsodium choose its fastest code for this processor: once, before anything else. */
void seal_start(void);

void seal_identity_make(struct seal_identity *identity, const uint8_t seed[SEAL_SEED_BYTES]);
void seal_identity_forget(struct seal_identity *identity);
/* Overwrites a secret that is not needed any more. */
void seal_forget(void *secret, size_t size);

/* A public key as `auth key` has it: base64 of a SubjectPublicKeyInfo. STATUS_INVALID: another. */
enum status seal_public_parse(uint8_t key[SEAL_PUBLIC_BYTES], const char *base64);
void        seal_public_format(const uint8_t key[SEAL_PUBLIC_BYTES], char base64[SEAL_PUBLIC_TEXT]);

/* Over both spans, one after the other. */
void seal_sign(const struct seal_identity *identity, struct span head, struct span bytes,
               uint8_t signature[SEAL_SIGNATURE_BYTES]);
bool seal_verify(const uint8_t key[SEAL_PUBLIC_BYTES], struct span head, struct span bytes,
                 const uint8_t signature[SEAL_SIGNATURE_BYTES]);

/* Closes `key` to the reader; STATUS_INVALID: that is no public key. */
enum status seal_box_close(const uint8_t reader[SEAL_PUBLIC_BYTES],
                           const uint8_t seed[SEAL_SEED_BYTES], const uint8_t key[SEAL_KEY_BYTES],
                           uint8_t box[SEAL_BOX_BYTES]);
/* STATUS_DENIED: it is closed to somebody else. */
enum status seal_box_open(const struct seal_identity *identity, const uint8_t box[SEAL_BOX_BYTES],
                          uint8_t key[SEAL_KEY_BYTES]);

/* Appends `bytes` as only who has `key` can read them, bound to `head`. No number twice. */
void seal_encrypt(const uint8_t key[SEAL_KEY_BYTES], uint64_t number, struct span head,
                  struct span bytes, struct buffer *out);
/* Appends what they were; false: they are not those that were encrypted. */
bool seal_decrypt(const uint8_t key[SEAL_KEY_BYTES], uint64_t number, struct span head,
                  struct span bytes, struct buffer *out);

/*
 * Makes bytes that nobody can guess who has not the identity's secret, even if he knows the nonce, which is
 * to be another one each time: random.h makes numbers that do not repeat, and no secrets.
 */
void seal_draw(const struct seal_identity *identity, const uint8_t nonce[SEAL_SEED_BYTES],
               uint8_t *out, size_t size);

/* What only who has the key can know: proof that somebody could read. */
void seal_token(const uint8_t key[SEAL_KEY_BYTES], uint8_t token[SEAL_TOKEN_BYTES]);

/* A short sum that tells damage from noise, of no worth against anybody's will (SipHash-2-4). */
uint64_t seal_check(struct span bytes);

#endif
