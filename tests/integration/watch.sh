#!/bin/bash
# watch.sh - calls as they go, each second, and a watcher that sleeps harms nobody
. "$SOURCE/tests/integration/network.bash"

nodes here.oz.au there.oz.au
link there.oz.au "call on-demand" | describe here.oz.au
echo 'link here.oz.au { transport tcp listen plain }' | describe there.oz.au
user there joe
start here there
within 20 "they have met" link_is here there.oz.au up
mulga here hangup there.oz.au >said || fail "hangup failed"
within 20 "the call is over" link_is here there.oz.au waiting

mulga here watch >people &
people=$!
mulga here watch --json there.oz.au >lines &
lines=$!
"$BUILD/mulga" -C here watch --json | sleep 100 & # this one never reads
PROCESS[sleeper]=$!

within 20 "the watchers look on" test -s lines
mulga here call there.oz.au >said || fail "call failed"
within 20 "people see that the link comes up" grep -q 'there.oz.au: calling -> up: we called' people
echo hello | mulga here send --service mail joe@there.oz.au >id || fail "not taken"
within 20 "the mail arrives" has_mails 1 there joe hello
within 40 "people see the end of the call" grep -q 'there.oz.au: up -> waiting' people
within 20 "there are lines enough" test "$(wc -l <lines)" -ge 3
kill "$people" "$lines"
wait "$people" "$lines" 2>/dev/null

# Each whole line is an object; a call has both directions, and each change is told once.
jq -es 'length >= 3 and all(.[]; .node == "here.oz.au" and (.links | length) == 1)' lines >/dev/null ||
	fail "the lines are not as they should be"
jq -es 'any(.[]; .links[0].call.direction == "out" and .links[0].call.sending.carried_bytes > 0)' lines >/dev/null ||
	fail "no line shows the call"
same "how often it came up" 1 "$(jq -r '.changes[] | select(.to == "up") | .link' lines | wc -l)"
[ "$(jq -r '.at' lines | sort -u | wc -l)" -eq "$(wc -l <lines)" ] || fail "two lines of one moment"

# The daemon answers, whatever becomes of who watches it.
crash sleeper
mulga here status >said || fail "the daemon does not answer"
stop here there
mulga here watch 2>said && fail "nobody is watched"
same "the exit without a daemon" 3 "$(mulga here watch >/dev/null 2>&1; echo $?)"
