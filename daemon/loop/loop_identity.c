/*
 * loop_identity.c - the key's text is in memory for as long as it takes to read it
 */
#include "daemon/loop/loop_identity.h"

#include <string.h>

#include "daemon/transport/layer_compress.h"
#include "daemon/transport/layer_tls.h"
#include "spool/home/home_key.h"

static void secure(struct loop_stream *call, struct tls *tls);

void
loop_identity_init(struct loop_identity *identity, const struct config *config)
{
	*identity = (struct loop_identity){ .config = config };
}

void
loop_identity_release(struct loop_identity *identity)
{
	tls_identity_free(identity->tls);
	identity->tls = NULL;
}

enum status
loop_identity_read(struct loop_identity *identity, struct diagnostic *diagnostic)
{
	const struct config *config = identity->config;
	struct buffer        pem;
	enum status          status;

	if (identity->tls != NULL)
		return STATUS_OK;
	buffer_init(&pem);
	status = home_key_read(&config->home, &pem, diagnostic);
	if (status == STATUS_OK) {
		status = tls_identity_new(&identity->tls, buffer_span(&pem),
		                          config_node(config)->name.text);
		if (status == STATUS_OK)
			tls_identity_keep_secrets(identity->tls, config->home.secrets);
		else
			diagnostic_set(diagnostic, "%s holds no Ed25519 key", config->home.key);
	}
	if (pem.length > 0)
		explicit_bzero(pem.data, pem.length);
	buffer_release(&pem);
	return status;
}

void
loop_identity_answer(const struct loop_identity *identity, struct loop_stream *call)
{
	secure(call, tls_answer(identity->tls));
}

void
loop_identity_call(const struct loop_identity *identity, struct loop_stream *call, const char *key)
{
	secure(call, tls_call(identity->tls, key));
}

static void
secure(struct loop_stream *call, struct tls *tls)
{
	layers_add(&call->layers, layer_tls_new(tls));
	layers_add(&call->layers, layer_compress_new(tls));
}
