#!/bin/bash
# mail_servers.sh - a real Dovecot takes mail by LMTP, a real Postfix by SMTP at a gateway
#
# Each server runs from a configuration of this folder, in the foreground. A user that it does not
# know, a mailbox that is full, and a server that is stopped each end as the manual says.
set -eu
# shellcheck source=tests/integration/mail_servers.bash
. "$SOURCE/tests/integration/mail_servers.bash"

# box USER TEXT: a mail with that text is there
box()
{
	grep -rqs -- "$2" "boxes/$1/Maildir/new"
}

outside()
{
	grep -rqs -- "$1" outside/pat/new
}

# told TEXT: joe at ann has had a report with that in it
told()
{
	[ -n "$(mails ann joe "$1")" ]
}

nodes ann.test.au ben.test.au
link ben.test.au | describe ann.test.au
dovecot_start
postfix_start
link ann.test.au "" | describe ben.test.au
sed -i "s|service mail.*|service mail { deliver lmtp \"unix:$here/dovecot/lmtp\" }|; \$i gateway *.com via smtp \"127.0.0.1:$port\"" ben/node.topo
sed -i '$i default *.com via ben.test.au' ann/node.topo
user ann joe
start ann ben
within 10 "they know each other" knows ann ben.test.au

# It arrives as it was sent, dots and long lines and eight bits and all.
{
	printf 'Subject: to dovecot\n\n.\n..\n.dot\n\303\251\n'
	head -c 200000 /dev/urandom | base64 -w 76 # beyond what a row holds: streamed
} >given
sendmail ann -i -f joe joe@ben.test.au <given
within 20 "dovecot has it" box joe '^Subject: to dovecot'
sed '1,/^$/d' given >body.given
sed '1,/^$/d' boxes/joe/Maildir/new/* | tr -d '\r' | cmp - body.given
grep -q '^Return-Path: <joe@ann.test.au>' boxes/joe/Maildir/new/* || fail "no return path"

# Through the gateway.
printf 'Subject: to the outside\n\n.\nhi\n' | sendmail ann -i -f joe pat@beyond.com
within 20 "postfix has it" outside '^Subject: to the outside'

# Refused for good: a report, with the server's words.
printf 'Subject: nobody\n\n' | sendmail ann -i -f joe ghost@ben.test.au
within 20 "the wrong user is reported" told "ghost@ben.test.au"
printf 'Subject: nobody out there\n\n' | sendmail ann -i -f joe nobody@beyond.com
within 20 "the rejected one is reported" told "nobody@beyond.com"
{ printf 'Subject: too much\n\n'; head -c 5000 /dev/zero | tr '\0' x; } | sendmail ann -i -f joe full@ben.test.au
within 20 "the full mailbox is reported" told "full@ben.test.au"

# A server that is not there: another time, and the queue says why.
dovecot_stop
id=$(printf 'Subject: later\n\n' | mulga ann send --service mail joe@ben.test.au)
waits() { mulga ben why "$id" | grep -q "dovecot/lmtp: "; }
within 20 "it waits, and says why" waits
dovecot_start
mulga ben queue expedite --all >/dev/null || true
within 30 "it is delivered when the server is back" box joe '^Subject: later'
stop ann ben
postfix_stop
dovecot_stop
