#!/bin/bash
# peer_garbage - whoever calls with nonsense, or as somebody else, is hung up; the node lives on
. "$SOURCE/tests/integration/daemons"

mkdir -p files/joe
make_home b b.test.oz.au <<X
	visible oz.au
	listen tcp "127.0.0.1:0" plain
	link a.test.oz.au { transport tcp listen }
	service file { deliver drop "$PWD/files/%u" }
X
start b
b=$daemon
make_home c c.test.oz.au <<'X'
	visible oz.au
	listen tcp "127.0.0.1:0" plain
	link a.test.oz.au { transport tcp listen }
X
start c
c=$daemon
make_home a a.test.oz.au <<X
	visible oz.au
	listen tcp "127.0.0.1:0" plain
	link b.test.oz.au { call always; transport tcp "127.0.0.1:$(port_of b)" plain }
	link other.test.oz.au { call always; transport tcp "127.0.0.1:$(port_of c)" plain }
X
start a
a=$daemon
port=$(port_of a)
is_up() { [ "$(link_state "$1" "$2")" = up ]; }
until_true 10 is_up a b.test.oz.au || fail "a and b do not come together"

# --- nonsense: the far end must end the call at once -----------------------------------------
hung_up_after() { # SECONDS: writes standard input to a call; true if it is ended in time
	local result=0

	exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
	cat >&3 2>/dev/null
	timeout "$1" cat <&3 >/dev/null 2>&1 || result=$?
	exec 3<&- 3>&-
	[ "$result" -ne 124 ]
}
head -c 100000 /dev/zero | hung_up_after 5 || fail "zeroes were listened to"
head -c 100000 /dev/urandom | tr -d '\001' | hung_up_after 5 || fail "noise was listened to"
printf 'GET / HTTP/1.0\r\n\r\n' | hung_up_after 5 || fail "HTTP was listened to"
printf '\001\377\377\377\377\377\377\377\377\177' | hung_up_after 5 || fail "a hello of 2^63 bytes"
printf '\001\377\377\377\177hello' | hung_up_after 5 || fail "a hello of 256 MB was waited for"
printf '\002\377\377\177' | hung_up_after 5 || fail "an offer before the hello"
printf '\001\003\001\001\001' | hung_up_after 5 || fail "a hello that says nothing"

# --- silence: 300 callers who never speak neither stop a neighbor nor stay for ever ------------
for i in $(seq 300); do
	eval "exec $((i + 100))<>/dev/tcp/127.0.0.1/$port" || fail "call $i was not answered"
done
exec 3<>"/dev/tcp/127.0.0.1/$port"
began=$SECONDS
echo through | "$MULGA" -C a send --name letter joe@b.test.oz.au >/dev/null ||
	fail "a takes no messages"
until_true 10 grep -q through files/joe/letter || fail "silent callers stop a neighbor"
timeout 45 cat <&3 >/dev/null 2>&1
[ $? -ne 124 ] || fail "a silent caller is kept for ever"
[ $((SECONDS - began)) -ge 10 ] || fail "a slow line would never get through its hello"

# --- names: dialled one, found another; and a caller nobody knows ---------------------------------
[ "$(link_state a other.test.oz.au)" != up ] || fail "c was taken for other"
grep -q 'c.test.oz.au' a.log || fail "nothing says who was there instead of other"
make_home d d.test.oz.au <<X
	visible oz.au
	link a.test.oz.au { call always; transport tcp "127.0.0.1:$port" plain }
X
start d
d=$daemon
until_true 10 grep -q 'd.test.oz.au' a.log || fail "nothing says that d called"
[ "$(link_state d a.test.oz.au)" != up ] || fail "d is no neighbor of a's, and its link is up"

# --- a is as it was ---------------------------------------------------------------------------------
is_up a b.test.oz.au || fail "the link to b went down"
peak=$(awk '/VmHWM/ { print $2 }' "/proc/$a/status")
[ "$peak" -lt 65536 ] || fail "a took $peak kB of memory"
for daemon in $a $b $c $d; do
	stop "$daemon"
	[ "$code" -eq 0 ] || fail "exit $code"
done
