#!/bin/bash
# big_file.sh - a file through a relay, in little memory; after a kill only the end is sent again
#
#   BIG_FILE_MIB=1024 for the full size; 256 by default, to spare time and disk
. "$SOURCE/tests/integration/network.bash"

mib=${BIG_FILE_MIB:-256}
size=$((mib << 20))
[ "$(df --output=avail -B1M . | tail -n 1)" -gt $((mib * 5)) ] || skip "less than $((mib * 5)) MiB of disk are free"

nodes ann.cs.su.oz.au ben.cs.su.oz.au cat.cs.su.oz.au
link ben.cs.su.oz.au | describe ann.cs.su.oz.au
{ link ann.cs.su.oz.au; link cat.cs.su.oz.au; } | describe ben.cs.su.oz.au
link ben.cs.su.oz.au | describe cat.cs.su.oz.au
mkdir -p cat/files/joe
start ann ben cat
within 20 "ann hears of cat" knows ann cat.cs.su.oz.au

# Bytes that no compression makes fewer.
head -c "$size" /dev/zero | openssl enc -aes-128-ctr -pass pass:mulga -pbkdf2 -nosalt >big ||
	fail "cannot write the file"

received() # NODE NEIGHBOR: bytes, of the call on the line
{
	mulga "$1" links "$2" --json | jq .received_bytes
}

received_more() # than BYTES by ben from ann
{
	[ "$(received ben ann.cs.su.oz.au)" -gt "$1" ]
}

peak() # NODE: in KiB
{
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/${PROCESS[$1]}/status"
}

check_peak()
{
	local kib

	kib=$(peak "$1")
	[ -n "$SANITIZED" ] || [ "$kib" -lt $((64 << 10)) ] || fail "$1 used $kib KiB of memory"
	echo "$1: $kib KiB"
}

# ann stops in the middle of the file, so that ben's count stands still; then ben is killed. What it had
# written its kernel has, whether it was synced or not.
id=$(mulga ann send joe@cat.cs.su.oz.au big) || fail "not taken"
until received_more $((size / 2)); do
	ended ann "$id" delivered && fail "the file was through before its middle was seen"
	[ "$SECONDS" -lt 90 ] || fail "not in time: half of the file"
done
kill -STOP "${PROCESS[ann]}"
before=-1
while [ "$before" -ne "$(received ben ann.cs.su.oz.au)" ]; do
	before=$(received ben ann.cs.su.oz.au)
	sleep 0.3
done
[ "$before" -lt "$size" ] || fail "ben had all of it before the kill"
check_peak ben
crash ben
kill -CONT "${PROCESS[ann]}"
start ben
within 90 "the file arrives" test -e cat/files/joe/big
within 20 "the queues are empty" idle ann ben cat

again=$((before + $(received ben ann.cs.su.oz.au) - size))
echo "half way: $before of $size bytes; $again bytes were sent again"
[ "$again" -lt $((1 << 20)) ] || fail "$again bytes were sent again"
cmp big cat/files/joe/big || fail "the contents differ"
for node in ann ben cat; do
	check_peak "$node"
	same "bodies left at $node" "" "$(ls "$node/spool/bodies")"
done
