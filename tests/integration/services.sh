#!/bin/bash
# services.sh - a service of any name: in the order of sending over two ways, and from whom it takes
. "$SOURCE/tests/integration/network.bash"

nodes ann.cs.su.oz.au rel.cs.su.oz.au ben.cs.su.oz.au eve.mu.oz.au
describe ann.cs.su.oz.au <<END
visible oz.au
$(link ben.cs.su.oz.au "delay 1s; cost 1000")
$(link rel.cs.su.oz.au "delay 5m; cost 1")
$(link eve.mu.oz.au)
END
describe rel.cs.su.oz.au <<END
$(link ann.cs.su.oz.au "delay 5m; cost 1")
$(link ben.cs.su.oz.au "delay 5m; cost 1")
END
describe ben.cs.su.oz.au <<END
$(link ann.cs.su.oz.au "delay 1s; cost 1000")
$(link rel.cs.su.oz.au "delay 5m; cost 1")
service backup { deliver command "$PWD/receive" "%f" "%u"; ordered; accept from su.oz.au }
END
describe eve.mu.oz.au <<END
visible oz.au
$(link ann.cs.su.oz.au)
leaf via ann.cs.su.oz.au
END
cat >receive <<END
#!/bin/bash
# receive ORIGIN USER: the body is a line, and perhaps much behind it
read -r line
echo "\$1 \$2 \$line" >>"$PWD/received"
cat >/dev/null
END
chmod +x receive
touch received
start ann rel ben eve
within 60 "ann hears of ben" knows ann ben.cs.su.oz.au
goes_by()
{
	[ "$(mulga ann explain "$1" ben.cs.su.oz.au --json | jq -r '.[0].next[0].neighbor')" = "$2" ]
}
within 60 "the fastest way is direct" goes_by --fastest ben.cs.su.oz.au
within 60 "the cheapest way is by rel" goes_by --cheapest rel.cs.su.oz.au

# The first, and the fourth, take a way on which nobody is; the others come at once, and wait.
stop rel
snapshot()
{
	{ echo "$2" && head -c "$3" /dev/zero; } |
		mulga ann send --service backup --name "snapshot $2" "$1" pool@ben.cs.su.oz.au - || fail "not taken"
}
first=$(snapshot --cheapest one 200000)
second=$(snapshot --fastest two 100000)
third=$(snapshot --fastest three 10)
fourth=$(snapshot --cheapest four 10)
fifth=$(snapshot --fastest five 10)
waits_for()
{
	mulga ben why "$1" 2>/dev/null | grep -q "$2 was sent before it"
}
within 60 "two waits for one" waits_for "$second" "$first"
within 60 "three waits for two" waits_for "$third" "$second"
within 60 "five waits for four" waits_for "$fifth" "$fourth"
same "received so far" "" "$(cat received)"
crash ben # what waits knows it after a crash, too
start ben
within 60 "ben is on the line again" link_is ann ben.cs.su.oz.au up
same "received after a crash" "" "$(cat received)"
start rel
within 120 "the last one" ended ben "$fifth" delivered
same "in the order of sending" "one two three four five" \
	"$(awk '{ printf "%s%s", sep, $3; sep = " " }' received)"
same "of whom and for whom" "ann.cs.su.oz.au pool" "$(cut -d' ' -f1,2 received | sort -u)"

# The operator of the destination may let one go past its predecessor.
stop rel
mulga ann send --service backup --cheapest pool@ben.cs.su.oz.au - <<<behind >said || fail "not taken"
behind=$(cat said)
past=$(mulga ann send --service backup --fastest pool@ben.cs.su.oz.au - <<<past) || fail "not taken"
within 60 "it waits" waits_for "$past" "$behind"
mulga ben queue release "$past" >said || fail "it is not released: $(cat said)"
within 60 "it goes past" grep -q " past$" received
same "received of the other" 0 "$(grep -c " behind$" received)"
start rel
within 120 "and the other comes later" grep -q " behind$" received

# A predecessor that was thrown away at the originis not waited for longer than it could live.
stop rel
gone=$(mulga ann send --service backup --cheapest --expire 20s pool@ben.cs.su.oz.au - <<<lost) || fail "not taken"
mulga ann queue cancel "$gone" >/dev/null || fail "not cancelled"
mulga ann send --service backup --fastest pool@ben.cs.su.oz.au - <<<after >/dev/null || fail "not taken"
within 120 "what came after it" grep -q " after$" received
same "received of it" 0 "$(grep -c " lost$" received)"

# Who writes from elsewhere is told which rule says no, and nothing of it is run.
user eve root
id=$(mulga eve send --service backup pool@ben.cs.su.oz.au - <<<intruder) || fail "not taken"
within 60 "it comes back" ended eve "$id" returned
mulga eve trace "$id" --json | jq -r '.outcomes[].text' >why
grep -q "service \"backup\" of ben.cs.su.oz.au takes nothing from eve.mu.oz.au: accept from su.oz.au" why ||
	fail "the reason is \"$(cat why)\""
same "run for it" 0 "$(grep -c intruder received)"
stop ann ben eve
