/*
 * tls.h - TLS 1.3 between two keys, over bytes in memory
 *
 * A line's bytes go in and plain ones come out, and the other way around; no socket is seen
 * here, so every medium uses the same code. Both ends show a certificate that they signed
 * themselves; nothing in it is believed but the Ed25519 key, which the far end has proved to
 * hold. Whether that key is a neighbor's is the node's business (trust.md, "Links").
 *
 * Two ends that have met remember it (tls_memory.h) and need not show certificates again.
 *
 * No earlier version, no tickets, no early data, no renegotiation, no compression (T5).
 */
#ifndef DAEMON_TRANSPORT_TLS_H
#define DAEMON_TRANSPORT_TLS_H

#include <stdbool.h>

#include "spool/base/buffer.h"
#include "spool/base/status.h"

enum { TLS_KEY_SIZE = 61, TLS_SHAKE_LIMIT_MS = 30000 };

struct tls_identity; /* this node's key and certificate, for any number of calls */
struct tls;          /* one call's; heap */

/*
 * From the PEM of the node's key (spool/trust/node_key.h). STATUS_INVALID: it is no Ed25519
 * key; the name goes into the certificate for people who look at it.
 */
enum status tls_identity_new(struct tls_identity **identity, struct span pem, const char *name);
void        tls_identity_free(struct tls_identity *identity);

/* The secrets that it shares with far ends are read from that file, and written to it when there is a
 * new one (tls_secrets.h). */
void tls_identity_keep_secrets(struct tls_identity *identity, const char *path);

/* An end that opened the call, to whoever has that key; or that answers. The identity must
 * outlive it. */
struct tls *tls_call(struct tls_identity *identity, const char *key);
struct tls *tls_answer(struct tls_identity *identity);
void        tls_free(struct tls *tls);

/*
 * Takes bytes of the line; none is a way to begin. Then tls_read and tls_output have what
 * came of them. STATUS_INVALID: the call is dead, tls_why says of what.
 */
enum status tls_receive(struct tls *tls, struct span bytes);

/* Is the handshake done at this end? */
bool tls_is_open(const struct tls *tls);

/*
 * The next plain bytes, at most `room`; 0: no more for now. STATUS_INVALID as above;
 * STATUS_NOT_FOUND: the far end said that nothing follows.
 */
enum status tls_read(struct tls *tls, void *bytes, size_t room, size_t *length);

/* Once open: seals plain bytes, appending what the line is to carry. */
enum status tls_write(struct tls *tls, struct span plain, struct buffer *line);

/* Says that nothing follows. */
void tls_close(struct tls *tls);

/*
 * Appends what the line is to carry besides: the handshake's part, an alert, the goodbye. Where who
 * answers may speak at once, because both remember each other, its part goes with its first words.
 */
void tls_output(struct tls *tls, struct buffer *line);

/* Once open: the far end's key as `auth key` has it, base64 of its SubjectPublicKeyInfo. */
const char *tls_key(const struct tls *tls);

/* Once open: did both ends agree to compress what they say? */
bool tls_compresses(const struct tls *tls);

/* Why it died, one line. */
const char *tls_why(const struct tls *tls);

#endif
