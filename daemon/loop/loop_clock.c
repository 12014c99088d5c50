/*
 * loop_clock.c - residence in a spool goes on while the machine sleeps: CLOCK_BOOTTIME
 */
#include "daemon/loop/loop_clock.h"

#include <time.h>

struct now
loop_clock_now(void)
{
	struct timespec since_boot, wall;

	clock_gettime(CLOCK_BOOTTIME, &since_boot);
	clock_gettime(CLOCK_REALTIME, &wall);
	return (struct now){
		.instant = { (int64_t)since_boot.tv_sec * 1000 + since_boot.tv_nsec / 1000000 },
		.wall    = { (int64_t)wall.tv_sec * 1000 + wall.tv_nsec / 1000000 },
	};
}
