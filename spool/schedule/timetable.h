/*
 * timetable.h - when a link may be used, and for what
 *
 * The schedules of one link as the description states them, with the slot of the device that it
 * shares, in the node's zone. What a window is: while the clock on the wall shows a time in
 * it, it is open. So what the clock skips in spring is skipped, and what it shows twice in
 * autumn is open twice. A window of the week belongs to the day that it starts on; one that
 * comes every so often is counted from each local midnight, and if the period is longer than
 * a day from midnight of Monday, 1970-01-05.
 *
 * All questions are asked of a moment of wall time; nothing here knows a clock.
 */
#ifndef SPOOL_SCHEDULE_TIMETABLE_H
#define SPOOL_SCHEDULE_TIMETABLE_H

#include "spool/description/description.h"
#include "spool/schedule/zone.h"

struct timetable_window;

struct timetable {
	const struct zone *zone;   /* borrowed                                         */
	bool               always; /* no schedule is stated                            */
	struct timetable_window
	      *windows; /* owned; those that the slot leaves nothing of left out */
	size_t count, capacity;
};

/* Of a link of that node; borrows only `zone`. */
void timetable_init(struct timetable *timetable, const struct description_node *node,
                    const struct description_link *link, const struct zone *zone);
void timetable_release(struct timetable *timetable);

/* Is it open, and for which priorities, the least of them? Says so until *until, at least. */
bool timetable_is_open(const struct timetable *timetable, struct walltime wall,
                       enum description_priority *least, struct walltime *until);

/*
 * The first moment from `wall` on at which something of that priority may go; `wall` itself if
 * it may now; INT64_MAX: never.
 */
struct walltime timetable_opens(const struct timetable *timetable, struct walltime wall,
                                enum description_priority priority);

/*
 * Until when it may go from `wall` on without a break; `wall`: it may not now; INT64_MAX: no end
 * is in sight. Windows that touch are one.
 */
struct walltime timetable_closes(const struct timetable *timetable, struct walltime wall,
                                 enum description_priority priority);

/* When it has been open for that priority for so long in all, from `wall` on; INT64_MAX: never. */
struct walltime timetable_passed(const struct timetable *timetable, struct walltime wall,
                                 enum description_priority priority, int64_t open_ms);

#endif
