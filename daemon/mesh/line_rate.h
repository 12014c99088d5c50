/*
 * line_rate.h - how fast a line is, as measured
 *
 * Only while there is something to carry: what a line does in idle hours says nothing. What
 * counts is what has gone, or come; a sample is taken each second of business, and at its end.
 */
#ifndef DAEMON_MESH_LINE_RATE_H
#define DAEMON_MESH_LINE_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/instant.h"

struct line_rate {
	uint64_t       bytes_per_s; /* 0 = not known */
	bool           busy;        /* since ...     */
	struct instant since;
	uint64_t       bytes; /* ... when it had carried so many */
};

/* It has carried so many bytes by now; `busy`: and there are more. */
void line_rate_note(struct line_rate *rate, uint64_t bytes, bool busy, struct instant now);

/* How long so many bytes take; -1: not known. */
int64_t line_rate_ms(uint64_t bytes_per_s, uint64_t bytes);

#endif
