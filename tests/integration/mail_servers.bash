# mail_servers.bash - a real Dovecot and a real Postfix, for the tests beside this file
#
# Each runs from a configuration in the test's own folder, and is ended by its number.
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

# postfix_start [LINES]: of main.cf, besides those here
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
		maillog_file = $here/postfix/log
		maillog_file_prefixes = $here
		smtpd_recipient_restrictions = check_recipient_access inline:{nobody@beyond.com=REJECT}, permit_mynetworks, reject
		virtual_mailbox_domains = beyond.com
		virtual_mailbox_base = $here/outside
		virtual_mailbox_maps = inline:{pat@beyond.com=pat/}
		virtual_uid_maps = static:65534
		virtual_gid_maps = static:65534
		alias_maps =
		${1-}
	END
	sed -n '/^[a-z]\|^  flags=Fqhu user=uucp/p' /etc/postfix/master.cf | sed "s/^smtp  *inet.*/127.0.0.1:$port inet n - n - - smtpd/; /^127/!s/^\(\S*\s*\S*\s*\S*\s*\S*\s*\)y /\1n /; s|argv=uux|argv=$here/bin/uux|" >postfix/conf/master.cf
	mkdir -p outside
	chown nobody outside
	postfix -c "$here/postfix/conf" start >postfix/said 2>&1 || { cat postfix/said; fail "postfix does not start"; }
	PROCESS[postfix]=$(sed 's/ //g' postfix/queue/pid/master.pid)
	within 20 "postfix listens" eval "(exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null"
}

postfix_stop()
{
	postfix -c "$here/postfix/conf" stop >/dev/null 2>&1
	within 20 "postfix stops" gone "${PROCESS[postfix]}"
	unset "PROCESS[postfix]"
}
