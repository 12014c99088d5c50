/*
 * timetable.c - windows by the clock on the wall
 *
 * Between two changes of its zone, a wall clock runs evenly, and whether a window is open, and
 * until when that stays so, is arithmetic on what it shows. At a change the question is asked
 * anew. The longer questions are walks from one such moment to the next, and have an end.
 */
#include "spool/schedule/timetable.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

#define MINUTE_MS       INT64_C(60000)
#define DAY_MS          INT64_C(86400000)
#define FIRST_MONDAY_MS (4 * DAY_MS) /* 1970-01-05 */
#define FAR_MS          (8 * DAY_MS) /* open for so long is open for ever */
#define WALL_MAX_MS     (INT64_C(1) << 52)

enum { DAYS = 7, STEPS_MAX = 4000 };

/*
 * Opens at `from_ms` after a beginning, for `open_ms`. Beginnings: weekly, the midnights of
 * `days`; else midnights and every `period_ms` after them, or after a Monday of long ago.
 */
struct timetable_window {
	enum description_window_kind kind;
	enum description_priority    at_least;
	unsigned                     days;
	int64_t                      period_ms, from_ms, open_ms;
	int64_t                      count; /* of a day, where a period is not longer than one */
};

static void    add(struct timetable *timetable, const struct description_window *window,
                   enum description_priority at_least, int64_t slot_ms, int64_t next_ms);
static int64_t next_slot_ms(const struct description_node *node,
                            const struct description_link *link);
static bool    window_at(const struct timetable *timetable, const struct timetable_window *window,
                         struct walltime wall, struct walltime *until);
static bool    shown_at(const struct timetable_window *window, int64_t local_ms, int64_t *until_ms);
static bool weekly_at(const struct timetable_window *window, int64_t local_ms, int64_t *until_ms);
static bool daily_at(const struct timetable_window *window, int64_t local_ms, int64_t *until_ms);
static bool rarely_at(const struct timetable_window *window, int64_t local_ms, int64_t *until_ms);
static bool within(int64_t start_ms, const struct timetable_window *window, int64_t local_ms,
                   int64_t *until_ms);
static int64_t         floor_to(int64_t ms, int64_t unit_ms);
static struct walltime within_reach(struct walltime wall);

void
timetable_init(struct timetable *timetable, const struct description_node *node,
               const struct description_link *link, const struct zone *zone)
{
	int64_t slot_ms = link->device != NULL ? link->device_slot_ms : 0;
	int64_t next_ms = next_slot_ms(node, link);

	*timetable = (struct timetable){ .zone = zone, .always = link->schedule_count == 0 };
	for (size_t i = 0; i < link->schedule_count; i++)
		for (size_t j = 0; j < node->schedule_count; j++) {
			const struct description_schedule *schedule = &node->schedules[j];

			if (strcmp(schedule->name, link->schedules[i].name) != 0)
				continue;
			for (size_t k = 0; k < schedule->count; k++)
				add(timetable, &schedule->windows[k], link->schedules[i].at_least,
				    slot_ms, next_ms);
		}
}

void
timetable_release(struct timetable *timetable)
{
	free(timetable->windows);
	*timetable = (struct timetable){ .windows = NULL };
}

bool
timetable_is_open(const struct timetable *timetable, struct walltime wall,
                  enum description_priority *least, struct walltime *until)
{
	bool open = timetable->always;

	wall      = within_reach(wall);
	*least    = timetable->always ? DESCRIPTION_LOW : DESCRIPTION_URGENT;
	until->ms = INT64_MAX;
	for (size_t i = 0; i < timetable->count; i++) {
		const struct timetable_window *window = &timetable->windows[i];
		struct walltime                change;

		if (window_at(timetable, window, wall, &change)) {
			*least = window->at_least < *least ? window->at_least : *least;
			open   = true;
		}
		*until = change.ms < until->ms ? change : *until;
	}
	return open;
}

struct walltime
timetable_opens(const struct timetable *timetable, struct walltime wall,
                enum description_priority priority)
{
	wall = within_reach(wall);
	if (timetable->always)
		return wall;
	for (unsigned step = 0; step < STEPS_MAX && wall.ms < INT64_MAX; step++) {
		struct walltime next = { INT64_MAX };

		for (size_t i = 0; i < timetable->count; i++) {
			const struct timetable_window *window = &timetable->windows[i];
			struct walltime                change;

			if (window->at_least > priority)
				continue;
			if (window_at(timetable, window, wall, &change))
				return wall;
			next = change.ms < next.ms ? change : next;
		}
		wall = next;
	}
	return (struct walltime){ INT64_MAX };
}

struct walltime
timetable_closes(const struct timetable *timetable, struct walltime wall,
                 enum description_priority priority)
{
	struct walltime end;

	wall = within_reach(wall);
	end  = wall;
	if (timetable->always)
		return (struct walltime){ INT64_MAX };
	for (unsigned step = 0; step < STEPS_MAX; step++) {
		int64_t before_ms = end.ms;

		for (size_t i = 0; i < timetable->count; i++) {
			const struct timetable_window *window = &timetable->windows[i];
			struct walltime                change;

			if (window->at_least <= priority &&
			    window_at(timetable, window, end, &change) && change.ms > end.ms)
				end = change;
		}
		if (end.ms - wall.ms > FAR_MS)
			return (struct walltime){ INT64_MAX };
		if (end.ms == before_ms)
			break;
	}
	return end;
}

struct walltime
timetable_passed(const struct timetable *timetable, struct walltime wall,
                 enum description_priority priority, int64_t open_ms)
{
	for (unsigned step = 0; step < STEPS_MAX; step++) {
		struct walltime closes;

		wall = timetable_opens(timetable, wall, priority);
		if (wall.ms == INT64_MAX)
			break;
		closes = timetable_closes(timetable, wall, priority);
		if (closes.ms == INT64_MAX || closes.ms - wall.ms >= open_ms)
			return (struct walltime){ open_ms < INT64_MAX - wall.ms ? wall.ms + open_ms
				                                                : INT64_MAX };
		open_ms -= closes.ms - wall.ms;
		wall = closes;
	}
	return (struct walltime){ INT64_MAX };
}

static void
add(struct timetable *timetable, const struct description_window *stated,
    enum description_priority at_least, int64_t slot_ms, int64_t next_ms)
{
	struct timetable_window window = { .kind = stated->kind, .at_least = at_least };

	if (stated->kind == WINDOW_EVERY) {
		if (stated->every_ms <= 0)
			return;
		window.period_ms = stated->every_ms;
		window.from_ms   = stated->offset_ms % stated->every_ms;
		window.open_ms   = stated->open_ms;
		window.count = (DAY_MS - window.from_ms + stated->every_ms - 1) / stated->every_ms;
	} else {
		window.days    = stated->days;
		window.from_ms = stated->start_minute * MINUTE_MS;
		window.open_ms = stated->end_minute * MINUTE_MS - window.from_ms;
		window.open_ms += window.open_ms < 0 ? DAY_MS : 0;
	}
	window.open_ms = (window.open_ms < next_ms ? window.open_ms : next_ms) - slot_ms;
	window.from_ms += slot_ms;
	if (window.open_ms <= 0)
		return;
	timetable->windows = memory_grow(timetable->windows, &timetable->capacity,
	                                 timetable->count + 1, sizeof(timetable->windows[0]));
	timetable->windows[timetable->count++] = window;
}

/* Where the slot of another link with the same device begins; INT64_MAX: none is later. */
static int64_t
next_slot_ms(const struct description_node *node, const struct description_link *link)
{
	int64_t next_ms = INT64_MAX;

	for (size_t i = 0; i < node->link_count; i++) {
		const struct description_link *other = &node->links[i];

		if (link->device != NULL && other->device != NULL &&
		    strcmp(link->device, other->device) == 0 &&
		    other->device_slot_ms > link->device_slot_ms && other->device_slot_ms < next_ms)
			next_ms = other->device_slot_ms;
	}
	return next_ms;
}

/* Is it open then? It stays so until *until, at least. */
static bool
window_at(const struct timetable *timetable, const struct timetable_window *window,
          struct walltime wall, struct walltime *until)
{
	struct walltime zone_until;
	int64_t         offset_ms = zone_offset_ms(timetable->zone, wall, &zone_until), until_ms;
	bool            open      = shown_at(window, wall.ms + offset_ms, &until_ms);

	until->ms = until_ms < INT64_MAX ? until_ms - offset_ms : INT64_MAX;
	if (zone_until.ms < until->ms)
		*until = zone_until;
	return open;
}

static bool
shown_at(const struct timetable_window *window, int64_t local_ms, int64_t *until_ms)
{
	if (window->kind == WINDOW_WEEKLY)
		return weekly_at(window, local_ms, until_ms);
	return window->period_ms <= DAY_MS ? daily_at(window, local_ms, until_ms)
	                                   : rarely_at(window, local_ms, until_ms);
}

/* The one of yesterday may still be open; a slot may begin on the next day. */
static bool
weekly_at(const struct timetable_window *window, int64_t local_ms, int64_t *until_ms)
{
	int64_t today_ms = floor_to(local_ms, DAY_MS);

	*until_ms = INT64_MAX;
	for (int64_t at_ms = today_ms - 2 * DAY_MS; at_ms <= today_ms + DAYS * DAY_MS;
	     at_ms += DAY_MS) {
		int64_t weekday = (at_ms - FIRST_MONDAY_MS) / DAY_MS % DAYS;

		weekday += weekday < 0 ? DAYS : 0;
		if ((window->days >> weekday & 1) != 0 &&
		    within(at_ms + window->from_ms, window, local_ms, until_ms))
			return true;
	}
	return false;
}

/* The last of yesterday may still be open. */
static bool
daily_at(const struct timetable_window *window, int64_t local_ms, int64_t *until_ms)
{
	int64_t today_ms = floor_to(local_ms, DAY_MS);

	*until_ms = INT64_MAX;
	for (int64_t day_ms = today_ms - DAY_MS; day_ms <= today_ms + DAY_MS; day_ms += DAY_MS) {
		int64_t first_ms = day_ms + window->from_ms;
		int64_t number =
		    local_ms < first_ms ? 0 : (local_ms - first_ms) / window->period_ms;

		number = number < window->count ? number : window->count - 1;
		for (int64_t i = number; i <= number + 1 && i < window->count; i++)
			if (within(first_ms + i * window->period_ms, window, local_ms, until_ms))
				return true;
	}
	return false;
}

static bool
rarely_at(const struct timetable_window *window, int64_t local_ms, int64_t *until_ms)
{
	int64_t origin_ms = FIRST_MONDAY_MS + window->from_ms;
	int64_t start_ms  = origin_ms + floor_to(local_ms - origin_ms, window->period_ms);

	*until_ms = INT64_MAX;
	return within(start_ms, window, local_ms, until_ms) ||
	       within(start_ms + window->period_ms, window, local_ms, until_ms);
}

/* Is it in the window that starts there? Then *until_ms is its end; else its start, if that is to
 * come and before *until_ms. */
static bool
within(int64_t start_ms, const struct timetable_window *window, int64_t local_ms, int64_t *until_ms)
{
	if (local_ms < start_ms) {
		*until_ms = start_ms < *until_ms ? start_ms : *until_ms;
		return false;
	}
	if (local_ms - start_ms >= window->open_ms)
		return false;
	*until_ms = start_ms + window->open_ms;
	return true;
}

static int64_t
floor_to(int64_t ms, int64_t unit_ms)
{
	int64_t rest_ms = ms % unit_ms;

	return ms - rest_ms - (rest_ms < 0 ? unit_ms : 0);
}

/* A clock may be set to anything; sums with what is shown here do not overflow. */
static struct walltime
within_reach(struct walltime wall)
{
	if (wall.ms < -WALL_MAX_MS)
		return (struct walltime){ -WALL_MAX_MS };
	if (wall.ms > WALL_MAX_MS)
		return (struct walltime){ WALL_MAX_MS };
	return wall;
}
