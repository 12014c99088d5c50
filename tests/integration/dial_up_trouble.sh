#!/bin/bash
# dial_up_trouble.sh - lines that others have, a login that is not answered, secrets
set -eu
# shellcheck source=tests/integration/modems.bash
. "$SOURCE/tests/integration/modems.bash"

call_says() # TEXT: after so many failures, calls are rare
{
	mulga ann call ben >/dev/null
	within 30 "$1" says ann "$1"
	within 20 "why: $1" why_says "$(sed 's/\\"/"/g' <<<"$1")"
}

why_says() # TEXT: of the mail that waits
{
	mulga ann why "$id" | grep -qF -- "$1"
}

chat_says() # TEXT: unless a call has the line just now
{
	if mulga ann test-chat ben >>shown 2>errors; then fail "test-chat ended well: $(cat shown)"; fi
	grep -qF -- "$1" errors
}

comes_at_a_call()
{
	mulga ann call ben >/dev/null
	has_mails 1 ben joe one
}

nodes ann.test.au ben.test.au
keyed_node ann joe
keyed_node ben joe
modems --rate 57600 100=ann 200=ben
# shellcheck disable=SC2016 # a password may look like that
login='timeout 2s expect "ogin:" retry "\r" x1; send "ann\r" expect "word:"; send secret "ben"'
caller ann ben '"200"' '' "$login"
answerer ben ann

# Without the secret there is no call, and it is said why; nor with one that others can read.
start ann ben
id=$(echo one | mulga ann send --service mail joe@ben.test.au)
call_says "keys/ben.secret: No such file or directory"
echo "open sesame" >ann/keys/ben.secret
chmod 644 ann/keys/ben.secret
call_says "keys/ben.secret may be read by others: chmod 600"
chmod 600 ann/keys/ben.secret

# A far end that asks for no login: what was waited for, and what was heard instead.
call_says 'login: no \"ogin:\" within 4 s, heard \"'
within 60 "what is not matched, shown" chat_says 'login: no "ogin:" within 4 s'

# A program that has the line keeps it, and is named.
sleep 100 &
other=$!
until printf '%10d\n' "$other" >own && ln own "$(lock_of ann)" 2>/dev/null; do sleep 0.05; done
call_says "in use by sleep (pid $other)"
modem zero >/dev/null
chat_says "in use by sleep (pid $other)" || fail "not named: $(cat errors)"
same "calls while it had the line" "" "$(modem dialled)"

# When it is gone, its lock is nobody's.
kill "$other"
wait "$other" || true
answerer ben ann "" 'send "\r\nlogin: " expect "ann\r"; send "Password:" expect "open sesame\r"'
mulga ben reload >/dev/null
within 60 "the mail" comes_at_a_call

# No secret is in any log or answer, though ben's dialogue names it.
if grep -r "open sesame" ann/log ben/log shown errors; then fail "a secret was told"; fi
stop ann ben
