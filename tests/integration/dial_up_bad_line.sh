#!/bin/bash
# dial_up_bad_line.sh - a telephone that strips bit 8, eats XON and XOFF, flips bits and loses bytes
set -eu
# shellcheck source=tests/integration/modems.bash
. "$SOURCE/tests/integration/modems.bash"

nodes ann.test.au ben.test.au
keyed_node ann joe
keyed_node ben joe
LINE='path 7bit unreliable; flow xonxoff'
modems --rate 38400 --delay 50 --seven-bit --eats-flow --flip 10000 --drop 20000 --seed 7 100=ann 200=ben
caller ann ben '"200"'
answerer ben ann
start ann ben

head -c 60000 /dev/urandom >file
mulga ann send joe@ben.test.au file >/dev/null
echo "seven bits" | mulga ann send --service mail joe@ben.test.au >/dev/null
echo "back through the noise" | mulga ben send --service mail joe@ann.test.au >/dev/null
within 60 "the mail" has_mails 1 ben joe "seven bits"
within 60 "the answer" has_mails 1 ann joe "back through the noise"
within 90 "the file" test -e ben/files/joe/file
cmp file ben/files/joe/file
read -r made _ <<<"$(modem count)"
same "the calls" 1 "$made"
stop ann ben
