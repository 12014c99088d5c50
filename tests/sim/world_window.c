/*
 * world_window.c - weekly hours and hourly minutes, as periods
 */
#include "tests/sim/world_window.h"

#include <stdlib.h>

#include "spool/base/memory.h"

enum { MINUTE_MS = 60000, DAY_MS = 24 * 60 * MINUTE_MS, WEEK_MS = 7 * DAY_MS };

/* 1970-01-05 was a Monday. */
#define FIRST_MONDAY_MS (INT64_C(4) * DAY_MS)

static void    add(struct world_windows *windows, int64_t period_ms, int64_t offset_ms,
                   int64_t open_ms);
static int64_t left_ms(const struct world_window *window, int64_t at_ms);

void
world_windows_release(struct world_windows *windows)
{
	free(windows->items);
	*windows = (struct world_windows){ .items = NULL };
}

/* A window that comes every so often begins anew at each midnight. */
void
world_windows_add(struct world_windows *windows, const struct description_schedule *schedule)
{
	for (size_t i = 0; i < schedule->count; i++) {
		const struct description_window *window = &schedule->windows[i];
		int64_t start_ms                        = (int64_t)window->start_minute * MINUTE_MS;
		int64_t open_ms = (int64_t)window->end_minute * MINUTE_MS - start_ms;

		if (window->kind == WINDOW_EVERY) {
			for (int64_t at_ms = 0; at_ms < DAY_MS; at_ms += window->every_ms)
				add(windows, DAY_MS, at_ms + window->offset_ms, window->open_ms);
			continue;
		}
		for (unsigned day = 0; day < 7; day++)
			if ((window->days >> day & 1) != 0)
				add(windows, WEEK_MS, (int64_t)day * DAY_MS + start_ms,
				    open_ms > 0 ? open_ms : open_ms + DAY_MS);
	}
}

int64_t
world_windows_open_ms(const struct world_windows *windows, struct walltime wall)
{
	int64_t open_ms = 0, before_ms;

	if (windows->count == 0)
		return INT64_MAX;
	do { /* one may open before another closes */
		before_ms = open_ms;
		for (size_t i = 0; i < windows->count; i++)
			open_ms += left_ms(&windows->items[i], wall.ms + open_ms);
	} while (open_ms > before_ms && open_ms < WEEK_MS);
	return open_ms < WEEK_MS ? open_ms : INT64_MAX;
}

static void
add(struct world_windows *windows, int64_t period_ms, int64_t offset_ms, int64_t open_ms)
{
	windows->items = memory_grow(windows->items, &windows->capacity, windows->count + 1,
	                             sizeof(windows->items[0]));
	windows->items[windows->count++] =
	    (struct world_window){ period_ms, offset_ms % period_ms, open_ms };
}

static int64_t
left_ms(const struct world_window *window, int64_t at_ms)
{
	int64_t since_ms = (at_ms - FIRST_MONDAY_MS - window->offset_ms) % window->period_ms;

	since_ms += since_ms < 0 ? window->period_ms : 0;
	return since_ms < window->open_ms ? window->open_ms - since_ms : 0;
}
