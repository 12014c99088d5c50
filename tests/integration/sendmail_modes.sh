#!/bin/bash
# sendmail_modes.sh - SMTP on a pipe, batches of it, rmail, and addresses that are only asked about
set -eu
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

# called NAME NODE ARGUMENTS...: the same program by another name
called()
{
	local name=$1 node=$2
	shift 2

	[ -e "$name" ] || ln -s "$BUILD/mulga" "$name"
	MULGA_HOME=$PWD/$node ./"$name" "$@"
}

# code EXPECTED COMMAND...
code()
{
	local expected=$1 got=0
	shift

	"$@" >said 2>complained || got=$?
	same "the exit of $*" "$expected" "$got"
}

nodes ann.test.au ben.test.au
{ link ben.test.au; echo 'forward root to admin; forward admin to eve@ben admin; forward ring to ring@ben'; } | describe ann.test.au
{ link ann.test.au; echo 'forward ring to ring@ann'; } | describe ben.test.au
user ann joe admin
user ben joe eve
start ann ben
within 10 "they know each other" knows ann ben.test.au

# A conversation: two messages, each to its recipients; what is refused is said in the reply.
{
	printf 'EHLO reader\r\nMAIL FROM:<root@ann.test.au> SIZE=100 BODY=8BITMIME\r\n'
	printf 'RCPT TO:<joe@ben.test.au>\r\nRCPT TO:<eve@ben>\r\nRCPT TO:<not an address>\r\n'
	printf 'DATA\r\nSubject: spoken\r\n\r\n..a dot\r\n\303\251\r\n.\r\n'
	printf 'MAIL FROM:<root@ann.test.au>\r\nRCPT TO:<joe@ann.test.au>\r\n'
	printf 'DATA\r\nSubject: home\r\n\r\nhello\r\n.\r\nQUIT\r\n'
} | code 0 sendmail ann -bs -odb -oem
same "the replies" "220 250- 250- 250- 250- 250- 250- 250 250 250 250 554 354 250 250 250 354 250 221" \
	"$(tr -d '\r' <said | sed 's/^\(250-\|...\).*/\1/' | tr '\n' ' ' | sed 's/ $//')"
grep -q '^554 5.6.0 .*address' said || fail "the bad address is not explained: $(cat said)"
within 10 "it arrives" has_mails 1 ben joe '^Subject: spoken'
within 10 "it arrives twice" has_mails 1 ben eve '^Subject: spoken'
within 10 "the other one, too" has_mails 1 ann joe '^Subject: home'
tail -n 2 "$(mails ben joe spoken)" >body
printf '.a dot\n\303\251\n' | cmp - body

# Programs on a pipe end lines as Unix does; a message that QUIT interrupts is not sent.
printf 'HELO x\nMAIL FROM:<root@ann.test.au>\nRCPT TO:<joe@ann.test.au>\nDATA\nSubject: cut\n\nhal' |
	code 0 sendmail ann -bs
printf 'HELO x\nMAIL FROM:<root@ann.test.au>\nRCPT TO:<joe@ann.test.au>\nDATA\nSubject: unix\n\nx\n.\n' |
	code 0 sendmail ann -bs
within 10 "it arrives" has_mails 1 ann joe '^Subject: unix'
has_mails 0 ann joe '^Subject: cut' || fail "half a message was sent"

# A batch, as a gateway leaves it; and with the daemon down, like every submission.
batch()
{
	printf 'HELO uucp\nMAIL FROM:<root@ann.test.au>\nRCPT TO:<joe@ann.test.au>\nDATA\nSubject: %s\n\nx\n.\nQUIT\n' "$1"
}
batch batched | code 0 called rsmtp ann
within 10 "the batch arrives" has_mails 1 ann joe '^Subject: batched'
batch refused | sed 's/joe@ann/joe..@@/' | code 65 called rsmtp ann
grep -q . complained || fail "a refused batch is silent"
stop ann
batch dropped | code 0 called rsmtp ann
start ann
within 10 "it is taken in" has_mails 1 ann joe '^Subject: dropped'

# rmail: the sender is in the lines at the head, and a report finds its way back by them.
printf 'From far Thu Jan  1 00:00:00 1987 remote from phys\n>From ann Thu Jan  1 remote from cs\nTo: joe\nSubject: by uucp\n\nhi\n' |
	code 0 called rmail ann joe@ben.test.au
within 10 "it arrives" has_mails 1 ben joe '^Subject: by uucp'
grep -q '^From: .*<phys!ann@cs>' "$(mails ben joe 'by uucp')" || fail "the sender: $(cat "$(mails ben joe 'by uucp')")"
code 64 called rmail ann

# Addresses that are only asked about.
code 0 sendmail ann -bv joe@ben.test.au joe
grep -q 'ben.test.au' said || fail "-bv does not say where: $(cat said)"
code 67 sendmail ann -bv joe@nowhere.test.au
code 0 sendmail ann -bv root # whose mail is whose
grep -q 'mail for root is for admin@ann.test.au,eve@ben.test.au$' said || fail "the aliases: $(cat said)"
grep -q '=> .*ben.test.au goes to ben.test.au' said || fail "the way: $(cat said)"
code 64 sendmail ann -bd
code 64 sendmail ann -bD
grep -q 'the daemon is mulgad' complained || fail "-bD is not explained: $(cat complained)"
code 64 sendmail ann </dev/null
code 64 sendmail ann -qZ

# What is no mail is refused, and nothing of it is taken.
for address in 'joe@@ben' 'joe ann' ''; do
	code 65 sendmail ann "$address" <<<"Subject: x"
done
code 65 sendmail ann -t <<<"Subject: nobody"
code 65 sendmail ann -t </dev/null
code 65 sendmail ann -f 'a b' joe@ben.test.au <<<"Subject: from whom"
code 65 sendmail ann -f 'a@b.test.au,c@d.test.au' joe@ben.test.au <<<"Subject: from whom"
# So many mailers have had it that it goes in a circle: every face says so, for good.
circling() { for i in {1..100}; do echo "Received: by $i.example"; done; printf 'Subject: round\n\nx\n'; }
code 76 sendmail ann joe@ben.test.au < <(circling)
grep -q 'goes in a circle: 100 mailers have had it, 99 are the most' complained || fail "not said why: $(cat complained)"
code 76 called rmail ann joe@ben.test.au < <(circling)
spoken() { printf 'HELO x\nMAIL FROM:<root@ann.test.au>\nRCPT TO:<joe@ben.test.au>\nDATA\n'; circling; printf '.\nQUIT\n'; }
code 76 called rsmtp ann < <(spoken)
code 0 sendmail ann -bs < <(spoken)
grep -q '^554 5.4.6 the mail goes in a circle' said || fail "-bs does not say so: $(cat said)"
[ -z "$(mulga ann queue --json)" ] || fail "something was taken: $(mulga ann queue)"
code 0 called mailq ann
grep -q 'queue is empty' said || fail "mailq: $(cat said)"
code 0 sendmail ann -bp
code 0 called newaliases ann
code 0 sendmail ann -bi
code 0 sendmail ann -q
code 0 sendmail ann -qR ben.test.au
code 0 sendmail ann -qRben.test.au

# With an empty environment but for its node's.
printf 'Subject: bare\n\n' | env -i MULGA_HOME="$PWD/ann" ./sendmail -i joe@ben.test.au || fail "an empty environment"
within 10 "it arrives" has_mails 1 ben joe '^Subject: bare'

# What cron and mdadm say to root a person gets, here and at another node; what they may not say comes back.
printf 'From: root (Cron Daemon)\nTo: root\nSubject: Cron <root@ann> backup\n\ndisk full\n' | code 0 env -i MULGA_HOME="$PWD/ann" ./sendmail -FCronDaemon -i -B8BITMIME -oem root
printf 'To: root\nSubject: DegradedArray\n\nmd0\n.\n' | code 0 sendmail ann -t
for subject in 'Cron <root' DegradedArray; do
	within 20 "$subject arrives with eve of ben" has_mails 1 ben eve "^Subject: $subject"
	within 20 "$subject arrives with admin of ann" has_mails 1 ann admin "^Subject: $subject"
done
has_mails 0 ann root || fail "root has mail of his own"
grep -q '^Delivered-To: eve@ben.test.au' "$(mails ben eve DegradedArray)" || fail "to whom: $(cat "$(mails ben eve DegradedArray)")"

# A circle of two nodes ends with a user who is not there, and its sender hears of it, by the name that he wrote.
printf 'Subject: round\n\nx\n' | code 0 sendmail ann -f joe@ann.test.au ring@ann.test.au
within 20 "it comes back" has_mails 1 ann joe '^Subject: round'
grep -q '^Original-Recipient: rfc822; *ring@ann.test.au' "$(mails ann joe '^Subject: round')" || fail "$(cat "$(mails ann joe '^Subject: round')")"
within 20 "they end" idle ann ben
stop ann ben
