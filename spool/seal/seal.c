/*
 * seal.c - libsodium, and nothing of our own
 *
 * Signatures are over BLAKE2b of the bytes, so that they are read once. A box is the sealed box
 * of libsodium (X25519, XSalsa20-Poly1305, the nonce made of both keys) with its one-time key
 * made of a seed. What two share is XChaCha20-Poly1305 with a number as the nonce.
 */
#include "spool/seal/seal.h"

#include <sodium.h>
#include <string.h>

#include "spool/base/log.h"

#define CHECK_KEY "mulga bundle sum" /* 16 bytes: of a sum, not of a secret */

static void nonce_of_box(const uint8_t once[SEAL_PUBLIC_BYTES],
                         const uint8_t reader[SEAL_PUBLIC_BYTES],
                         uint8_t       nonce[crypto_box_NONCEBYTES]);
static void nonce_of_number(uint64_t number,
                            uint8_t  nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES]);
static void digest(struct span head, struct span bytes, uint8_t out[crypto_generichash_BYTES]);

void
seal_start(void)
{
	if (sodium_init() < 0)
		log_fatal("libsodium does not start");
}

void
seal_identity_make(struct seal_identity *identity, const uint8_t seed[SEAL_SEED_BYTES])
{
	crypto_sign_seed_keypair(identity->public_key, identity->secret, seed);
}

void
seal_identity_forget(struct seal_identity *identity)
{
	seal_forget(identity, sizeof(*identity));
}

void
seal_forget(void *secret, size_t size)
{
	sodium_memzero(secret, size);
}

/* SEQUENCE { SEQUENCE { 1.3.101.112 } BIT STRING }, RFC 8410 */
static const uint8_t key_head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
	                            0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };

enum status
seal_public_parse(uint8_t key[SEAL_PUBLIC_BYTES], const char *base64)
{
	uint8_t info[sizeof(key_head) + SEAL_PUBLIC_BYTES];
	size_t  length = 0;

	if (sodium_base642bin(info, sizeof(info), base64, strlen(base64), NULL, &length, NULL,
	                      sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    length != sizeof(info) || memcmp(info, key_head, sizeof(key_head)) != 0)
		return STATUS_INVALID;
	memcpy(key, info + sizeof(key_head), SEAL_PUBLIC_BYTES);
	return STATUS_OK;
}

void
seal_public_format(const uint8_t key[SEAL_PUBLIC_BYTES], char base64[SEAL_PUBLIC_TEXT])
{
	uint8_t info[sizeof(key_head) + SEAL_PUBLIC_BYTES];

	memcpy(info, key_head, sizeof(key_head));
	memcpy(info + sizeof(key_head), key, SEAL_PUBLIC_BYTES);
	sodium_bin2base64(base64, SEAL_PUBLIC_TEXT, info, sizeof(info),
	                  sodium_base64_VARIANT_ORIGINAL);
}

void
seal_sign(const struct seal_identity *identity, struct span head, struct span bytes,
          uint8_t signature[SEAL_SIGNATURE_BYTES])
{
	uint8_t sum[crypto_generichash_BYTES];

	digest(head, bytes, sum);
	crypto_sign_detached(signature, NULL, sum, sizeof(sum), identity->secret);
}

bool
seal_verify(const uint8_t key[SEAL_PUBLIC_BYTES], struct span head, struct span bytes,
            const uint8_t signature[SEAL_SIGNATURE_BYTES])
{
	uint8_t sum[crypto_generichash_BYTES];

	digest(head, bytes, sum);
	return crypto_sign_verify_detached(signature, sum, sizeof(sum), key) == 0;
}

enum status
seal_box_close(const uint8_t reader[SEAL_PUBLIC_BYTES], const uint8_t seed[SEAL_SEED_BYTES],
               const uint8_t key[SEAL_KEY_BYTES], uint8_t box[SEAL_BOX_BYTES])
{
	uint8_t to[crypto_box_PUBLICKEYBYTES], once[crypto_box_SECRETKEYBYTES];
	uint8_t nonce[crypto_box_NONCEBYTES];
	int     result;

	if (crypto_sign_ed25519_pk_to_curve25519(to, reader) != 0)
		return STATUS_INVALID;
	crypto_box_seed_keypair(box, once, seed);
	nonce_of_box(box, to, nonce);
	result = crypto_box_easy(box + SEAL_PUBLIC_BYTES, key, SEAL_KEY_BYTES, nonce, to, once);
	sodium_memzero(once, sizeof(once));
	return result == 0 ? STATUS_OK : STATUS_INVALID;
}

enum status
seal_box_open(const struct seal_identity *identity, const uint8_t box[SEAL_BOX_BYTES],
              uint8_t key[SEAL_KEY_BYTES])
{
	uint8_t to[crypto_box_PUBLICKEYBYTES], secret[crypto_box_SECRETKEYBYTES];
	int     result = -1;

	if (crypto_sign_ed25519_pk_to_curve25519(to, identity->public_key) == 0 &&
	    crypto_sign_ed25519_sk_to_curve25519(secret, identity->secret) == 0)
		result = crypto_box_seal_open(key, box, SEAL_BOX_BYTES, to, secret);
	sodium_memzero(secret, sizeof(secret));
	return result == 0 ? STATUS_OK : STATUS_DENIED;
}

void
seal_encrypt(const uint8_t key[SEAL_KEY_BYTES], uint64_t number, struct span head,
             struct span bytes, struct buffer *out)
{
	uint8_t nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];

	nonce_of_number(number, nonce);
	buffer_reserve(out, bytes.length + SEAL_TAG_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out->data + out->length, NULL, bytes.data,
	                                           bytes.length, head.data, head.length, NULL,
	                                           nonce, key);
	out->length += bytes.length + SEAL_TAG_BYTES;
}

bool
seal_decrypt(const uint8_t key[SEAL_KEY_BYTES], uint64_t number, struct span head,
             struct span bytes, struct buffer *out)
{
	uint8_t nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];

	nonce_of_number(number, nonce);
	if (bytes.length < SEAL_TAG_BYTES)
		return false;
	buffer_reserve(out, bytes.length);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(out->data + out->length, NULL, NULL,
	                                               bytes.data, bytes.length, head.data,
	                                               head.length, nonce, key) != 0)
		return false;
	out->length += bytes.length - SEAL_TAG_BYTES;
	return true;
}

void
seal_draw(const struct seal_identity *identity, const uint8_t nonce[SEAL_SEED_BYTES], uint8_t *out,
          size_t size)
{
	for (uint8_t count = 0; size > 0; count++) {
		uint8_t                  block[crypto_generichash_BYTES];
		size_t                   take = size < sizeof(block) ? size : sizeof(block);
		crypto_generichash_state state;

		crypto_generichash_init(&state, identity->secret, SEAL_SEED_BYTES, sizeof(block));
		crypto_generichash_update(&state, &count, sizeof(count));
		crypto_generichash_update(&state, nonce, SEAL_SEED_BYTES);
		crypto_generichash_final(&state, block, sizeof(block));
		memcpy(out, block, take);
		sodium_memzero(block, sizeof(block));
		out += take;
		size -= take;
	}
}

void
seal_token(const uint8_t key[SEAL_KEY_BYTES], uint8_t token[SEAL_TOKEN_BYTES])
{
	static const uint8_t what[] = "mulga taken";

	crypto_generichash(token, SEAL_TOKEN_BYTES, what, sizeof(what) - 1, key, SEAL_KEY_BYTES);
}

uint64_t
seal_check(struct span bytes)
{
	uint8_t  sum[crypto_shorthash_BYTES];
	uint64_t value = 0;

	crypto_shorthash(sum, bytes.data, bytes.length, (const uint8_t *)CHECK_KEY);
	for (size_t i = 0; i < sizeof(sum); i++)
		value = value << 8 | sum[i];
	return value;
}

/* As crypto_box_seal() makes it, so that crypto_box_seal_open() reads it. */
static void
nonce_of_box(const uint8_t once[SEAL_PUBLIC_BYTES], const uint8_t reader[SEAL_PUBLIC_BYTES],
             uint8_t nonce[crypto_box_NONCEBYTES])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, crypto_box_NONCEBYTES);
	crypto_generichash_update(&state, once, SEAL_PUBLIC_BYTES);
	crypto_generichash_update(&state, reader, SEAL_PUBLIC_BYTES);
	crypto_generichash_final(&state, nonce, crypto_box_NONCEBYTES);
}

static void
nonce_of_number(uint64_t number, uint8_t nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES])
{
	memset(nonce, 0, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
	for (size_t i = 0; i < 8; i++)
		nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES - 1 - i] =
		    (uint8_t)(number >> 8 * i);
}

static void
digest(struct span head, struct span bytes, uint8_t out[crypto_generichash_BYTES])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, crypto_generichash_BYTES);
	crypto_generichash_update(&state, head.data, head.length);
	crypto_generichash_update(&state, bytes.data, bytes.length);
	crypto_generichash_final(&state, out, crypto_generichash_BYTES);
}
