/*
 * world_window.h - when a line can be used at all
 *
 * The schedules of a description as periods: open for so long from so much after each
 * beginning of the period. Periods count from a Monday, 00:00 UTC.
 */
#ifndef TESTS_SIM_WORLD_WINDOW_H
#define TESTS_SIM_WORLD_WINDOW_H

#include <stdint.h>

#include "spool/base/instant.h"
#include "spool/description/description.h"

struct world_window {
	int64_t period_ms, offset_ms, open_ms;
};

struct world_windows {
	struct world_window *items; /* none: always open */
	size_t               count, capacity;
};

void world_windows_release(struct world_windows *windows);

/* Adds those of one schedule. */
void world_windows_add(struct world_windows *windows, const struct description_schedule *schedule);

/* How long it is still open; 0: closed; INT64_MAX: it never closes. */
int64_t world_windows_open_ms(const struct world_windows *windows, struct walltime wall);

#endif
