#!/bin/bash
# cuts.sh - a file that is cut again and again, and daemons that die in between: little is sent again
set -u
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"
# shellcheck source=tests/integration/line.bash
. "$SOURCE/tests/integration/line.bash"

hung_up() # NODE NEIGHBOR: it has noticed
{
	! link_is "$1" "$2" up
}

# The offsets that ben went on at so far, one a line
resumed()
{
	sed -n 's/.* goes on at byte \([0-9]*\) of .*/\1/p' ben/log
}

# resumed_times COUNT
resumed_times()
{
	[ "$(resumed | wc -l)" -ge "$1" ]
}

line_open --rate $((1 << 20)) --delay 1
nodes ann.example ben.example
secure_nodes ann.example ben.example
keyed ben.example "call always; retry 200ms" "$LINE_ADDRESS" | secure_describe ann.example
keyed ann.example "call never" | secure_describe ben.example
mkdir -p ben/files/joe
user ben joe
line_to ben
start ann ben
within 20 "the call" link_is ann ben.example up
openssl rand -out large $((6 << 20))
mulga ann send joe@ben.example large >/dev/null || fail "not taken"

# Four times a megabyte, each time another end: none, killed, stopped in good order, the sender killed.
cut()
{
	line_say "cut-after $((1 << 20))" >/dev/null
	line_say down >/dev/null
	within 20 "the end of the call at ann" hung_up ann ben.example
	within 20 "the end of the call at ben" hung_up ben ann.example
}

cut
line_say up >/dev/null
within 30 "the second call" resumed_times 1
cut
crash ben
start ben
line_say up >/dev/null
within 30 "the third call" resumed_times 2
cut
stop ben
start ben
line_say up >/dev/null
within 30 "the fourth call" resumed_times 3
cut
crash ann
start ann
line_say up >/dev/null
within 30 "the file" test -e ben/files/joe/large
cmp large ben/files/joe/large || fail "the contents differ"

# Lost each time: a record of TLS that is not complete, and what is under way in the emulator's sockets.
least=0
for offset in $(resumed); do
	[ "$offset" -gt $((least + (1 << 20) - (300 << 10))) ] || fail "too much was sent again: $(resumed)"
	least=$offset
done
same "times it went on" 4 "$(resumed | wc -l)"
stop ann ben
line_close

# A mail that would take half a minute goes on, too, small as it is.
line_open --rate 960 --delay 50
{
	echo "link ben.example { transport tcp \"$LINE_ADDRESS\" { rate 9600 }; auth key \"${KEY[ben]}\""
	echo "call always; retry 200ms }"
} | secure_describe ann.example
: >ben/log
line_to ben
start ann ben
within 20 "the call" link_is ann ben.example up
openssl rand -out letter 30000
mulga ann send --service mail joe@ben.example letter >/dev/null || fail "not taken"
line_say "cut-after 15000" 60 >/dev/null
crash ben
start ben
within 30 "the mail goes on" resumed_times 1
[ "$(resumed)" -gt 8000 ] || fail "too much of the mail was sent again: $(resumed)"
within 60 "the mail" has_mails 1 ben joe
tail -c 30000 "$(mails ben joe)" | cmp - letter || fail "the mail differs"
stop ann ben
