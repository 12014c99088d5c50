#!/bin/bash
# disk_full - on a full disk nothing is half accepted, and all goes on when there is room again
. "$SOURCE/tests/integration/daemons"

skip() { echo "$*"; exit 77; }
mkdir a
mount -t tmpfs -o size=8m mulga-test a 2>/dev/null || skip "this user may not mount a small file system"
trap 'umount -l a' EXIT

mkdir -p files/joe
make_home b b.test.oz.au <<X
	visible oz.au
	listen tcp "127.0.0.1:0" plain
	link a.test.oz.au { transport tcp listen }
	service file { deliver drop "$PWD/files/%u" }
X
start b
b=$daemon
b_port=$(port_of b)
make_home a a.test.oz.au <<X
	visible oz.au
	listen tcp "127.0.0.1:0" plain
	notify root
	service mail { deliver maildir "$PWD/mail/%u" }
	link b.test.oz.au { call always; transport tcp "127.0.0.1:$b_port" plain }
X
start a
a=$daemon
send() { "$MULGA" -C a send --name "$1" joe@b.test.oz.au "$2" 2>>send.err; }
delivered() { [ "$(find files/joe -type f ! -name '.*' | wc -l)" -eq "$1" ]; }

head -c 20000 /dev/urandom >small
head -c 5000000 /dev/urandom >large
send first small >ids || fail "an empty disk takes no message"
until_true 10 delivered 1 || fail "the first message does not arrive"

# --- b is away: a keeps what it takes, until the disk is full ------------------------------------
stop "$b"
accepted=1
for i in $(seq 400); do
	send "m$i" small >>ids
	code=$?
	[ "$code" -eq 0 ] || break
	accepted=$((accepted + 1))
done
[ "$code" -eq 75 ] || fail "after $accepted messages on 8 MiB: exit $code, not 75"
[ "$accepted" -gt 20 ] || fail "only $accepted messages fit"
grep -qi 'full\|space' send.err || fail "nothing says why: $(tail -n 1 send.err)"
send large large >>ids
[ $? -eq 75 ] || fail "a large message on a full disk was not put off"
kill -0 "$a" || fail "the daemon is gone"

# --- room again: without any help, all that was accepted arrives, and nothing else ----------------
mount -o remount,size=64m a || fail "no room can be made"
sed -i "s/listen tcp .*/listen tcp \"127.0.0.1:$b_port\" plain/" b/node.topo
start b
b=$daemon
until_true 60 delivered "$accepted" || fail "$accepted accepted, $(ls files/joe | wc -l) delivered"
mkdir -p mail/root/{tmp,new,cur}
takes_again() { send again small >>ids; }
until_true 10 takes_again || fail "it takes no message again"
until_true 10 delivered $((accepted + 1)) || fail "the last message does not arrive"
is_told() { grep -qrs '^Subject: the disk of the spool was full' mail/root/new; }
until_true 60 is_told || fail "the operator hears nothing of the full disk"
delivered $((accepted + 1)) || fail "more arrived than was accepted"
for file in files/joe/*; do
	cmp -s "$file" small || fail "$file is not what was sent"
done
[ "$(sort ids | uniq -d | wc -l)" -eq 0 ] || fail "an id was given twice"
[ "$(find a/spool/bodies -type f -name '[0-9]*' | wc -l)" -eq 0 ] || fail "a body was left behind"
for daemon in $a $b; do
	stop "$daemon"
	[ "$code" -eq 0 ] || fail "exit $code"
done
