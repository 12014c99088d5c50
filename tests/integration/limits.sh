#!/bin/bash
# limits.sh - what is too large is said at once; queues, calls and days take what they may
. "$SOURCE/tests/integration/network.bash"

file() # NAME BYTES
{
	head -c "$2" /dev/urandom >"$1"
}

# refuses CODE TEXT COMMAND...
refuses()
{
	local code=$1 text=$2 got
	shift 2

	"$@" >said 2>errors
	got=$?
	[ "$got" -eq "$code" ] || fail "exit $got of: $*: $(cat errors)"
	grep -qF -- "$text" errors || fail "$*: not \"$text\" but: $(cat errors)"
}

# A station on short wave, as issue 5 has it: 20,000 bytes a message, 80,000 a queue.
nodes shore.test.au boat.test.au inland.test.au
shore() # LIMITS: of the link to the boat
{
	{
		link boat.test.au "delay 1h; limit { $1 }; call on-demand"
		link inland.test.au
	} | describe shore.test.au
}
shore "message 20000; queue 80000"
link shore.test.au "call on-demand" | describe boat.test.au
link shore.test.au | describe inland.test.au
mkdir -p {boat,inland}/files/joe
user inland ann
user boat joe
start shore boat inland
within 20 "inland hears of the boat" knows inland boat.test.au
mulga shore hangup boat.test.au >said
stop boat

# What is less than the smallest message is said, too: nothing waits for room that never comes.
for limit in "queue 10" "message 10"; do
	shore "$limit"
	mulga shore reload >said || fail "reload"
	file short 11
	refuses 69 "the link to boat.test.au takes at most 10 bytes a message; this one has 11 bytes" \
		mulga shore send joe@boat.test.au short
done
shore "message 20000; queue 80000"
mulga shore reload >said || fail "reload"

# At the first hop, for every program that submits, and where another node's link is the narrow one.
file large 83000
refuses 69 "the link to boat.test.au takes at most 20000 bytes a message; this one has 82 KiB" \
	mulga shore send joe@boat.test.au large
refuses 69 "takes at most 20000 bytes a message" sendmail shore -f ann joe@boat.test.au <large
refuses 69 "the link from shore.test.au to boat.test.au takes at most 20000 bytes a message; this one has 82 KiB" \
	mulga inland send --whole joe@boat.test.au large
mulga inland explain joe@boat.test.au >explained
grep -q "the link from shore.test.au to boat.test.au takes at most 20000 bytes a message" explained ||
	fail "explain: $(cat explained)"

# A full queue says what is free, and is no hindrance for what nodes tell each other.
for i in 1 2 3 4; do
	file part$i 19000
	mulga shore send joe@boat.test.au part$i >said || fail "part$i was not taken"
done
refuses 75 "80000 bytes of messages may wait, and 4000 bytes are free; this one has 19 KiB" \
	mulga shore send joe@boat.test.au part1
file part5 3000
mulga shore send joe@boat.test.au part5 >said || fail "what fits was not taken"

# From farther away a little more is taken, then it waits there, and says why.
file more 15000
for i in 1 2 3; do
	cp more more$i
	mulga inland send joe@boat.test.au more$i >id || fail "more$i was not taken"
done
put_off() { mulga inland why "$(cat id)" | grep -q "the queue of shore.test.au for boat.test.au is full"; }
within 20 "inland is told to wait" put_off
same "the stable reason" later "$(mulga inland queue --json "$(cat id)" | jq -r '.copies[0].reason')"
start boat
within 60 "all parts arrive" test -e boat/files/joe/part4 -a -e boat/files/joe/part5
within 60 "what had to wait arrives" test -e boat/files/joe/more1 -a -e boat/files/joe/more2 -a -e boat/files/joe/more3

# A receiver's own word: told with its record, so that nothing sets out; kept where it is not known.
link shore.test.au "call on-demand; inbound { limit { message 7K } }" | describe boat.test.au
mulga boat reload >said || fail "reload"
mulga boat call shore.test.au >said
told() { mulga shore send --whole joe@boat.test.au part1 2>errors >said; [ $? -eq 69 ]; }
within 30 "the shore hears of it" told
grep -q "the link to boat.test.au takes at most 7 KiB a message; this one has 19 KiB" errors ||
	fail "not said: $(cat errors)"
heard() { ! mulga inland send --whole joe@boat.test.au part1 2>errors >said; }
within 30 "inland hears of it" heard
grep -q "the link from shore.test.au to boat.test.au takes at most 7 KiB" errors || fail "not said: $(cat errors)"
stop shore boat inland
