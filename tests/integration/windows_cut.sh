#!/bin/bash
# windows_cut.sh - a file longer than a window goes on in the next one, and is not sent again
. "$SOURCE/tests/integration/network.bash"
. "$SOURCE/tests/integration/line.bash"

nodes here.oz.au there.oz.au
line_open --rate 50000 --delay 20
{
	echo 'timezone "UTC0"'
	echo 'schedule short { every 10s for 4s }'
	echo "link there.oz.au { delay 10s; transport tcp \"$LINE_ADDRESS\" plain { rate 400000 }; schedule short; call on-demand }"
} | describe here.oz.au
echo 'link here.oz.au { delay 10s; transport tcp listen plain }' | describe there.oz.au
mkdir -p there/files/joe
line_to there
start here there

size=450000 # two windows and a half
head -c "$size" /dev/urandom >file
id=$(mulga here send --name big joe@there.oz.au file) || fail "not taken"
within 30 "a call is made" link_is here there.oz.au up
mulga here links there.oz.au --json | jq -e '.call.ends_why == "its window closes" and .waits == null' >/dev/null ||
	fail "links does not say when the call ends"
within 20 "the window closes" link_is here there.oz.au waiting
mulga here why "$id" --json | jq -e '.copies[0] | .waits == "window" and .contact != null and .arrives != null' >/dev/null ||
	fail "why does not say what it waits for: $(mulga here why "$id" --json)"
within 120 "the file arrives" test -e there/files/joe/big
cmp file there/files/joe/big || fail "it is not what was sent"

read -r forth _ calls <<<"$(line_say count)"
[ "$calls" -ge 3 ] || fail "only $calls calls: this proves nothing"
# What is durable at the far end is whole chunks of 64 KiB: one may go again in each call.
[ "$forth" -lt $((size + size / 10 + (calls - 1) * 65536)) ] || fail "$forth bytes went for $size"
grep -q 'up -> waiting: its window closes' here/log || fail "no call ended with its window"

# No call began outside of a window; a second is for a busy machine.
sed -nE 's/^([^ ]+) .*there\.oz\.au: waiting -> calling.*/\1/p' here/log | awk '
	{ split($1, part, /[:Z]/); if (part[3] % 10 >= 5) { print $0 ": not in a window"; exit 1 } }' || fail "a call outside of its windows"
echo "$calls calls, $forth bytes for a file of $size"
stop here there
line_close
