// route_boost.cc - a compressed sparse row graph, and the library's own choice of a heap
//
// The one file that is not C: the library is templates.
#include "tests/bench/route_boost.h"

#include <utility>
#include <vector>

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>

namespace {

struct edge {
	uint32_t weight;
};

using graph = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, edge,
                                                 boost::no_property, uint32_t, uint32_t>;

} // namespace

struct route_boost {
	graph edges;
};

struct route_boost *
route_boost_new(uint32_t count, const uint32_t *first, const uint32_t *to, const uint32_t *weight)
{
	std::vector<std::pair<uint32_t, uint32_t>> ends;
	std::vector<edge>                          weights;

	for (uint32_t node = 0; node < count; node++)
		for (uint32_t i = first[node]; i < first[node + 1]; i++) {
			ends.emplace_back(node, to[i]);
			weights.push_back({ weight[i] });
		}
	return new route_boost{ graph(boost::edges_are_sorted, ends.begin(), ends.end(),
		                      weights.begin(), count) };
}

void
route_boost_free(struct route_boost *boost)
{
	delete boost;
}

void
route_boost_search(const struct route_boost *boost, uint32_t source, uint64_t *distance,
                   uint32_t *before)
{
	auto index = get(boost::vertex_index, boost->edges);

	boost::dijkstra_shortest_paths(
	    boost->edges, source,
	    boost::weight_map(get(&edge::weight, boost->edges))
	        .distance_map(boost::make_iterator_property_map(distance, index))
	        .predecessor_map(boost::make_iterator_property_map(before, index)));
}
