#!/bin/bash
# privileges.sh - who may broadcast, list a way, write to many, send where, use what: each refusal quotes its line
set -eu
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

[ "$(id -u)" -eq 0 ] || skip "another user's submissions are tried by root only"
getent passwd nobody >/dev/null || skip "there is no user nobody"
chmod 711 .. .
here=$PWD

nodes ann.test.au ben.test.au
# ann LINES: her description, with the rules in those lines
ann()
{
	{ link ben.test.au; printf '%s\n' "$1" 'submit lmtp "127.0.0.1:0"'; } | describe ann.test.au
	[ -z "${PROCESS[ann]-}" ] || mulga ann reload >said || fail "not taken: $(cat said)"
	if [ -n "${PROCESS[ann]-}" ]; then
		lmtp=$(mulga ann status --json | jq -r '.listening[] | select(startswith("lmtp")) | sub("lmtp "; "")')
	fi
}
ann ''
cat >program <<'END'
#!/bin/sh
cat >"$(dirname "$0")/ran"
END
chmod +x program
{
	link ann.test.au
	echo "service backup {"
	echo "deliver command \"$here/program\""
	echo "accept from su.oz.au ben.test.au"
	echo "}"
} | describe ben.test.au
user ann nobody joe
user ben joe
start ann ben
within 20 "ann knows ben" knows ann ben.test.au
chmod 711 ann

line_of() { grep -n -m 1 -- "$1" "$2/node.topo" | cut -d : -f 1; }
as_nobody() { MULGA_HOME=$here/ann setpriv --reuid nobody --regid nogroup --clear-groups "$@"; }
post() { printf 'Subject: %s\n\nx\n' "$1" | as_nobody "$here/sendmail" -i "${@:2}"; }
printf 'x' | sendmail ann -bv joe@ben.test.au >said # makes the link
# refused TEXT COMMAND...: nobody may not, and is told by which line
refused()
{
	local text=$1 got=0
	shift

	"$@" >out 2>errors || got=$?
	same "the exit of $*: $(cat errors)" 77 "$got"
	grep -qF -- "$text" errors || fail "$*: not \"$text\" but: $(cat errors)"
	idle ann || fail "something of it was taken"
}
# rule LINE: where ann's file has it
rule() { echo "(ann/node.topo:$(line_of "$1" ann))"; }

# Without a line: a region and a listed way are the operator's, the rest is everybody's.
refused "nobody may not send to all of test.au (ann/node.topo:1 has no line \`allow broadcast for nobody\`)" \
	post all 'joe@*.test.au'
refused "nobody may not list the way to ben.test.au (ann/node.topo:1 has no line \`allow explicit for nobody\`)" \
	post way 'ann.test.au!ben.test.au!joe@ben.test.au'
refused "only the operator may say --urgent" as_nobody "$BUILD/mulga" -C "$here/ann" send --urgent joe@ben.test.au program
post one joe@ben.test.au joe@ann.test.au || fail "an ordinary mail is refused"
within 20 "it arrives" has_mails 1 ben joe '^Subject: one'
printf 'Subject: operator\n\nx\n' | sendmail ann -i 'joe@*.test.au' || fail "the operator is refused"
within 20 "his arrives" has_mails 1 ben joe '^Subject: operator'

# With lines, the first that fits decides.
ann 'allow broadcast ben.test.au test.au for nobody
refuse broadcast
allow explicit
refuse multicast 2 for nobody
refuse region mil.au
allow service backup for joe
refuse service backup batch'
post region 'joe@*.test.au' || fail "an allowed region is refused"
within 20 "to all of it" has_mails 1 ben joe '^Subject: region'
post way 'ann.test.au!ben.test.au!joe@ben.test.au' || fail "an allowed way is refused"
within 20 "by that way" has_mails 1 ben joe '^Subject: way'
refused "nobody may not send to all of su.oz.au $(rule 'refuse broadcast')" post all 'joe@*.su.oz.au'
refused "nobody may not send to *.au $(rule 'refuse region')" post part 'joe@*.au'
refused "nobody may not send to 3 addresses at once $(rule 'refuse multicast')" post three a@ben.test.au,b@ben.test.au c@ben.test.au
refused "nobody may not send to hq.mil.au $(rule 'refuse region')" post there joe@hq.mil.au
refused "nobody may not send to ben.test.au $(rule 'refuse region')" post by 'hq.mil.au!joe@ben.test.au'
refused "nobody may not use service \"backup\" $(rule 'refuse service')" \
	as_nobody "$BUILD/mulga" -C "$here/ann" send --service backup joe@ben.test.au "$here/program"
printf 'Subject: three\n\n' | sendmail ann -i a@ben.test.au,b@ben.test.au,c@hq.mil.au || fail "the operator asks nobody"

# A mail server is no operator, whose user it runs as.
# by_lmtp ADDRESS: what is said to a message for it
by_lmtp()
{
	exec 3<>"/dev/tcp/${lmtp%:*}/${lmtp##*:}"
	printf 'LHLO x\r\nMAIL FROM:<far@beyond.com>\r\nRCPT TO:<%s>\r\nDATA\r\nSubject: by lmtp\r\n\r\nx\r\n.\r\nQUIT\r\n' "$1" >&3
	timeout 20 cat <&3 | tr -d '\r' | tail -n 2 | head -n 1
	exec 3>&-
}
same "a server's broadcast" "550 5.7.1 a mail server may not send to all of test.au $(rule 'refuse broadcast')" \
	"$(by_lmtp 'joe@*.test.au')"
ann 'allow broadcast for mail-servers'
by_lmtp 'joe@*.test.au' | grep -q '^250' || fail "an allowed server is refused"
within 20 "the server's arrives" has_mails 1 ben joe '^Subject: by lmtp'

# What was left while no daemon ran was promised: it comes back with the same words.
ann 'refuse region ben.test.au'
stop ann
post later joe@ben.test.au || fail "nothing can be left"
start ann
within 20 "it comes back" has_mails 1 ann nobody '^Subject: later'
grep -q "nobody may not send to ben.test.au (ann/node.topo:" "$(mails ann nobody '^Subject: later')" ||
	fail "the report: $(cat "$(mails ann nobody '^Subject: later')")"

# Where it arrives: who may use a service, and have its program run, says the service.
id=$(mulga ann send --service backup joe@ben.test.au program) || fail "not taken"
within 20 "it comes back" ended ann "$id" returned
mulga ann why "$id" | grep -qF "service \"backup\" of ben.test.au takes nothing from ann.test.au: accept from su.oz.au ben.test.au (ben/node.topo:$(line_of 'accept from' ben))" ||
	fail "why says: $(mulga ann why "$id")"
[ ! -e ran ] || fail "it was run all the same"
mulga ben send --service backup joe@ben.test.au program >said
within 20 "its own is run" test -e ran
stop ann ben
