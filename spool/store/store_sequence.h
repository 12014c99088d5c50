/*
 * store_sequence.h - the last message to each address, for those that must arrive in order
 */
#ifndef SPOOL_STORE_STORE_SEQUENCE_H
#define SPOOL_STORE_STORE_SEQUENCE_H

#include "spool/message/message_id.h"
#include "spool/store/store.h"

/* False: nothing was sent there that may still be under way. *expires_ms is spool time. */
bool store_sequence_get(struct store *store, const char *service, const char *address,
                        struct message_id *last, int64_t *expires_ms);
void store_sequence_put(struct store *store, const char *service, const char *address,
                        const struct message_id *last, int64_t expires_ms);
void store_sequence_purge(struct store *store, int64_t now_ms);

/* Those that wait with that reason and that text wait no more. */
void store_copy_wake(struct store *store, const char *reason, const char *text);

#endif
