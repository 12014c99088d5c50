#!/bin/bash
# budgets.sh - what a link takes in a call and in a day, over restarts, and when its operator thinks anew
. "$SOURCE/tests/integration/network.bash"

# radio LIMITS: the shore's link to the boat
radio()
{
	link boat.test.au "call on-demand; retry 200ms; limit { $1 }" | describe shore.test.au
}

arrived()
{
	find boat/files/joe -type f ! -name '.*' | wc -l
}

has_arrived() { [ "$(arrived)" -eq "$1" ]; }

used()
{
	mulga shore links boat.test.au --json | jq .day_bytes
}

nodes shore.test.au boat.test.au
radio "per-call 60K"
link shore.test.au "call on-demand" | describe boat.test.au
mkdir -p boat/files/joe
start shore boat
within 20 "they know each other" knows shore boat.test.au
for i in 1 2 3 4 5 6; do
	head -c 25000 /dev/urandom >part$i
done

# Two of them fit in a call; the next call is for the rest.
for i in 1 2 3 4 5 6; do
	mulga shore send joe@boat.test.au part$i >said || fail "part$i was not taken"
done
within 60 "all arrive" has_arrived 6
calls=$(grep -c "up -> waiting: what this link takes in a call has been said" shore/log)
[ "$calls" -ge 2 ] || fail "it took $calls calls more"
grep -q "what this link takes in a call has been said" boat/log || fail "the boat was not told why"
rm boat/files/joe/*

# Three in a day; a call cut in between, and a restart, give no new day.
radio "per-day 80K"
mulga shore reload >said || fail "reload"
for i in 1 2 3 4 5; do
	mulga shore send joe@boat.test.au part$i >id || fail "part$i was not taken"
done
within 30 "three arrive" has_arrived 3
before=$(used)
[ "$before" -gt 75000 ] && [ "$before" -le $((80 << 10)) ] || fail "$before bytes of a day's 80 KiB were used"
full() { mulga shore status | grep -q "Warning: the link to boat.test.au has taken its 80 KiB of today"; }
within 20 "the operator sees it" full
mulga shore why "$(cat id)" >why || fail "why"
grep -q "It waits for the link to boat.test.au, which has taken 7[4-9] KiB of 80 KiB a day; the next one begins in 2[0-9] h" why ||
	fail "why: $(cat why)"
stop shore
start shore
sleep 2
same "what arrived after a restart" 3 "$(arrived)"
[ "$(used)" -ge "$before" ] || fail "a restart gave a new day"

# What is short still has room, and a larger limit lets the rest go.
head -c 1000 /dev/urandom >short
mulga shore send joe@boat.test.au short >said || fail "not taken"
within 30 "a short one arrives" has_arrived 4
radio "per-day 1M"
mulga shore reload >said || fail "reload"
within 30 "the rest arrives" has_arrived 6
stop shore boat
