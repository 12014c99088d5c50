#!/bin/bash
# queue.sh - how long it takes to list a long queue
#
#   BENCH_QUEUED=10000
. "$SOURCE/tests/bench/bench.bash"

count=${BENCH_QUEUED:-10000}
echo "a letter" >letter
nodes ann.example ben.example
link ben.example | describe ann.example
link ann.example | describe ben.example
start ann ben
within 20 "ann hears of ben" knows ann ben.example
stop ben
letters "$count" ann joe@ben.example letter >/dev/null || exit 1

# list [--json]: the seconds of the best of five
list()
{
	local i began

	for i in 1 2 3 4 5; do
		began=$(now)
		mulga ann queue "$@" >listing || fail "no listing"
		since "$began"
	done | sort -n | head -n 1
}

text=$(list)
grep -q "^$count messages" listing || fail "not all are listed"
json=$(list --json)
[ "$(jq -c 'select(.copies[0].neighbor == "ben.example") | .id' listing | wc -l)" -eq "$count" ] ||
	fail "not all are listed as JSON"
work ann
stop ann
least=$(for i in 1 2 3 4 5; do
	began=$(now)
	sqlite3 ann/spool/mulga.db "SELECT * FROM copy JOIN message ON message.key = copy.message
		JOIN message_id ON message_id.key = message.message_id ORDER BY copy.key" >listing
	since "$began"
done | sort -n | head -n 1)
compare "queue of $count" messages "$count" "$text" "sqlite3, the same rows" "$least"
compare "queue --json of $count" messages "$count" "$json" "sqlite3, the same rows" "$least"
