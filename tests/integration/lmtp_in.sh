#!/bin/bash
# lmtp_in.sh - a mail server hands over by LMTP: swaks plays one, then a real Postfix is one
set -eu
# shellcheck source=tests/integration/mail_servers.bash
. "$SOURCE/tests/integration/mail_servers.bash"

# said_code CODE COUNT: swaks heard so many replies that begin so
said_code()
{
	same "replies $1" "$2" "$(grep -c "^<[-* ]* *$1" said || true)"
}

hand_over() # ARGUMENTS of swaks
{
	swaks --protocol LMTP --socket "$here/lmtp/socket" --ehlo tester "$@" >said 2>&1 || true
}

nodes ann.test.au ben.test.au
mkdir lmtp
chgrp postfix lmtp
chmod 2750 lmtp # who is in the group may hand over
{
	link ben.test.au
	echo "submit lmtp \"unix:$here/lmtp/socket\""
	echo "submit lmtp \"127.0.0.1:0\""
	echo "submit by uucp"
} | describe ann.test.au
link ann.test.au | describe ben.test.au
user ann joe pat
user ben joe eve
start ann ben
within 10 "they know each other" knows ann ben.test.au
same "the socket's mode and group" "660 postfix" "$(stat -c '%a %G' lmtp/socket)"
mulga ann status --json | jq -e --arg s "lmtp unix:$here/lmtp/socket" '.listening | any(. == $s)' >/dev/null ||
	fail "status does not show it: $(mulga ann status)"

# One message, two recipients, an answer for each; it crosses as one message with two destinations.
hand_over --from far@outside.com --to joe@ben.test.au,eve@ben.test.au --header 'Subject: two of us' --body '..dots'
said_code "250 2.0.0 ann.test.au-" 2
within 10 "it arrives" has_mails 1 ben joe '^Subject: two of us'
within 10 "at both" has_mails 1 ben eve '^Subject: two of us'
grep -q '^Return-Path: <far@outside.com>' "$(mails ben joe 'two of us')" || fail "another sender"
grep -q '^Received: by ann.test.au .* with LMTP' "$(mails ben joe 'two of us')" || fail "no Received"

# Recipients that are no address are refused one by one.
hand_over --from far@outside.com --to 'joe@@ben,pat@ann.test.au' --header 'Subject: half'
said_code "550 5.1.3" 1
within 10 "the other has it" has_mails 1 ann pat '^Subject: half'

# Nor is a mail taken that goes in a circle.
{ for i in {1..100}; do echo "Received: by $i.example"; done; printf 'Subject: round\n\nx\n'; } >round
hand_over --from far@outside.com --to joe@ben.test.au,pat@ann.test.au --data @round
said_code "554 5.4.6 the mail goes in a circle: 100 mailers" 2

# A report of another system: nobody hears of its end.
hand_over --from '<>' --to ghost@ben.test.au --header 'Subject: a bounce'
said_code "250 2.0.0" 1
within 10 "it has ended" idle ann ben
sleep 1
[ -z "$(find ann/mail ben/mail -type f -path '*/new/*' -exec grep -l 'ghost' {} +)" ] || fail "a report about a report"

# By the loopback, and over a megabyte.
address=$(mulga ann status --json | jq -r '.listening[] | select(startswith("lmtp 127")) | sub("lmtp "; "")')
head -c 1500000 /dev/urandom | base64 >large
{ printf 'Subject: large\n\n'; cat large; } >data
swaks --protocol LMTP --server "${address%:*}" --port "${address#*:}" --from a@b.test.au --to joe@ben.test.au \
	--data @data >said 2>&1 || fail "not taken: $(tail -n 3 said)"
within 20 "it arrives whole" has_mails 1 ben joe '^Subject: large'
sed '1,/^$/d' "$(mails ben joe '^Subject: large')" | cmp -n "$(stat -c %s large)" - large # swaks adds a line

# A real Postfix gives us what is for our region.
mkdir bin && cp "$BUILD/mulga" bin/uux # where its user may come
postfix_start "export_environment = TZ MAIL_CONFIG LANG MULGA_HOME=$here/ann
transport_maps = inline:{eve@ben.test.au=uucp:ben, .test.au=lmtp:unix:$here/lmtp/socket, test.au=lmtp:unix:$here/lmtp/socket, ben.test.au=lmtp:unix:$here/lmtp/socket}"
printf 'From: pat@beyond.com\nTo: joe@ben.test.au\nSubject: by postfix\n\nhello\n' |
	MAIL_CONFIG=$here/postfix/conf /usr/sbin/sendmail -i -f pat@beyond.com joe@ben.test.au
within 20 "postfix has handed it over" has_mails 1 ben joe '^Subject: by postfix'

# By Postfix's transport for UUCP, as Debian's master.cf has it: its sender is believed.
printf 'From: pat@beyond.com\nTo: eve@ben.test.au\nSubject: by uux\n\n.\nFrom here\n' |
	MAIL_CONFIG=$here/postfix/conf /usr/sbin/sendmail -i -f pat@beyond.com eve@ben.test.au
within 20 "postfix has handed it to uux" has_mails 1 ben eve '^Subject: by uux'
same "its sender" 'Return-Path: <pat@beyond.com>' "$(grep '^Return-Path' "$(mails ben eve 'by uux')")"
same "its body" ". From here" "$(sed '1,/^$/d' "$(mails ben eve 'by uux')" | xargs)"

# While the node is away it keeps it, and tries again.
stop ann
printf 'From: pat@beyond.com\nSubject: kept\n\nhello\n' |
	MAIL_CONFIG=$here/postfix/conf /usr/sbin/sendmail -i -f pat@beyond.com joe@ben.test.au
sleep 2
start ann
MAIL_CONFIG=$here/postfix/conf postqueue -f
within 40 "it is handed over later" has_mails 1 ben joe '^Subject: kept'
postfix_stop
stop ann ben
