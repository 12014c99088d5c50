#!/bin/bash
# route_shortest.sh - shortest paths beside those of the Boost Graph Library
#
# BENCH_BIG=1 measures a million nodes as well.
exec "$BUILD/tests/bench-route_shortest" "$SOURCE/../shared/data/uucp-1992-12.tsv"
