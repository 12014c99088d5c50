#!/bin/bash
# chain_kill.sh - daemons are killed 50 times while 2,000 mails pass: each arrives exactly once
#
#   MESSAGES=2000 KILLS=50 SEED=1
#
# The ledger is kept outside of mulga: what sendmail took (exit 0) must be there once; what
# it could not answer for (the daemon died before its answer) at most once; what it refused
# never. A mail reader moves the mail from new/ to cur/ all the while.
. "$SOURCE/tests/integration/network.bash"

messages=${MESSAGES:-2000} kills=${KILLS:-50} writers=4
RANDOM=${SEED:-1}

nodes ann.cs.su.oz.au ben.cs.su.oz.au cat.cs.su.oz.au
retry="retry 100ms doubling to 500ms"
link ben.cs.su.oz.au "$retry" | describe ann.cs.su.oz.au
{ link ann.cs.su.oz.au "$retry"; link cat.cs.su.oz.au "$retry"; } | describe ben.cs.su.oz.au
link ben.cs.su.oz.au "$retry" | describe cat.cs.su.oz.au
user cat joe
start ann ben cat
within 20 "ann hears of cat" knows ann cat.cs.su.oz.au

# write_mails WRITER: one line of the ledger for each
write_mails()
{
	local i

	for ((i = 0; i < messages / writers; i++)); do
		printf 'Subject: mail\n\nledger %d-%d.\n' "$1" "$i" |
			sendmail ann -i joe@cat.cs.su.oz.au 2>>"writer$1.errors"
		echo "$1-$i $?" >>"ledger$1"
		sleep 0.02
	done
}

read_mail()
{
	local file

	while sleep 0.05; do
		for file in cat/mail/joe/new/*; do
			[ -e "$file" ] && mv -n "$file" "cat/mail/joe/cur/${file##*/}:2,S"
		done
	done
}

pids=()
sendmail ann -bi # makes the link once, before several want it
for ((writer = 0; writer < writers; writer++)); do
	write_mails "$writer" &
	pids+=($!)
done
read_mail &
reader=$!

# Some die while what waited for them goes out all at once, others in the midst of calm.
victims=(ann ben cat)
for ((kill = 0; kill < kills; kill++)); do
	case $((RANDOM % 2)) in
	0) sleep "0.0$((RANDOM % 10))" ;;
	1) sleep "0.$((RANDOM % 6))$((RANDOM % 10))" ;;
	esac
	victim=${victims[RANDOM % 3]}
	crash "$victim"
	sleep "0.$((2 + RANDOM % 4))"
	start "$victim"
done
wait "${pids[@]}"
within 60 "the queues are empty" idle ann ben cat
kill "$reader"

cat ledger? >ledger
accepted=$(grep -c ' 0$' ledger)
unanswered=$(grep -c ' 75$' ledger)
same "lines in the ledger" "$messages" "$(wc -l <ledger)"
[ "$accepted" -gt $((messages * 3 / 4)) ] || fail "only $accepted were taken: $(sort writer?.errors | uniq -c)"

find cat/mail/joe/new cat/mail/joe/cur -type f -exec sed -n 's/^ledger \(.*\)\.$/\1/p' {} + | sort >arrived
sort -u arrived >once
same "mails that arrived twice" "" "$(uniq -d arrived)"
same "mails that were taken and lost" "" "$(sed -n 's/ 0$//p' ledger | sort | comm -23 - once)"
same "mails that arrived and were refused" "" "$(sed -n 's/ \(0\|75\)$//p' ledger | sort | comm -13 - once)"
same "files that nobody sees" "" "$(find cat/mail/joe -name ".mulga-*")"
echo "$accepted taken, $unanswered unanswered, $(wc -l <once) arrived, $kills kills"
