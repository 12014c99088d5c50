#!/bin/bash
# reports.sh - every bad end comes back as one clear report, and a report makes none
. "$SOURCE/tests/integration/network.bash"

nodes ann.cs.su.oz.au ben.cs.su.oz.au down.cs.su.oz.au
{ link ben.cs.su.oz.au; link down.cs.su.oz.au; } | describe ann.cs.su.oz.au
describe ben.cs.su.oz.au <<END
$(link ann.cs.su.oz.au)
service no { deliver command "$PWD/refuse" "%u" }
service later { deliver command "$PWD/later" "%f" }
END
me=$(id -un)
user ann "$me"
user ben joe

cat >refuse <<'END'
#!/bin/sh
cat >/dev/null
echo "the answer to $1 is no"
exit 65
END
cat >later <<END
#!/bin/sh
echo "\$1 \$MULGA_ATTEMPT \$MULGA_ID \$(cat)" >>"$PWD/attempts"
[ "\$MULGA_ATTEMPT" -gt 1 ] || exit 75
END
chmod +x refuse later
echo something >file
start ann ben
within 20 "ann hears of ben" knows ann ben.cs.su.oz.au

# reported WHAT OUTCOME ID TEXT: within some seconds ann's user has one more mail, with it
count=0
reported()
{
	count=$((count + 1))
	within 20 "a report: $1" has_mails "$count" ann "$me"
	has_mails 1 ann "$me" "$3" || fail "not one report about $3: $1"
	cp "$(mails ann "$me" "$3")" report
	grep -q "$4" report || fail "$1: the report does not say \"$4\": $(cat report)"
	grep -q '^Auto-Submitted: auto-replied' report || fail "$1: the report may be answered by programs"
	ended ann "$3" "$2" || fail "$1: ann's node does not know that it was $2"
	mulga ann sent | grep "$3" && fail "$1: what was $2 counts as not ended"
	grep -q '^Return-Path: <>' report || fail "$1: the report has a return path: $(head -n 1 report)"
}

id=$(mulga ann send --service mail nobody@ben.cs.su.oz.au file) || fail "not taken"
reported "unknown user" returned "$id" "nobody"
ended ben "$id" returned || fail "ben does not know how $id ended"

id=$(mulga ann send joe@nosuch.cs.su.oz.au file) || fail "not taken"
reported "unknown node" returned "$id" "there is no node nosuch.cs.su.oz.au"
ended ann "$id" returned || fail "ann does not know how $id ended"

# A broadcast that nobody takes part in; ann, visible in cs.su.oz.au, does not either.
same "explain counts it as no way" 1 "$(mulga ann explain '*.oz.au' >said; echo $?)"
id=$(mulga ann send 'joe@*.oz.au' file) || fail "not taken"
reported "a broadcast to nobody" returned "$id" 'nobody that ann.cs.su.oz.au knows takes part in joe@\*.oz.au'

id=$(mulga ann send --service fax joe@ben.cs.su.oz.au file) || fail "not taken"
reported "no service" returned "$id" 'no service "fax"'

id=$(mulga ann send --service no joe@ben.cs.su.oz.au file) || fail "not taken"
reported "a program's refusal" returned "$id" "the answer to joe is no"

id=$(mulga ann send --service mail --receipt joe@ben.cs.su.oz.au file) || fail "not taken"
reported "a receipt" delivered "$id" "was delivered"

id=$(mulga ann send --expire 3s joe@down.cs.su.oz.au file) || fail "not taken"
waits_for_call()
{
	mulga ann why "$id" | grep -q '^The link to down.cs.su.oz.au is waiting: .*connection refused; next call in'
}
within 3 "why names the link and what is wrong with it" waits_for_call
reported "expiry" expired "$id" "before its time was over"
ended ann "$id" expired || fail "ann does not know that $id expired"

# Behind a waypoint there is less of the destination; several ends of one message are told apart.
id=$(mulga ann send --service mail --receipt 'ben!joe@ben.cs.su.oz.au' file) || fail "not taken"
reported "a receipt from behind a waypoint" delivered "$id" "was delivered"
ended ben "$id" delivered || fail "ben counts one destination twice: $(mulga ben trace "$id" --json)"
id=$(mulga ann send --service mail --receipt joe@ben,ghost@ben file) || fail "not taken"
count=$((count + 2))
within 20 "a receipt and a return" has_mails "$count" ann "$me"
same "the two ends" '{"ghost@ben.cs.su.oz.au":"returned","joe@ben.cs.su.oz.au":"delivered"}' \
	"$(mulga ann trace "$id" --json | jq -c '.outcomes | map({(.destination): .outcome}) | add')"

# "Try later" is no end: the program runs again, and is told so. No report comes.
id=$(mulga ann send --service later joe@ben.cs.su.oz.au file) || fail "not taken"
within 30 "the second attempt" ended ben "$id" delivered
printf 'ann.cs.su.oz.au 1 %s something\nann.cs.su.oz.au 2 %s something\n' "$id" "$id" |
	diff - attempts || fail "the program was not run like that"

# A sender that is not there: the report about it finds nobody, and that is the end.
printf 'Subject: ghost\n\n' | sendmail ann -i -f ghost@ann.cs.su.oz.au nobody@ben.cs.su.oz.au || fail "not taken"
within 20 "the end of the report" grep -q 'for ghost@ann.cs.su.oz.au: returned' ann/log
within 20 "the queues are empty" idle ann ben
grep -h 'for .*: \(returned\|expired\)' ann/log ben/log | grep 'MAILER-DAEMON' && fail "a report about a report"
same "reports in all" "$count" "$(mails ann "$me" | wc -l)"
