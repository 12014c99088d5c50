#!/bin/bash
# measured_delay.sh - a link of which no delay is stated tells what it takes; a stated one is kept
. "$SOURCE/tests/integration/network.bash"

nodes near.cs.su.oz.au far.cs.su.oz.au slow.cs.su.oz.au
{ link far.cs.su.oz.au; link slow.cs.su.oz.au "delay 9s"; } | describe near.cs.su.oz.au
link near.cs.su.oz.au | describe far.cs.su.oz.au
link near.cs.su.oz.au "delay 9s" | describe slow.cs.su.oz.au
start near far slow

# told WHO ABOUT NEIGHBOR: the delay of the way in from NEIGHBOR that ABOUT has told WHO
told()
{
	mulga "$1" topology show --json | jq --arg n "$2" --arg f "$3" \
		'select(.node == $n) | .links[] | select(.node == $f and .direction == "in") | .delay_ms'
}

told_less() # WHO ABOUT NEIGHBOR
{
	local ms

	ms=$(told "$@")
	[ -n "$ms" ] && [ "$ms" -lt 1000 ]
}

within 20 "far hears of near" knows far slow.cs.su.oz.au
same "before it is measured" 1000 "$(told near near.cs.su.oz.au far.cs.su.oz.au)"
within 100 "near measures" told_less near near.cs.su.oz.au far.cs.su.oz.au
within 20 "slow hears of it" told_less slow near.cs.su.oz.au far.cs.su.oz.au
[ "$(told near near.cs.su.oz.au far.cs.su.oz.au)" -ge 10 ] || fail "a link takes no time"
same "what is stated" 9000 "$(told near near.cs.su.oz.au slow.cs.su.oz.au)"
mulga near links slow.cs.su.oz.au --json | jq -e '.delay_ms == 9000 and .measured_delay_ms < 1000' >said ||
	fail "links does not show what was measured"

# What was told is not told anew by a node that starts.
before=$(mulga near topology show --json | jq 'select(.node == "near.cs.su.oz.au") | .serial')
stop near
start near
within 20 "the links are up" link_is near far.cs.su.oz.au up
same "the version after a restart" "$before" \
	"$(mulga near topology show --json | jq 'select(.node == "near.cs.su.oz.au") | .serial')"
stop near far slow
