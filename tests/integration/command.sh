#!/bin/bash
# command.sh - a program is the line: `mulga answer` of the neighbor, and programs that are none
#
# What a program is given, what is made of its end, of its words and of its status; what runs before
# and after a call, whatever becomes of the call or of the daemon.
set -eu
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

# program NAME <<BODY: a shell script, by its path
program()
{
	{ echo "#!/bin/bash"; cat; } >"$PWD/$1"
	chmod +x "$PWD/$1"
}

# calls NODE NEIGHBOR STATEMENTS: a link by ./line, keyed
calls()
{
	echo "link $2 { auth key \"${KEY[${2%%.*}]}\"; retry 300ms; $3 }"
}

says() # NODE TEXT: its links have it
{
	mulga "$1" links --json | grep -qF -- "$2"
}

logged() # NODE TEXT
{
	grep -qF -- "$2" "$1/log"
}

has_lines() # FILE COUNT
{
	[ -e "$1" ] && [ "$(wc -l <"$1")" -eq "$2" ]
}

has_lines_at_least() # FILE COUNT
{
	[ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]
}

declare -A KEY=()
nodes ann.test.au ben.test.au
for node in ann ben; do
	mulga "$node" init --name "$node.test.au" >/dev/null
	KEY[$node]=$(mulga "$node" key)
done
calls ben ann.test.au "call never; transport tcp listen" | describe ben.test.au
line="transport command \"$PWD/line\" %n %l %u \"two words\" { rate 1000000 }"
describe_ann() # STATEMENTS
{
	calls ann ben.test.au "$line; ${1-}" | describe ann.test.au
}
user ann joe
user ben joe

# It is given what stands in the file, an environment and descriptors of its own, and nothing else.
program line <<END
printf '%s\n' "\$@" >"$PWD/arguments"
env | LC_ALL=C sort >"$PWD/environment"
ls /proc/self/fd >"$PWD/descriptors"
echo "I am calling" >&2
printf 'rate=64000\nsignal=-7dBm\nquality=93\ntext=all is well\nnonsense\n' >&3
exec "$BUILD/mulga" -C "$PWD/ben" answer --from "the test"
END
describe_ann
start ann ben
echo "by a program" | mulga ann send --service mail joe@ben.test.au >/dev/null
within 20 "the mail" has_mails 1 ben joe "by a program"
same "the arguments" "ben.test.au

$(id -un)
two words" "$(cat arguments)"
same "the environment" "LC_ALL=C
MULGA_HOME=
MULGA_LINK=
MULGA_NEIGHBOR=ben.test.au
MULGA_NODE=ann.test.au
MULGA_STATUS_FD=3" "$(grep -v '^PATH=\|^PWD=\|^SHLVL=\|^_=' environment | sed 's/^MULGA_HOME=.*/MULGA_HOME=/' | grep -v '^MULGA_HOME' | sed '1a MULGA_HOME=')"
same "the descriptors" "0 1 2 3" "$(grep -v '^4$' descriptors | tr '\n' ' ' | sed 's/ $//')"
within 10 "what it said" logged ann "link ben.test.au: line: I am calling"
within 10 "its status" says ann "all is well"

# What runs before and after; a `before` that says 75 or fails calls nobody, and `after` runs all the same.
program before <<END
echo before "\$@" >>"$PWD/ran"
exit "\$(cat "$PWD/verdict")"
END
program after <<END
echo after >>"$PWD/ran"
END
describe_ann "before \"$PWD/before\" %n; after \"$PWD/after\""
echo 75 >verdict
mulga ann reload >/dev/null
within 40 "the call is over" link_is ann ben.test.au waiting
echo "when the radio is free" | mulga ann send --service mail joe@ben.test.au >/dev/null
within 20 "before says busy" says ann "before: temporary failure (exit 75)"
within 20 "after runs" has_lines_at_least ran 2
same "what ran" "before ben.test.au
after" "$(head -n 2 ran)"
echo 1 >verdict
within 20 "before fails" says ann "before: failed (exit 1)"
echo 0 >verdict
within 20 "the mail" has_mails 1 ben joe "when the radio is free"

# It hangs and says nothing; the operator ends it, and its whole group.
program line <<END
sleep 1000 &
echo \$! >"$PWD/child"
exec sleep 1001
END
within 40 "the call is over" link_is ann ben.test.au waiting
echo "later" | mulga ann send --service mail joe@ben.test.au >/dev/null
within 20 "it hangs" test -s child
mulga ann hangup ben.test.au >/dev/null
within 10 "its child is gone" gone "$(cat child)"

# It writes what nobody understands; it dies; it cannot be found; each is said.
program line <<END
head -c 4000 /dev/urandom
sleep 5
END
mulga ann call ben.test.au >/dev/null
within 20 "garbage is said" says ann "TLS:"
program line <<END
echo "no such host" >&2
exit 68
END
mulga ann call ben.test.au >/dev/null
within 20 "its end is said" says ann "line: host name unknown (exit 68): no such host"
program line <<END
kill -SEGV \$\$
END
mulga ann call ben.test.au >/dev/null
within 20 "the signal is said" says ann "ended by signal 11"
program line <<END
exec <&-
exec >&-
sleep 100
END
mulga ann call ben.test.au >/dev/null
within 30 "it closed the line" says ann "it closed the line and did not end"
rm line
mulga ann call ben.test.au >/dev/null
within 20 "it is not there" says ann "not found (exit 127)"

# It dies in the midst, again and again; what was sent stays sent.
program line <<END
timeout -s KILL 1.5 "$BUILD/mulga" -C "$PWD/ben" answer
END
head -c 4000000 /dev/urandom >large
mulga ann send joe@ben.test.au large >/dev/null
mulga ann call ben.test.au >/dev/null
within 90 "the file" test -e ben/files/joe/large
cmp large ben/files/joe/large
within 20 "all is said" idle ann

# The daemon is killed in a call: `after` runs at the next start, and the call is made again.
program line <<END
exec sleep 1000
END
within 40 "the call is over" link_is ann ben.test.au waiting
: >ran
echo "after the fall" | mulga ann send --service mail joe@ben.test.au >/dev/null
within 20 "a call" grep -q before ran
crash ann || true
grep -q after ran && fail "after has run already"
program line <<END
exec "$BUILD/mulga" -C "$PWD/ben" answer
END
echo 1 >verdict
start ann
within 20 "after runs at the start" grep -q after ran
same "the first that ran" after "$(sed -n 2p ran)"
echo 0 >verdict
mulga ann call ben.test.au >/dev/null
within 20 "the mail" has_mails 1 ben joe "after the fall"

# Stopped in a call, it runs as well, before the daemon ends.
program line <<END
exec sleep 1000
END
within 40 "the call is over" link_is ann ben.test.au waiting
: >ran
echo "last" | mulga ann send --service mail joe@ben.test.au >/dev/null
within 30 "a call" grep -q before ran
stop ann
grep -q after ran || fail "after has not run"

# Clear text only where the file says so, at both ends.
mulga ben answer --plain </dev/null 2>errors && fail "a plain call was taken"
grep -q 'answer program plain' errors || fail "not said: $(cat errors)"
stop ben
