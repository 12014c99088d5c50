# modems.bash - network.bash, and a telephone network whose modems are serial lines
#
# Lines are links tty/NAME; locks are in locks/. To be used instead of network.bash.
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

declare -A KEY=()
mkdir locks tty
export MULGA_LOCKS=$PWD/locks

# modems [OPTION...] NUMBER=NAME...: until the end of the test, or `no_modems`
modems()
{
	local words=() word

	for word; do
		case $word in
		*=*) words+=("${word%%=*}=$PWD/tty/${word#*=}") ;;
		*) words+=("$word") ;;
		esac
	done
	coproc MODEMS { exec "$BUILD/tests/modem" "${words[@]}"; }
	PROCESS[modems]=$MODEMS_PID
	read -r -t 10 word <&"${MODEMS[0]}" || fail "no modems"
}

no_modems()
{
	exec {MODEMS[1]}>&-
	wait "${PROCESS[modems]}"
	unset "PROCESS[modems]"
}

# modem COMMAND...: its answer
modem()
{
	local answer

	echo "$*" >&"${MODEMS[1]}"
	read -r -t 60 answer <&"${MODEMS[0]}" || fail "the modems do not answer: $*"
	echo "$answer"
}

# keyed_node NODE USER...: with a key, and users
keyed_node()
{
	local node=$1
	shift

	mulga "$node" init --name "$node.test.au" >/dev/null
	KEY[$node]=$(mulga "$node" key)
	user "$node" "$@"
}

says() # NODE TEXT: some line of its links has it
{
	mulga "$1" links --json | grep -qF -- "$2"
}

# calls COUNT: so many go on
calls()
{
	[ "$(modem calls)" = "$1" ]
}

# Of their lines, SPEED and LINE say more.
# caller NODE NEIGHBOR PHONES [LINK-STATEMENTS [LOGIN]]: NODE dials NEIGHBOR, from its line tty/NODE
caller()
{
	local login=${5:+"login { $5 }"}

	describe "$1.test.au" <<-END
		link $2.test.au {
		    auth key "${KEY[$2]}"; call on-demand; retry 200ms; ${4-}
		    transport serial "$PWD/tty/$1" {
		        speed ${SPEED-19200}; ${LINE-}; phone $3
		        dial { abort "BUSY" "NO CARRIER" "NO DIALTONE" "NO ANSWER"; timeout 5s
		               send "ATZ\r" expect "OK"; send "ATDT\P\r" expect "CONNECT" }
		        $login
		        hangup { pause 1s send "+++" pause 1s send "ATH0\r" }
		    }
		}
	END
}

# answerer NODE NEIGHBOR [LINK-STATEMENTS [MORE-LOGIN]]: NODE takes NEIGHBOR's calls on its line tty/NODE
answerer()
{
	describe "$1.test.au" <<-END
		link $2.test.au { auth key "${KEY[$2]}"; call never; transport tcp listen; ${3-} }
		answer serial "$PWD/tty/$1" {
		    speed ${SPEED-19200}; ${LINE-}; login { timeout 5s expect "RING"; send "ATA\r" expect "CONNECT"; ${4-} }
		    hangup { pause 1s send "+++" pause 1s send "ATH0\r" }
		}
	END
}

# lock_of NODE: the lock file of its line
lock_of()
{
	echo "locks/LCK..$(readlink "tty/$1" | sed 's|/dev/||; s|/|_|g')"
}
