#!/bin/bash
# half_duplex.sh - a radio: 1,200 bits a second, twelve seconds there and back, one end at a time
#
# What it costs is turns: each is six seconds in which nobody says anything. Nothing is too late on it:
# neither TLS nor the greeting, nor an answer that comes after two turns.
set -eu
# shellcheck source=tests/integration/modems.bash
. "$SOURCE/tests/integration/modems.bash"

nodes ann.test.au ben.test.au
keyed_node ann joe
keyed_node ben joe
modems --rate 1200 --delay 6000 --one-at-a-time --seed 5 100=ann 200=ben
SPEED=1200 LINE="path half-duplex; round-trip 12s"
caller ann ben '"200"'
answerer ben ann
start ann ben

letter() # TEXT BYTES
{
	echo "$1"
	head -c "$2" /dev/urandom | base64
}

# What nodes say of themselves at their first call goes, too.
letter "to the island" 1500 | mulga ann send --service mail joe@ben.test.au >/dev/null
letter "from the island" 700 | mulga ben send --service mail joe@ann.test.au >/dev/null
within 150 "the call" calls 1
began=$SECONDS
within 150 "the mail to the island" has_mails 1 ben joe "to the island"
there=$((SECONDS - began))
within 150 "the mail from the island" has_mails 1 ann joe "from the island"
back=$((SECONDS - began))
within 150 "nothing waits" idle ann ben
read -r turns noise <<<"$(modem turns)"
echo "there after $there s, back after $back s, in $turns turns"
same "bytes that were said while the other end spoke" 0 "$noise"
[ "$turns" -le 13 ] || fail "the line was turned around $turns times"
stop ann ben
