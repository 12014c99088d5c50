/*
 * tls_line.c - a BIO of our own
 */
#include "daemon/transport/tls_line.h"

#include <openssl/bio.h>
#include <string.h>

static int  read_line(BIO *bio, char *bytes, int room);
static int  write_line(BIO *bio, const char *bytes, int length);
static long control(BIO *bio, int command, long number, void *pointer);

BIO_METHOD *
tls_line_method(void)
{
	BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "mulga's line");

	if (method != NULL && BIO_meth_set_read(method, read_line) &&
	    BIO_meth_set_write(method, write_line) && BIO_meth_set_ctrl(method, control))
		return method;
	BIO_meth_free(method);
	return NULL;
}

BIO *
tls_line_open(struct tls_line *line, const BIO_METHOD *method)
{
	BIO *bio = BIO_new(method);

	if (bio == NULL)
		return NULL;
	BIO_set_data(bio, line);
	BIO_set_init(bio, 1);
	return bio;
}

void
tls_line_release(struct tls_line *line)
{
	buffer_release(&line->in);
	buffer_release(&line->out);
	line->used = 0;
}

void
tls_line_receive(struct tls_line *line, struct span bytes)
{
	buffer_drop_front(&line->in, line->used);
	line->used = 0;
	buffer_append_span(&line->in, bytes);
}

/* -1 and the word "later", where there is nothing. */
static int
read_line(BIO *bio, char *bytes, int room)
{
	struct tls_line *line   = BIO_get_data(bio);
	size_t           length = line->in.length - line->used;

	BIO_clear_retry_flags(bio);
	if (room <= 0)
		return 0;
	if (length == 0) {
		BIO_set_retry_read(bio);
		return -1;
	}
	if (length > (size_t)room)
		length = (size_t)room;
	memcpy(bytes, line->in.data + line->used, length);
	line->used += length;
	return (int)length;
}

static int
write_line(BIO *bio, const char *bytes, int length)
{
	struct tls_line *line = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (length <= 0)
		return 0;
	buffer_append(&line->out, bytes, (size_t)length);
	return length;
}

/* Nothing is kept back, so there is nothing to flush; of the rest none concerns us. */
static long
control(BIO *bio, int command, long number, void *pointer)
{
	(void)bio;
	(void)number;
	(void)pointer;
	return command == BIO_CTRL_FLUSH;
}
