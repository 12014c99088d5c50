#!/bin/bash
# mesh_chaos.sh - daemons die and links go down and up in a mesh: each mail arrives once, or is reported
#
#   MESSAGES=600 EVENTS=40 SEED=1
#
#     ann --- ben --- cat
#      |  \    |       |       every node sends to every other one
#     eve --- dan -----'
. "$SOURCE/tests/integration/network.bash"

messages=${MESSAGES:-600} events=${EVENTS:-40}
RANDOM=${SEED:-1}
members=(ann ben cat dan eve)
edges="ann:ben ben:cat ann:eve ann:dan ben:dan cat:dan dan:eve"

nodes ann.cs.su.oz.au ben.cs.su.oz.au cat.cs.su.oz.au dan.cs.su.oz.au eve.cs.su.oz.au
for node in "${members[@]}"; do
	for edge in $edges; do
		case $edge in
		$node:*) link "${edge#*:}.cs.su.oz.au" "retry 100ms doubling to 500ms" ;;
		*:$node) link "${edge%:*}.cs.su.oz.au" "retry 100ms doubling to 500ms" ;;
		esac
	done | describe $node.cs.su.oz.au
	user $node joe reports
done
start "${members[@]}"
for node in "${members[@]:1}"; do
	within 20 "ann hears of $node" knows ann "$node.cs.su.oz.au"
	within 20 "$node hears of ann" knows "$node" ann.cs.su.oz.au
done
sendmail ann -bi # makes the link once, before several want it

send_mails() # WRITER
{
	local i from to

	for ((i = 0; i < messages / 2; i++)); do
		from=${members[(i + $1) % 5]} to=${members[(i / 5 + $1 + 1) % 5]}
		printf 'Subject: ledger %d-%d.\n\nhello\n' "$1" "$i" |
			sendmail "$from" -i -f "reports@$from.cs.su.oz.au" "joe@$to.cs.su.oz.au" 2>>"writer$1.errors"
		echo "$1-$i $? $from $to" >>"ledger$1"
		sleep 0.03
	done
}

send_mails 0 &
writers=$!
send_mails 1 &
writers+=" $!"
read -ra edge_list <<<"$edges"
for ((event = 0; event < events; event++)); do
	sleep "0.$((RANDOM % 5))$((RANDOM % 10))"
	if [ $((RANDOM % 2)) -eq 0 ]; then
		victim=${members[RANDOM % 5]}
		crash "$victim"
		sleep "0.$((RANDOM % 5))"
		start "$victim"
	else
		edge=${edge_list[RANDOM % 7]}
		mulga "${edge%:*}" link down "${edge#*:}.cs.su.oz.au" >/dev/null
		sleep "0.$((RANDOM % 8))"
		mulga "${edge%:*}" link up "${edge#*:}.cs.su.oz.au" >/dev/null
	fi
done
wait $writers
within 60 "the queues are empty" idle "${members[@]}"

cat ledger? >ledger
same "lines in the ledger" $((messages / 2 * 2)) "$(wc -l <ledger)"
numbers() # MAILBOX PATTERN: which mails are in it, or are what its reports are about
{
	find ./*/mail/"$1"/new -type f -exec sed -n "s/^$2Subject: ledger \(.*\)\.\$/\1/p" {} + | sort
}
numbers joe "" >arrived
numbers reports "> " >reported
sed -n 's/ 0 .*//p' ledger | sort >taken
awk '$2 != 0 && $2 != 75 { print $1 }' ledger | sort >refused
[ "$(wc -l <taken)" -gt $((messages * 3 / 4)) ] || fail "only $(wc -l <taken) were taken"
same "mails that ended twice" "" "$(sort arrived reported | uniq -d)"
same "mails that were taken and lost" "" "$(sort arrived reported | comm -23 taken -)"
same "mails that arrived and were refused" "" "$(comm -12 arrived refused)"
echo "$(wc -l <taken) taken, $(wc -l <arrived) arrived, $(wc -l <reported) reported"
