#!/bin/bash
# loops.sh - pinned routes that contradict each other: around the loop, or held and told
. "$SOURCE/tests/integration/network.bash"

nodes ann.cs.su.oz.au ben.cs.su.oz.au cat.cs.su.oz.au dan.cs.su.oz.au far.cs.su.oz.au
dear="delay 1h; cost 9"
describe ann.cs.su.oz.au <<END
$(link ben.cs.su.oz.au)
$(link cat.cs.su.oz.au "$dear")
route dan.cs.su.oz.au via ben.cs.su.oz.au both
route far.cs.su.oz.au via ben.cs.su.oz.au both
END
# ben_is STATEMENTS
ben_is()
{
	describe ben.cs.su.oz.au <<END
$(link ann.cs.su.oz.au)
$(link dan.cs.su.oz.au)
$1
END
}
ben_is "route dan.cs.su.oz.au via ann.cs.su.oz.au both
route far.cs.su.oz.au via ann.cs.su.oz.au both"
{ link ann.cs.su.oz.au "$dear"; link dan.cs.su.oz.au "$dear"; } | describe cat.cs.su.oz.au
{ link ben.cs.su.oz.au; link cat.cs.su.oz.au "$dear"; } | describe dan.cs.su.oz.au
link ben.cs.su.oz.au | describe far.cs.su.oz.au
me=$(id -un)
user ann "$me"
user dan joe
user far joe
echo something >file
start ann ben cat dan far
within 20 "ann knows dan" knows ann dan.cs.su.oz.au
within 20 "ben knows dan" knows ben dan.cs.su.oz.au
within 20 "ann knows cat" knows ann cat.cs.su.oz.au

# hops NODE ID: where it was, by what that node knows
hops()
{
	mulga "$1" trace "$2" --json | jq -r '[.hops[].node | split(".")[0]] | join(" ")'
}

# Both tables are pinned into the loop; with its links made heavier, cat is left.
id=$(mulga ann send --service mail joe@dan.cs.su.oz.au file) || fail "not taken"
within 20 "the mail gets around the loop" has_mails 1 dan joe
same "its way" "ann ben ann cat dan" "$(hops dan "$id")"

# There is no way but by ben, who sends it back. It goes round once more, so that ben sees it, who
# knows no way either: there it is held, and its sender told what to type.
held_with()
{
	[ "$(mulga ben queue --json | jq -r --arg id "$1" 'select(.id == $id) | .copies[] | .state + " " + .reason')" = "held loop" ]
}
id=$(mulga ann send --service mail joe@far.cs.su.oz.au file) || fail "not taken"
within 20 "it is held at ben" held_with "$id"
mulga ben queue | grep -q 'it goes in a circle: ben.cs.su.oz.au, ann.cs.su.oz.au, ben.cs.su.oz.au' ||
	fail "the queue does not name the circle: $(mulga ben queue)"
mulga ben why "$id" | grep -q "mulga queue reroute $id" || fail "why names no command: $(mulga ben why "$id")"
within 20 "its sender hears of it" has_mails 1 ann "$me" "$id"
cp "$(mails ann "$me" "$id")" report
for text in '^Subject: Held: joe@far' "mulga explain joe@far.cs.su.oz.au" "mulga queue reroute $id" "Reason: it goes in a circle"; do
	grep -q -- "$text" report || fail "the report does not say \"$text\": $(cat report)"
done
same "it has not ended" null "$(mulga ann trace "$id" --json | jq -r '.outcomes[].outcome')"
mulga ann sent | grep -q "$id" || fail "sent does not show what is held"

# What was tried is not forgotten: after a crash it is held as before, and not told again.
crash ben
start ben
within 20 "ben is on the line again" link_is ann ben.cs.su.oz.au up
held_with "$id" || fail "after a crash it is not held: $(mulga ben queue)"
same "reports" 1 "$(mails ann "$me" | wc -l)"

# The pins at ben go, and a link comes: there is a way, and it is taken without a command.
ben_is "$(link far.cs.su.oz.au)"
mulga ben reload >/dev/null || fail "ben does not reload"
within 20 "it arrives" has_mails 1 far joe
same "its way in all" "ann ben ann ben far" "$(hops far "$id")"
within 20 "ben knows that it left" idle ben
same "reports in the end" 1 "$(mails ann "$me" | wc -l)"

# A node that stands in its own way waits for its own description to change.
ben_is "$(link far.cs.su.oz.au)
route far.cs.su.oz.au via ann.cs.su.oz.au both"
mulga ben reload >/dev/null || fail "ben does not reload"
id=$(mulga ben send --service mail joe@far.cs.su.oz.au file) || fail "not taken"
within 20 "ben gets around its own pin" has_mails 2 far joe
same "the way around the pin" "ben ann ben far" "$(hops far "$id")"
stop ann ben cat dan far
