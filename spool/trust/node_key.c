/*
 * node_key.c - libcrypto's key to text and back
 */
#include "spool/trust/node_key.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdbool.h>

static EVP_PKEY *read_key(struct span pem);

enum status
node_key_make(const uint8_t seed[NODE_KEY_SEED_BYTES], struct buffer *pem)
{
	EVP_PKEY *key =
	    EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, NODE_KEY_SEED_BYTES);
	BIO        *text   = BIO_new(BIO_s_mem());
	enum status status = STATUS_IO;
	char       *data;
	long        length;

	if (key != NULL && text != NULL &&
	    PEM_write_bio_PKCS8PrivateKey(text, key, NULL, NULL, 0, NULL, NULL) == 1) {
		length = BIO_get_mem_data(text, &data);
		buffer_append(pem, data, (size_t)length);
		status = STATUS_OK;
	}
	BIO_free(text);
	EVP_PKEY_free(key);
	return status;
}

enum status
node_key_public(struct span pem, struct buffer *base64)
{
	EVP_PKEY      *key    = read_key(pem);
	unsigned char *info   = NULL;
	enum status    status = STATUS_INVALID;
	int            length = 0;

	if (key != NULL)
		length = i2d_PUBKEY(key, &info);
	if (length > 0) {
		unsigned char
		    encoded[128]; /* of the 44 bytes that such a key takes: 60 and a NUL */

		if (length <= 64 && EVP_EncodeBlock(encoded, info, length) > 0) {
			buffer_append_text(base64, (const char *)encoded);
			status = STATUS_OK;
		}
	}
	OPENSSL_free(info);
	EVP_PKEY_free(key);
	return status;
}

enum status
node_key_seed(struct span pem, uint8_t seed[NODE_KEY_SEED_BYTES])
{
	EVP_PKEY *key    = read_key(pem);
	size_t    length = NODE_KEY_SEED_BYTES;
	bool      good;

	good = key != NULL && EVP_PKEY_get_raw_private_key(key, seed, &length) == 1 &&
	       length == NODE_KEY_SEED_BYTES;
	EVP_PKEY_free(key);
	return good ? STATUS_OK : STATUS_INVALID;
}

/* NULL: no Ed25519 key. */
static EVP_PKEY *
read_key(struct span pem)
{
	BIO      *text = pem.length > INT_MAX ? NULL : BIO_new_mem_buf(pem.data, (int)pem.length);
	EVP_PKEY *key  = text == NULL ? NULL : PEM_read_bio_PrivateKey(text, NULL, NULL, NULL);

	BIO_free(text);
	if (key != NULL && EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}
