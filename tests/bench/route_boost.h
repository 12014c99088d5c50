/*
 * route_boost.h - the shortest paths of the Boost Graph Library, to measure ours against
 */
#ifndef TESTS_BENCH_ROUTE_BOOST_H
#define TESTS_BENCH_ROUTE_BOOST_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct route_boost;

/* Edges of node n: [first[n], first[n + 1]), each to `to` with its weight. Copies them. */
struct route_boost *route_boost_new(uint32_t count, const uint32_t *first, const uint32_t *to,
                                    const uint32_t *weight);
void                route_boost_free(struct route_boost *boost);

/* Dijkstra's algorithm from `source`; both arrays have an item for each node. */
void route_boost_search(const struct route_boost *boost, uint32_t source, uint64_t *distance,
                        uint32_t *before);

#ifdef __cplusplus
}
#endif

#endif
