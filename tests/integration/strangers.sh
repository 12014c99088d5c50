#!/bin/bash
# strangers.sh - a thousand idle connections, and many that begin to say something, stop no neighbor
set -eu
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

fewer() # COUNT NODE: connections that its daemon holds
{
	[ "$(find "/proc/${PROCESS[$2]}/fd" -lname "socket:*" 2>/dev/null | wc -l)" -lt "$1" ]
}

memory_kb() # NODE: what it has touched at most since `peak_anew`
{
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/${PROCESS[$1]}/status"
}

peak_anew() # NODE
{
	echo 5 >"/proc/${PROCESS[$1]}/clear_refs"
}

# crowd COUNT NODE [WORDS]: so many connections that say that, and stay until `crowd_leaves`
crowd()
{
	local count=$1 address=${ADDRESS[$2]} words=${3-}

	(
		for ((i = 0; i < count; i++)); do
			exec {fd}<>"/dev/tcp/${address/:*}/${address##*:}" || exit 1
			[ -z "$words" ] || printf "$words" >&"$fd"
		done
		touch "crowd.$BASHPID"
		exec sleep 300
	) 2>>crowd.errors &
	CROWD+=($!)
	within 60 "a crowd of $count" test -e "crowd.$!"
}

crowd_leaves()
{
	kill "${CROWD[@]}"
	wait "${CROWD[@]}" 2>/dev/null || true
	CROWD=()
}

CROWD=()
trap 'kill "${CROWD[@]}" 2>/dev/null; end_network 1' ERR
declare -A KEY=()
nodes ann.test.au ben.test.au
for node in ann ben; do
	mulga "$node" init --name "$node.test.au" >/dev/null
	KEY[$node]=$(mulga "$node" key)
	user "$node" joe
done
echo "link ben.test.au { auth key \"${KEY[ben]}\"; retry 200ms; call on-demand; transport tcp \"${ADDRESS[ben]}\" }" |
	describe ann.test.au
echo "link ann.test.au { auth key \"${KEY[ann]}\"; transport tcp listen }" | describe ben.test.au
sed -i 's/^\(listen.*\) plain$/\1/' ben/node.topo
start ann ben

arrives() # TEXT: a call of its own, in the time that a call takes
{
	mulga ann hangup ben.test.au >/dev/null || true
	echo "$1" | mulga ann send --service mail joe@ben.test.au >/dev/null
	mulga ann call ben.test.au >/dev/null
	within "$2" "the mail: $1" has_mails 1 ben joe "$1"
}

arrives "on a quiet day" 20
before_kb=$(memory_kb ben)

# Who says nothing costs a socket; and of those not all are kept.
for _ in 1 2 3 4; do
	crowd 250 ben
done
within 20 "most of the idle are sent away" fewer 320 ben
arrives "through a thousand that are idle" 10
[ "$(mulga ben status --json | jq -r .node)" = ben.test.au ] || fail "ben does not answer"
idle_kb=$(($(memory_kb ben) - before_kb))
[ -n "$SANITIZED" ] || [ "$idle_kb" -lt 4096 ] || fail "a thousand idle connections cost $idle_kb KiB"
crowd_leaves

# Who begins a handshake and goes no further keeps one of his address waiting, for a while, not all:
# the last to come is heard first.
crowd 100 ben '\x16\x03\x01\x00\xf0\x01\x00\x00\xec\x03\x03'
arrives "behind a hundred that say half a word" 30
half_kb=$(($(memory_kb ben) - before_kb))
[ -n "$SANITIZED" ] || [ "$half_kb" -lt 4096 ] || fail "a hundred half handshakes cost $half_kb KiB"
crowd_leaves
echo "1,000 idle: $idle_kb KiB; 100 half-open: $half_kb KiB"

# They are gone without a trace, and without a word each in the log.
within 40 "nobody is at the door" fewer 30 ben
[ "$(grep -c 'call from' ben/log)" -lt 200 ] || fail "the log is full of strangers"
arrives "at last" 20
stop ann ben
