#!/bin/bash
# newcomer.sh - a node with one link and no knowledge sends at once, and is reached soon
. "$SOURCE/tests/integration/network.bash"

nodes old.cs.su.oz.au hub.cs.su.oz.au new.cs.su.oz.au far.cs.mu.oz.au
link hub.cs.su.oz.au | describe old.cs.su.oz.au
{
	echo "visible oz.au"
	link old.cs.su.oz.au
	link new.cs.su.oz.au
	link far.cs.mu.oz.au
} | describe hub.cs.su.oz.au
{ echo "visible oz.au"; link hub.cs.su.oz.au; } | describe far.cs.mu.oz.au
user old joe
user far joe
start old hub far
within 20 "the old ones know each other" knows old hub.cs.su.oz.au
within 20 "the hubs know each other" knows far hub.cs.su.oz.au

# A node is known by what its neighbor says of both ways, until it has spoken itself (D26).
delay_is() # DELAY IN ms
{
	[ "$(mulga old routes --json | jq '.fastest[] | select(.region == "new.cs.su.oz.au") | .delay_ms')" = "$1" ]
}
within 20 "old hears of the newcomer that is not there yet" delay_is 2000

# It sends before it has heard of anybody: within its region, and beyond.
link hub.cs.su.oz.au "inbound { delay 5s }" | describe new.cs.su.oz.au
user new joe
for name in old.cs.su.oz.au far.cs.mu.oz.au; do
	printf 'Subject: before\n\nhello\n' | sendmail new -i joe@$name || fail "not taken without a daemon"
done
start new
for name in old.cs.su.oz.au far.cs.mu.oz.au; do
	printf 'Subject: first\n\nhello\n' | sendmail new -i joe@$name || fail "a newcomer's mail is not taken"
done
for node in old far; do
	within 20 "the newcomer's mail to $node" has_mails 1 $node joe "Subject: first"
	within 20 "what it sent before it ran, to $node" has_mails 1 $node joe "Subject: before"
done

# Its region hears of it; outside, its region's name is enough.
within 20 "old hears what the newcomer says" delay_is 6000
knows far new.cs.su.oz.au && fail "the news of a department went beyond it"
for node in old far; do
	printf 'Subject: welcome from %s\n\nhello\n' $node | sendmail $node -i joe@new.cs.su.oz.au || fail "not taken"
	within 20 "the answer of $node" has_mails 1 new joe "Subject: welcome from $node"
done
within 20 "nothing is left" idle old hub new far
stop old hub new far
