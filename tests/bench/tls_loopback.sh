#!/bin/bash
# tls_loopback.sh - one large body from node to node over TLS, beside socat over TLS into a file
#
#   BENCH_GIB=1 for 1 GiB; else BENCH_MIB=256     BENCH_ROUNDS=3     BENCH_BLOCK=65536 of socat
#
# Both begin with a file that memory holds, and with no connection; socat ends when its file is synced,
# ours when the receiver has it durable and the sender has heard so ("taken"), and when it lies where
# its addressee looks for it ("delivered"). They take turns, and each round has a ratio of its own.
#
# Memory that no program has used for a while may cost a virtual machine's host four times the work of
# copying into it, and a second GiB is such memory where the first is not. So the file is submitted
# before either begins, and both copy into what a file that was just removed has left.
. "$SOURCE/tests/bench/bench.bash"
. "$SOURCE/tests/integration/line.bash"

mib=${BENCH_GIB:+$((BENCH_GIB * 1024))}
mib=${mib:-${BENCH_MIB:-256}}
type socat >/dev/null 2>&1 || skip "tls_loopback: skipped, there is no socat (contrib/install-deps bench)"
[ "$(df --output=avail -B1M . | tail -n 1)" -gt $((mib * 5)) ] ||
	skip "tls_loopback: skipped, less than $((mib * 5)) MiB of disk are free"

# warm: what follows finds memory that this machine has
warm()
{
	head -c "$((mib << 20))" /dev/zero >warm
	rm warm
}

# empty FOLDER: of bodies; costs the processors less than to ask a daemon, who has other work
empty()
{
	! compgen -G "$1/[0-9]*" >/dev/null
}

# peer: seconds that socat takes
peer()
{
	local port began receiver

	port=$(free_port)
	socat -u -b "${BENCH_BLOCK:-65536}" \
		"OPENSSL-LISTEN:$port,bind=127.0.0.1,reuseaddr,cert=peer.pem,key=peer.key,verify=0" \
		OPEN:copy,creat,trunc &
	receiver=$!
	soon 10 "socat listens" listens "$port"
	warm
	began=$(now)
	socat -u -b "${BENCH_BLOCK:-65536}" OPEN:big,rdonly "OPENSSL:127.0.0.1:$port,verify=0" || fail "socat does not send"
	wait "$receiver" || fail "socat does not receive"
	sync copy || fail "socat's file cannot be synced"
	since "$began"
	cmp -s big copy || fail "socat's copy differs"
	rm copy
}

# ours: seconds until taken, and until delivered
ours()
{
	local began

	! empty ann/spool/bodies || fail "nothing waits"
	warm
	began=$(now)
	mulga ann call ben.example >/dev/null || fail "ann does not call"
	soon 300 "the acknowledgement" empty ann/spool/bodies
	since "$began"
	soon 300 "the file" test -e ben/files/joe/big
	since "$began"
	cmp -s big ben/files/joe/big || fail "the contents differ"
	rm ben/files/joe/big
	mulga ann hangup ben.example >/dev/null
	within 20 "the end of the call" link_is ann ben.example waiting
}

secure_nodes ann.example ben.example
nodes ann.example ben.example
keyed ben.example "call never" | secure_describe ann.example
keyed ann.example "call never" | secure_describe ben.example
mkdir -p ben/files/joe
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout peer.key -out peer.pem 2>/dev/null ||
	fail "no certificate for socat"
head -c "$((mib << 20))" /dev/zero | openssl enc -aes-128-ctr -pass pass:mulga -pbkdf2 -nosalt >big ||
	fail "cannot write the file"
sync big
start ann ben

for ((round = 0; round < ${BENCH_ROUNDS:-3}; round++)); do
	mulga ann send joe@ben.example big >/dev/null || fail "not taken"
	sync -f .
	least=$(peer) || fail "$least"
	took=$(ours) || fail "$took"
	mapfile -t took <<<"$took"
	compare "$mib MiB over TLS, taken" MiB "$mib" "${took[0]}" "socat, TLS, fsync" "$least"
	compare "$mib MiB over TLS, delivered" MiB "$mib" "${took[1]}" "socat, TLS, fsync" "$least"
done
work ann ben
