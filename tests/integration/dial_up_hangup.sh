#!/bin/bash
# dial_up_hangup.sh - a call that is ended at once leaves the line to others within five seconds
set -eu
# shellcheck source=tests/integration/modems.bash
. "$SOURCE/tests/integration/modems.bash"

free() # the line, and the telephone
{
	[ ! -e "$(lock_of ann)" ] && calls 0
}

nodes ann.test.au ben.test.au
keyed_node ann joe
keyed_node ben joe
modems --rate 57600 --delay 100 100=ann 200=ben
caller ann ben '"200"'
answerer ben ann
start ann ben

# In the middle of a file, whether the other end answers the goodbye or not.
head -c 3000000 /dev/urandom >file
mulga ann send joe@ben.test.au file >/dev/null
within 20 "the call" calls 1
within 20 "a link that is up" link_is ann ben.test.au up
mulga ann hangup ben >/dev/null
within 6 "a line that is free" free # a second more than promised, for a machine that is busy

# A far end that has stopped: nothing is heard, nothing is taken.
within 60 "a second call" eval 'mulga ann call ben >/dev/null; link_is ann ben.test.au up'
kill -STOP "${PROCESS[ben]}"
mulga ann hangup ben >/dev/null
within 6 "a line that is free" free
kill -CONT "${PROCESS[ben]}"

# A node that ends hangs up first, whether it called or answered.
within 60 "a third call" eval 'mulga ann call ben >/dev/null; link_is ann ben.test.au up'
stop ben
same "calls after ben ended" 0 "$(modem calls)"
stop ann
