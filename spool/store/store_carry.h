/*
 * store_carry.h - sticks that are under way, and the copies on them
 *
 * A copy that was put on a stick stays in its neighbor's queue, with the reason "carried" and no
 * time to be tried again, until its item is acknowledged or its stick is given up.
 */
#ifndef SPOOL_STORE_STORE_CARRY_H
#define SPOOL_STORE_STORE_CARRY_H

#include "spool/base/instant.h"
#include "spool/name/name.h"
#include "spool/store/store.h"

/* Reason of a copy that is on a stick. */
#define COPY_REASON_CARRIED "carried"

enum { STORE_TOKEN_BYTES = 16 };

enum stick_state { STICK_UNDER_WAY, STICK_OVERDUE, STICK_LOST };

struct stored_stick {
	int64_t          key;
	char             place[256];
	enum stick_state state;
	struct walltime  written, overdue;
};

struct stored_bundle {
	int64_t  key;
	int64_t  stick;
	char     neighbor[NAME_MAX_BYTES + 1];
	char     id[33]; /* hexadecimal */
	uint8_t  token[STORE_TOKEN_BYTES];
	uint64_t size_bytes;
};

struct stored_carried {
	int64_t  bundle;
	uint32_t item;
	int64_t  copy;
};

void store_stick_insert(struct store *store, struct stored_stick *stick); /* sets stick->key */
void store_stick_set_state(struct store *store, int64_t key, enum stick_state state);
bool store_stick_get(struct store *store, int64_t key, struct stored_stick *stick);
/* The next one with a key above `after`. */
bool store_stick_next(struct store *store, int64_t after, struct stored_stick *stick);
/* Of those under way, the one that is overdue first. */
bool store_stick_first_overdue(struct store *store, struct stored_stick *stick);

void store_bundle_insert(struct store *store, struct stored_bundle *bundle); /* sets bundle->key */
bool store_bundle_find(struct store *store, const uint8_t token[STORE_TOKEN_BYTES],
                       struct stored_bundle *bundle);
bool store_bundle_find_id(struct store *store, const char *id, struct stored_bundle *bundle);
bool store_bundle_next(struct store *store, int64_t stick, int64_t after,
                       struct stored_bundle *bundle);

void store_carried_insert(struct store *store, const struct stored_carried *carried);
/* The row of that item or the next one after it; false: none is left. */
bool store_carried_next(struct store *store, int64_t bundle, uint32_t from,
                        struct stored_carried *carried);
void store_carried_delete(struct store *store, int64_t bundle, uint32_t item);
/* The stick that a copy was last put on; 0: none that is known. */
int64_t store_carried_stick(struct store *store, int64_t copy);

/* Forgets what ended otherwise, bundles with nothing left, and sticks with no bundle. */
void store_carry_purge(struct store *store);

#endif
