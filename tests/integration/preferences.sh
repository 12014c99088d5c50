#!/bin/bash
# preferences.sh - where delay and cost disagree, a message goes the way that its sender asked for
. "$SOURCE/tests/integration/network.bash"

nodes here.cs.su.oz.au dear.cs.su.oz.au slow.cs.su.oz.au there.cs.su.oz.au
fast="delay 1s; cost 100" cheap="delay 1h; cost 1"
{ link dear.cs.su.oz.au "$fast"; link slow.cs.su.oz.au "$cheap"; } | describe here.cs.su.oz.au
{ link here.cs.su.oz.au "$fast"; link there.cs.su.oz.au "$fast"; } | describe dear.cs.su.oz.au
{ link here.cs.su.oz.au "$cheap"; link there.cs.su.oz.au "$cheap"; } | describe slow.cs.su.oz.au
{ link dear.cs.su.oz.au "$fast"; link slow.cs.su.oz.au "$cheap"; } | describe there.cs.su.oz.au
mkdir -p there/files/joe
echo something >file
start here dear slow there

to_there()
{
	mulga here routes --json |
		jq -c --arg n there.cs.su.oz.au '[.fastest, .cheapest | .[] | select(.region == $n) | [.next_hop, .delay_ms, .cost]]'
}

both_ways()
{
	[ "$(to_there)" = '[["dear.cs.su.oz.au",2000,200],["slow.cs.su.oz.au",7200000,2]]' ]
}

within 20 "here knows both ways: $(to_there)" both_ways

for way in fastest:dear cheapest:slow; do
	next=$(mulga here explain "--${way%:*}" joe@there.cs.su.oz.au --json | jq -r '.[0].next[].neighbor')
	same "explain --${way%:*}" "${way#*:}.cs.su.oz.au" "$next"
	id=$(mulga here send "--${way%:*}" --name "by-${way#*:}" joe@there.cs.su.oz.au file) || fail "not taken"
	within 20 "the ${way%:*} message arrives" test -e "there/files/joe/by-${way#*:}"
	same "the hops of the ${way%:*}" "here.cs.su.oz.au ${way#*:}.cs.su.oz.au there.cs.su.oz.au" \
		"$(mulga there trace "$id" --json | jq -r '[.hops[].node] | join(" ")')"
done
stop here dear slow there
