#!/bin/bash
# map - a picture of a network: well-formed, complete, the same each time
set -eu

mulga="$BUILD/mulga"
fail() { echo "FAIL: $*"; exit 1; }

cat >network.topo <<'END'
node a.cs.oz { visible oz; link b.cs.oz { delay 9s; cost 3 }; link c.oz { delay 1s; cost 9 } }
node b.cs.oz { visible oz; link a.cs.oz { delay 9s; cost 3 } }
node c.oz    { visible oz; link a.cs.oz { delay 7s; cost 1 }; link d.oz { one-way out; delay 1s } }
END

# from a file; -o is a file, whole and the same as the output
"$mulga" map -f network.topo --home a.cs.oz >plain.svg
"$mulga" map -o named.svg -f network.topo --home a.cs.oz >rest
cmp plain.svg named.svg
[ ! -s rest ] || fail "-o printed as well"
for name in a.cs.oz b.cs.oz c.oz d.oz; do
	grep -q "<title>$name</title>" plain.svg || fail "$name is not drawn"
done
grep -q '>cs.oz</text>' plain.svg || fail "no box around cs.oz"
grep -q '>9 s, 3</text>' plain.svg || fail "a link without its delay and cost"
if command -v python3 >/dev/null; then
	python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' plain.svg
fi

# for Graphviz
"$mulga" map --dot -f network.topo --home a.cs.oz >map.dot
grep -q 'subgraph cluster_' map.dot || fail "no cluster: $(cat map.dot)"
[ "$(grep -c ' -> ' map.dot)" -eq 4 ] || fail "$(cat map.dot)"

# of a node's own spool
"$mulga" -C home init --name basser.cs.su.oz.au --visible su.oz.au --via extro.ucc.su.oz.au
"$mulga" -C home map -o home.svg
grep -q '<title>extro.ucc.su.oz.au</title>' home.svg || fail "$(cat home.svg)"

# what cannot be
got=0; "$mulga" -C home map -o 2>/dev/null || got=$?
[ "$got" -eq 64 ] || fail "-o without a file: $got"
got=0; "$mulga" -C home map -o absent/file.svg 2>/dev/null || got=$?
[ "$got" -eq 73 ] || fail "-o where no file can be: $got"
