/*
 * golden.h - a case of the golden files, computed by the product's own code
 *
 * Each kind of case has a function that builds the whole `expect` value of a case anew,
 * without looking at the one that is there. Comparing the two is golden.c's work, so no
 * kind can forget to compare a part.
 */
#ifndef TESTS_GOLDEN_GOLDEN_H
#define TESTS_GOLDEN_GOLDEN_H

#include <jansson.h>

#include "spool/name/address.h"
#include "spool/route/route.h"
#include "spool/topology/topology.h"

/* What the files add to the weights of a label that rests on a pseudolink. */
#define GOLDEN_PSEUDOLINK (INT64_C(1) << 40)

/* New references to what the product computes for the case. */
json_t *golden_db_compute(const json_t *test);
json_t *golden_events_compute(const json_t *test);
json_t *golden_network_compute(const json_t *test);

/* Ends the program, with a reason, where a case is not as the format says. */
void golden_broken(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

struct name golden_name(const char *text); /* a node or a region */

/* An uninitialised *topology gets what a "db" object says; `provisional` asks for D26. */
void golden_topology_load(struct topology *topology, const json_t *db, bool provisional);
/* One node of such an object as a record; `db` tells which links end at it. */
void golden_record_load(struct record *record, const json_t *db, const char *node,
                        bool provisional);

/* The canonical text, and the texts of a whole address. */
json_t *golden_destination(const struct destination *destination);
json_t *golden_destinations(const struct address *address);

/* [[from, to], ...] */
json_t *golden_pseudolinks(const struct topology *topology);

/* [[region, hop], ...] */
json_t *golden_table(const struct route_table *table);

#endif
