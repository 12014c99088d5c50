#!/bin/bash
# mail_servers.sh - a real Dovecot takes mail by LMTP, a real Postfix by SMTP at a gateway
#
# Each server runs from a configuration of this folder, in the foreground. A user that it does not
# know, a mailbox that is full, and a server that is stopped each end as the manual says.
set -eu
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

[ "$(id -u)" -eq 0 ] || skip "dovecot and postfix are started by root only"
here=$PWD
chmod 711 .. # their own users pass through
chmod 755 .

dovecot_start()
{
	mkdir -p dovecot/run dovecot/state boxes
	chown nobody boxes
	printf 'joe::65534:65534::%s/boxes/joe::\nfull::65534:65534::%s/boxes/full::userdb_quota_rule=*:storage=1K\n' "$here" "$here" >dovecot/users
	cat >dovecot/conf <<-END
		protocols = lmtp
		base_dir = $here/dovecot/run
		state_dir = $here/dovecot/state
		log_path = $here/dovecot/log
		ssl = no
		auth_username_format = %n
		first_valid_uid = 1
		mail_location = maildir:~/Maildir
		mail_plugins = quota
		quota_full_tempfail = no
		plugin { quota = maildir:box }
		passdb { driver = passwd-file; args = $here/dovecot/users }
		userdb { driver = passwd-file; args = $here/dovecot/users }
		service lmtp { unix_listener $here/dovecot/lmtp { mode = 0600 } }
		service stats { chroot = }
		lda_mailbox_autocreate = yes
	END
	sed -i 's/{ \(.*\); \(.*\) }/{\n\1\n\2\n}/; s/{ \([^{}]*\) }$/{\n\1\n}/; s/{ \(unix_listener .*\) { \(.*\) } }/{\n\1 {\n\2\n}\n}/' dovecot/conf
	dovecot -F -c dovecot/conf >dovecot/said 2>&1 &
	PROCESS[dovecot]=$!
	within 20 "dovecot listens" test -S dovecot/lmtp
}

dovecot_stop()
{
	kill "${PROCESS[dovecot]}"
	within 20 "dovecot stops" gone "${PROCESS[dovecot]}"
	unset "PROCESS[dovecot]"
	rm -f dovecot/lmtp
}

postfix_start()
{
	port=$(free_port)
	mkdir -p postfix/conf postfix/queue postfix/data
	chown postfix postfix/data
	cat >postfix/conf/main.cf <<-END
		queue_directory = $here/postfix/queue
		data_directory = $here/postfix/data
		compatibility_level = 3.6
		myhostname = gate.test.invalid
		mydestination =
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		mynetworks = 127.0.0.0/8
		maillog_file = /var/log/mulga-test-postfix.log
		maillog_file_prefixes = /var, $here
		smtpd_recipient_restrictions = check_recipient_access inline:{nobody@beyond.com=REJECT}, permit_mynetworks, reject
		virtual_mailbox_domains = beyond.com
		virtual_mailbox_base = $here/outside
		virtual_mailbox_maps = inline:{pat@beyond.com=pat/}
		virtual_uid_maps = static:65534
		virtual_gid_maps = static:65534
		alias_maps =
	END
	sed -i "s|^maillog_file = .*|maillog_file = $here/postfix/log|" postfix/conf/main.cf
	sed -n '/^[a-z]/p' /etc/postfix/master.cf | sed "s/^smtp  *inet.*/127.0.0.1:$port inet n - n - - smtpd/; /^127/!s/^\(\S*\s*\S*\s*\S*\s*\S*\s*\)y /\1n /" >postfix/conf/master.cf
	mkdir -p outside
	chown nobody outside
	postfix -c "$here/postfix/conf" start >postfix/said 2>&1 || { cat postfix/said; fail "postfix does not start"; }
	PROCESS[postfix]=$(sed 's/ //g' postfix/queue/pid/master.pid)
	within 20 "postfix listens" eval "(exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null"
}

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
postfix -c "$here/postfix/conf" stop >/dev/null 2>&1
within 20 "postfix stops" gone "${PROCESS[postfix]}"
unset "PROCESS[postfix]"
dovecot_stop
