/*
 * home_key.h - the files of keys/ that hold secrets
 */
#ifndef SPOOL_HOME_HOME_KEY_H
#define SPOOL_HOME_HOME_KEY_H

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/status.h"
#include "spool/home/home.h"

/* Of a password, a byte more would not be typed. */
enum { HOME_SECRET_MAX = 256 };

/*
 * Appends the PEM as it is in home->key; the caller wipes it. STATUS_NOT_FOUND, STATUS_DENIED
 * or STATUS_IO with the reason in *diagnostic.
 */
enum status home_key_read(const struct home *home, struct buffer *pem,
                          struct diagnostic *diagnostic);

/*
 * Appends the secret of that name, the first line of keys/NAME.secret; the caller wipes it. As
 * above; also STATUS_DENIED if others may read the file, STATUS_INVALID if there is no such line.
 */
enum status home_secret_read(const struct home *home, const char *name, struct buffer *secret,
                             struct diagnostic *diagnostic);

#endif
