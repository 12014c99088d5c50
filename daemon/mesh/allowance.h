/*
 * allowance.h - so many bytes a day
 *
 * A day begins with the first byte after the last one has ended, so that what comes after a
 * quiet time need not wait for an hour that nobody knows. What does not fit into it waits for
 * the next. What is too large for a day, or has waited for one and found others before it, goes
 * all the same while anything is left, and the days after that pay: so nothing waits for ever,
 * and the average holds.
 */
#ifndef DAEMON_MESH_ALLOWANCE_H
#define DAEMON_MESH_ALLOWANCE_H

#include <stdbool.h>
#include <stdint.h>

struct allowance {
	uint64_t spent;    /* bytes, in the day that began at ... */
	int64_t  begun_ms; /* by the caller's clock                */
};

/* Ends days that are over. */
void allowance_turn(struct allowance *allowance, uint64_t limit, int64_t now_ms);

/* May `size` bytes more go in this day? `waited`: for it. After allowance_turn. */
bool allowance_admits(const struct allowance *allowance, uint64_t limit, uint64_t size,
                      bool waited);

void allowance_spend(struct allowance *allowance, uint64_t size, int64_t now_ms);

/* When what was refused may be tried again. */
int64_t allowance_next_ms(const struct allowance *allowance, int64_t now_ms);

#endif
