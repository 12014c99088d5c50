#!/bin/bash
# tls.sh - links between keys: mail passes; who has another key, or none, gets nowhere
set -eu
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

# secure NODE: what `describe` wrote, but without clear text
secure()
{
	sed -i 's/ plain//' "$1/node.topo"
}

# keyed NAME [KEY]: a link by TLS to the node of that key, its own by default
keyed()
{
	echo "link $1 { transport tcp \"${ADDRESS[${1%%.*}]}\"; auth key \"${2-${KEY[${1%%.*}]}}\"; retry 200ms }"
}

says() # NODE TEXT: some line of its links has it
{
	mulga "$1" links --json | grep -qF -- "$2"
}

why_says() # NODE MESSAGE TEXT
{
	mulga "$1" why "$2" | grep -qF "$3"
}

declare -A KEY=()
nodes ann.test.au ben.test.au eve.test.au
for node in ann ben eve; do
	mulga "$node" init --name "$node.test.au" >/dev/null
	KEY[$node]=$(mulga "$node" key)
done
keyed ben.test.au | describe ann.test.au
keyed ann.test.au | describe ben.test.au
secure ann
secure ben
user ann joe
user ben joe
start ann ben

# What the other end writes after `auth key` is shown, to people and to programs.
same "the key of status" "${KEY[ann]}" "$(mulga ann status --json | jq -r .key)"
mulga ann status | grep -qF "Its key is ${KEY[ann]}." || fail "status shows no key"

# Both ways, small and large.
head -c 3000000 /dev/urandom >large
echo "a secret" | mulga ann send --service mail joe@ben.test.au >/dev/null
mulga ben send joe@ann.test.au large >/dev/null
within 10 "the mail" sh -c 'test -n "$(ls ben/mail/joe/new)"'
within 20 "the file" test -e ann/files/joe/large
cmp large ann/files/joe/large
within 10 "the link says how" says ann TLS

# A neighbor with the right key greets and sends frames that nobody knows: a hundred megabytes, in one stretch
# (PROTOCOL.md, Compression) of some kilobytes. It is hung up, that is said, and mail passes when it is itself again.
stop ben
openssl req -x509 -new -key ben/keys/node.pem -subj /CN=ben -days 2 -out ben.pem 2>errors ||
	fail "no certificate: $(cat errors)"
{
	printf '\x01\x1f\x01\x0amulga link\x02\x01\x02\x03\x01\x01\x04\x0bben.test.au\x02\x00'
	for ((i = 0; i < 1600; i++)); do
		printf '\x64\x80\x80\x04'
		head -c 65536 /dev/zero
	done
} | zstd -q -c --zstd=wlog=17 >frames
length=$((2 * $(stat -c %s frames)))
[ "$length" -gt 16383 ] && [ "$length" -lt 133120 ] || fail "$length: its length is not of three bytes"
id=$(mulga ann send joe@ben.test.au large)
{
	for at in $((length & 127 | 128)) $((length >> 7 & 127 | 128)) $((length >> 14)); do
		printf "\\x$(printf %x $at)"
	done
	cat frames
	sleep 20
} | timeout 20 openssl s_client -connect "${ADDRESS[ann]}" -tls1_3 -alpn m1z -key ben/keys/node.pem -cert ben.pem \
	-quiet >/dev/null 2>&1 &
bomb=$!
within 15 "the bomb is noticed" grep -q 'ben.test.au: up -> waiting: what came is not compressed as it should be' ann/log
kill "$bomb" 2>/dev/null || true
mulga ann why "$id" | grep -qF "what came is not compressed as it should be; next call" || fail "why: $(mulga ann why "$id")"
peak=$(awk '/VmHWM/ { print $2 }' "/proc/${PROCESS[ann]}/status")
[ -n "$SANITIZED" ] || [ "$peak" -lt 65536 ] || fail "the bomb took $peak kB of memory"
start ben
within 20 "the file to ben" test -e ben/files/joe/large

# Who has another key is told so, whether it says its own name or a neighbor's.
keyed ann.test.au | describe eve.test.au
secure eve
start eve
within 10 "eve is told" says eve "no link here has the key of this caller"
stop eve
sed -i 's/^node eve/node ben/' eve/node.topo
mv eve/node.topo as-ben.topo
rm -r eve
mulga eve init --name ben.test.au >/dev/null
mv as-ben.topo eve/node.topo
start eve
within 10 "the false ben is told" says eve "no link here has the key of this caller"
stop eve

# A neighbor whose key is stated does not come without it, not even to a plain listener.
link ann.test.au | describe ben.test.au
mulga ben reload >/dev/null
keyed ben.test.au | describe ann.test.au
mulga ann reload >/dev/null
within 10 "ben is told" says ben "a call without TLS, where the description states a key"

# Clear text is not heard where TLS is spoken.
secure ann
mulga ann reload >/dev/null
exec 3<>"/dev/tcp/${ADDRESS[ann]/://}"
printf 'HELO there\r\n' >&3
within 10 "the stranger is noticed" grep -q 'call from 127.0.0.1:[0-9]* ended: TLS: ' ann/log
exec 3>&-

# Who calls notices a key that is not the one it expects.
keyed ann.test.au | describe ben.test.au
secure ben
mulga ben reload >/dev/null
keyed ben.test.au "${KEY[eve]}" | describe ann.test.au
secure ann
mulga ann reload >/dev/null
id=$(echo "to whom?" | mulga ann send --service mail joe@ben.test.au)
within 10 "ann sees another key" says ann "the far end's key is not the one that the description states"
within 10 "why says it, too, but while it calls again" \
	why_says ann "$id" "the far end's key is not the one that the description states"

# What cannot be is said before it is tried.
echo 'link ben.test.au { transport tcp "127.0.0.1:1" }' | describe ann.test.au
if mulga ann reload 2>errors; then fail "a link without a key was taken"; fi
grep -q 'node.topo:[0-9]*:[0-9]*: error: ben.test.au is called by TLS, and no key of its is stated' errors ||
	fail "not said: $(cat errors)"
stop ann ben
same "the key, without a daemon" "${KEY[ann]}" "$(mulga ann status --json | jq -r .key)"
