#!/bin/bash
# dial_up.sh - mail over a telephone, both ways by TLS; a number that is engaged, and another
set -eu
# shellcheck source=tests/integration/modems.bash
. "$SOURCE/tests/integration/modems.bash"

"$BUILD/mulga" check "$SOURCE/contrib/modem.topo" >/dev/null
nodes ann.test.au ben.test.au
keyed_node ann joe
keyed_node ben joe
modems --rate 57600 --delay 20 --busy 300 --silent 400 100=ann 200=ben
caller ann ben '"200"'
answerer ben ann
start ann ben
mulga ben status --json | jq -e --arg l "serial $PWD/tty/ben" '.listening | any(. == $l)' >/dev/null ||
	fail "ben does not say that it answers"

# A call, and then the line is free again.
echo "over the telephone" | mulga ann send --service mail joe@ben.test.au >/dev/null
echo "and back" | mulga ben send --service mail joe@ann.test.au >/dev/null
within 30 "the mail" has_mails 1 ben joe "over the telephone"
within 30 "the answer" has_mails 1 ann joe "and back"
says ann TLS || fail "not by TLS: $(mulga ann links)"
[ -s "$(lock_of ann)" ] || fail "the line is not locked"
within 30 "the end of the call" calls 0
within 5 "a line that is free" test ! -e "$(lock_of ann)"

# The dialogue is shown while it is tried.
mulga ann test-chat ben >shown || fail "test-chat: $(cat shown)"
grep -qxF 'dial: sent "ATDT200\r"' shown || fail "not shown: $(cat shown)"
same "the end" 'The dialogues ended as they should.' "$(tail -n 1 shown)"

# Of two numbers the second, if the first is engaged.
caller ann ben '"300" "200"'
modem zero >/dev/null
mulga ann reload >/dev/null
echo "to the second number" | mulga ann send --service mail joe@ben.test.au >/dev/null
within 30 "the mail" has_mails 1 ben joe "to the second number"
same "the numbers" "300 200" "$(modem dialled)"
within 30 "the end of the call" calls 0

# Who says no is quoted, and the mail waits.
caller ann ben '"300" "999"'
mulga ann reload >/dev/null
id=$(echo "to nobody" | mulga ann send --service mail joe@ben.test.au)
within 20 "the reason" says ann 'dial 300: the line said \"BUSY\"; dial 999: the line said \"NO CARRIER\"'
why_says() { mulga ann why "$id" | grep -qF 'dial 300: the line said "BUSY"; dial 999: the line said "NO CARRIER"'; }
within 20 "the reason, to who asks why" why_says
caller ann ben '"200"'
mulga ann reload >/dev/null
within 30 "the mail" has_mails 1 ben joe "to nobody"
stop ann ben
no_modems
