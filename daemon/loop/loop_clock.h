/*
 * loop_clock.h - the only reader of the clocks
 */
#ifndef DAEMON_LOOP_LOOP_CLOCK_H
#define DAEMON_LOOP_LOOP_CLOCK_H

#include "spool/base/instant.h"

struct now loop_clock_now(void);

#endif
