#!/bin/bash
# mail_matrix.sh - every mail program that people run, against every kind of delivery
#
#	ann --- mid --- ben     Dovecot by LMTP; a Postfix by SMTP and a program as gateways
#	           \--- eve     Maildirs
#
# Each program sends one mail to a user of each server. Between the program and sendmail sits a
# recorder, so that what arrives is compared with exactly what the program handed over: the heading
# field by field in its order, but what submission removes and adds, and the body byte for byte.
# Without root there is neither Dovecot nor Postfix, nor cron, anacron and at, which call /usr/sbin/sendmail
# and are given another one in a namespace of their own.
set -eu

servers="maildir command"
if [ "$(id -u)" -eq 0 ]; then
	# shellcheck source=tests/integration/mail_servers.bash
	. "$SOURCE/tests/integration/mail_servers.bash"
	servers="maildir dovecot postfix command"
else
	# shellcheck source=tests/integration/network.bash
	. "$SOURCE/tests/integration/network.bash"
	here=$PWD
fi
for program in bsd-mailx s-nail mail.mailutils mutt git msmtp swaks php; do
	command -v "$program" >/dev/null || skip "$program is not installed"
done
git send-email -h 2>&1 | grep -q . || skip "git send-email is not installed"
me=$(id -un)
export HOME=$here LC_ALL=C.UTF-8

# --- the nodes and the servers ----------------------------------------------------------------
nodes ann.test.au mid.test.au ben.test.au eve.test.au
{ link mid.test.au; echo 'submit lmtp "127.0.0.1:0"'; } | describe ann.test.au
{ link ann.test.au; link ben.test.au; link eve.test.au; } | describe mid.test.au
link mid.test.au | describe ben.test.au
link mid.test.au | describe eve.test.au
user ann root "$me" joe
user ben joe
user eve joe
sed -i '$i default *.com *.command via ben.test.au' ann/node.topo mid/node.topo
cat >handler <<'EOF'
#!/bin/sh
# handler: what a gateway's program gets; a file with a dot is not whole
cat >"$(dirname "$0")/handled/.$MULGA_ID" && mv "$(dirname "$0")/handled/.$MULGA_ID" "$(dirname "$0")/handled/$MULGA_ID"
EOF
chmod +x handler
mkdir handled
sed -i "\$i gateway *.command via command \"$here/handler\"" ben/node.topo
if [ "$(id -u)" -eq 0 ]; then
	dovecot_start
	postfix_start
	sed -i "s|service mail.*|service mail { deliver lmtp \"unix:$here/dovecot/lmtp\" }|" ben/node.topo
	sed -i "\$i gateway *.com via smtp \"127.0.0.1:$port\"" ben/node.topo
fi
declare -A TO=([maildir]=joe@eve.test.au [dovecot]=joe@ben.test.au [postfix]=pat@beyond.com [command]=joe@far.command)
declare -A BOX=([maildir]=eve/mail/joe/new [dovecot]=boxes/joe/Maildir/new [postfix]=outside/pat/new [command]=handled)
all=() # every address
for server in $servers; do
	all+=("${TO[$server]}")
done
listed=$(IFS=,; echo "${all[*]}")
start ann mid ben eve
for name in ben.test.au eve.test.au; do
	within 20 "ann knows $name" knows ann "$name"
done
lmtp=$(mulga ann status --json | jq -r '.listening[] | select(startswith("lmtp")) | sub("lmtp "; "")')

# --- what is given, and what arrives ------------------------------------------------------------
mkdir bin
ln -s "$BUILD/mulga" bin/mulga
mkdir bin/smtp && ln -s "$BUILD/mulga" bin/smtp/sendmail
# Some programs change HOME or keep little of the environment.
cat >bin/sendmail <<END
#!/bin/bash
printf '%s\n' "\$@" >"$here/arguments"
export MULGA_HOME="$here/ann"
tee "$here/given" | (exec -a sendmail "$here/bin/mulga" "\$@")
exit "\${PIPESTATUS[1]}"
END
chmod +x bin/sendmail

heading() { sed '/^\r*$/,$d' "$1" | tr -d '\r'; }
body() { sed '0,/^\r*$/d' "$1"; }
# without FIELD... <HEADING: those are left out, with the lines that go on from them
without()
{
	awk -v fields=" ${*,,} " '{
		if ($0 !~ /^[ \t]/) {
			name = $0; sub(/[ \t]*:.*/, "", name)
			out = index(fields, " " tolower(name) " ") > 0
		}
		if (!out) print
	}'
}
found() { find "${BOX[$1]}" -type f ! -name '.*' 2>/dev/null; }
came() { [ "$(found "$1" | wc -l)" -ge 1 ]; }

# arrived WHAT [SENDER [CHANGE]]: at each server one mail, and it is the one that was given, but that
# the sed script CHANGE says how its heading was completed
arrived()
{
	local what=$1 sender=${2-$me@ann.test.au} server mail field
	local added="received return-path delivered-to x-original-to"

	for server in $servers; do
		within 60 "$what: at $server" came "$server"
	done
	heading given | sed -e '1{/^From /d}' -e "${3-}" >heading.given
	body given >body.given
	for field in from date message-id; do
		grep -qi "^$field *:" heading.given || added+=" $field"
	done
	# shellcheck disable=SC2086
	without bcc resent-bcc $added content-length <heading.given >expected
	for server in $servers; do
		mail=$(found "$server")
		same "$what: mails at $server" 1 "$(wc -l <<<"$mail")"
		heading "$mail" >heading.arrived
		# shellcheck disable=SC2086
		without $added <heading.arrived | diff -u expected - ||
			fail "$what: another heading at $server"
		body "$mail" >body.arrived
		if [ "$server" = postfix ]; then
			sed -i 's/\r$//' body.arrived # whose smtpd takes them for its own
			sed 's/\r$//' body.given >body.expected
		else
			cp body.given body.expected
		fi
		cmp body.expected body.arrived || fail "$what: another body at $server"
		for field in From Date Message-ID; do
			same "$what: fields $field at $server" 1 "$(grep -ci "^$field:" heading.arrived)"
		done
		same "$what: ours at $server" 1 "$(grep -c '^Received: by ann.test.au (mulga' heading.arrived)"
		[ "$server" = command ] || grep -qxF "Return-Path: <$sender>" heading.arrived ||
			fail "$what: not from $sender at $server: $(grep Return-Path heading.arrived)"
		cp "$mail" "last.$server"
		rm "$mail"
	done
}

# called WHAT ARGUMENT...: the program called sendmail with these among others, as documented
called()
{
	local what=$1 argument
	shift

	for argument; do
		grep -qxF -- "$argument" arguments || fail "$what called with $(xargs <arguments)"
	done
}

{
	printf 'caf\303\251 \342\202\254\n.\n..\n.dot\nFrom me\n\n\ttab \n'
	head -c 2000 /dev/zero | tr '\0' x
	printf '\nlast line\n'
} >text

# --- what people type mail with -----------------------------------------------------------------
printf 'set sendmail=%s/bin/sendmail\n' "$here" >mailrc
MAILRC=mailrc bsd-mailx -s 'bsd mailx' -c "${all[1]}" -b "$(IFS=,; echo "${all[*]:2}")" "${all[0]}" <text
called bsd-mailx -i -t
arrived bsd-mailx
MAILRC=mailrc bsd-mailx -r joe@ann.test.au -s 'bsd mailx' "${all[@]}" <text
called bsd-mailx -i -t -f joe@ann.test.au
arrived 'bsd-mailx -r' joe@ann.test.au

s-nail -n -SDEAD="$here/dead" -Smta="$here/bin/sendmail" -Sv15-compat -s 's-nail' -a text "${all[@]}" <text
called s-nail -i -- "${all[@]}"
arrived s-nail
s-nail -n -v -r joe@ann.test.au -SDEAD="$here/dead" -Smta="$here/bin/sendmail" -Sv15-compat -s 's-nail' "${all[@]}" <text 2>said
called 's-nail -v -r' -v -f joe@ann.test.au
arrived 's-nail -v -r' joe@ann.test.au

mail.mailutils -n -E "set sendmail=sendmail:$here/bin/sendmail" -r joe@ann.test.au -a 'X-Long: one two' \
	-s 'GNU Mailutils' "${all[@]}" <text
called mailutils -oi -f joe@ann.test.au -t
arrived mailutils joe@ann.test.au

printf 'set sendmail="%s/bin/sendmail -oem -oi"\nset copy=no\nset from="joe@ann.test.au"\nset use_envelope_from\n' "$here" >muttrc
mutt -F muttrc -e 'set dsn_notify="failure,delay"; set dsn_return=hdrs' -s mutt -a text -- "${all[@]}" <text
called mutt -oem -oi -f joe@ann.test.au -N failure,delay -R hdrs -- "${all[@]}"
arrived mutt joe@ann.test.au
mutt -F muttrc -e "my_hdr Bcc: $listed" -s hidden joe@ann.test.au <text
arrived 'mutt with Bcc' joe@ann.test.au
within 20 "mutt's own copy" has_mails 1 ann joe '^Subject: hidden'

git init -q repository
(
	cd repository
	git config user.name Ann
	git config user.email joe@ann.test.au
	git commit -q --allow-empty -m first
	cp ../text . && git add text && git commit -q -m 'add a text'
	git send-email -q --smtp-server="$here/bin/sendmail" --to="$listed" --envelope-sender=joe@ann.test.au \
		--suppress-cc=all --confirm=never --transfer-encoding=8bit --no-validate -1 >../said 2>&1 || { cat ../said; exit 1; }
)
called 'git send-email' -f joe@ann.test.au -i "${all[@]}"
arrived 'git send-email' joe@ann.test.au
body last.maildir | grep -q '^+last line' || fail "git's patch"

# --- what speaks SMTP or LMTP -------------------------------------------------------------------
{ printf 'From: joe@ann.test.au\nTo: %s\nSubject: by LMTP\n\n' "$listed"; cat text; } >given
msmtp --protocol=lmtp --host="${lmtp%:*}" --port="${lmtp##*:}" --domain=tester -f joe@ann.test.au -- "${all[@]}" <given
arrived 'msmtp by LMTP' joe@ann.test.au

cp given data
echo >>given # swaks adds a line
swaks --protocol LMTP --server "${lmtp%:*}" --port "${lmtp##*:}" --ehlo tester --from far@beyond.com --to "$listed" \
	--data @data >said 2>&1 </dev/null || fail "swaks by LMTP: $(tail -n 3 said)"
arrived 'swaks by LMTP' far@beyond.com
swaks --pipe "env MULGA_HOME=$here/ann $here/bin/smtp/sendmail -bs -odb -oem" --ehlo tester --from joe@ann.test.au --to "$listed" \
	--data @data >said 2>&1 </dev/null || fail "swaks by SMTP: $(tail -n 3 said)"
arrived 'swaks by SMTP, like alpine' joe@ann.test.au

# --- languages, and programs that run by themselves ---------------------------------------------
php -d sendmail_path="$here/bin/sendmail -t -i" -r 'exit(mail($argv[1], "PHP", file_get_contents("text"),
	["Cc" => $argv[2], "X-A" => "b"], "-fjoe@ann.test.au") ? 0 : 1);' "${all[0]}" "$(IFS=,; echo "${all[*]:1}")"
called PHP -t -i -fjoe@ann.test.au
grep -q $'^X-A: b\r' given || fail "PHP no longer ends the lines of a heading in CR LF"
arrived PHP joe@ann.test.au

# by_hand WHAT SENDER ARGUMENT...: as a program that is not here calls it
by_hand()
{
	local what=$1 sender=$2
	shift 2

	{ printf '%s' "$lines"; printf '\n'; cat text; } | bin/sendmail "$@" || fail "$what: not taken"
	arrived "$what" "$sender"
}
lines=$'From: Joe <joe@ann.test.au>\nTo: '"${all[0]}"$'\nBcc: '"$(IFS=,; echo "${all[*]:1}")"$'\nSubject: by hand\n'
by_hand Emacs joe@ann.test.au -oi -f joe@ann.test.au -t
by_hand 'an older Emacs' "$me@ann.test.au" -oi -oep -odi -t
lines=$'Subject: by hand\n'
by_hand 'Perl and Ruby' joe@ann.test.au -i -f joe@ann.test.au -- "${all[@]}"
by_hand procmail "$me@ann.test.au" -oi "${all[@]}"
by_hand 'all that is ignored' joe@ann.test.au -O Timeout=1s -om -oem -odq -m -n -i -U -h 17 -L tag -p ESMTP:far -X log \
	-Am -C /etc/mail/sendmail.cf -d0.1 -e m -B8BITMIME -G -v -r joe@ann.test.au "${all[@]}"
sed 1d text | grep -v '^\.$' >dotless && { cat dotless; printf '.\nnever\n'; } >text
lines=$'To: '"$listed"$'\nSubject: sudo\n'
{ printf '%s\n' "$lines"; cat text; } | bin/sendmail -t
{ printf '%s\n' "$lines"; cat dotless; } >given # a lone dot is the end
arrived 'sudo, mdadm and logwatch'

if [ "$(id -u)" -eq 0 ]; then
	for program in cron anacron at atd; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
	mkdir -p tab/crontabs tab/atjobs tab/atspool anacron empty
	printf 'MAILTO=%s\n@reboot echo by cron; echo .; echo last\n' "$listed" >tab/crontabs/root
	chmod 600 tab/crontabs/root
	printf 'MAILTO=%s\n1 0 job echo by anacron\n' "$listed" >anacrontab
	echo 00000 >tab/atjobs/.SEQ
	chown -R daemon:daemon tab/atjobs tab/atspool
	chmod 1770 tab/atjobs tab/atspool
	# alone COMMAND: with an empty environment, where /usr/sbin/sendmail is the recorder
	alone()
	{
		env -i unshare -m sh -eu -c "mount --bind $here/bin/sendmail /usr/sbin/sendmail
			mount -t tmpfs none /run
			mount --bind $here/tab /var/spool/cron
			mount --bind /dev/null /etc/crontab
			mount --bind $here/empty /etc/cron.d
			PATH=/usr/sbin:/usr/bin:/sbin:/bin; $1"
	}
	alone 'exec cron -f' >said 2>&1 &
	PROCESS[cron]=$!
	arrived cron "$me@ann.test.au" 's/^From: root (/From: root@ann.test.au (/'
	called cron -FCronDaemon -i -B8BITMIME -oem "$listed"
	alone "exec anacron -f -n -s -d -S $here/anacron -t $here/anacrontab" >said 2>&1 || fail "anacron: $(cat said)"
	called anacron -FAnacron -odi "$listed"
	arrived anacron "$me@ann.test.au" 's/<root>/<root@ann.test.au>/'

	# at writes to a user of its own machine only.
	alone 'atd -f & atd=$!; printf "echo by at; echo .; echo last\n" | at -m now
		i=0; while [ ! -e '"$here"'/at.done ] && [ $i -lt 200 ]; do sleep 0.1; i=$((i + 1)); done; kill $atd' >said 2>&1 &
	within 20 "the mail of at" has_mails 1 ann root 'by at'
	called at -i root
	: >at.done
	body "$(mails ann root 'by at')" | cmp <(printf 'by at\n.\nlast\n') - || fail "another body of at"
fi

# --- large, with everything that a body may hold ------------------------------------------------
servers=maildir
{ printf 'To: %s\nSubject: large\n\n' joe@eve.test.au; head -c 3000000 /dev/urandom; } >large
bin/sendmail -i -t <large
arrived large
printf 'no heading at all\n' | bin/sendmail -oi joe@eve.test.au
printf '\nno heading at all\n' >given
arrived 'no heading'

# Without the daemon it waits in drop/.
stop ann
printf 'Subject: later\n\nwaits\n' | bin/sendmail joe@eve.test.au
start ann
arrived 'from drop/'
stop ann mid ben eve
[ "$(id -u)" -ne 0 ] || { postfix_stop; dovecot_stop; }
