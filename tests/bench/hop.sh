#!/bin/bash
# hop.sh - one hop of small messages: from spool to spool, and from spool to Maildir
#
#   BENCH_MESSAGES=2000 BENCH_BYTES=10240
#
# ann has them all before she calls ben; the clock stops when she has none, and when
# the last file is there. cat, for whom the others are, is not on the line.
. "$SOURCE/tests/bench/bench.bash"

count=${BENCH_MESSAGES:-2000} bytes=${BENCH_BYTES:-10240}
head -c "$bytes" /dev/zero | tr '\0' a >letter
nodes ann.example ben.example cat.example
link ben.example "call never" | describe ann.example
{ link ann.example "call never"; link cat.example; } | describe ben.example
link ben.example | describe cat.example
user ben joe
start ann ben cat
mulga ann call ben.example >/dev/null
within 20 "ann hears of cat" knows ann cat.example
stop cat


# hop WHAT DESTINATION FOLDER LIMIT LIMIT-SECONDS: until FOLDER has all of them, if not ""
hop()
{
	local began took

	mulga ann hangup ben.example >/dev/null
	within 10 "the end of the call" link_is ann ben.example waiting
	letters "$count" ann "$2" letter >/dev/null || exit 1
	began=$(now)
	mulga ann call ben.example >/dev/null || fail "ann does not call"
	[ -z "$3" ] || soon 100 "the files" has_files "$3"
	soon 100 "ann has none" queued 0 ann ben.example
	took=$(since "$began")
	compare "$1, $((bytes >> 10)) KiB" messages "$count" "$took" "$4" "$5"
}

has_files() # FOLDER
{
	[ "$(ls -U "$1" | wc -l)" -eq "$count" ]
}

least=$("$LIMIT" files files "$count" "$bytes") || exit 1
hop "spool to Maildir" joe@ben.example ben/mail/joe/new "files, synced in groups" "$least"
within 10 "ben has delivered them" idle ben
work ann ben

least=$("$LIMIT" rows limit.db "$count" "$bytes" 64) || exit 1
hop "spool to spool" joe@cat.example "" "rows, 64 a commit" "$least"
queued "$count" ben cat.example || fail "ben has not all of them"
work ann ben
