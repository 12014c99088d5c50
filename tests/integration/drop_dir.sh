#!/bin/bash
# drop_dir.sh - mail submitted while no daemon runs is taken in exactly once, whatever ends it
. "$SOURCE/tests/integration/network.bash"

nodes ann.cs.su.oz.au
describe ann.cs.su.oz.au </dev/null
user ann joe

left() # in drop/
{
	find ann/drop -maxdepth 1 -type f
}

fewer_than() # COUNT: looks without a pause, to see the middle of it
{
	local files

	for _ in {1..2000}; do
		files=(ann/drop/*)
		[ ${#files[@]} -ge "$1" ] || return 0
	done
	return 1
}

none_left()
{
	[ -z "$(left)" ]
}

# One mail: a complete file, readable by the daemon's group, that goes away when taken.
printf 'Subject: alone\n\nline\n' | sendmail ann -i joe || fail "not taken without a daemon"
same "files in drop/" 1 "$(left | wc -l)"
same "the file's mode" 640 "$(stat -c %a "$(left)")"
start ann
within 20 "the mail arrives" has_mails 1 ann joe "Subject: alone"
same "files in drop/ afterwards" "" "$(left)"
stop ann

# Many, with a daemon that is killed again and again while it takes them in.
rounds=20 each=25
for ((round = 0; round < rounds; round++)); do
	for ((i = round * each; i < (round + 1) * each; i++)); do
		printf 'Subject: many\n\nnumber %d.\n' "$i" | sendmail ann -i joe || fail "not taken: $i"
	done
	before=$(left | wc -l)
	[ "$before" -ge "$each" ] || fail "only $before files in drop/"
	"$BUILD/mulgad" -C ann >ann/ready 2>>ann/log &
	PROCESS[ann]=$!
	within 10 "the first files are taken in" fewer_than "$before"
	crash ann
done
start ann
within 30 "all are taken in" none_left
within 30 "all are delivered" idle ann
find ann/mail/joe/new -type f -exec sed -n 's/^number \(.*\)\.$/\1/p' {} + | sort -n >arrived
seq 0 $((rounds * each - 1)) | diff - arrived || fail "not each mail exactly once"
stop ann
