#!/bin/bash
# tables.sh - a newcomer of another organisation lives on tables, until records come
#
#	leaf.cs.su.au -- hub.cs.su.au -- gate.su.au ==== door.mu.edu -- far.mu.edu
#	  in cs.su.au      in su.au       in the world   in the world     in mu.edu
. "$SOURCE/tests/integration/network.bash"

nodes leaf.cs.su.au hub.cs.su.au gate.su.au door.mu.edu far.mu.edu
{ echo "visible su.au"; link leaf.cs.su.au; link gate.su.au; } | describe hub.cs.su.au
{ echo "visible world"; link hub.cs.su.au; link door.mu.edu; } | describe gate.su.au
{ echo "visible world"; link gate.su.au; link far.mu.edu; } | describe door.mu.edu
link hub.cs.su.au | describe leaf.cs.su.au
user leaf joe
start leaf hub gate door
within 20 "door knows gate" knows door gate.su.au

# pseudolink NODE TEACHER REGION
pseudolink()
{
	mulga "$1" topology show --pseudolinks --json |
		jq -se --arg f "$2" --arg t "$3" 'any(.[]; .from == $f and .to == $t)' >/dev/null
}

no_pseudolink() { ! pseudolink "$@"; }

within 20 "the leaf has the world by its hub" pseudolink leaf hub.cs.su.au ""
within 20 "the leaf knows the whole world" knows leaf ""

# The newcomer sends at once, and everybody answers.
link door.mu.edu | describe far.mu.edu
user far ann
start far
printf 'Subject: first\n\nhello\n' | sendmail far -i joe@leaf.cs.su.au || fail "a newcomer's mail is not taken"
within 20 "the newcomer's mail" has_mails 1 leaf joe "Subject: first"
printf 'Subject: answer\n\nhello\n' | sendmail leaf -i ann@far.mu.edu || fail "not taken"
within 20 "the answer" has_mails 1 far ann "Subject: answer"
pseudolink far door.mu.edu "" && fail "a pseudolink beside the door's own record"

# What was told survives the power, and is not asked for again.
crash leaf
start leaf
pseudolink leaf hub.cs.su.au "" || fail "a pseudolink is forgotten with the power"
text=$(mulga leaf topology show --pseudolinks)
case $text in
*"hub.cs.su.au says that it reaches the world, heard "*) ;;
*) fail "topology show --pseudolinks says: $text" ;;
esac

# The hub becomes visible in the world: its record takes the place of what its table said.
{ echo "visible world"; link leaf.cs.su.au; link gate.su.au; } | describe hub.cs.su.au
mulga hub reload >/dev/null || fail "the hub does not take its description"
within 20 "the pseudolink goes when a record reaches the world" no_pseudolink leaf hub.cs.su.au ""
knows leaf "" || fail "the leaf has lost the world"
printf 'Subject: again\n\nhello\n' | sendmail leaf -i ann@far.mu.edu || fail "not taken"
within 20 "mail by the record" has_mails 1 far ann "Subject: again"
within 20 "nothing is left" idle leaf hub gate door far

# What the files of all of them together foretell is what they do.
cat */node.topo >network.topo
tables() { jq -cS '[.fastest, .cheapest]'; }
foretold() # NODE
{
	local name

	name=$(mulga "$1" status --json | jq -r .node)
	[ "$(mulga "$1" routes --json | tables)" = \
		"$(mulga "$1" routes --json -f network.topo --home "$name" | tables)" ]
}
for node in leaf hub gate door far; do
	within 10 "the routes of $node as all files together foretell" foretold "$node"
done
stop leaf hub gate door far
