#!/bin/bash
# mail_hf.sh - a station on short wave: who writes too much is told at once, in Portuguese, what fits
set -eu
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

# said CODE TEXT COMMAND...
said()
{
	local code=$1 text=$2 got=0
	shift 2

	"$@" >out 2>errors || got=$?
	same "the exit of $*" "$code" "$got"
	grep -qF -- "$text" out errors || fail "$*: not \"$text\" but: $(cat out errors)"
}

# lmtp LINE...: a conversation by LMTP; what was answered is in `out`
lmtp()
{
	local line

	exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
	for line in "$@"; do
		printf '%s\r\n' "$line" >&3
	done
	timeout 20 cat <&3 >out || true
	exec 3>&-
}

nodes praia.test.au navio.test.au
{
	echo 'language pt'
	echo 'submit lmtp "127.0.0.1:0"'
	link navio.test.au "delay 1h; limit { message 20000; queue 80000 }; call on-demand"
} | describe praia.test.au
sed -i 's|^service mail { \(.*\) }|service mail { \1; quota 100K }|' praia/node.topo
link praia.test.au "call on-demand" | describe navio.test.au
user navio joe
user praia ana
start praia navio
within 20 "praia knows navio" knows praia navio.test.au
mulga praia hangup navio.test.au >out
stop navio
address=$(mulga praia status --json | jq -r '.listening[] | select(startswith("lmtp")) | sub("lmtp "; "")')

# By sendmail, from a file, and from a program whose end nobody knows.
{ printf 'Subject: longa\n\n'; head -c 83000 /dev/zero | tr '\0' x; } >longa
said 69 'o enlace para navio.test.au aceita no máximo 20000 bytes por mensagem; esta tem 82 KiB' \
	sendmail praia -i -f ana joe@navio.test.au <longa
endless() { { printf 'Subject: sem fim\n\n'; timeout 30 yes 'linha'; } | sendmail praia -i -f ana joe@navio.test.au; }
began=$SECONDS
said 69 'aceita no máximo 20000 bytes por mensagem' endless
[ $((SECONDS - began)) -lt 25 ] || fail "all of what never ends was read"
heading='Content-Language: es'
in_spanish() { printf '%s\nSubject: x\n\n%s\n' "$heading" "$(cat longa)" | sendmail praia -i -f ana joe@navio.test.au; }
said 69 'el enlace a navio.test.au admite como máximo 20000 bytes por mensaje' in_spanish

# By LMTP: SIZE at MAIL where nobody takes so much, else after the message, before it is stored.
lmtp 'LHLO x' 'MAIL FROM:<ana@praia.test.au> SIZE=4294967296' QUIT
grep -q '^250-SIZE 102400' out || fail "the limit is not announced: $(cat out)"
grep -q '^552 5.3.4' out || fail "four gigabytes were not refused at MAIL: $(cat out)"
lmtp 'LHLO x' 'MAIL FROM:<ana@praia.test.au> SIZE=83000' 'RCPT TO:<joe@navio.test.au>' DATA 'Subject: x' '' "$(head -c 700 longa | tail -n 1)" . QUIT
grep -q '^552 5.3.4 o enlace para navio.test.au aceita no maximo 20000 bytes por mensagem' out ||
	fail "not refused by LMTP: $(cat out)"

# What fits goes; the queue takes 80,000 bytes, and says how many are free.
for i in 1 2 3 4; do
	{ printf 'Subject: parte %s\n\n' $i; head -c 18500 /dev/zero | tr '\0' $i; } >parte
	sendmail praia -i -f ana joe@navio.test.au <parte || fail "part $i was not taken"
done
said 75 'a fila de praia.test.au para navio.test.au está cheia: cabem 80000 bytes de mensagens à espera' \
	sendmail praia -i -f ana joe@navio.test.au <parte
printf 'Subject: curta\n\noi\n' | sendmail praia -i -f ana joe@navio.test.au || fail "what fits was not taken"

# A delay is told to who asked for that, once, and it goes on.
id=$(mulga praia send --service mail --notify delay --expire 12s joe@navio.test.au parte 2>errors) || true
[ -z "$id" ] || fail "more was taken than fits"
printf 'x\n' >nota
id=$(LANG='' LC_ALL='' mulga praia send --service mail --notify delay --expire 16s joe@navio.test.au nota)
me=$(id -un)
user praia "$me"
within 30 "a delay is told" has_mails 1 praia "$me" "^X-Mulga-Message: $id"
grep -q '^Action: delayed' "$(mails praia "$me" "$id")" || fail "$(cat "$(mails praia "$me" "$id")")"
grep -q '^Will-Retry-Until: ' "$(mails praia "$me" "$id")" || fail "until when?"
grep -q 'ainda não chegou' "$(mails praia "$me" "$id")" || fail "not in Portuguese"
within 30 "it ends" ended praia "$id" expired
has_mails 1 praia "$me" || fail "told twice, or of the end, which nobody asked for"

# What is cut in its middle by LMTP leaves nothing behind.
exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
printf 'LHLO x\r\nMAIL FROM:<ana@praia.test.au>\r\nRCPT TO:<ana@praia.test.au>\r\nDATA\r\nSubject: cut\r\n\r\n' >&3
for _ in {1..900}; do printf '%080d\r\n' 0; done >&3
bodies() { [ "$(find praia/spool -path '*bodies*' -type f -name '[0-9]*' | wc -l)" -eq "$1" ]; }
within 20 "its body is written" bodies 1
exec 3>&-
within 20 "its body has gone" bodies 0

start navio
within 60 "all that was taken arrives" has_mails 5 navio joe '^Subject: '
stop praia navio
