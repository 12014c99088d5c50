#!/bin/bash
# topology_history.sh - what the network looked like before, what changed, what is forgotten
. "$SOURCE/tests/integration/network.bash"

nodes here.cs.su.oz.au near.cs.su.oz.au
links() # DELAY COST
{
	link near.cs.su.oz.au "delay 1s; cost 0" | describe here.cs.su.oz.au
	link here.cs.su.oz.au "delay $1; cost $2" | describe near.cs.su.oz.au
}

changed() # TEXT
{
	mulga here topology history near --json | grep -qF "\"text\":\"$1\""
}

links 1s 0
start here near
within 20 "near is known" knows here near.cs.su.oz.au
changed "link to here.cs.su.oz.au added, delay 1 s, cost 0" || fail "$(mulga here topology history)"
sleep 1.1
before=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sleep 1.1

links 5s 7
mulga near reload >said || fail "no reload"
within 20 "the news are there" changed "link from here.cs.su.oz.au: delay 1 s -> 5 s cost 0 -> 7"

# The past is as it was, the present is new.
same "delay of then" 1000 "$(mulga here topology history near --on "$before" --json |
	jq '.links[] | select(.direction == "in") | .delay_ms')"
same "delay of today" 5000 "$(mulga here topology history near --on "$(date -u +%F)" --json |
	jq '.links[] | select(.direction == "in") | .delay_ms')"
mulga here topology history --on 2001-01-01 >said 2>&1 && fail "2001: $(cat said)"
mulga here topology diff --since "$before" >said || fail "no diff"
grep -q '^near.cs.su.oz.au, ' said || fail "$(cat said)"
grep -q '^  link from here.cs.su.oz.au: delay 1 s -> 5 s' said || fail "$(cat said)"
mulga here topology diff --since 0s >said && fail "changed just now: $(cat said)"
same "a day that is none" 65 "$(mulga here topology history --on 2026-02-30 2>said; echo $?)"

# Through a restart, and without a daemon.
stop here
changed "link from here.cs.su.oz.au: delay 1 s -> 5 s cost 0 -> 7" || fail "lost without a daemon"
stop near
start here

mulga here topology forget near >said || fail "not forgotten: $(cat said)"
same "records left" here.cs.su.oz.au "$(mulga here topology --json | jq -r .node)"
changed forgotten || fail "$(mulga here topology history)"
mulga here topology forget near 2>said && fail "forgotten twice"
mulga here topology forget here 2>said && fail "a node forgot itself"
start near
within 20 "near is known again" knows here near.cs.su.oz.au
stop here near
