#!/bin/bash
# files_kill.sh - daemons are killed while files of all sizes pass: each arrives once and whole
#
#   FILES=60 KILLS=25 SEED=1
#
# Sizes lie around what makes a difference: bodies in the database (32 KiB), one frame
# (64 KiB). Both sides of a call die in the middle of a body, which is flushed at each cut.
. "$SOURCE/tests/integration/network.bash"

files=${FILES:-60} kills=${KILLS:-25}
RANDOM=${SEED:-1}
sizes=(0 1 32767 32768 32769 65535 65536 65537 300000 1048576 3000001 9000000)

nodes ann.cs.su.oz.au ben.cs.su.oz.au cat.cs.su.oz.au
retry="retry 100ms doubling to 500ms"
link ben.cs.su.oz.au "$retry" | describe ann.cs.su.oz.au
{ link ann.cs.su.oz.au "$retry"; link cat.cs.su.oz.au "$retry"; } | describe ben.cs.su.oz.au
link ben.cs.su.oz.au "$retry" | describe cat.cs.su.oz.au
mkdir -p cat/files/joe sent
start ann ben cat
within 20 "ann hears of cat" knows ann cat.cs.su.oz.au

# A submission that was not answered may have been taken: such a file may come, or not.
send_files()
{
	local i

	for ((i = 0; i < files; i++)); do
		head -c "${sizes[i % ${#sizes[@]}]}" /dev/zero |
			openssl enc -aes-128-ctr -pass "pass:$i" -iter 1 -pbkdf2 -nosalt >"sent/$i"
		mulga ann send joe@cat.cs.su.oz.au "sent/$i" >/dev/null 2>>errors
		echo "$i $?" >>ledger
	done
}

send_files &
sender=$!
victims=(ann ben cat)
for ((kill = 0; kill < kills; kill++)); do
	sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
	victim=${victims[RANDOM % 3]}
	crash "$victim"
	sleep "0.$((RANDOM % 3))"
	start "$victim"
done
wait "$sender"
within 60 "the queues are empty" idle ann ben cat

same "lines in the ledger" "$files" "$(wc -l <ledger)"
grep -qv ' \(0\|75\)$' ledger && fail "refused: $(cat errors)"
sed -n 's/ 0$//p' ledger | sort >taken
[ "$(wc -l <taken)" -gt $((files / 2)) ] || fail "only $(wc -l <taken) were taken"
ls cat/files/joe | sort >arrived
same "taken and lost" "" "$(comm -23 taken arrived)"
same "arrived twice or under another name" "" "$(sed 's/ .*//' ledger | sort | comm -13 - arrived)"
while read -r i; do
	cmp "sent/$i" "cat/files/joe/$i" || fail "the contents of $i differ"
done <arrived
within 20 "no body is left" sh -c '[ -z "$(ls ann/spool/bodies ben/spool/bodies | grep -v :)" ]'
echo "$(wc -l <taken) taken, $(wc -l <arrived) arrived, $kills kills"
stop ann ben cat
same "bodies left at cat" "" "$(ls cat/spool/bodies)"
