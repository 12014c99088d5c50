#!/bin/bash
# dial_up_cut.sh - a carrier that is lost in the middle of a file, and a file that goes on
set -eu
# shellcheck source=tests/integration/modems.bash
. "$SOURCE/tests/integration/modems.bash"

nodes ann.test.au ben.test.au
keyed_node ann joe
keyed_node ben joe
modems --rate 921600 --delay 30 100=ann 200=ben
caller ann ben '"200"'
answerer ben ann
start ann ben

# Three cuts, each after some more of it has come; then the rest, and all of it is right.
head -c 1500000 /dev/urandom >file
mulga ann send joe@ben.test.au file >/dev/null
for _ in 1 2 3; do
	same "the cut" cut "$(modem cut-after 350000)"
	within 10 "the loss is noticed" says ann "the modem says NO CARRIER"
	mulga ann call ben >/dev/null
done
within 60 "the file" test -e ben/files/joe/file
cmp file ben/files/joe/file
read -r made bytes <<<"$(modem count)"
same "the calls" 4 "$made"
[ "$bytes" -lt 1700000 ] || fail "$bytes bytes were carried for a file of 1500000"

# And the answering line takes the next call all the same.
within 30 "the end of the call" calls 0
echo "afterwards" | mulga ann send --service mail joe@ben.test.au >/dev/null
within 30 "the mail" has_mails 1 ben joe afterwards
stop ann ben
