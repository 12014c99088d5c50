#!/bin/bash
# newcomer.sh - a node with one link and no knowledge sends at once, and is reached soon
. "$SOURCE/tests/integration/network.bash"

nodes old.cs.su.oz.au hub.cs.su.oz.au new.cs.su.oz.au
link hub.cs.su.oz.au | describe old.cs.su.oz.au
{ link old.cs.su.oz.au; link new.cs.su.oz.au; } | describe hub.cs.su.oz.au
user old "$(id -un)"
start old hub
within 20 "the old ones know each other" knows old hub.cs.su.oz.au

link hub.cs.su.oz.au | describe new.cs.su.oz.au
user new joe
start new
printf 'Subject: first\n\nhello\n' | sendmail new -i "$(id -un)@old.cs.su.oz.au" ||
	fail "a newcomer's mail is not taken"
within 20 "the newcomer's mail" has_mails 1 old "$(id -un)" "Subject: first"
within 20 "old hears of the newcomer" knows old new.cs.su.oz.au
printf 'Subject: welcome\n\nhello\n' | sendmail old -i joe@new.cs.su.oz.au || fail "not taken"
within 20 "the answer" has_mails 1 new joe "Subject: welcome"
within 20 "nothing is left" idle old hub new
stop old hub new
