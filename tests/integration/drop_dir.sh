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

# Many, and files of unknown origin, with a daemon that is killed again and again meanwhile.
count=300
for ((i = 0; i < count; i++)); do
	printf 'Subject: many\n\nnumber %d.\n' "$i" | sendmail ann -i joe || fail "not taken: $i"
done
same "files in drop/" "$count" "$(left | wc -l)"
RANDOM=${SEED:-1}
for kill in {1..20}; do
	"$BUILD/mulgad" -C ann >ann/ready 2>>ann/log &
	PROCESS[ann]=$!
	sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
	crash ann
done
start ann
within 30 "all are taken in" none_left
within 30 "all are delivered" idle ann
find ann/mail/joe/new -type f -exec sed -n 's/^number \(.*\)\.$/\1/p' {} + | sort -n >arrived
seq 0 $((count - 1)) | diff - arrived || fail "not each mail exactly once"
stop ann
