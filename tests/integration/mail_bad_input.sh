#!/bin/bash
# mail_bad_input.sh - what no mail program should say: nothing of it is run, and nothing of others is lost
set -eu
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

here=$PWD
me=$(id -un)
nodes ann.test.au ben.test.au
{ link ben.test.au; echo 'submit lmtp "127.0.0.1:0"'; echo 'default *.com via ben.test.au'; } | describe ann.test.au
cat >handler <<'END'
#!/bin/sh
# handler USER ADDRESS: what it was called with, one line a word
printf '%s\n' "$#" "$@" >"$(dirname "$0")/words.$MULGA_ID"
cat >/dev/null
END
chmod +x handler
{ link ann.test.au; echo "gateway *.com via command \"$here/handler\" %u %a %f"; } | describe ben.test.au
user ann joe "$me"
user ben joe
start ann ben
within 20 "ann knows ben" knows ann ben.test.au
lmtp=$(mulga ann status --json | jq -r '.listening[] | select(startswith("lmtp")) | sub("lmtp "; "")')

# exits CODE TEXT COMMAND...
exits()
{
	local code=$1 text=$2 got=0
	shift 2

	"$@" >out 2>errors || got=$?
	same "the exit of $*: $(cat errors)" "$code" "$got"
	[ -z "$text" ] || grep -qF -- "$text" out errors || fail "$*: not \"$text\" but: $(cat out errors)"
}
# talk FORMAT: a conversation by LMTP, said at once; the replies are in `out`
talk()
{
	exec 3<>"/dev/tcp/${lmtp%:*}/${lmtp##*:}"
	# shellcheck disable=SC2059
	printf "$1" >&3
	timeout 30 cat <&3 >out.raw || fail "after QUIT it does not close"
	tr -d '\r' <out.raw >out
	exec 3>&-
}
start_of='LHLO x\r\nMAIL FROM:<far@beyond.com>\r\nRCPT TO:<joe@ben.test.au>\r\nDATA\r\n'
# taken and refused: of the messages of `out`
replies() { same "$1" "$2" "$(sed 1,/^354/d out | sed -n 's/^\([0-9]* [0-9.]*\) .*/\1/p' | tr '\n' ' ' | sed 's/ $//')"; }
good=0
# still_well WHAT: after that an ordinary mail still arrives, and it alone
still_well()
{
	good=$((good + 1))
	printf 'Subject: good %s\n\nx\n' $good | sendmail ann -i joe@ben.test.au || fail "after $1 nothing is taken"
	within 30 "a mail after $1" has_mails 1 ben joe "^Subject: good $good\$"
	within 30 "an end after $1" idle ann ben
	same "what came of $1" "${2-0}" "$(find ben/mail ann/mail -path '*/new/*' -type f ! -name '.*' ! -exec grep -q '^Subject: good' {} \; -print | wc -l)"
	find ben/mail ann/mail -path '*/new/*' -type f -exec rm {} +
}

# Headings without an end, and what may not stand in one.
endless() { { printf 'To: joe@ben.test.au\n'; timeout 60 yes 'X-Never: ending'; } | sendmail ann "$@"; }
began=$SECONDS
exits 65 'the heading is longer than 1048576 bytes' endless -t
exits 65 'the heading is longer than' endless -i joe@ben.test.au
[ $((SECONDS - began)) -lt 50 ] || fail "all of what never ends was read"
folded() { { printf 'Subject: x\n'; timeout 60 yes ' folded'; } | sendmail ann -i joe@ben.test.au; }
exits 65 'the heading is longer than' folded
{ printf "$start_of"; timeout 60 yes $'X-Never: ending\r' | head -c 1500000; printf '\r\n\r\nx\r\n.\r\nQUIT\r\n'; } >said
exec 3<>"/dev/tcp/${lmtp%:*}/${lmtp##*:}"
cat said >&3
timeout 30 cat <&3 | tr -d '\r' >out
exec 3>&-
replies "an endless heading by LMTP" "554 5.6.0 221 2.0.0"
for bytes in 'Subject: a\000b' 'Subject: a\rb' 'Subject: a\033[2Jb' 'X\001Y: b' 'Subject: a\177'; do
	control() { printf "To: joe@ben.test.au\n$bytes\n\nx\n" | sendmail ann -t; }
	if [ "$bytes" = 'X\001Y: b' ]; then
		continue # no field: the body begins there
	fi
	exits 65 'the heading holds a control character' control
	talk "$start_of$bytes\r\n\r\nx\r\n.\r\nQUIT\r\n"
	replies "$bytes by LMTP" "554 5.6.0 221 2.0.0"
done
still_well "headings that are none"

# In a body every byte may stand.
{
	printf 'Subject: bytes\n\n'
	for i in {0..255}; do
		[ "$i" = 13 ] || printf "\\x$(printf %x "$i")"
	done
	printf '\n.\n..\n\rbare\r\n\n.\r\nMAIL FROM:<x@y>\r\n'
} >given
sendmail ann -i joe@ben.test.au <given
within 30 "it arrives" has_mails 1 ben joe '^Subject: bytes'
sed '1,/^$/d' given >body.given
sed '1,/^$/d' "$(mails ben joe '^Subject: bytes')" | cmp body.given - || fail "another body"
talk "${start_of}Subject: eight\r\n\r\n\303\251\000\377\r\n..\r\n...\r\n.\r\nQUIT\r\n"
replies "eight bits by LMTP" "250 2.0.0 221 2.0.0"
within 30 "it arrives" has_mails 1 ben joe '^Subject: eight'
sed '1,/^$/d' "$(mails ben joe '^Subject: eight')" | cmp - <(printf '\303\251\000\377\n.\n..\n') || fail "another body by LMTP"
still_well "eight bits" 2

# A second message that is smuggled into a first one is text or an error, and no message.
inner='MAIL FROM:<evil@beyond.com>\r\nRCPT TO:<joe@ben.test.au>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n'
for end in '\n.\n' '\n.\r\n' '\r\n.\n' '\r.\r\n' '\r.\r' '\r\n.\r' '\r\n\0.\r\n'; do
	talk "${start_of}Subject: outer\r\n\r\ntext$end${inner}QUIT\r\n"
	case $end in
	'\r\n\0.\r\n') # no bare end: one message, whose text goes on to the dot
		replies "an end like $end" "250 2.0.0 221 2.0.0"
		within 30 "it arrives" has_mails 1 ben joe '^Subject: outer'
		still_well "an end like $end" 1
		;;
	*) replies "an end like $end" "554 5.6.0 221 2.0.0" ;;
	esac
done
still_well "smuggling"
{ printf "Subject: inside\n\ntext\n.\n${inner}"; } >given # from a program: text, or after the dot nothing
sendmail ann -i joe@ben.test.au <given
within 30 "it arrives" has_mails 1 ben joe '^Subject: inside'
sendmail ann joe@ben.test.au <given
within 30 "it arrives up to its dot" has_mails 2 ben joe '^Subject: inside'
still_well "a dot within" 2

# Addresses and senders that look like options, paths or the shell's.
# All at once, each mail by its own subject: what is taken comes back or, of a sender, arrives; once.
taken=() meant=()
addresses=('|touch x' '`touch x`@ben.test.au' '/etc/passwd' '../../x@ben.test.au' 'a/../b@ben.test.au' '-oQ/tmp' 'joe;touch x@ben.test.au'
	$'a\nb@ben.test.au' 'a@b@c' '@' '<>' '' '..' '.@ben.test.au' '$(touch x)@ben.test.au')
for i in "${!addresses[@]}"; do
	address=${addresses[i]} got=0
	printf 'Subject: to %s what\n\nx\n' "$i" | sendmail ann -i -f joe@ann.test.au -- "$address" >out 2>errors || got=$?
	case $got in
	0) taken+=("$i") ;;
	6[4-7]) [ -s errors ] || fail "\"$address\" is refused without a word" ;;
	*) fail "\"$address\": exit $got: $(cat errors)" ;;
	esac
	got=0
	printf 'Subject: from %s whom\n\nx\n' "$i" | sendmail ann -i -f "$address" joe@ben.test.au >out 2>errors || got=$?
	[ "$got" -eq 0 ] || [ "$got" -eq 65 ] || fail "-f \"$address\": exit $got: $(cat errors)"
	[ "$got" -ne 0 ] || meant+=("$i")
done
for i in "${taken[@]}"; do
	within 30 "\"${addresses[i]}\" comes back" has_mails 1 ann joe "^Subject: to $i what\$"
done
for i in "${meant[@]}"; do
	within 30 "what \"${addresses[i]}\" sent arrives" has_mails 1 ben joe "^Subject: from $i whom\$"
done
within 30 "they end" idle ann ben
same "what came back" "${#taken[@]}" "$(mails ann joe | wc -l)"
same "what arrived" "${#meant[@]}" "$(mails ben joe | wc -l)"
find ann/mail ben/mail -path '*/new/*' -type f -exec rm {} +
for option in '--' '-bd' '-bD'; do
	exits 64 '' sendmail ann "$option" </dev/null
done
printf 'Subject: x\n\n' | sendmail ann -i -f joe@ann.test.au -- '-rf@far.com' '"a b;touch x"@far.com' '$HOME@far.com' 2>errors || true
within 30 "it ends" idle ann ben
for words in words.*; do
	[ ! -e "$words" ] || [ "$(head -n 1 "$words")" = 3 ] || fail "an address became several words: $(cat "$words")"
done
still_well "addresses"
[ -z "$(find . -name 'x' -o -name 'passwd*')" ] || fail "something was run or written: $(find . -name x)"
[ ! -e /tmp/mulga-x ] || fail "something was run"

# What is larger than all that anybody takes is refused at MAIL, and where nobody said how large it is, at the first
# byte over, of which nothing is kept.
{ link ben.test.au 'limit { message 20000 }'; echo 'submit lmtp "127.0.0.1:0"'; } | describe ann.test.au
sed -i 's|^service mail { \(.*\) }|service mail { \1; quota 20000 }|' ann/node.topo
mulga ann reload >out || fail "$(cat out)"
lmtp=$(mulga ann status --json | jq -r '.listening[] | select(startswith("lmtp")) | sub("lmtp "; "")')
talk 'LHLO x\r\nMAIL FROM:<far@beyond.com> SIZE=4294967296\r\nMAIL FROM:<far@beyond.com> SIZE=99999999999999999999999\r\nQUIT\r\n'
grep -q '^250-SIZE 20000' out || fail "the limit is not announced: $(cat out)"
same "four gigabytes at MAIL" 1 "$(grep -c '^552 5.3.4' out)"
{ printf "${start_of}Subject: x\r\n\r\n"; head -c 300000 /dev/zero | tr '\0' x | fold -w 76 | sed 's/$/\r/'; printf '\n.\r\nQUIT\r\n'; } >said
exec 3<>"/dev/tcp/${lmtp%:*}/${lmtp##*:}"
cat said >&3
timeout 30 cat <&3 | tr -d '\r' >out
exec 3>&-
replies "over the limit, unsaid" "552 5.3.4 221 2.0.0"
sent() { { printf 'Subject: exact\n\n'; head -c "$1" /dev/zero | tr '\0' x; echo; } | sendmail ann -i -f joe joe@ben.test.au; }
exits 69 'takes at most 20000 bytes a message' sent 20000
stream() { { printf 'Subject: endless\n\n'; timeout 60 yes gigabytes; } | sendmail ann -i -f joe joe@ben.test.au; }
began=$SECONDS
exits 69 'takes at most 20000 bytes a message' stream
[ $((SECONDS - began)) -lt 50 ] || fail "all of what never ends was read"
exits 0 '' sent 19000
within 30 "what fits arrives" has_mails 1 ben joe '^Subject: exact'
same "bodies that nobody owns" 0 "$(find ann/spool ben/spool -path '*bodies*' -type f -name '[0-9]*' | wc -l)"
still_well "gigabytes" 1

# Ten thousand recipients: one command is taken whole or not at all; who talks is told from the 1,001st on to send the
# others another message, and the first 1,000 have it (RFC 5321 section 4.5.3.1.10).
many=()
for i in {1..10000}; do
	many+=("u$i@ben.test.au")
done
mkdir -p ben/mail/u{1..1000}/{tmp,new,cur}
to_many() { printf 'Subject: to many\n\nx\n' | sendmail ann -i -f '<>' "$@"; }
to_named() { { printf 'Subject: to many\nTo: nobody@ben.test.au'; printf ',\n %s' "${many[@]}"; printf '\n\nx\n'; } | sendmail ann -i -t; }
for count in 1001 10000; do
	exits 65 'more than 1000 destinations' to_many "${many[@]:0:count}"
done
exits 65 'more than 1000 destinations' to_named
still_well "ten thousand recipients"
# to_all HELLO SENDER: a whole conversation, in `said`
to_all()
{
	printf '%s x\r\nMAIL FROM:<%s>\r\n' "$@"
	printf 'RCPT TO:<%s>\r\n' "${many[@]}"
	printf 'DATA\r\nSubject: to many\r\n\r\nx\r\n.\r\nQUIT\r\n'
}
to_all LHLO far@beyond.com >said
exec 3<>"/dev/tcp/${lmtp%:*}/${lmtp##*:}"
timeout 60 cat <&3 >out.lmtp &
reader=$!
cat said >&3
wait "$reader" || fail "LMTP says no end"
exec 3>&-
all_have() { sleep 1; [ "$(find ben/mail/u* -path '*/new/*' -type f | wc -l)" -eq 1000 ]; }
within 300 "each of a thousand has what he was sent" all_have
within 60 "they end" idle ann ben
same "users with a mail" 1000 "$(find ben/mail/u* -path '*/new/*' -type f -printf '%h\n' | sort -u | wc -l)"
rm -r ben/mail/u*
still_well "a thousand recipients"

# What has just as many is one message. Nobody is told when it is taken back: it is from nobody.
stop ben
to_all EHLO '' >said
timeout 60 env MULGA_HOME="$PWD/ann" ./sendmail -bs <said >out.bs || fail "sendmail -bs: no end"
exits 0 '' to_many "${many[@]:0:1000}"
for way in lmtp bs; do
	tr -d '\r' <"out.$way" >out
	same "recipients by $way" 1000 "$(sed '/^354/,$d' out | grep -c '^250 2.1.5')"
	same "others by $way" 9000 "$(grep -c '^452 4.5.3 too many recipients' out)"
	[ "$way" = bs ] && answers=1 || answers=1000
	same "answers by $way" "$answers" "$(sed '1,/^354/d' out | grep -c '^250 2.0.0')"
done
same "what waits for ben, and for how many" "1000 1000" "$(mulga ann queue --json | jq -r 'select(.service == "mail") | [.copies[].destinations[]] | length' | xargs)"
mulga ann queue cancel --all >out || fail "$(cat out)"
start ben
within 60 "they end" idle ann ben
still_well "two thousand more, that nobody got"

stop ann ben
for node in ann ben; do
	same "the spool of $node" ok "$(sqlite3 "$node/spool/mulga.db" 'PRAGMA integrity_check; PRAGMA foreign_key_check')"
done
