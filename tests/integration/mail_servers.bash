# mail_servers.bash - a real Dovecot and a real Postfix, for the tests beside this file
#
# Each runs from a configuration in the test's own folder, and is ended by its number.
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

[ "$(id -u)" -eq 0 ] || skip "dovecot and postfix are started by root only"
for program in dovecot postfix swaks; do
	command -v $program >/dev/null || skip "$program is not installed"
done
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
	within 60 "dovecot listens" test -S dovecot/lmtp
}

dovecot_stop()
{
	kill "${PROCESS[dovecot]}"
	within 20 "dovecot stops" gone "${PROCESS[dovecot]}"
	unset "PROCESS[dovecot]"
	rm -f dovecot/lmtp
}

# postfix_start [LINES [FOLDER [DOMAIN USER]]]: with these lines of main.cf besides those here, in a folder
# of its own (postfix), for one user of one domain (pat at beyond.com); $port is where it listens
postfix_start()
{
	local own=${2-postfix} domain=${3-beyond.com} user=${4-pat}

	port=$(free_port)
	mkdir -p $own/conf $own/queue $own/data
	chown postfix $own/data
	cat >$own/conf/main.cf <<-END
		queue_directory = $here/$own/queue
		data_directory = $here/$own/data
		compatibility_level = 3.6
		myhostname = $own.test.invalid
		myorigin = $domain
		mydestination =
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		mynetworks = 127.0.0.0/8
		maillog_file = $here/$own/log
		maillog_file_prefixes = $here
		smtpd_recipient_restrictions = check_recipient_access inline:{nobody@$domain=REJECT}, permit_mynetworks, reject
		virtual_mailbox_domains = $domain
		virtual_mailbox_base = $here/outside
		virtual_mailbox_maps = inline:{$user@$domain=$user/}
		virtual_uid_maps = static:65534
		virtual_gid_maps = static:65534
		alias_maps =
		${1-}
	END
	sed -n '/^[a-z]\|^  flags=Fqhu user=uucp/p' /etc/postfix/master.cf | sed "s/^smtp  *inet.*/127.0.0.1:$port inet n - n - - smtpd/; /^127/!s/^\(\S*\s*\S*\s*\S*\s*\S*\s*\)y /\1n /; s|argv=uux|argv=$here/bin/uux|" >$own/conf/master.cf
	mkdir -p outside
	chown nobody outside
	postfix -c "$here/$own/conf" start >$own/said 2>&1 || { cat $own/said; fail "postfix does not start"; }
	PROCESS[$own]=$(sed 's/ //g' $own/queue/pid/master.pid)
	within 60 "postfix listens" eval "(exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null"
}

# postfix_stop [FOLDER]
postfix_stop()
{
	local own=${1-postfix}

	postfix -c "$here/$own/conf" stop >/dev/null 2>&1
	within 20 "postfix stops" gone "${PROCESS[$own]}"
	unset "PROCESS[$own]"
}

