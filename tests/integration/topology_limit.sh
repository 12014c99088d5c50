#!/bin/bash
# topology_limit.sh - news of the network beyond a link's limit wait for the next day, and say so
. "$SOURCE/tests/integration/network.bash"

nodes hub.cs.su.oz.au leaf.cs.su.oz.au other.cs.su.oz.au
{ link leaf.cs.su.oz.au "limit { topology 2K per day }"; link other.cs.su.oz.au "delay 7d"; } | describe hub.cs.su.oz.au
link hub.cs.su.oz.au | describe leaf.cs.su.oz.au
mkdir -p leaf/files/joe
start hub leaf
within 20 "they know each other" knows leaf hub.cs.su.oz.au

# A link that comes and goes makes news each time, until the day's share is used up.
waits()
{
	[ "$(mulga hub links leaf.cs.su.oz.au --json | jq .topology_waiting)" -gt 0 ]
}
for _ in {1..20}; do
	mulga hub link down other.cs.su.oz.au >said || fail "link down failed"
	mulga hub link up other.cs.su.oz.au >said || fail "link up failed"
done
within 20 "news wait for the limit" waits
used=$(mulga hub links leaf.cs.su.oz.au --json | jq .topology_bytes)
[ "$used" -gt 1024 ] && [ "$used" -le 2048 ] || fail "$used bytes of 2048 were used"
same "how many wait" 1 "$(mulga hub links leaf.cs.su.oz.au --json | jq .topology_waiting)"
same "why they wait" limit "$(mulga hub queue --all --json | jq -r 'select(.service == "control") | .copies[] | select(.neighbor == "leaf.cs.su.oz.au") | .reason')"
mulga hub status | grep -q "Warning: 1 message.* about the network wait" || fail "status does not say so"
id=$(mulga hub queue --all --json | jq -r 'select(.copies[].reason == "limit") | .id')
mulga hub why "$id" | grep -q "2048 bytes of topology a day" || fail "why does not say so"

# Mail goes all the same, and a restart gives no new day.
echo something >file
mulga hub send joe@leaf.cs.su.oz.au file >said || fail "not taken"
within 20 "a file arrives" test -e leaf/files/joe/file
stop hub
start hub
within 20 "the link is up" link_is hub leaf.cs.su.oz.au up
within 20 "they wait still" waits
[ "$(mulga hub links leaf.cs.su.oz.au --json | jq .topology_bytes)" -ge "$used" ] || fail "a new day"

# An operator who takes the limit away need not wait for the day to end.
{ link leaf.cs.su.oz.au; link other.cs.su.oz.au "delay 7d"; } | describe hub.cs.su.oz.au
mulga hub reload >said || fail "reload failed"
nothing_waits()
{
	[ -z "$(mulga hub queue --all --neighbor leaf.cs.su.oz.au --json)" ]
}
within 20 "what waited goes" nothing_waits
stop hub leaf
