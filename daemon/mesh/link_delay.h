/*
 * link_delay.h - the delay of a link as it is measured, and when that is news
 *
 * A sample is half a round trip, queues and all. It is smoothed, so that one bad moment says
 * little (EWMA 16/256); the first one counts double, so that a link earns its place. What the
 * network is told changes only if the smoothed delay has been off by a third of that and
 * by 10 ms for four samples in a row, and 300 s after the last such news: each is a broadcast, and
 * reactions must be damped where news is made, or all others would have to (routing.md; the
 * figures are measured, mesh-and-paths.md B.3 and C.4).
 */
#ifndef DAEMON_MESH_LINK_DELAY_H
#define DAEMON_MESH_LINK_DELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/instant.h"

struct link_delay {
	int64_t  smoothed; /* in 1/256 ms; 0 with no samples          */
	int64_t  told_ms;  /* what the network believes               */
	unsigned samples;  /* at least so many were taken: up to four */
	unsigned apart;    /* the last so many left it far from told_ms: up to four */
	bool     restless; /* the last one itself was far from told_ms              */
};

enum {
	LINK_DELAY_HOLD_MS = 300000, /* from one telling of a node to its next      */
	LINK_DELAY_STEP_MS = 10,     /* it is told in whole ones, and never as none */
};

void link_delay_init(struct link_delay *delay, int64_t told_ms);

/* An earlier life of this node had measured and told it: that is better than a first sample. */
void link_delay_resume(struct link_delay *delay, int64_t told_ms);

void link_delay_sample(struct link_delay *delay, int64_t sample_ms);

/* The smoothed delay; -1 while there is none. */
int64_t link_delay_ms(const struct link_delay *delay);

/* How long to wait for the next sample: not long if something has changed, nor so short that
 * measuring itself would keep a slow line busy. */
int64_t link_delay_pause_ms(const struct link_delay *delay);

bool link_delay_is_news(const struct link_delay *delay);

/* When news that has just become known is told, by a node that may tell any from `free` on:
 * together with that of other links, which begin at the same moment as this one. */
struct instant link_delay_due(struct instant free, struct instant now);

/* It is told now; the new told_ms. */
int64_t link_delay_tell(struct link_delay *delay);

#endif
