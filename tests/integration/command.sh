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
