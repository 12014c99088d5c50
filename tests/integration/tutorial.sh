#!/bin/bash
# tutorial.sh - the commands of doc/TUTORIAL.md, all of them and in order, do what it says
set -u

for port in 24201 24202; do
	if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
		echo "port $port, which the tutorial uses, is taken"
		exit 77
	fi
done

# What a reader types stands in ```sh blocks.
awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$SOURCE/doc/TUTORIAL.md" >typed
[ "$(wc -l <typed)" -gt 40 ] || { echo "the tutorial has hardly any commands"; exit 1; }
ln -s "$BUILD" build
timeout 100 bash -eu typed >said 2>&1
code=$?

expect() # WHAT TEXT: it is said
{
	grep -q -- "$2" said || { echo "$1: \"$2\" is not said"; code=1; }
}

expect "mail waits" '^1 message, '
expect "why it waits" 'warren.farm.nsw.au.*refused'
expect "the mail" 'Thirty millimetres since noon'
expect "its trace" 'joe@warren.farm.nsw.au: delivered'
expect "the receipt" 'was delivered'
expect "the route" '^warren.farm.nsw.au *warren.farm.nsw.au *2 s *1$'
expect "the short name" 'joe@warren.farm.nsw.au'
expect "the report" 'there is no node nowhere.farm.nsw.au'
expect "the mistake" 'node.topo:[0-9]*:[0-9]*: error'
expect "the refusal" 'refused with exit 78'
expect "the new cost" '^warren.farm.nsw.au *warren.farm.nsw.au *2 s *2$'
expect "the end" 'is not running'
[ "$code" -eq 0 ] || { cat said play/*/log; echo "exit $code"; exit 1; }
