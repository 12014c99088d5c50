#!/bin/bash
# route_shortest.sh - shortest paths beside those of the Boost Graph Library
#
# BENCH_BIG=0 leaves out the million nodes, which take twenty seconds and 1.2 GiB.
exec "$BUILD/tests/bench-route_shortest" "$SOURCE/../shared/data/uucp-1992-12.tsv"
