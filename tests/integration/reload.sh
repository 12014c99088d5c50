#!/bin/bash
# reload.sh - a new description is in force at once, whole or not at all
. "$SOURCE/tests/integration/network.bash"

nodes ann.cs.su.oz.au ben.cs.su.oz.au down.cs.su.oz.au
describe ann.cs.su.oz.au </dev/null
link ann.cs.su.oz.au | describe ben.cs.su.oz.au
user ben joe
start ann ben
same "links of a node that states none" 0 "$(mulga ann status --json | jq '.links | length')"

# A link that is new is called, and carries.
{ link ben.cs.su.oz.au; link down.cs.su.oz.au; } | describe ann.cs.su.oz.au
mulga ann reload >said || fail "reload failed: $(cat said)"
grep -q ben.cs.su.oz.au said || fail "reload does not say which link is new: $(cat said)"
within 20 "the new link comes up" link_is ann ben.cs.su.oz.au up
within 20 "ann hears of ben" knows ann ben.cs.su.oz.au
printf 'Subject: one\n\n' | sendmail ann -i joe@ben.cs.su.oz.au || fail "not taken"
within 20 "mail over the new link" has_mails 1 ben joe "Subject: one"

# A bad file changes nothing: exit 78, its line named, the old one stays in force.
cp ann/node.topo good
sed 's/^link ben/lnik ben/' good >ann/node.topo
mulga ann reload >said 2>errors
same "the exit of reload with a bad file" 78 $?
grep -q 'node.topo:[0-9]*:[0-9]*: error: .*lnik' errors || fail "the error has no place: $(cat errors)"
link_is ann ben.cs.su.oz.au up || fail "the bad file took the link away"
printf 'Subject: two\n\n' | sendmail ann -i joe@ben.cs.su.oz.au || fail "not taken"
within 20 "mail after a bad file" has_mails 1 ben joe "Subject: two"

# A link that went: what waited for it is not forgotten.
id=$(mulga ann send joe@down.cs.su.oz.au good) || fail "not taken"
link ben.cs.su.oz.au | describe ann.cs.su.oz.au
mulga ann reload >said || fail "reload failed: $(cat said)"
grep -q down.cs.su.oz.au said || fail "reload does not say which link went: $(cat said)"
same "links after the reload" ben.cs.su.oz.au "$(mulga ann status --json | jq -r '.links[].neighbor')"
link_is ann ben.cs.su.oz.au up || fail "the link that stayed was hung up"
mulga ann links | grep 'not called yet' && fail "a link that is up counts as not called"
mulga ann why "$id" >why || fail "nobody knows what became of $id"
[ -s why ] || fail "why says nothing of a message whose link went"

# An address that somebody else has: the rest is in force, and who asks is told; when it is free, it is taken.
cp ann/node.topo good
sed "s/${ADDRESS[ann]}/${ADDRESS[ben]}/" good >ann/node.topo
mulga ann reload >said 2>errors
same "the exit of reload with an address that is taken" 75 $?
grep -q "cannot listen on .*: address already in use" errors || fail "reload does not say it: $(cat said errors)"
mulga ann status | grep -q 'It cannot listen on .*`mulga reload` tries again' || fail "status does not say it"
same "of programs" true "$(mulga ann status --json | jq '.deaf | contains("already in use")')"
link_is ann ben.cs.su.oz.au up || fail "the link was hung up for it"
stop ben
mulga ann reload >said 2>errors || fail "not taken when it is free: $(cat errors)"
same "of programs, then" null "$(mulga ann status --json | jq .deaf)"
stop ann
