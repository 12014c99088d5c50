#!/bin/bash
# groups.sh - lists, whole regions and ways that the sender lists: each node once, in that order
#
#          ann
#         /   \       all in cs.su.oz.au, but out, which is in maths.su.oz.au
#      ben     cat --- out
#         \   /
#          dan
. "$SOURCE/tests/integration/network.bash"

nodes ann.cs.su.oz.au ben.cs.su.oz.au cat.cs.su.oz.au dan.cs.su.oz.au out.maths.su.oz.au
both() # NAME...: links to all of them
{
	local name

	for name in "$@"; do
		link "$name"
	done
}
{ both ben.cs.su.oz.au cat.cs.su.oz.au; echo "leaf via cat.cs.su.oz.au"; } | describe ann.cs.su.oz.au
both ann.cs.su.oz.au dan.cs.su.oz.au | describe ben.cs.su.oz.au
{ echo "visible su.oz.au"; both ann.cs.su.oz.au dan.cs.su.oz.au out.maths.su.oz.au; } | describe cat.cs.su.oz.au
both ben.cs.su.oz.au cat.cs.su.oz.au | describe dan.cs.su.oz.au
{ echo "visible su.oz.au"; both cat.cs.su.oz.au; } | describe out.maths.su.oz.au
for node in ann ben cat dan out; do
	mkdir -p $node/files/joe
	user $node joe
done
echo something >file
start ann ben cat dan out
for name in ben.cs.su.oz.au cat.cs.su.oz.au dan.cs.su.oz.au; do
	within 20 "ann hears of $name" knows ann $name
done
within 20 "cat hears of out" knows cat out.maths.su.oz.au

# got NAME NODE...: exactly these have the file, each once
got()
{
	local name=$1
	shift

	[ "$(find ./*/files/joe -name "$name*" | cut -d / -f 2 | sort | tr '\n' ' ')" = "$* " ]
}

all_idle()
{
	idle ann ben cat dan out
}

mulga ann send --name list joe@ben.cs.su.oz.au,joe@dan.cs.su.oz.au,joe@out.maths.su.oz.au file >ids || fail "not taken"
within 20 "a list of three" got list ben dan out
same "ids of a list" 1 "$(wc -l <ids)"

mulga ann send --name region 'joe@*.cs.su.oz.au' file >/dev/null || fail "not taken"
within 20 "all of a region, the sender too" got region ann ben cat dan
mulga dan send --name again 'joe@*.cs.su.oz.au' file >/dev/null || fail "not taken"
within 20 "all of a region, from the other side" got again ann ben cat dan

# The parts of a multicast broadcast travel apart (D19) and reach every node; who takes part
# in both regions has it once, too. Only cat and out are visible beyond the department.
mulga ann send --name parts 'joe@*.cs.su.oz.au,joe@*.su.oz.au,joe@cat.cs.su.oz.au' file >/dev/null || fail "not taken"
within 20 "both parts" got parts ann ben cat dan out
printf 'Subject: to all\n\nhello\n' | sendmail ann -i 'joe@*.cs.su.oz.au' || fail "a mail to a region is not taken"
for node in ann ben cat dan; do
	within 20 "the mail to all, at $node" has_mails 1 $node joe "Subject: to all"
done

# The two ways round the ring are equally long; the list says which.
for way in ben cat; do
	id=$(mulga ann send --name "by-$way" "$way.cs.su.oz.au!joe@dan.cs.su.oz.au" file) || fail "not taken"
	within 20 "a file by $way" got "by-$way" dan
	same "the way by $way" "ann.cs.su.oz.au $way.cs.su.oz.au dan.cs.su.oz.au" \
		"$(mulga dan trace "$id" --json | jq -r '[.hops[].node] | join(" ")')"
done

# Nothing comes later: not when a link is taken down while a region's copies wait, either.
stop dan
mulga ann send --name later 'joe@*.cs.su.oz.au' file >/dev/null || fail "not taken"
within 20 "those who are there" got later ann ben cat
mulga ben link down dan.cs.su.oz.au >said || fail "link down failed: $(cat said)"
start dan
within 20 "the one who was away" got later ann ben cat dan
mulga ben link up dan.cs.su.oz.au >said || fail "link up failed: $(cat said)"
within 20 "all is quiet" all_idle
sleep 1
for name in list:"ben dan out" parts:"ann ben cat dan out" region:"ann ben cat dan" again:"ann ben cat dan" later:"ann ben cat dan"; do
	got "${name%%:*}" ${name#*:} || fail "${name%%:*} came again: $(find ./*/files/joe -type f)"
done
stop ann ben cat dan out
