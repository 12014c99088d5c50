#!/bin/bash
# dial_up_hangup.sh - a call that is ended at once leaves the line to others within five seconds; what
# has come is kept, and the next call goes on at the byte
set -eu
# shellcheck source=tests/integration/modems.bash
. "$SOURCE/tests/integration/modems.bash"

free() # the line, and the telephone
{
	[ ! -e "$(lock_of ann)" ] && calls 0
}

came() # BYTES: of what ann says in this call
{
	mulga ben links --json ann.test.au | jq -e ".call.receiving.carried_bytes > $1" >/dev/null
}

nodes ann.test.au ben.test.au
keyed_node ann joe
keyed_node ben joe
modems --rate 921600 --delay 100 100=ann 200=ben
caller ann ben '"200"'
answerer ben ann
start ann ben

# In the middle of a file: neither end has lost what had come.
head -c 1500000 /dev/urandom >file
mulga ann send joe@ben.test.au file >/dev/null
within 30 "half a megabyte of it" came 500000
mulga ann hangup ben >/dev/null
within 6 "a line that is free" free # a second more than promised, for a machine that is busy
same "what ben has of it" arriving "$(mulga ben queue --json | jq -r '.copies[0].state')"
same "ann's copy waits" queued "$(mulga ann queue --json | jq -r '.copies[0].state')"
within 10 "the reason" says ann "the operator hung up"
mulga ann call ben >/dev/null
within 60 "the file" test -e ben/files/joe/file
cmp file ben/files/joe/file
read -r _ bytes <<<"$(modem count)"
[ "$bytes" -lt 1600000 ] || fail "$bytes bytes were carried for a file of 1500000"

# A far that has stopped: nothing is heard, nothing is taken.
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
