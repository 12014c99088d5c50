#!/bin/bash
# simulate.sh - days of a network with the paper's traffic, in processor time
#
# The limit: as many commits of one row as there were steps of a node, by sqlite3 in memory.
# BENCH_NODES=1000 BENCH_DAYS=30 is the network of the paper for a month.
set -eu

nodes=${BENCH_NODES:-300} days=${BENCH_DAYS:-3}
TIMEFORMAT='%U'

"$BUILD/mulga" simulate --generate "$nodes" >network.topo
took=$({ time "$BUILD/mulga" simulate network.topo --days "$days" --json >report.json; } 2>&1)
steps=$(jq .steps report.json)
limit=$({ time seq "$steps" | sed 's/.*/BEGIN; INSERT INTO step VALUES (&); COMMIT;/' |
	sqlite3 -cmd 'CREATE TABLE step (number INTEGER)' :memory:; } 2>&1)
awk -v took="$took" -v limit="$limit" -v nodes="$nodes" -v days="$days" -v steps="$steps" 'BEGIN {
	printf "%d nodes, %d days with the traffic of the paper, simulated: %.1f s, %d steps; ", nodes, days, took, steps
	printf "commits of one row: %.1f s; ratio %.2f\n", limit, limit / took
}'
