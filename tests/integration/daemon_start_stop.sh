#!/bin/bash
# daemon_start_stop - mulgad comes, stays alone, reloads, goes, and says no with the right code
. "$SOURCE/tests/integration/daemons"

# --- ready, and alone -------------------------------------------------------------------------
make_home a a.test.oz.au <<'X'
	visible oz.au
	listen tcp "127.0.0.1:0" plain
X
start a
[ "$(cat a/name)" = a.test.oz.au ] || fail "a/name does not say whose home it is"
[ "$(stat -c %a a/control.sock)" = 666 ] || fail "not everybody may ask"
[ "$(stat -c %a a/drop)" = 3733 ] || fail "drop/ has other permissions"
[ "$("$MULGA" -C a status --json | jq -r .node)" = a.test.oz.au ] || fail "status"
[ "$(port_of a)" -gt 0 ] || fail "status does not show the port that was taken"

timeout 10 "$MULGAD" -C a >second.out 2>second.log
[ $? -eq 75 ] || fail "a second daemon did not exit with 75"
grep -q "in use by process $daemon" second.log || fail "it does not say who has the spool"
[ ! -s second.out ] || fail "it said that it was ready"
"$MULGA" -C a status >/dev/null || fail "the second daemon disturbed the first"

# --- reload: a bad file never replaces a good one ------------------------------------------------
cp a/node.topo good.topo
sed -i 's/visible oz.au/visible oz.uk/' a/node.topo
"$MULGA" -C a reload >reload.out 2>&1
[ $? -eq 78 ] || fail "reload of a bad file: $(cat reload.out)"
grep -q 'node.topo:2:' reload.out || fail "reload does not say where: $(cat reload.out)"
kill -HUP "$daemon"
until_true 5 grep -q 'error: .*node.topo:2:' a.log || fail "SIGHUP was not heard"
[ "$("$MULGA" -C a status --json | jq -r .visible)" = oz.au ] || fail "a bad file came into force"
cp good.topo a/node.topo
sed -i 's/visible oz.au/visible test.oz.au/' a/node.topo
kill -HUP "$daemon"
until_true 5 sh -c '"$1" -C a status --json | jq -e ".visible == \"test.oz.au\""' sh "$MULGA" ||
	fail "a good file did not come into force"

# --- the end ---------------------------------------------------------------------------------------
stop "$daemon"
[ "$code" -eq 0 ] || fail "SIGTERM: exit $code"
[ ! -e a/control.sock ] || fail "the socket was left behind"

# A daemon that was killed leaves its socket; the next one starts all the same.
start a
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null
[ -e a/control.sock ] || fail "SIGKILL left no socket: this test proves nothing"
start a
stop "$daemon"

# --- what cannot be served -----------------------------------------------------------------------------
make_home bad bad.test.oz.au <<'X'
	visible nowhere.else
X
timeout 10 "$MULGAD" -C bad 2>bad.log
[ $? -eq 78 ] || fail "a bad description did not exit with 78"
grep -q 'node.topo:2:' bad.log || fail "it does not say where"
[ ! -e bad/spool ] || fail "it made a spool"

make_home keyless keyless.test.oz.au <<'X'
	link far.test.oz.au { transport tcp "127.0.0.1:1" }
X
timeout 10 "$MULGAD" -C keyless --check 2>keyless.log
[ $? -eq 78 ] || fail "TLS without the far end's key was not refused"
grep -q 'node.topo:2:.*TLS' keyless.log || fail "it does not say where: $(cat keyless.log)"

make_home nobody nobody.test.oz.au <<'X'
	listen tcp "127.0.0.1:0"
X
timeout 10 "$MULGAD" -C nobody 2>nobody.log
[ $? -eq 78 ] || fail "TLS without a key of its own was not refused"
grep -q 'nobody/keys/node.pem: ' nobody.log || fail "it does not say what is missing: $(cat nobody.log)"

# A spool of a newer version is refused, and not a byte of it changes.
make_home newer newer.test.oz.au </dev/null
start newer
stop "$daemon"
sqlite3 newer/spool/mulga.db 'PRAGMA user_version = 9999; PRAGMA journal_mode = DELETE' >/dev/null
sum=$(sha256sum <newer/spool/mulga.db)
timeout 10 "$MULGAD" -C newer 2>newer.log
[ $? -eq 78 ] || fail "a newer spool did not exit with 78"
[ "$(sha256sum <newer/spool/mulga.db)" = "$sum" ] || fail "a newer spool was touched"

# --- a home whose path is too long for a socket address ------------------------------------------------
long=$(printf 'x%.0s' $(seq 200))
make_home "$long" long.test.oz.au </dev/null
start "$long"
[ "$("$MULGA" -C "$PWD/$long" status --json | jq -r .node)" = long.test.oz.au ] ||
	fail "a long path cannot be reached"
stop "$daemon"
[ "$code" -eq 0 ] || fail "SIGTERM: exit $code"
