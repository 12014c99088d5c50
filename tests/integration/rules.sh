#!/bin/bash
# rules.sh - the operator's own lines: gateways, defaults, pinned and explicit routes, aliases
#
#	leaf --- hub --- gate
#	    \    /
#	     side         all in cs.su.oz.au
. "$SOURCE/tests/integration/network.bash"

nodes leaf.cs.su.oz.au hub.cs.su.oz.au side.cs.su.oz.au gate.cs.su.oz.au
leaf() # STATEMENTS: the leaf with these lines besides its own
{
	{
		link hub.cs.su.oz.au "delay 1s; cost 5"
		link side.cs.su.oz.au "delay 1m; cost 1"
		echo "alias tiny; leaf via hub.cs.su.oz.au"
		echo "default *.com *.edu via gate.cs.su.oz.au"
		echo "$1"
	} | describe leaf.cs.su.oz.au
}
leaf ""
{
	link leaf.cs.su.oz.au "cost 5"
	link side.cs.su.oz.au
	link gate.cs.su.oz.au
	echo "default *.com *.edu via gate.cs.su.oz.au"
} | describe hub.cs.su.oz.au
{ link leaf.cs.su.oz.au "delay 1m; cost 1"; link hub.cs.su.oz.au; } | describe side.cs.su.oz.au
cat >out <<'END'
#!/bin/sh
# out NODE USER ADDRESS ORIGIN: the network beyond, which knows nobody called ghost
[ "$2" != ghost ] || exit 67
{ echo "to $1 $2 $3 from $4 of $MULGA_FROM"; cat; } >>"$(dirname "$0")/gone"
END
chmod +x out
{
	link hub.cs.su.oz.au
	echo "gateway *.com via command \"$PWD/out\" %n %u %a %f"
	echo "gateway *.edu via smtp \"127.0.0.1:1\""
} | describe gate.cs.su.oz.au
for node in leaf hub side gate; do
	user $node joe
done

# A leaf that has heard of nobody sends everything to its hub (D7); then its region is known.
start leaf
nobody() { mulga leaf explain joe@nobody.cs.su.oz.au >said; }
nobody || fail "the leaf does not use its hub: $(cat said)"
grep -q "this node is a leaf of hub.cs.su.oz.au" said || fail "explain says: $(cat said)"
start hub side gate
no_such_node() { ! nobody; }
within 20 "the leaf has heard of its hub" no_such_node
within 20 "the leaf hears of the gate" knows leaf gate.cs.su.oz.au

mail() # SUBJECT ADDRESS [OPTION...]
{
	local subject=$1 address=$2
	shift 2

	printf 'Subject: %s\n\nhello\n' "$subject" | sendmail leaf -i -f joe "$@" "$address" || fail "not taken"
}

# What leaves the network does so as it came, at the node that a default names.
mail out ann@far.com
within 20 "the mail beyond" grep -qs "^hello" gone
same "what the gateway was told" "to far.com ann ann@far.com from leaf.cs.su.oz.au of joe@leaf.cs.su.oz.au" \
	"$(head -n 1 gone)"
grep -q '^Return-Path' gone && fail "the gateway's mail was delivered twice: it has a return path"
mulga gate explain ann@far.com | grep -q "leaves the network here" || fail "explain says nothing of the gateway"
mail nobody ghost@far.com
within 20 "the report of the world beyond" has_mails 1 leaf joe "user unknown"
mail later ann@far.edu
refused() { mulga gate queue | grep -q "127.0.0.1:1: Connection refused"; }
within 20 "the mail for a server that is not there waits, and says so" refused
same "mails at the gate" 0 "$(mails gate joe | wc -l)"

# Two ways lead to the gate: the tables' own one, and the operator's.
way() # NAME ADDRESS: a file's nodes, in order
{
	local id

	id=$(mulga leaf send --name "$1" "$2" file) || fail "not taken"
	within 20 "the file $1" test -e "gate/files/joe/$1"
	way=$(mulga gate trace "$id" --json | jq -r '[.hops[].node | split(".")[0]] | join(" ")')
}

echo something >file
mkdir -p gate/files/joe
way plain joe@gate.cs.su.oz.au
same "the way by the table" "leaf hub gate" "$way"
leaf "route gate.cs.su.oz.au via side.cs.su.oz.au fastest; explicit *.uucp = side.cs.su.oz.au ! gate.cs.su.oz.au"
mulga leaf reload >/dev/null || fail "the leaf does not take its description"
laid='{"explicit":[["uucp","side.cs.su.oz.au!gate.cs.su.oz.au"]],"pinned":[["gate.cs.su.oz.au","side.cs.su.oz.au","fastest"]]}'
lines() # ARGUMENTS of mulga leaf
{
	mulga leaf "$@" --table explicit --json |
		jq -c '{explicit: [.explicit[] | [.pattern, .route]], pinned: [.pinned[] | [.region, .next_hop, .preference]]}'
}
same "the operator's lines" "$laid" "$(lines routes)"
same "the operator's lines of the file" "$laid" "$(lines routes -f leaf/node.topo)"
since=$(mulga leaf routes --table explicit --json | jq -r '.pinned[0].since')
crash leaf
same "the operator's lines without a daemon" "$laid" "$(lines routes)"
start leaf
same "when the line came into force" "$since" "$(mulga leaf routes --table explicit --json | jq -r '.pinned[0].since')"
within 20 "the leaf hears of the gate" knows leaf gate.cs.su.oz.au
mulga leaf explain gate.cs.su.oz.au | grep -q "the pinned route gate.cs.su.oz.au via side.cs.su.oz.au holds" || fail "explain says nothing of the pin"
way pinned joe@gate.cs.su.oz.au
same "the way by the pin" "leaf side hub gate" "$way"
way explicit joe@far.uucp
same "the way by the explicit route" "leaf hub side hub gate" "$way"
leaf ""
mulga leaf reload >/dev/null || fail "the leaf does not take its description"
same "no lines" '{"explicit":[],"pinned":[]}' "$(lines routes)"

# An alias is this node.
mail own joe@tiny
within 20 "the mail to the alias" has_mails 1 leaf joe "Subject: own"
stop leaf hub side gate
