#!/bin/bash
# control_socket - the thin client against a running daemon: deep homes, queue, why, trace
set -eu

fail() { echo "FAIL: $*"; exit 1; }
home=$PWD/$(printf '%0200d' 0) # longer than the address of a socket may be
mulga() { "$BUILD/mulga" -C "$home" "$@"; }
code() { local expected=$1 got=0; shift; "$@" >out 2>errors || got=$?; [ "$got" -eq "$expected" ] || fail "exit $got, not $expected: $*: $(cat out errors)"; }

mulga init --name deep.x --via hub.x >/dev/null
"$BUILD/mulgad" -C "$home" >ready 2>log &
daemon=$!
trap 'kill "$daemon" 2>/dev/null || true' EXIT
for _ in $(seq 200); do grep -qx ready ready && break; sleep 0.05; done

code 0 mulga status --json
jq -e '.node == "deep.x" and .uptime_s != null' out >/dev/null || fail "$(cat out)"

# a message for a neighbor that does not answer waits, and says why
echo text | code 0 mulga send --name note joe@hub.x -
id=$(cat out)
code 0 mulga queue --json
jq -e --arg id "$id" '.id == $id and .service == "file" and .preference == "fastest" and
	.size == 5 and .copies[0].neighbor == "hub.x" and .copies[0].link == "" and
	.copies[0].destinations == ["joe@hub.x"] and .copies[0].state == "queued" and
	(.arrived | endswith("Z")) and (.expires > .arrived)' out >/dev/null || fail "$(cat out)"
code 0 mulga status --json
jq -e ".queue.messages >= 1 and .queue.bytes >= 5 and .links[0].queued >= 1" out >/dev/null || fail "$(cat out)"
# sendmail -q and -qR NODE call; the link of this node waits after each call
ln -s "$BUILD/mulga" sendmail
for wanted in "-q" "-qR hub.x" "-qRhub.x"; do
	MULGA_HOME=$home code 0 ./sendmail $wanted
	grep -q "called\|Calling\|on the line" out || fail "$wanted: $(cat out)"
done
MULGA_HOME=$home code 1 ./sendmail -qR other.x
MULGA_HOME=$home code 64 ./sendmail -q30m
short=${id##*-}
code 0 mulga queue "${short:0:8}"
code 1 mulga queue --neighbor other.x
code 1 mulga queue --older 1d
code 1 mulga queue hold --older 1d
code 1 mulga queue hold --neighbor hub.x --service mail
code 0 mulga queue hold --older 0s --neighbor hub.x --service file
code 0 mulga queue release "${short:0:8}"
for wrong in "queue hold" "queue hold --older soon" "queue hold --service" "call" "hangup"; do
	code 64 mulga $wrong
	grep -q "usage: mulga $(echo "$wrong" | cut -d- -f1 | xargs)" errors || fail "$wrong: $(cat errors)"
done
code 0 mulga queue hold "$id"
code 0 mulga why "$id"
grep -q '^held: for joe@hub.x by hub.x' out || fail "$(cat out)"
code 0 mulga trace "$id" --json
jq -e --arg id "$id" '.id == $id and .origin == "deep.x" and .hops[0].node == "deep.x" and
	.hops[0].left == null and
	.outcomes == [{"destination":"joe@hub.x","outcome":null,"at":null,"text":null}]' out >/dev/null ||
	fail "$(cat out)"
code 0 mulga sent --json
jq -e --arg id "$id" '.id == $id and .title == "note"' out >/dev/null || fail "$(cat out)"
code 0 mulga queue cancel "$id"
code 0 mulga trace "$id" --json
jq -e '.outcomes[0].outcome == "cancelled"' out >/dev/null || fail "$(cat out)"
code 0 mulga queue
grep -q 'queue is empty' out || fail "$(cat out)"

! grep -q ' control ' out || fail "the nodes' own: $(cat out)"
code 0 mulga queue --all --json
jq -e -s 'length > 0 and all(.service == "control")' out >/dev/null || fail "$(cat out)"

# the same answers from the spool when the daemon is gone
mulga trace "$id" --json >before
kill "$daemon"
wait "$daemon" || true
code 0 mulga trace "$id" --json
cmp before out
code 3 mulga queue hold "$id"
