#!/bin/bash
# link_down.sh - a link that the operator takes down carries nothing; what waited goes round
. "$SOURCE/tests/integration/network.bash"

nodes here.cs.su.oz.au near.cs.su.oz.au far.cs.su.oz.au there.cs.su.oz.au
good="delay 1s" bad="delay 10s"
{ link near.cs.su.oz.au "$good"; link far.cs.su.oz.au "$bad"; } | describe here.cs.su.oz.au
{ link here.cs.su.oz.au "$good"; link there.cs.su.oz.au "$good"; } | describe near.cs.su.oz.au
{ link here.cs.su.oz.au "$bad"; link there.cs.su.oz.au "$bad"; } | describe far.cs.su.oz.au
{ link near.cs.su.oz.au "$good"; link far.cs.su.oz.au "$bad"; } | describe there.cs.su.oz.au
mkdir -p there/files/joe
echo something >file
start here near far there

goes_by() # NODE
{
	[ "$(mulga here explain joe@there.cs.su.oz.au --json | jq -r '.[0].next[].neighbor')" = "$1.cs.su.oz.au" ]
}

arrives_by() # NODE NAME ID
{
	within 20 "$2 arrives" test -e "there/files/joe/$2"
	same "the hops of $2" "here.cs.su.oz.au $1.cs.su.oz.au there.cs.su.oz.au" \
		"$(mulga there trace "$3" --json | jq -r '[.hops[].node] | join(" ")')"
}

within 20 "all is known" goes_by near
within 20 "far is known" knows near far.cs.su.oz.au
id=$(mulga here send --name one joe@there.cs.su.oz.au file) || fail "not taken"
arrives_by near one "$id"

# What waits for a node that does not answer goes round when its link is taken down.
stop near
within 20 "the link is seen to be down" link_is here near.cs.su.oz.au waiting
waiting=$(mulga here send --name two joe@there.cs.su.oz.au file) || fail "not taken"
same "the neighbor of what waits" near.cs.su.oz.au "$(mulga here queue --json | jq -r '.copies[].neighbor')"
mulga here link down near.cs.su.oz.au >said || fail "link down failed"
arrives_by far two "$waiting"
same "the link's state" true "$(link_is here near.cs.su.oz.au down && echo true)"

# The operator's word holds when all is there again, and through a restart.
start near
stop here
start here
within 20 "far is on the line" link_is here far.cs.su.oz.au up
link_is here near.cs.su.oz.au down || fail "the link came up by itself"
within 20 "traffic goes by far" goes_by far
id=$(mulga here send --name three joe@there.cs.su.oz.au file) || fail "not taken"
arrives_by far three "$id"

# With no way left, a node that is known is waited for; it is not called unknown.
mulga here link down far.cs.su.oz.au >said || fail "link down failed"
id=$(mulga here send --name four joe@there.cs.su.oz.au file) || fail "not taken"
same "why the message is held" unreachable "$(mulga here queue --json | jq -r --arg id "$id" 'select(.id == $id) | .copies[].reason')"
mulga here queue hold "$id" >said || fail "hold failed"
mulga here queue release "$id" >said || fail "release failed"
same "why the released message is held" unreachable "$(mulga here queue --json | jq -r --arg id "$id" 'select(.id == $id) | .copies[].reason')"
mulga here link up far.cs.su.oz.au >said || fail "link up failed"
arrives_by far four "$id"
[ ! -e here/files/joe ] || fail "what is for another node was delivered here"

mulga here link up near.cs.su.oz.au >said || fail "link up failed"
within 20 "the link is up" link_is here near.cs.su.oz.au up
within 20 "traffic goes by near again" goes_by near
id=$(mulga here send --name five joe@there.cs.su.oz.au file) || fail "not taken"
arrives_by near five "$id"
stop here near far there
