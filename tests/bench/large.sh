#!/bin/bash
# large.sh - a large file, from `mulga send` to its place at the next node
#
#   BENCH_GIB=1 for 1 GiB; else BENCH_MIB=256
. "$SOURCE/tests/bench/bench.bash"

mib=${BENCH_GIB:+$((BENCH_GIB * 1024))}
mib=${mib:-${BENCH_MIB:-256}}
[ "$(df --output=avail -B1M . | tail -n 1)" -gt $((mib * 5)) ] ||
	skip "large: skipped, less than $((mib * 5)) MiB of disk are free"
nodes ann.example ben.example
link ben.example | describe ann.example
link ann.example | describe ben.example
mkdir -p ben/files/joe
start ann ben
within 20 "ann hears of ben" knows ann ben.example

# Bytes that no compression makes fewer; read once, so that both find them in memory.
head -c "$((mib << 20))" /dev/zero | openssl enc -aes-128-ctr -pass pass:mulga -pbkdf2 -nosalt >big ||
	fail "cannot write the file"
sync big
began=$(now)
cp big copy && sync copy || fail "cannot copy"
least=$(since "$began")
rm copy

began=$(now)
mulga ann send joe@ben.example big >/dev/null || fail "not taken"
took=$(since "$began")
compare "submission of $mib MiB" MiB "$mib" "$took" "cp, fsync" "$least"
soon 300 "the file" test -e ben/files/joe/big
took=$(since "$began")
compare "queued to delivered, $mib MiB, two daemons" MiB "$mib" "$took" "cp, fsync" "$least"
cmp big ben/files/joe/big || fail "the contents differ"
work ann ben
