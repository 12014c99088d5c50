/*
 * tls_line.h - what libssl reads and writes, as two buffers
 *
 * Libssl's own memory BIO does the same, but wipes every byte before it is written and again after,
 * and its bytes are copied once more to leave it. A body passes here at the speed of memory.
 */
#ifndef DAEMON_TRANSPORT_TLS_LINE_H
#define DAEMON_TRANSPORT_TLS_LINE_H

#include "spool/base/buffer.h"

struct bio_st;        /* a BIO of libcrypto */
struct bio_method_st; /* its BIO_METHOD     */

struct tls_line {
	struct buffer in;   /* from the far end, ...                     */
	size_t        used; /* ... of which libssl has taken so many     */
	struct buffer out;  /* for the far end                           */
};

/* What all lines have in common; NULL: out of memory. Free it with BIO_meth_free, after its BIOs. */
struct bio_method_st *tls_line_method(void);

/* A BIO for both directions, of a line that outlives it; NULL: out of memory. */
struct bio_st *tls_line_open(struct tls_line *line, const struct bio_method_st *method);

void tls_line_release(struct tls_line *line);

/* Bytes of the far end, behind those that were not taken yet. */
void tls_line_receive(struct tls_line *line, struct span bytes);

#endif
