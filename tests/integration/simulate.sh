#!/bin/bash
# simulate - a small network under virtual time: what is reported, twice the same, bad input
set -eu

mulga="$BUILD/mulga"
fail() { echo "FAIL: $*"; exit 1; }
code() { local got=0; "$@" >out 2>err || got=$?; echo $got; }

# Two organisations; a leaf of each reaches the other by both hubs, and by no other way.
cat >network.topo <<'END_OF_NETWORK'
template line { call on-demand; transport tcp "far:4242" plain { rate 9600; round-trip 200ms } }
node hub.x.au  { visible au; link leaf.x.au { delay 10s; use line }; link hub.y.au { delay 1m; use line } }
node leaf.x.au { link hub.x.au { delay 10s; use line } }
node hub.y.au  { visible au; link hub.x.au { delay 1m; use line }; link leaf.y.au { delay 10s; use line } }
node leaf.y.au { link hub.y.au { delay 10s; use line } }
END_OF_NETWORK

"$mulga" simulate network.topo --days 2 --traffic mail=50 --json --nodes >one.json
"$mulga" simulate network.topo --days 2 --traffic mail=50 --json --nodes >two.json
cmp one.json two.json || fail "the same seed, and another story"
"$mulga" simulate network.topo --days 2 --traffic mail=50 --json --seed 7 >other.json
! cmp -s one.json other.json || fail "another seed, and the same story"
expect() # FILTER: true of one.json
{
	[ "$(jq "$1" one.json)" = true ] || fail "$1: $(cat one.json)"
}
expect '.nodes == 4 and .links == 6 and .days == 2 and .seed == 1'
expect '.messages.accepted == 40 and .messages.destinations == 40' # 4 nodes, 5 a day each
expect '.messages.delivered == 40 and .messages.reported == 0 and .messages.looped == 0'
expect '.hops.most == 3 and .ways.length_permille == 1000 and .ways.exact == .ways.compared'
expect '.latency_ms.median > 400 and .latency_ms.most < 60000' # dialling, greeting, 10 KB
expect '[.each[].node] == ["hub.x.au", "leaf.x.au", "hub.y.au", "leaf.y.au"]'
expect '.each[1].records == 2 and .each[0].records == 3' # a leaf knows its own organisation
expect '.leaf.count == 2 and .hub.table_entries > .leaf.table_entries'

# news goes to all of a region once; a calm line that breaks now and then loses nothing
"$mulga" simulate network.topo --days 2 --traffic paper=50 --fault cut=20 --fault crash=5 --json >one.json
expect '.messages.accepted == 40 and .messages.destinations > 40'
expect '.messages.delivered == .messages.destinations'

# a change of a link is told to those who see it
"$mulga" simulate network.topo --days 7 --traffic none --changes 28 --json --nodes >one.json
expect '.changes == 28 and .messages.accepted == 0'
expect '[.each[].updates_per_week] | add >= 28 and add <= 56' # a leaf's go to one, a hub's to two

# who may come later is there soon
"$mulga" simulate network.topo --days 1 --traffic none --newcomer leaf.y.au --json >one.json
expect '.newcomer.first_route_ms >= 0 and .newcomer.all_routes_ms < 60000 and .newcomer.known_ms < 120000'

# for whom no way leads there is a report
{ cat network.topo; echo 'node island.z.au { }'; } >island.topo
"$mulga" simulate island.topo --days 2 --traffic mail=50 --json >one.json
expect '.messages.reported > 0'
expect '.messages.delivered + .messages.reported == .messages.accepted'

sed 's/call on-demand; //' network.topo >up.topo # with links that stay up
"$mulga" simulate up.topo --days 1 >text
grep -q '^messages ' text || fail "$(cat text)"
"$mulga" simulate --generate 60 >made.topo
"$mulga" check made.topo 2>notes || fail "$(cat notes)"
! grep -q 'warning:' notes || fail "$(cat notes)"
"$mulga" simulate made.topo --days 1 --json >one.json
expect '.nodes == 60 and .messages.delivered == .messages.destinations'

# what cannot be
[ "$(code "$mulga" simulate)" -eq 64 ] || fail "without a network"
[ "$(code "$mulga" simulate nowhere.topo)" -eq 66 ] || fail "no such file: $(cat err)"
[ "$(code "$mulga" simulate network.topo --days 0)" -eq 64 ] || fail "--days 0"
[ "$(code "$mulga" simulate network.topo --traffic much)" -eq 64 ] || fail "--traffic much"
[ "$(code "$mulga" simulate network.topo --fault flood=3)" -eq 64 ] || fail "--fault flood=3"
[ "$(code "$mulga" simulate network.topo --newcomer nobody.au)" -eq 64 ] || fail "--newcomer nobody.au"
sed 's/delay 1m/delay 1q/' network.topo >bad.topo
[ "$(code "$mulga" simulate bad.topo)" -eq 78 ] || fail "a bad file: $(cat err)"
grep -q '^bad.topo:2:[0-9]*: error:' err || fail "$(cat err)"
[ ! -s out ] || fail "a report of a bad file: $(cat out)"
echo 'node a.au { }' >lonely.topo
[ "$(code "$mulga" simulate lonely.topo)" -eq 78 ] || fail "one node: $(cat err)"

# a network that is only drawn, without a word of what will carry it, is simulated all the same
sed 's/; use line//g; s/^template.*//' network.topo >drawn.topo
"$mulga" simulate drawn.topo --days 2 --traffic mail=50 --json >one.json
expect '.messages.delivered == 40'

# A line of which nothing is said is a usual one, whatever its transport will be.
cat >stick.topo <<END
node a.test.au { link b.test.au { delay 1d; transport directory "/m" { overdue 5d } } }
node b.test.au { link a.test.au { delay 1d; transport tcp "a:1" plain } }
END
"$BUILD/mulga" simulate stick.topo --days 1 --traffic mail=100 >said 2>&1 || fail "no rate is stated: $(cat said)"
