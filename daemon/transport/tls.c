/*
 * tls.c - libssl, and what it says to a line of bytes
 */
#include "daemon/transport/tls.h"

#include <assert.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/transport/tls_line.h"
#include "daemon/transport/tls_memory.h"
#include "daemon/transport/tls_secrets.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"

enum {
	CERTIFICATES_MAX_BYTES = 8192,
	KEY_BYTES              = 44, /* of an Ed25519 SubjectPublicKeyInfo (RFC 8410) */
};

static_assert(TLS_KEY_SIZE == (KEY_BYTES + 2) / 3 * 4 + 1, "base64 and a NUL");

/* One exporter's label for each of the two values (RFC 8446, section 7.5). */
static const char identity_label[] = "EXPORTER-mulga-identity";
static const char secret_label[]   = "EXPORTER-mulga-secret";

/* TLS_AES_128_GCM_SHA256: what an external PSK is for must be said (RFC 8446, section 4.2.11). */
static const unsigned char psk_cipher[] = { 0x13, 0x01 };

/* Libssl takes a session for its own only if it bears this, where peers are verified. */
static const unsigned char session_context[] = { 'm' };

/* What a call may speak above, the best first (doc/PROTOCOL.md); a length before each, as in ALPN. */
static const unsigned char protocols[] = "\3m1z\2m1";

/* All of one digest, or a secret would not fit the suite that is chosen. */
static const char suites[] = "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";

struct tls_identity {
	SSL_CTX          *context;
	BIO_METHOD       *method; /* of lines               */
	struct tls_memory memory;
	char              key[TLS_KEY_SIZE]; /* its own, public        */
	char             *secrets;           /* file of the memory, or NULL */
};

struct tls {
	struct tls_identity *identity;
	SSL                 *ssl;
	struct tls_line      line;
	char                 remembered[TLS_KEY_SIZE]; /* whose secret is offered, or was taken */
	char                 key[TLS_KEY_SIZE];
	bool                 answers;
	bool                 flown; /* who answers: our part of the handshake is done ... */
	bool                 held;  /* ... and waits for the first words, to be one flight */
	char                 why[160];
};

static SSL_CTX    *make_context(EVP_PKEY *key, X509 *certificate);
static X509       *make_certificate(EVP_PKEY *key, const char *name);
static int         choose_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *length,
                                   const unsigned char *offered, unsigned offered_length, void *data);
static int         judge(X509_STORE_CTX *store, void *data);
static bool        encode_key(char text[TLS_KEY_SIZE], EVP_PKEY *key);
static struct tls *new_end(struct tls_identity *identity);
static int offer_secret(SSL *ssl, const EVP_MD *digest, const unsigned char **id, size_t *length,
                        SSL_SESSION **session);
static int find_secret(SSL *ssl, const unsigned char *id, size_t length, SSL_SESSION **session);
static SSL_SESSION *session_of(SSL *ssl, const struct tls_secret *secret);
static int          fly(struct tls *tls);
static enum status  learn_key(struct tls *tls);
static void         remember(struct tls *tls);
static enum status  died(struct tls *tls, const char *otherwise);

enum status
tls_identity_new(struct tls_identity **identity, struct span pem, const char *name)
{
	BIO        *text = pem.length > INT_MAX ? NULL : BIO_new_mem_buf(pem.data, (int)pem.length);
	EVP_PKEY   *key  = text == NULL ? NULL : PEM_read_bio_PrivateKey(text, NULL, NULL, NULL);
	X509       *certificate = NULL;
	SSL_CTX    *context     = NULL;
	BIO_METHOD *method      = tls_line_method();

	*identity = NULL;
	if (key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519)
		certificate = make_certificate(key, name);
	if (certificate != NULL)
		context = make_context(key, certificate);
	if (context != NULL && method != NULL) {
		*identity            = memory_new(1, sizeof(**identity));
		(*identity)->context = context;
		(*identity)->method  = method;
		encode_key((*identity)->key, key);
	} else {
		SSL_CTX_free(context);
		BIO_meth_free(method);
	}
	X509_free(certificate);
	EVP_PKEY_free(key);
	BIO_free(text);
	ERR_clear_error();
	return *identity != NULL ? STATUS_OK : STATUS_INVALID;
}

void
tls_identity_free(struct tls_identity *identity)
{
	if (identity == NULL)
		return;
	SSL_CTX_free(identity->context);
	BIO_meth_free(identity->method);
	tls_memory_release(&identity->memory);
	free(identity->secrets);
	free(identity);
}

void
tls_identity_keep_secrets(struct tls_identity *identity, const char *path)
{
	identity->secrets = memory_copy_text(path);
	tls_secrets_load(&identity->memory, path, identity->key);
}

/* As `auth key` has it; false: it is no Ed25519 key. */
static bool
encode_key(char text[TLS_KEY_SIZE], EVP_PKEY *key)
{
	unsigned char *info   = NULL;
	int            length = key == NULL ? 0 : i2d_PUBKEY(key, &info);

	if (length == KEY_BYTES)
		EVP_EncodeBlock((unsigned char *)text, info, length);
	OPENSSL_free(info);
	return length == KEY_BYTES;
}

/* Valid for all times: a node with a dead clock battery must not lose its links for it (T4). */
static X509 *
make_certificate(EVP_PKEY *key, const char *name)
{
	X509           *certificate = X509_new();
	X509_EXTENSION *names       = NULL;
	char            value[300];

	snprintf(value, sizeof(value), "critical,DNS:%s", name);
	names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, value);
	if (certificate != NULL && names != NULL && X509_set_version(certificate, X509_VERSION_3) &&
	    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) &&
	    ASN1_TIME_set_string(X509_getm_notBefore(certificate), "19700101000000Z") &&
	    ASN1_TIME_set_string(X509_getm_notAfter(certificate), "99991231235959Z") &&
	    X509_set_pubkey(certificate, key) && X509_add_ext(certificate, names, -1) &&
	    X509_sign(certificate, key, NULL) > 0) {
		X509_EXTENSION_free(names);
		return certificate;
	}
	X509_EXTENSION_free(names);
	X509_free(certificate);
	return NULL;
}

static SSL_CTX *
make_context(EVP_PKEY *key, X509 *certificate)
{
	SSL_CTX *context = SSL_CTX_new(TLS_method());

	if (context == NULL)
		return NULL;
	/* The latter two, and what middleboxes are thought to want, say nothing in TLS 1.3. */
	SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
	                                 SSL_OP_NO_ENCRYPT_THEN_MAC |
	                                 SSL_OP_NO_EXTENDED_MASTER_SECRET);
	SSL_CTX_clear_options(context, SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_max_cert_list(context, CERTIFICATES_MAX_BYTES);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(context, judge, NULL);
	SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
	SSL_CTX_set_psk_use_session_callback(context, offer_secret);
	SSL_CTX_set_psk_find_session_callback(context, find_secret);
	if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) &&
	    SSL_CTX_set_ciphersuites(context, suites) &&
	    SSL_CTX_set_session_id_context(context, session_context, sizeof(session_context)) &&
	    SSL_CTX_set_num_tickets(context, 0) && SSL_CTX_set1_groups_list(context, "X25519") &&
	    SSL_CTX_set1_sigalgs_list(context, "ed25519") &&
	    SSL_CTX_use_certificate(context, certificate) && SSL_CTX_use_PrivateKey(context, key))
		return context;
	SSL_CTX_free(context);
	return NULL;
}

/* None in common: then nothing is spoken that one of the two does not know. */
static int
choose_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *length,
                const unsigned char *offered, unsigned offered_length, void *data)
{
	unsigned char *found;

	(void)ssl;
	(void)data;
	if (SSL_select_next_proto(&found, length, protocols, sizeof(protocols) - 1, offered,
	                          offered_length) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_NOACK;
	*chosen = found;
	return SSL_TLSEXT_ERR_OK;
}

/* Any key will do that the far end proves to hold; the node knows whose it is. */
static int
judge(X509_STORE_CTX *store, void *data)
{
	X509     *certificate = X509_STORE_CTX_get0_cert(store);
	EVP_PKEY *key         = certificate == NULL ? NULL : X509_get0_pubkey(certificate);

	(void)data;
	return key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
}

struct tls *
tls_call(struct tls_identity *identity, const char *key)
{
	struct tls *tls = new_end(identity);

	snprintf(tls->remembered, sizeof(tls->remembered), "%s", key);
	SSL_set_connect_state(tls->ssl);
	if (SSL_set_alpn_protos(tls->ssl, protocols, sizeof(protocols) - 1) != 0)
		log_fatal("out of memory for TLS");
	return tls;
}

struct tls *
tls_answer(struct tls_identity *identity)
{
	struct tls *tls = new_end(identity);

	tls->answers = true;
	SSL_set_accept_state(tls->ssl);
	return tls;
}

static struct tls *
new_end(struct tls_identity *identity)
{
	struct tls *tls = memory_new(1, sizeof(*tls));
	BIO        *bio = tls_line_open(&tls->line, identity->method);

	tls->identity = identity;
	tls->ssl      = SSL_new(identity->context);
	if (tls->ssl == NULL || bio == NULL)
		log_fatal("out of memory for TLS");
	SSL_set_bio(tls->ssl, bio, bio);
	SSL_set_app_data(tls->ssl, tls);
	return tls;
}

void
tls_free(struct tls *tls)
{
	if (tls == NULL)
		return;
	SSL_free(tls->ssl);
	tls_line_release(&tls->line);
	free(tls);
}

enum status
tls_receive(struct tls *tls, struct span bytes)
{
	int result;

	if (tls->why[0] != '\0')
		return STATUS_INVALID;
	tls_line_receive(&tls->line, bytes);
	if (SSL_is_init_finished(tls->ssl))
		return STATUS_OK;
	ERR_clear_error();
	result = tls->answers && !tls->flown ? fly(tls) : SSL_do_handshake(tls->ssl);
	if (result == 1)
		return tls_is_open(tls) ? STATUS_OK : learn_key(tls);
	if (SSL_get_error(tls->ssl, result) == SSL_ERROR_WANT_READ)
		return STATUS_OK;
	return died(tls, "the far end speaks no TLS");
}

/*
 * Who answers needs not wait for the caller's last flight if the caller has shown in its first
 * that it knows our secret: then it can be spoken to at once (RFC 8446, section 4.4.4). What it
 * says itself is heard after its flight, as ever; who only repeats an old first flight can read
 * nothing, and say nothing.
 */
static int
fly(struct tls *tls)
{
	unsigned char early[1];
	size_t        length;

	if (SSL_read_early_data(tls->ssl, early, sizeof(early), &length) !=
	    SSL_READ_EARLY_DATA_FINISH)
		return 0;
	tls->flown = true;
	tls->held  = SSL_session_reused(tls->ssl);
	if (tls->held)
		return 1;
	return SSL_do_handshake(tls->ssl);
}

/* The caller's side: is there a secret for whom it calls? */
static int
offer_secret(SSL *ssl, const EVP_MD *digest, const unsigned char **id, size_t *length,
             SSL_SESSION **session)
{
	struct tls              *tls = SSL_get_app_data(ssl);
	const struct tls_secret *secret =
	    tls_memory_of_key(&tls->identity->memory, tls->remembered);

	*session = NULL;
	if (secret == NULL || (digest != NULL && EVP_MD_get_type(digest) != NID_sha256))
		return 1; /* with certificates, then */
	*id      = secret->identity;
	*length  = sizeof(secret->identity);
	*session = session_of(ssl, secret);
	return 1;
}

/* And who answers: is this one of ours? If not, certificates follow. */
static int
find_secret(SSL *ssl, const unsigned char *id, size_t length, SSL_SESSION **session)
{
	struct tls              *tls = SSL_get_app_data(ssl);
	const struct tls_secret *secret =
	    tls_memory_of_identity(&tls->identity->memory, id, length);

	*session = NULL;
	if (secret == NULL)
		return 1;
	snprintf(tls->remembered, sizeof(tls->remembered), "%s", secret->key);
	*session = session_of(ssl, secret);
	return 1;
}

static SSL_SESSION *
session_of(SSL *ssl, const struct tls_secret *secret)
{
	const SSL_CIPHER *cipher  = SSL_CIPHER_find(ssl, psk_cipher);
	SSL_SESSION      *session = SSL_SESSION_new();

	if (session != NULL && cipher != NULL &&
	    SSL_SESSION_set1_master_key(session, secret->secret, sizeof(secret->secret)) &&
	    SSL_SESSION_set1_id_context(session, session_context, sizeof(session_context)) &&
	    SSL_SESSION_set_cipher(session, cipher) &&
	    SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION))
		return session;
	SSL_SESSION_free(session);
	return NULL;
}

static enum status
learn_key(struct tls *tls)
{
	X509 *certificate = SSL_get0_peer_certificate(tls->ssl);

	if (SSL_session_reused(tls->ssl)) { /* who has the secret has had the key */
		memcpy(tls->key, tls->remembered, sizeof(tls->key));
		return STATUS_OK;
	}
	if (certificate == NULL || !encode_key(tls->key, X509_get0_pubkey(certificate)))
		return died(tls, "the far end showed no key");
	remember(tls);
	return STATUS_OK;
}

static void
remember(struct tls *tls)
{
	struct tls_secret secret;

	memcpy(secret.key, tls->key, sizeof(secret.key));
	if (SSL_export_keying_material(tls->ssl, secret.identity, sizeof(secret.identity),
	                               identity_label, strlen(identity_label), NULL, 0, 0) == 1 &&
	    SSL_export_keying_material(tls->ssl, secret.secret, sizeof(secret.secret), secret_label,
	                               strlen(secret_label), NULL, 0, 0) == 1) {
		tls_memory_put(&tls->identity->memory, &secret);
		if (tls->identity->secrets != NULL)
			tls_secrets_save(&tls->identity->memory, tls->identity->secrets,
			                 tls->identity->key);
	}
	explicit_bzero(&secret, sizeof(secret));
}

bool
tls_is_open(const struct tls *tls)
{
	return tls->key[0] != '\0';
}

enum status
tls_read(struct tls *tls, void *bytes, size_t room, size_t *length)
{
	*length = 0;
	if (tls->why[0] != '\0')
		return STATUS_INVALID;
	if (!tls_is_open(tls))
		return STATUS_OK;
	ERR_clear_error();
	if (SSL_read_ex(tls->ssl, bytes, room, length) == 1)
		return STATUS_OK;
	switch (SSL_get_error(tls->ssl, 0)) {
	case SSL_ERROR_WANT_READ:
		return STATUS_OK;
	case SSL_ERROR_ZERO_RETURN:
		return STATUS_NOT_FOUND;
	default:
		return died(tls, "the line altered what it carried");
	}
}

enum status
tls_write(struct tls *tls, struct span plain, struct buffer *line)
{
	size_t written = 0;

	assert(tls_is_open(tls));
	ERR_clear_error();
	if (tls->why[0] != '\0')
		return STATUS_INVALID;
	if (plain.length == 0)
		return STATUS_OK;
	if ((SSL_is_init_finished(tls->ssl)
	         ? SSL_write_ex(tls->ssl, plain.data, plain.length, &written)
	         : SSL_write_early_data(tls->ssl, plain.data, plain.length, &written)) != 1)
		return died(tls, "nothing can be sealed any more");
	assert(written == plain.length);
	tls->held = false;
	tls_output(tls, line);
	return STATUS_OK;
}

void
tls_close(struct tls *tls)
{
	if (tls->why[0] == '\0' && tls_is_open(tls))
		SSL_shutdown(tls->ssl);
	tls->held = false;
	ERR_clear_error();
}

void
tls_output(struct tls *tls, struct buffer *line)
{
	if (!tls->held)
		buffer_move(line, &tls->line.out);
}

const char *
tls_key(const struct tls *tls)
{
	return tls->key;
}

bool
tls_compresses(const struct tls *tls)
{
	const unsigned char *chosen;
	unsigned             length;

	SSL_get0_alpn_selected(tls->ssl, &chosen, &length);
	return length == 3 && memcmp(chosen, "m1z", 3) == 0;
}

const char *
tls_why(const struct tls *tls)
{
	return tls->why;
}

static enum status
died(struct tls *tls, const char *otherwise)
{
	const char *reason = ERR_reason_error_string(ERR_peek_error());

	snprintf(tls->why, sizeof(tls->why), "TLS: %s", reason != NULL ? reason : otherwise);
	tls->held = false;
	ERR_clear_error();
	return STATUS_INVALID;
}
