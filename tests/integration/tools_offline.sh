#!/bin/bash
# tools_offline - what mulga does where no daemon runs
set -eu

mulga="$BUILD/mulga"
fail() { echo "FAIL: $*"; exit 1; }
# code N COMMAND...: the command must exit with N
code()
{
	local expected=$1 got=0
	shift
	"$@" >out 2>errors || got=$?
	[ "$got" -eq "$expected" ] || fail "exit $got, not $expected: $*: $(cat out errors)"
}

# thin: libc alone
[ -n "$SANITIZED" ] || [ "$(ldd "$mulga" | grep -c '=>')" -eq 1 ] ||
	fail "mulga links more than libc: $(ldd "$mulga")"

# init makes a node that check likes, once
code 0 "$mulga" -C home init --name basser.cs.su.oz.au --visible su.oz.au --via extro.ucc.su.oz.au
code 73 "$mulga" -C home init --name basser.cs.su.oz.au
code 0 "$mulga" -C home check
grep -q '^1 node, no error' out || fail "check says $(cat out)"
[ "$(stat -c %a home/drop home/keys home/keys/node.pem | xargs)" = "3733 700 600" ] || fail modes
[ "$(cat home/name)" = basser.cs.su.oz.au ] || fail name
openssl pkey -in home/keys/node.pem -pubout -outform DER | base64 -w0 >public
code 0 "$mulga" -C home key
[ "$(cat out)" = "$(cat public)" ] || fail "key $(cat out)"
code 64 "$mulga" -C bad init --name basser.cs.su.oz.au --visible mu.oz.au
[ ! -e bad/node.topo ] || fail "a bad init left a description"
code 64 "$mulga" -C bad init --name 'not a name'
code 64 "$mulga" -C bad init
code 0 "$mulga" -C typed init --name CN=cluster.OU=cs.O=su.PRMD=oz.C=au
[ "$(cat typed/name)" = cluster.cs.su.oz.au ] || fail "the typed name became $(cat typed/name)"

# print is a fixed point
"$mulga" -C home print >once
"$mulga" print once >twice
cmp once twice
code 66 "$mulga" print absent
printf 'node a.b { visible c }\n' >wrong.topo
code 78 "$mulga" check wrong.topo
grep -q 'wrong.topo:1:20: error' errors || fail "$(cat errors)"

# verbs that read work on the spool, those that change need the daemon
for verb in status links queue sent topology routes; do
	code 0 "$mulga" -C home $verb
	code 0 "$mulga" -C home $verb --json
done
"$mulga" -C home status --json | jq -e '.node == "basser.cs.su.oz.au" and
	.links[0].neighbor == "extro.ucc.su.oz.au" and .queue.messages == 0' >/dev/null
code 0 "$mulga" -C home status --json
cp out after
code 0 "$mulga" -C home --json status
cmp out after || fail "--json before the verb is another than behind it"
code 3 "$mulga" -C home reload
code 3 "$mulga" -C home queue hold --all
code 3 "$mulga" -C nowhere status
code 1 "$mulga" -C home why nothing
code 1 "$mulga" -C home links elsewhere.oz.au
code 64 "$mulga" -C home links --bogus
code 64 "$mulga" -C home frobnicate
code 64 "$mulga" -C home paths
(exec 9<home/spool/lock; flock 9; code 75 "$mulga" -C home queue)

# explain: here, elsewhere by the hub, nowhere
"$mulga" -C home explain joe@basser pat@yarra.cs.mu.oz.au --json >out
jq -e '.[0].completed == "joe@basser.cs.su.oz.au" and
	.[0].deliver_here == ["basser.cs.su.oz.au"] and
	.[1].next[0].neighbor == "extro.ucc.su.oz.au" and
	.[1].next[0].destinations == ["yarra.cs.mu.oz.au"]' out >/dev/null || fail "$(cat out)"
code 65 "$mulga" -C home explain 'no..name'

# a whole network in one file: the delay is the receiver's, the cost the sender's
cat >network.topo <<'END'
node a.x { visible x; link b.x { delay 9s; cost 3 }; link c.x { delay 1s; cost 9 }
           explicit z = c.x ! * }
node b.x { visible x; link a.x { delay 4s; cost 5 }; link c.x { delay 1s; cost 1 } }
node c.x { visible x; link a.x { delay 7s; cost 1 }; link b.x { delay 1s; cost 1 } }
END
code 0 "$mulga" routes -f network.topo --home a.x --json
jq -e '.home == "a.x" and .visible == "x" and
	(.fastest[] | select(.region == "c.x")) ==
		{"region":"c.x","next_hop":"b.x","delay_ms":5000,"cost":4,"pseudolink":false} and
	(.cheapest[] | select(.region == "c.x")).next_hop == "b.x" and
	(.cheapest[] | select(.region == "b.x")).cost == 3 and
	.explicit == [{"pattern":"z","route":"c.x!*"}]' out >/dev/null || fail "$(cat out)"
code 0 "$mulga" routes -f network.topo --home a.x --table cheapest --json
jq -e 'has("cheapest") and (has("fastest") | not)' out >/dev/null
code 64 "$mulga" routes -f network.topo
code 64 "$mulga" routes -f network.topo --home q.x
code 1 "$mulga" explain -f network.topo --home a.x nobody.q
grep -q 'cannot be reached' out || fail "$(cat out)"
code 66 "$mulga" check absent.topo
[ "$(grep -o absent.topo errors | wc -l)" -eq 1 ] || fail "the path is not said once: $(cat errors)"

# what is submitted without a daemon is a whole, closed file of drop/, and no other
umask 027
head -c 3000000 /dev/urandom >big
chmod 640 big
code 0 "$mulga" -C home send joe@b.x big network.topo
[ "$(wc -l <out)" -eq 2 ] || fail "two files, two ids: $(cat out)"
while read -r id; do
	file=home/drop/${id##*-}
	[ "${id%-*}" = basser.cs.su.oz.au ] || fail "id $id"
	[ "$(stat -c '%a %h' "$file")" = "640 1" ] || fail "$(stat "$file")"
done <out
[ "$(find home/drop -type f | wc -l)" -eq 2 ] || fail "$(ls -a home/drop)"
echo hello | code 0 "$mulga" -C home send --service mail --cheapest --expire 2h --name greeting joe@b.x
echo hello | code 0 "$mulga" -C home send joe@b.x -
code 66 "$mulga" -C home send joe@b.x absent
code 65 "$mulga" -C home send 'joe@@b' big
code 64 "$mulga" -C home send --expire soon joe@b.x big
code 64 "$mulga" -C home send --seal joe@b.x big
code 64 "$mulga" -C home send
code 78 "$mulga" -C nowhere send joe@b.x big
[ "$(find home/drop -type f | wc -l)" -eq 4 ] || fail "$(ls -a home/drop)"
chmod 755 home/drop
if [ "$(id -u)" -eq 0 ] && setpriv --reuid 65534 --clear-groups true 2>/dev/null; then
	chmod 755 . ..
	code 73 setpriv --reuid 65534 --clear-groups "$mulga" -C home send joe@b.x network.topo
	chmod 3733 home/drop
	if setpriv --reuid 65534 --clear-groups test -r network.topo; then
		code 0 setpriv --reuid 65534 --clear-groups "$mulga" -C home send joe@b.x network.topo
	fi
fi

# a path that no socket address can hold
long=$(printf '%0200d' 0)
code 0 "$mulga" -C "$long" init --name deep.x
code 3 "$mulga" -C "$long" reload
code 0 "$mulga" -C "$long" status
