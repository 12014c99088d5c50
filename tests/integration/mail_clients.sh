#!/bin/bash
# mail_clients - real mail programs send through our sendmail to another node
#
# Between each program and sendmail sits a recorder, so that what arrives in the Maildir of
# the other node is compared with exactly what the program handed over: the same body,
# byte for byte, and every field of the heading but those that submission removes.
set -eu

for program in bsd-mailx s-nail mutt git jq; do
	command -v "$program" >/dev/null || { echo "$program is not installed"; exit 77; }
done
git send-email -h 2>&1 | grep -q . || { echo "git send-email is not installed"; exit 77; }
[ -x "$BUILD/mulgad" ] || { echo "mulgad is not built"; exit 77; }

fail() { echo "FAIL: $*"; tail -n 20 alpha/log beta/log; exit 1; }
here=$PWD
export HOME=$here MULGA_HOME=$here/alpha LC_ALL=C.UTF-8
mulga() { "$BUILD/mulga" -C "$here/$1" "${@:2}"; }
# wait_for SECONDS COMMAND...: until it succeeds
wait_for()
{
	local tries=$(($1 * 20))
	shift
	until "$@"; do
		[ $((tries -= 1)) -gt 0 ] || fail "waited in vain for: $*"
		sleep 0.05
	done
}
# what is running when the test ends, ends with it
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
start() { : >"$1/ready"; "$BUILD/mulgad" -C "$1" >"$1/ready" 2>>"$1/log" & echo $! >"$1/pid"; wait_for 10 grep -qx ready "$1/ready"; }
stop() { kill "$(cat "$1/pid")"; wait "$(cat "$1/pid")" || true; }

# --- two nodes --------------------------------------------------------------------------
mkdir -p alpha beta/mail/joe beta/mail/ann bin
cat >beta/node.topo <<END
node beta.net.au {
    visible net.au
    listen tcp "127.0.0.1:0" plain
    link alpha.net.au { transport tcp listen }
    service mail { deliver maildir "$here/beta/mail/%u" }
}
END
start beta
port=$(mulga beta status --json | jq -r '.listening[0] | sub(".*:"; "")')
cat >alpha/node.topo <<END
node alpha.net.au {
    visible net.au
    link beta.net.au { transport tcp "127.0.0.1:$port" plain }
    service mail { deliver maildir "$here/alpha/mail/%u" }
}
END
start alpha

ln -s "$BUILD/mulga" bin/real-mulga
# some programs change HOME or keep little of the environment
cat >bin/sendmail <<END
#!/bin/bash
printf '%s\n' "\$@" >"$here/arguments"
export MULGA_HOME="$MULGA_HOME"
tee "$here/given" | (exec -a sendmail "$here/bin/real-mulga" "\$@")
exit "\${PIPESTATUS[1]}"
END
chmod +x bin/sendmail

# --- what arrived against what was given --------------------------------------------------
heading() { sed '/^\r*$/,$d' "$1" | tr -d '\r'; }
body() { sed '0,/^\r*$/d' "$1"; }
has_mail() { [ "$(find "beta/mail/$1/new" -type f ! -name ".*" 2>/dev/null | wc -l)" -ge "$2" ]; }
# arrived WHAT USER...: each user got one mail, and it is the one that was given
arrived()
{
	local what=$1 user mail
	shift
	for user; do
		wait_for 10 has_mail "$user" 1
		has_mail "$user" 2 && fail "$what: twice to $user"
		mail=$(find "beta/mail/$user/new" -type f ! -name ".*")
		body given >body.given
		body "$mail" >body.arrived
		cmp body.given body.arrived || fail "$what: the body changed"
		heading given | sed '/^bcc:/Id' >heading.given
		heading "$mail" >heading.arrived
		while IFS= read -r line; do
			grep -qxF -- "$line" heading.arrived ||
				fail "$what: lost of the heading: $line; there is: $(cat heading.arrived)"
		done <heading.given
		for field in From Date Message-ID Received; do
			[ "$(grep -ci "^$field:" heading.arrived)" -eq 1 ] ||
				fail "$what: not one $field: $(cat heading.arrived)"
		done
		! grep -qi '^bcc:' heading.arrived || fail "$what: Bcc was told"
		cp "$mail" last
		rm "$mail"
	done
}
# called WHAT ARGUMENT...: the program called sendmail like that, as documented
called()
{
	local what=$1 argument
	shift
	for argument; do
		grep -qxF -- "$argument" arguments || fail "$what called with $(xargs <arguments)"
	done
}

{
	printf 'caf\303\251 \342\202\254\n.\n..\nFrom me\n'
	head -c 2000 /dev/zero | tr '\0' x
	printf '\nlast line\n'
} >text

# --- the programs -------------------------------------------------------------------------
printf 'set sendmail=%s/bin/sendmail\n' "$here" >mailrc
MAILRC=mailrc bsd-mailx -s 'bsd mailx' -c ann@beta.net.au joe@beta.net.au <text
called bsd-mailx -i -t
arrived bsd-mailx joe ann
MAILRC=mailrc bsd-mailx -s 'blind' -b ann@beta.net.au joe@beta.net.au <text
arrived 'bsd-mailx with Bcc' joe ann

s-nail -n -SDEAD="$here/dead" -Smta="$here/bin/sendmail" -Sv15-compat -s 's-nail' -a text joe@beta.net.au <text
called s-nail -i -- joe@beta.net.au
arrived s-nail joe

printf 'set sendmail="%s/bin/sendmail -oem -oi"\nset copy=no\nset from="root@alpha.net.au"\n' "$here" >muttrc
mutt -F muttrc -e 'set dsn_notify="failure,delay"' -s mutt -a text -- joe@beta.net.au ann@beta.net.au <text
called mutt -oem -oi -N failure,delay -- joe@beta.net.au ann@beta.net.au
arrived mutt joe ann
grep -qi '^Subject: mutt' last || fail "mutt's subject"

git init -q repository
(
	cd repository
	git config user.name Ann
	git config user.email ann@alpha.net.au
	git commit -q --allow-empty -m first
	cp ../text . && git add text && git commit -q -m 'add a text'
	git send-email -q --smtp-server="$here/bin/sendmail" --to=joe@beta.net.au \
		--suppress-cc=all --confirm=never --transfer-encoding=8bit --no-validate -1 >../log 2>&1 || { cat ../log; exit 1; }
)
called 'git send-email' -i joe@beta.net.au
arrived 'git send-email' joe
body last | grep -q 'add a text' || body last | grep -q '^+last line' || fail "git's patch"

# --- those that call it barely: cron, sudo, PHP, Ruby, procmail -----------------------------
printf 'From: root (Cron Daemon)\nTo: joe\nSubject: Cron\nContent-Type: text/plain\n\nout\n.\nput\n' |
	env -i HOME="$HOME" MULGA_HOME="$MULGA_HOME" PATH=/usr/bin:/bin \
		bin/sendmail -FCronDaemon -i -B8BITMIME -oem joe@beta.net.au
sed -i 's/^From: root (Cron/From: root@alpha.net.au (Cron/; s/^To: joe$/To: joe@alpha.net.au/' given
arrived cron joe

printf 'To: joe@beta.net.au\nSubject: sudo\n\none\n.\nnever\n' | bin/sendmail -t
printf 'To: joe@beta.net.au\nSubject: sudo\n\none\n' >given
arrived 'a lone dot' joe

printf 'To: joe@beta.net.au\r\nSubject: PHP\r\nX-A: b\r\n\r\nbody\n' | bin/sendmail -t -i -froot
arrived PHP joe

printf 'no heading at all\n' | bin/sendmail -oi joe@beta.net.au
printf '\nno heading at all\n' >given
arrived procmail joe

# --- large, with everything that a body may hold ----------------------------------------------
{ printf 'To: joe@beta.net.au\nSubject: large\n\n'; head -c 3000000 /dev/urandom; } >large
bin/sendmail -i -t <large
arrived large joe

# --- without the daemon it waits in drop/ -------------------------------------------------------
stop alpha
printf 'Subject: later\n\nwaits\n' | bin/sendmail joe@beta.net.au
has_mail joe 1 && fail "it cannot have gone"
start alpha
arrived 'from drop/' joe

# --- what is refused, and how ---------------------------------------------------------------------
refused() { local expected=$1 got=0; shift; printf "$input" | bin/sendmail "$@" 2>errors || got=$?; [ "$got" -eq "$expected" ] || fail "exit $got, not $expected: $*"; }
input='Subject: x\n\n'
refused 64 -bd
refused 64 -bD
refused 64
refused 65 -t
refused 65 'joe@@beta'
refused 65 'joe ann'
input='Subject: a\001b\n\n'
refused 65 joe@beta.net.au
[ "$(mulga alpha queue --json | wc -l)" -eq 0 ] || fail "something was taken: $(mulga alpha queue)"
(exec -a mailq bin/real-mulga) | grep -q 'queue is empty' || fail mailq
(exec -a newaliases bin/real-mulga) || fail newaliases
stop alpha
stop beta
