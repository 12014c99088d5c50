/*
 * study.h - what is asked of a large network, and of how much of it
 */
#ifndef TESTS_STUDY_STUDY_H
#define TESTS_STUDY_STUDY_H

#include <stdint.h>

#include "spool/base/random.h"
#include "tests/support/network_view.h"

/* How far nodes see, beside how the network has it. */
enum study_visible {
	STUDY_AS_IS,
	STUDY_PARENT, /* every node its own parent region only: no hubs at all          */
	STUDY_HOLES,  /* one in ten of those that see further, drawn, its parent only   */
	STUDY_WIDER,  /* every node one region more than it needs                       */
};

struct study {
	struct network       *network;
	struct network_views *views;
	struct random         random;
	unsigned              sample;
};

/* Changes what the nodes of a network see; false: no node is left that sees further. */
void study_see(struct network *network, enum study_visible visible, struct random *random);

/* How much longer are the ways that messages take than the shortest there are? */
void study_stretch(struct study *study);

/* What does a node keep, and how many hear of a change? */
void study_sizes(struct study *study);

/* Ascending; the value that a share of them, in thousandths, does not exceed. */
void   study_sort(double *values, unsigned count);
double study_quantile(const double *values, unsigned count, unsigned thousandths);

#endif
