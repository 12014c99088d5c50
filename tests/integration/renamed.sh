#!/bin/bash
# renamed.sh - a node takes another name: what was sent to the old one arrives, until its day
#
#	old (then new) --- hub --- far      all in cs.su.oz.au
. "$SOURCE/tests/integration/network.bash"

nodes old.cs.su.oz.au hub.cs.su.oz.au far.cs.su.oz.au
hub() # NAME: what the hub calls its neighbor
{
	{ link "$1.cs.su.oz.au"; link far.cs.su.oz.au; } | describe hub.cs.su.oz.au
}
ADDRESS[new]=${ADDRESS[old]}
link hub.cs.su.oz.au | describe old.cs.su.oz.au
hub old
link hub.cs.su.oz.au | describe far.cs.su.oz.au
user old joe
user far ann
start old hub far
within 20 "far hears of old" knows far old.cs.su.oz.au

mail() # FROM SUBJECT ADDRESS
{
	printf 'Subject: %s\n\nhello\n' "$2" | sendmail "$1" -i "$3" 2>said || fail "not taken"
}

# One mail waits at the hub, one on its own way out, while the node changes its name.
stop old
mail far flight joe@old.cs.su.oz.au
mail far waypoint old.cs.su.oz.au!ann@far.cs.su.oz.au
within 20 "the mail is at the hub" idle far
mail old leaving ann@far.cs.su.oz.au
renamed() # UNTIL
{
	sed -i -e '/formerly/d' -e 's/^node .*{/node new.cs.su.oz.au {\nformerly old.cs.su.oz.au until '"$1"'/' old/node.topo
}
renamed 2099-01-01
hub new
mulga hub reload >/dev/null || fail "the hub does not take its description"
start old
within 20 "the mail to the old name" has_mails 1 old joe "Subject: flight"
within 20 "the mail by the old name" has_mails 1 far ann "Subject: waypoint"
within 20 "the mail of the old name's spool" has_mails 1 far ann "Subject: leaving"

# The network has learnt it: an answer to the old name uses the new one, and says so.
renames() { mulga "$1" explain joe@old.cs.su.oz.au | grep -q "old.cs.su.oz.au is renamed: it is new.cs.su.oz.au now"; }
within 20 "far hears of the rename" renames far
same "the completed address" "joe@new.cs.su.oz.au" "$(mulga far explain joe@old.cs.su.oz.au --json | jq -r '.[0].completed')"
mail far answer joe@old.cs.su.oz.au
grep -q "old.cs.su.oz.au is new.cs.su.oz.au" said || fail "the submitter is not told: $(cat said)"
within 20 "the answer" has_mails 1 old joe "Subject: answer"

mulga far topology show | grep -q "^old.cs.su.oz.au, .* called new.cs.su.oz.au now$" || fail "topology show does not say it"
mulga far topology history old.cs.su.oz.au | grep -q "called new.cs.su.oz.au now" || fail "the history does not say it"
mulga far map --dot | grep -q old.cs.su.oz.au && fail "the old name is on the map"

# A restart forgets nothing; and whoever bears the name now has it.
crash old
crash far
start old far
renames far || fail "the rename is forgotten with the power"
mail old own joe@old.cs.su.oz.au
within 20 "the mail to the node's own old name" has_mails 1 old joe "Subject: own"
within 20 "nothing is left" idle old hub far

# Its day has come: it is nobody's name.
renamed 2001-01-01
mulga old reload >/dev/null || fail "the description is not taken"
gone() { ! renames "$1"; }
within 20 "far hears that the name is gone" gone far
stop old hub far
