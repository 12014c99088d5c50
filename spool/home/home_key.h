/*
 * home_key.h - the file with the node's key
 */
#ifndef SPOOL_HOME_HOME_KEY_H
#define SPOOL_HOME_HOME_KEY_H

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/status.h"
#include "spool/home/home.h"

/*
 * Appends the PEM as it is in home->key; the caller wipes it. STATUS_NOT_FOUND, STATUS_DENIED
 * or STATUS_IO with the reason in *diagnostic.
 */
enum status home_key_read(const struct home *home, struct buffer *pem,
                          struct diagnostic *diagnostic);

#endif
