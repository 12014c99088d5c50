#!/bin/bash
# shell.sh - mulga-shell behind a login on a modem's line: found in what else is said, given back after it
set -eu
# shellcheck source=tests/integration/modems.bash
. "$SOURCE/tests/integration/modems.bash"

# A getty in ten lines: answers, asks, checks, says a message of the day, becomes the shell.
getty() # [OPTION...]: of the shell
{
	local name password code

	exec <>"tty/ben" >&0
	stty -F "tty/ben" raw -echo
	while read -r -d $'\n' name && [[ $name != RING* ]]; do :; done
	printf 'ATA\r'
	while read -r -d $'\n' name && [[ $name != CONNECT* ]]; do :; done
	stty -F "tty/ben" sane echo
	printf 'Welcome to ben\nlogin: '
	read -r name
	printf 'Password: '
	read -r password
	[ "$name $password" = "ann open sesame" ] || return
	printf 'Last login: never\nYou have mail, mulga? No.\n'
	stty -F "tty/ben" -a | grep -o -w -e '-\?icanon' >before
	(export MULGA_HOME="$PWD/ben" && exec -a -mulga-shell "$PWD/mulga-shell" "$@" 2>shell-errors) && code=0 || code=$?
	echo "$code" >shell-code
	stty -F "tty/ben" -a | grep -o -w -e '-\?icanon' >after
	sleep 1
}

nodes ann.test.au ben.test.au
keyed_node ann joe
keyed_node ben joe
ln -s "$BUILD/mulga" mulga-shell
echo "open sesame" >ann/keys/ben.secret
chmod 600 ann/keys/ben.secret
modems --rate 57600 --delay 20 100=ann 200=ben
login='timeout 8s expect "ogin:" retry "\r" x1; send "ann\r" expect "word:"; send secret "ben"'
caller ann ben '"200"' '' "$login"
echo "link ann.test.au { auth key \"${KEY[ann]}\"; call never; transport tcp listen }" | describe ben.test.au

# Without a daemon there is one clear line, on a terminal or not, and 75.
MULGA_HOME=$PWD/ben ./mulga-shell </dev/null 2>errors && fail "there is a daemon?" || same "the exit" 75 $?
same "the line" "mulga-shell: no mulga runs here now, try later" "$(cat errors)"

start ben
getty &
echo "by a login" | mulga ann send --service mail joe@ben.test.au >/dev/null
start ann
within 60 "the mail" has_mails 1 ben joe "by a login"
says ben TLS || fail "not by TLS: $(mulga ben links)"
within 40 "the end of the shell" test -s shell-code
same "the shell's exit" 0 "$(cat shell-code)"
within 10 "the terminal" test -s after
same "the terminal" "$(cat before)" "$(cat after)"
if grep "open sesame" ann/log ben/log; then fail "the password was told"; fi

# A line of seven bits that flips one of three thousand bytes: both ends say so, and repair it.
within 20 "the end of the call" calls 0
no_modems
rm shell-code
modems --rate 57600 --delay 20 --seven-bit --flip 3000 --seed 2 100=ann 200=ben
LINE="path 7bit unreliable" caller ann ben '"200"' '' "$login"
mulga ann reload >/dev/null
getty --7bit --unreliable &
head -c 30000 /dev/urandom >file
mulga ann send joe@ben.test.au file >/dev/null
mulga ann call ben.test.au >/dev/null
within 60 "the file" test -e ben/files/joe/file
cmp file ben/files/joe/file
within 40 "the end of the shell" test -s shell-code
within 20 "the figures of a line that was repaired" grep -Eq "a line carried [0-9]+ frames of ours, [1-9][0-9]* of them again" ann/log

# Where there is no terminal, as under sshd, TLS begins at once.
describe ann.test.au <<-END
	link ben.test.au {
	    auth key "${KEY[ben]}"; call on-demand; retry 200ms
	    transport command "/usr/bin/env" "MULGA_HOME=$PWD/ben" "$PWD/mulga-shell" "--from" "a pipe"
	}
END
mulga ann reload >/dev/null
echo "by a pipe" | mulga ann send --service mail joe@ben.test.au >/dev/null
within 30 "the mail" has_mails 1 ben joe "by a pipe"
stop ann ben
