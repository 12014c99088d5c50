#!/bin/bash
# lossy_line.sh - mail and a file over a telephone line of 7 bits with an error in 10,000 bytes
set -eu
# shellcheck source=tests/integration/modems.bash
. "$SOURCE/tests/integration/modems.bash"

# ends PATH...: as both say the line is
ends()
{
	describe ann.test.au <<-END
		link ben.test.au {
		    auth key "${KEY[ben]}"; call on-demand; retry 200ms
		    transport serial "$PWD/tty/ann" {
		        speed 38400; path $*; phone "200"
		        dial { abort "BUSY" "NO CARRIER"; timeout 5s
		               send "ATZ\r" expect "OK"; send "ATDT\P\r" expect "CONNECT" }
		        hangup { pause 1s send "+++" pause 1s send "ATH0\r" }
		    }
		}
	END
	describe ben.test.au <<-END
		link ann.test.au { auth key "${KEY[ann]}"; call never; transport tcp listen }
		answer serial "$PWD/tty/ben" {
		    speed 38400; path $*; login { timeout 5s expect "RING"; send "ATA\r" expect "CONNECT" }
		    hangup { pause 1s send "+++" pause 1s send "ATH0\r" }
		}
	END
}

lines() # NODE: what its log says of lines that were repaired
{
	grep 'a line carried' "$1/log"
}

line_is() # NODE NEIGHBOR FILTER: so its line is now
{
	mulga "$1" links --json "$2" | jq -e ".line | $3" >/dev/null
}

nodes ann.test.au ben.test.au
keyed_node ann joe
keyed_node ben joe

# Seven bits, no XON and XOFF, an error in 10,000 bytes.
modems --rate 38400 --delay 20 --seven-bit --eats-flow --flip 10000 --seed 3 100=ann 200=ben
ends 7bit unreliable
start ann ben
head -c 30000 /dev/urandom >file
for number in 1 2 3 4 5 6 7 8; do
	echo "letter $number" | mulga ann send --service mail joe@ben.test.au >/dev/null
	echo "answer $number" | mulga ben send --service mail joe@ann.test.au >/dev/null
done
mulga ann send joe@ben.test.au file >/dev/null
# How the line is doing is seen while it is: by programs, and by people who look on.
mulga ann watch ben.test.au >watched &
watcher=$!
within 60 "what came damaged to ben" line_is ben ann.test.au '.damaged > 0'
within 60 "what ann had to send again" line_is ann ben.test.au '.frames > 0 and .frames_again > 0 and .round_trip_ms > 0'
mulga ann links ben.test.au >said
grep -Eq "the line: .* ms round trip, [0-9]+ of [0-9]+ frames sent again" said || fail "links: $(cat said)"
within 30 "a watcher sees them" grep -q "the line: .* frames sent again" watched
kill "$watcher"
within 120 "the file" cmp -s file ben/files/joe/file
for number in 1 2 3 4 5 6 7 8; do
	within 60 "letter $number" has_mails 1 ben joe "letter $number"
	within 60 "answer $number" has_mails 1 ann joe "answer $number"
done
within 60 "the end of the call" calls 0
lines ann || fail "nothing was repaired"
lines ann | grep -q '121 letters' || fail "not in the letters of 7 bits"

# The same line, and nobody knows that it has 7 bits; and turns are taken on it.
ends unreliable half-duplex
mulga ann reload
mulga ben reload
head -c 3000 /dev/urandom >short
mulga ann send joe@ben.test.au short >/dev/null
within 100 "the short file" cmp -s short ben/files/joe/short
echo "and back" | mulga ben send --service mail joe@ann.test.au >/dev/null
mulga ann call ben.test.au
within 60 "the answer" has_mails 1 ann joe "and back"
