#!/bin/bash
# nightly.sh - a new node whose only link opens at night: what it sends before waits, and goes then
. "$SOURCE/tests/integration/network.bash"

clock() # HOURS from now, as of a schedule
{
	date -d "now + $1 hours" +%H:%M
}

nodes hub.cs.su.oz.au far.cs.su.oz.au other.cs.mu.oz.au new.cs.su.oz.au
night="schedule night { daily $(clock 3)-$(clock 4) }"
describe_new()
{
	{
		echo "timezone \"UTC\"; $1"
		link hub.cs.su.oz.au "schedule night"
	} | describe new.cs.su.oz.au
}
describe_new "$night"
{
	echo "visible oz.au"
	link far.cs.su.oz.au
	link other.cs.mu.oz.au
	echo 'link new.cs.su.oz.au { transport tcp listen plain }'
} | describe hub.cs.su.oz.au
link hub.cs.su.oz.au | describe far.cs.su.oz.au
{ echo "visible oz.au"; link hub.cs.su.oz.au; } | describe other.cs.mu.oz.au
user far joe
user other joe
user new root
start hub far other new
within 20 "far knows the hub" knows far hub.cs.su.oz.au

letter() # NAME
{
	printf 'Subject: by night\n\nhello\n' | sendmail new -i "joe@$1" || fail "not taken"
}
letter far.cs.su.oz.au
letter other.cs.mu.oz.au

# Longer than a topology takes to settle, and over a restart: nothing is returned, and when the link is
# called is known.
waits()
{
	mulga new queue --json | jq -es '[.[] | select(.service == "mail") | .copies[0].state] | length == 2 and all(. == "held" or . == "queued")' >/dev/null
}
sleep 12
waits || fail "before the restart: $(mulga new queue)"
stop new
start new
sleep 12
waits || fail "after the restart: $(mulga new queue)"
has_mails 0 new root || fail "something was returned: $(mails new root)"
next=$(mulga new links --json | jq -r .next_contact)
[ $(($(date -d "$next" +%s) - $(date +%s))) -gt 7200 ] || fail "the link is called at $next"

# The night comes early.
describe_new "schedule night { daily all }"
mulga new reload >/dev/null || fail "not reloaded"
for node in far other; do
	within 60 "the letter to $node" has_mails 1 "$node" joe "by night"
done
within 60 "nothing is left" idle new
stop hub far other new
