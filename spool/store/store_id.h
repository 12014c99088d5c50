/*
 * store_id.h - inside the store: message ids as small numbers
 *
 * Ids are random text; the numbers ascend in order of arrival. The other tables name a
 * message by its number, so that their rows of new messages lie side by side, and one
 * random page is written for each message instead of four.
 */
#ifndef SPOOL_STORE_STORE_ID_H
#define SPOOL_STORE_STORE_ID_H

#include "spool/store/store_message.h"

/* The number of this id; gives it one. 0 only where the store has failed. */
int64_t store_id_make(struct store *store, const struct message_id *id);

/* Forgets the number unless some row still names it. */
void store_id_release(struct store *store, int64_t key);

/*
 * Forgets what a table holds of one id and is due: `find_sql` gives the number of such an
 * id, `delete_sql` takes :id and :now. False if nothing is due.
 */
bool store_id_purge(struct store *store, const char *find_sql, const char *delete_sql,
                    int64_t now_ms);

#endif
