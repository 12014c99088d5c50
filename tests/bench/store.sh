#!/bin/bash
# store.sh - messages into the spool's database and out again, without a daemon
. "$SOURCE/tests/bench/bench.bash"

"$LIMIT" rows limit.db 20000 800 64 >least || exit 1
began=$(now)
"$BUILD/tests/bench-store" 20000 64 || exit 1
compare "  of them" messages 20000 "$(since "$began")" "rows, 64 a commit" "$(cat least)"
