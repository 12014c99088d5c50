#!/bin/bash
# full_database.sh - a hub's whole database shows a way past what the tables know, and leaves them alone
#
#	out.cs.au -- mid.org.au -- hub.net.au -- gate.sub.cs.au -- deep.sub.cs.au
#	      in the world, all three               in sub.cs.au, both
. "$SOURCE/tests/integration/network.bash"

nodes out.cs.au mid.org.au hub.net.au gate.sub.cs.au deep.sub.cs.au
out() # [STATEMENT]: the node that wants to know more
{
	{ echo "visible world"; link mid.org.au; echo "${1-}"; } | describe out.cs.au
}
out
{ echo "visible world"; link out.cs.au; link hub.net.au; } | describe mid.org.au
{ echo "visible world"; link mid.org.au; link gate.sub.cs.au; } | describe hub.net.au
{ link hub.net.au; link deep.sub.cs.au; } | describe gate.sub.cs.au
link gate.sub.cs.au | describe deep.sub.cs.au
user deep joe
start out mid hub gate deep

told() # NAME [OPTION...]: out has that node's record
{
	local name=$1
	shift

	mulga out topology show "$@" --json | jq -se --arg n "$name" 'any(.[]; .node == $n)' >/dev/null
}

within 20 "out hears of the hub" told hub.net.au
tables() { mulga out routes --json | jq -c 'del(.explicit, .pinned)'; }
explains() { mulga "${1-out}" explain joe@deep.sub.cs.au >said 2>&1; }
within 20 "the hub hears of the region" explains hub
within 20 "the middle knows the way" explains mid

before=$(tables)
explains && fail "there is a way without the hub's database: $(cat said)"
out "database full-from hub.net.au"
mulga out reload >/dev/null || fail "the description is not taken"
within 20 "the hub's database" explains
grep -q "gate.sub.cs.au has a way to deep.sub.cs.au, and takes it over" said || fail "explain says: $(cat said)"
same "the tables" "$before" "$(tables)"
told gate.sub.cs.au --full || fail "the foreign record is not shown"
told gate.sub.cs.au && fail "the foreign record is among the others"
printf 'Subject: past the tables\n\nhello\n' | sendmail out -i joe@deep.sub.cs.au || fail "not taken"
within 20 "mail past the tables" has_mails 1 deep joe "Subject: past the tables"

# It stays over the night, with and without a daemon, until it is not wanted any more.
crash out
explains || fail "without a daemon explain says: $(cat said)"
start out
explains || fail "the database is forgotten with the power: $(cat said)"
out
mulga out reload >/dev/null || fail "the description is not taken"
explains && fail "the database stays unasked for"
stop out mid hub gate deep
