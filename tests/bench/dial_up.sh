#!/bin/bash
# dial_up.sh - the share of a telephone line that carries messages, from CONNECT to the last mail
#
# The emulated telephone (tests/emulators/modem.c): 9,600 bit/s, a round trip of 300 ms; then one that
# strips bit 8, eats XON and XOFF and damages a byte in ten thousand. The modem's dialogues, the meeting
# of the two ends, TLS and the link's own words are in the time.
. "$SOURCE/tests/bench/bench.bash"
. "$SOURCE/tests/integration/modems.bash"

# calls_have_ended: and the line is free
calls_have_ended()
{
	calls 0 && [ ! -e "$(lock_of ann)" ]
}

# burst WHAT COUNT SIZE: so many messages of random bytes in one call
burst()
{
	local before began took i

	before=$(find ben/mail/joe/new -type f | wc -l)
	for ((i = 0; i < $2; i++)); do
		openssl rand -out message "$3"
		mulga ann send --service mail joe@ben.test.au message >/dev/null || fail "not taken"
	done
	mulga ann call ben >/dev/null
	soon 60 "CONNECT" calls 1
	began=$(now)
	soon 300 "the mail" has_count $((before + $2))
	took=$(since "$began")
	awk -v what="$1" -v bytes=$(($2 * $3)) -v took="$took" \
		'BEGIN { printf "%-60s %5.1f %% of the line; %.1f s\n", what, 100 * bytes / took / 960, took }'
	mulga ann hangup ben >/dev/null
	soon 60 "the end of the call" calls_have_ended
}

has_count()
{
	[ "$(find ben/mail/joe/new -type f | wc -l)" -ge "$1" ]
}

# network MODEM-OPTION...: ann and ben, and a telephone like that
network()
{
	rm -rf ann ben locks tty
	mkdir locks tty
	nodes ann.test.au ben.test.au
	keyed_node ann
	keyed_node ben joe
	modems --rate 9600 --delay 150 "$@" 100=ann 200=ben
	SPEED=9600
	caller ann ben '"200"' 'call never;'
	sed -i 's/call on-demand; //' ann/node.topo
	answerer ben ann
	start ann ben
}

network
burst "20 messages of 2 KB, first call" 20 2048
burst "20 messages of 2 KB, later call" 20 2048
stop ann ben
no_modems

LINE='path 7bit unreliable; flow xonxoff'
network --seven-bit --eats-flow --flip 10000 --seed 7
burst "the same on 7 bits, a byte in 10,000 damaged, first call" 20 2048
burst "the same on 7 bits, a byte in 10,000 damaged, later call" 20 2048
stop ann ben
no_modems
