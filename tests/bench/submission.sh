#!/bin/bash
# submission.sh - one process a message, with an answer when it is durable
#
#   BENCH_SUBMISSIONS=1000
. "$SOURCE/tests/bench/bench.bash"

count=${BENCH_SUBMISSIONS:-1000}
head -c 1000 /dev/zero | tr '\0' a >letter
nodes ann.example ben.example
link ben.example | describe ann.example
link ann.example | describe ben.example
start ann ben
within 20 "ann hears of ben" knows ann ben.example
stop ben

"$LIMIT" serve socket limit.db &
server=$!
trap 'status=$?; kill "$server"; end_network $status' EXIT
soon 10 "the limit's server" test -S socket

for at_once in 1 4; do
	least=$("$REPEAT" "$count" "$at_once" "$CLIENT" socket letter) || exit 1
	took=$(letters "$count" ann joe@ben.example letter "$at_once") || exit 1
	compare "submission, $at_once at once" messages "$count" "$took" \
		"process, socket, commit" "$least"
done
work ann
