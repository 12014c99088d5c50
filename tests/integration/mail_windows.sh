#!/bin/bash
# mail_windows.sh - two Postfix and a Dovecot write to each other over a link that is hardly ever up
#
#	Postfix of beyond.com --LMTP-- ann ~~~ ben --SMTP-- Postfix of there.com
#	                       <-SMTP-            --LMTP-- Dovecot of ben.test.au
#
# The link is up for a sixth of the time: two seconds of twelve, as ten of a minute. What is sent
# in one go crosses in the next windows, and so does what comes back: reports of a server and of mulga,
# with all that a sender said of them (RFC 3461). A wrong user, a full mailbox and a server that is not there
# end as mulga.topo(5) says under `gateway` and `service`: 5xx comes back with the server's words, 4xx
# and no answer are another time, which the queue explains.
set -eu
# shellcheck source=tests/integration/mail_servers.bash
. "$SOURCE/tests/integration/mail_servers.bash"

nodes ann.test.au ben.test.au
mkdir -p lmtp there
chgrp postfix lmtp there
chmod 2750 lmtp there
postfix_start "transport_maps = inline:{.test.au=lmtp:unix:$here/lmtp/socket, ben.test.au=lmtp:unix:$here/lmtp/socket, there.com=lmtp:unix:$here/lmtp/socket}"
beyond=$port
postfix_start "transport_maps = inline:{beyond.com=lmtp:unix:$here/there/socket}
minimal_backoff_time = 5s" postfix-there there.com eve
dovecot_start
{
	echo 'schedule sparse { every 12s for 2s }'
	link ben.test.au 'schedule sparse; call on-demand; retry 1s'
	echo "submit lmtp \"unix:$here/lmtp/socket\""
	echo "gateway beyond.com via smtp \"127.0.0.1:$beyond\""
	echo 'default *.com via ben.test.au'
} | describe ann.test.au
{
	link ann.test.au 'call never'
	echo "submit lmtp \"unix:$here/there/socket\""
	echo "gateway there.com via smtp \"127.0.0.1:$port\""
	echo 'default *.com via ann.test.au'
} | describe ben.test.au
sed -i "s|service mail.*|service mail { deliver lmtp \"unix:$here/dovecot/lmtp\" }|" ben/node.topo
start ben ann
within 90 "they know each other" knows ann ben.test.au

# by FOLDER SUBJECT ARGUMENT...: that Postfix is given a mail
by()
{
	local own=$1 subject=$2
	shift 2

	printf 'From: %s\nSubject: %s\n\ntext of %s\n' "$own" "$subject" "$subject" |
		MAIL_CONFIG=$here/$own/conf /usr/sbin/sendmail -i "$@" || fail "$own did not take $subject"
}
# those WHO TEXT: the mails of pat or eve with that in them
those() { grep -rls -- "$2" "outside/$1/new" || true; }
some() { [ -n "$(those "$@")" ]; }
boxed() { grep -rqs -- "$2" "boxes/$1/Maildir/new"; }
# status SUBJECT FIELD...: the report about that mail, of which pat has one, says these
status()
{
	local subject=$1 report field
	shift

	within 150 "a report about $subject" some pat "^Subject: $subject\$"
	report=$(those pat "^Subject: $subject\$")
	same "reports about $subject" 1 "$(wc -l <<<"$report")"
	grep -qx 'Return-Path: <>' "$report" || fail "$subject: somebody may answer: $(cat "$report")"
	for field; do
		grep -qi -- "^$field" "$report" || fail "$subject: not \"$field\" in: $(cat "$report")"
	done
}

# All at once, and what the senders want to hear.
by postfix plain -f pat@beyond.com joe@ben.test.au eve@there.com
by postfix good -f pat@beyond.com -N success,failure,delay -R hdrs -V QQ314 eve@there.com
by postfix boxed -f pat@beyond.com -N success -V QQ315 joe@ben.test.au
by postfix refused -f pat@beyond.com -N failure -R full -V QQ316 nobody@there.com
by postfix wrong -f pat@beyond.com -V QQ317 ghost@ben.test.au
by postfix silent -f pat@beyond.com -N never ghost@ben.test.au
{ printf 'Subject: full\n\n'; head -c 5000 /dev/zero | tr '\0' x; } |
	MAIL_CONFIG=$here/postfix/conf /usr/sbin/sendmail -i -f pat@beyond.com full@ben.test.au
by postfix-there back -f eve@there.com -N success,failure -V QQ318 pat@beyond.com

within 150 "it arrives at Dovecot" boxed joe '^Subject: plain'
within 150 "at the other Postfix" some eve '^Subject: plain'
within 150 "and back" some pat '^Subject: back'
# A server that offers DSN reports itself, with what it was told of the sender's wishes.
status good 'Action: delivered' 'Original-Envelope-Id: QQ314' 'Original-Recipient: rfc822; *eve@there.com' \
	'Reporting-MTA: dns; postfix-there.test.invalid'
# Dovecot does not: mulga does.
status boxed 'Action: delivered' 'Original-Envelope-Id: QQ315' 'Original-Recipient: rfc822; *joe@ben.test.au' \
	'Reporting-MTA: dns; ben.test.au'
status refused 'Action: failed' 'Status: 5\.' 'Diagnostic-Code: smtp; 55' 'Original-Envelope-Id: QQ316' \
	'Original-Recipient: rfc822; *nobody@there.com' 'text of refused'
status wrong 'Action: failed' 'Status: 5.1.1' 'Diagnostic-Code: smtp; 550' 'Original-Envelope-Id: QQ317'
grep -q '^text of wrong' "$(those pat '^Subject: wrong$')" && fail "the text came back unasked"
status full 'Action: failed' 'Status: 5.2.2' 'Diagnostic-Code: smtp; 552'
within 150 "eve hears" some eve '^Original-Envelope-Id: QQ318'
grep -qi '^Action: delivered' "$(those eve 'QQ318')" || fail "eve's: $(cat "$(those eve 'QQ318')")"

# A server that is not there: another time, and the queue says why.
dovecot_stop
by postfix later -f pat@beyond.com joe@ben.test.au
waits() { mulga ben queue | grep -q 'dovecot/lmtp: '; }
within 150 "it waits at ben, and says why" waits
some pat '^Subject: later$' && fail "it is reported, though it waits"
dovecot_start
mulga ben queue expedite --all >said || true
within 60 "it is delivered when the server is back" boxed joe '^Subject: later'

# The link was hardly ever up, and nothing is left; what was to be silent was.
within 60 "all has ended" idle ann ben
some pat '^Subject: silent$' && fail "NOTIFY=NEVER"
[ "$(grep -c 'link ben.test.au: .* -> up' ann/log)" -ge 2 ] || fail "one call was enough: $(cat ann/log)"
stop ann ben
postfix_stop
postfix_stop postfix-there
dovecot_stop
