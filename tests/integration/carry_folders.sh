#!/bin/bash
# carry_folders.sh - folders that are watched: a stick that travels, a one-way feed with repair blocks,
# a courier with a timetable and a capacity, a full one, one that is overdue, and an acknowledgement that comes by TCP
set -eu
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

declare -A KEY=()

by_folder() # NAME PATH [OPTIONS [MORE]]
{
	echo "link $1 { ${4-delay 7d;} auth key \"${KEY[${1%%.*}]}\"; retry 200ms; transport directory \"$2\" { ${3-} } }"
}

waiting() # COUNT NODE: so many messages of people are not released there
{
	[ "$(mulga "$2" queue --json | jq -s 'map(select(.service != "control")) | length')" -eq "$1" ]
}

carried() # COUNT NODE: so many of them are on sticks
{
	[ "$(mulga "$2" queue --json | jq -s 'map(select(.service != "control" and .copies[0].reason == "carried")) | length')" -eq "$1" ]
}

send() # NODE TO TEXT
{
	echo "$3" | mulga "$1" send --service mail "joe@$2.test.au" >/dev/null
}

nodes ann.test.au ben.test.au cat.test.au
for node in ann ben cat; do
	mulga "$node" init --name "$node.test.au" >/dev/null
	KEY[$node]=$(mulga "$node" key)
	user "$node" joe
done

# --- a stick travels: it is mounted (here: moved) at one end, then at the other
mkdir media-ann media-ben
by_folder ben.test.au "$PWD/media-ann/stick" "overdue 20d" | describe ann.test.au
by_folder ann.test.au "$PWD/media-ben/stick" "overdue 20d" | describe ben.test.au
start ann ben
send ann ben "by courier"
send ben ann "the other way"
mkdir stick
mv stick media-ann/stick
within 20 "the stick is written when it appears" carried 1 ann
mv media-ann/stick media-ben/stick
within 20 "the mail" has_mails 1 ben joe "by courier"
within 20 "the stick is written at the other end" carried 1 ben
mv media-ben/stick media-ann/stick
within 20 "the answer" has_mails 1 ann joe "the other way"
within 20 "what was acknowledged" waiting 0 ann
mulga ann links | grep -q "visited" || fail "links say nothing of the visit"
# What comes to a stick that is there goes on it at once; who hears by TCP is released, too.
send ann ben "later"
within 20 "the second mail" carried 1 ann
{
	by_folder ben.test.au "$PWD/media-ann/stick"
	link cat.test.au "retry 200ms"
} | describe ann.test.au
{
	by_folder ann.test.au "$PWD/media-ben/stick" "" "one-way in; delay 7d;"
	link cat.test.au "retry 200ms"
} | describe ben.test.au
{
	link ann.test.au "retry 200ms"
	link ben.test.au "retry 200ms"
} | describe cat.test.au
sed -i 's/^link ben.test.au { delay 7d;/& one-way out;/' ann/node.topo
stop ann ben
mv media-ann/stick media-ben/stick
start ann ben cat
within 20 "the second mail comes" has_mails 1 ben joe later
within 20 "its acknowledgement comes by way of cat" waiting 0 ann
stop ann ben cat
rm -r ann ben cat media-ben/stick

# --- a feed in one direction, on a medium that loses a tenth of its blocks
mkdir feed
for node in ann ben; do
	mulga "$node" init --name "$node.test.au" >/dev/null
	KEY[$node]=$(mulga "$node" key)
	user "$node" joe
done
by_folder ben.test.au "$PWD/feed" "repair 30" "one-way out; delay 1d;" | describe ann.test.au
by_folder ann.test.au "$PWD/nowhere" "" "one-way in; delay 1d;" | describe ben.test.au
start ben
for i in 1 2 3 4 5 6 7 8; do
	head -c 30000 /dev/urandom >"file$i"
done
start ann
mulga ann send joe@ben.test.au file1 file2 file3 file4 file5 file6 file7 file8 >/dev/null
within 20 "the feed is written" carried 8 ann
lose() # FILE: damages one byte in every tenth KiB
{
	local size at

	size=$(stat -c %s "$1")
	for ((at = 5000; at < size; at += 47000)); do
		printf 'XX' | dd of="$1" bs=1 seek="$at" conv=notrunc status=none
	done
}
for bundle in feed/*.mulga; do
	lose "$bundle"
done
mulga ben carry in feed >said || fail "a damaged feed with repair blocks is not whole: $(cat said)"
all_there()
{
	local i

	for i in 1 2 3 4 5 6 7 8; do
		cmp -s "file$i" "ben/files/joe/file$i" || return 1
	done
}
within 20 "every file of the damaged feed" all_there
stop ann ben
rm -r ann ben feed

# --- a courier calls at a fixed hour with room for so much: until then nothing is packed, then by priority
mkdir van back
courier() # WINDOW: his timetable
{
	{
		echo "schedule van { $1 }"
		by_folder ben.test.au "$PWD/van" "capacity 100K" "delay 6h; schedule van; carry { service file };"
	} | describe ann.test.au
}
for node in ann ben; do
	mulga "$node" init --name "$node.test.au" >/dev/null
	KEY[$node]=$(mulga "$node" key)
	user "$node" joe
done
courier "every 1d for 1h offset $(($(date +%-H) + 6))h"
by_folder ann.test.au "$PWD/nowhere" "" "delay 6h; inbound { limit { message 35K } };" | describe ben.test.au
head -c 60000 /dev/urandom >larger
head -c 30000 /dev/urandom >large
head -c 40000 /dev/urandom >urgent
start ann ben
larger=$(mulga ann send joe@ben.test.au larger)
mulga ann send joe@ben.test.au large >/dev/null
within 20 "the folder is looked at" sh -c "'$BUILD/mulga' -C ann links | grep -q visited"
urgent=$(mulga ann send --urgent joe@ben.test.au urgent) # after the others, and before them on the van
send ann ben "no files" 2>said && fail "mail was taken for a link that carries files"
grep -q "the link to ben.test.au carries" said || fail "not said what it carries: $(cat said)"
mulga ann why --json "$urgent" >said
jq -e '.copies[0] | .waits == "window" and .contact != null and .arrives > .contact' said >/dev/null || fail "why: $(cat said)"
[ -z "$(ls van)" ] || fail "something was packed before its time: $(ls van)"
courier "daily all"
mulga ann reload >/dev/null
within 20 "the van is packed" carried 2 ann
same "what stays" "$larger" "$(mulga ann queue --json | jq -r 'select(.copies[0].reason != "carried" and .service == "file").id')"
[ "$(stat -c %s van/*.mulga)" -le 102400 ] || fail "the van takes more than its capacity"
# What is too large for the far end comes back with the reason, by the way that acknowledgements go.
mulga ben carry in van >/dev/null
within 20 "the large file" test -e ben/files/joe/large
mulga ben carry out back >/dev/null
mulga ann carry in back >/dev/null
within 20 "what ben does not take" ended ann "$urgent" returned
mulga ann why "$urgent" | grep -q "ben.test.au takes from ann.test.au at most 35 KiB a message" ||
	fail "why: $(mulga ann why "$urgent")"
stop ann ben
rm -r ann ben van back

# --- a full stick: urgent before others, then the shortest; the rest stays queued, and that is said
mkdir stick
for node in ann ben; do
	mulga "$node" init --name "$node.test.au" >/dev/null
	KEY[$node]=$(mulga "$node" key)
	user "$node" joe
done
by_folder ben.test.au "$PWD/nowhere" "capacity 100K; overdue 1s" | describe ann.test.au
by_folder ann.test.au "$PWD/nowhere" | describe ben.test.au
start ann ben
head -c 60000 /dev/urandom >larger
head -c 30000 /dev/urandom >large
head -c 40000 /dev/urandom >urgent
mulga ann send joe@ben.test.au larger large >/dev/null
mulga ann send --urgent joe@ben.test.au urgent >/dev/null
mulga ann carry out stick >said 2>&1
grep -q "1 message for ben.test.au, .* find no room and stay queued" said || fail "what stays is not said: $(cat said)"
[ "$(stat -c %s stick/*.mulga)" -le 102400 ] || fail "the stick takes more than its capacity"
mulga ben carry in stick >/dev/null
within 20 "the urgent file" test -e ben/files/joe/urgent
within 20 "the large file" test -e ben/files/joe/large
[ ! -e ben/files/joe/larger ] || fail "the larger file came, too"
# It is overdue: what is on it goes again by itself.
within 20 "the stick is overdue" sh -c "'$BUILD/mulga' -C ann carry list | grep -q 'overdue, written'"
within 20 "what was on it goes again" carried 0 ann
grep -q "stick 1 is overdue" ann/log || fail "nobody was told that it is overdue"
stop ann ben

# --- a dead machine's disk: no daemon runs, and what it held is carried away
mkdir rescue
sed -i "s/capacity 100K; //" ann/node.topo
mulga ann carry out rescue >said 2>&1 || fail "nothing is rescued: $(cat said)"
start ben
mulga ben carry in rescue >/dev/null
within 20 "the larger file" test -e ben/files/joe/larger
cmp larger ben/files/joe/larger
mulga ann carry list | grep -q "^Stick 2" || fail "the dead node knows nothing of its rescue"
stop ben
