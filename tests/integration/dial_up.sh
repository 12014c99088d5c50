#!/bin/bash
# dial_up.sh - mail over a telephone: numbers, modems that say no, lines that others have
set -eu
# shellcheck source=tests/integration/modems.bash
. "$SOURCE/tests/integration/modems.bash"

# caller PHONES [STATEMENTS]: ann, who dials
caller()
{
	describe ann.test.au <<-END
		link ben.test.au {
		    auth key "${KEY[ben]}"; call on-demand; retry 200ms; ${2-}
		    transport serial "$PWD/tty/ann" {
		        speed 19200; phone $1
		        dial { abort "BUSY" "NO CARRIER" "NO DIALTONE" "NO ANSWER"; timeout 5s
		               send "ATZ\r" expect "OK"; send "ATDT\P\r" expect "CONNECT" }
		        hangup { pause 1s send "+++" pause 1s send "ATH0\r" }
		    }
		}
	END
}

nodes ann.test.au ben.test.au
keyed_node ann joe
keyed_node ben joe
modems --rate 57600 --delay 20 --busy 300 --silent 400 100=ann 200=ben
caller '"200"'
describe ben.test.au <<-END
	link ann.test.au { auth key "${KEY[ann]}"; call never; transport tcp listen }
	answer serial "$PWD/tty/ben" {
	    speed 19200; login { timeout 5s expect "RING"; send "ATA\r" expect "CONNECT" }
	    hangup { pause 1s send "+++" pause 1s send "ATH0\r" }
	}
END
start ann ben
mulga ben status --json | jq -e --arg l "serial $PWD/tty/ben" '.listening | any(. == $l)' >/dev/null ||
	fail "ben does not say that it answers"

# A call: by TLS, both ways, and then the line is free again.
echo "over the telephone" | mulga ann send --service mail joe@ben.test.au >/dev/null
echo "and back" | mulga ben send --service mail joe@ann.test.au >/dev/null
within 30 "the mail" has_mails 1 ben joe "over the telephone"
within 30 "the answer" has_mails 1 ann joe "and back"
says ann TLS || fail "not by TLS: $(mulga ann links)"
[ -s "locks/LCK..$(readlink tty/ann | sed 's|/dev/||; s|/|_|g')" ] || fail "the line is not locked"
within 30 "the end of the call" calls 0
