# network.bash - small networks of real daemons, for the tests beside this file
#
# A node lives in a folder of the test's own folder that is called like the first part of
# its name: basser.cs.su.oz.au in basser/. All links are plain TCP on the loopback. Every
# wait has an end; a test that fails shows the last words of each daemon.
set -u

declare -A ADDRESS=() PROCESS=() # of each node: where it listens, its daemon
PLACE= # a folder of open_place

trap 'end_network $?' EXIT
trap 'exit 143' TERM

end_network()
{
	local node

	[ "$1" -eq 0 ] || [ "$1" -eq 77 ] || tail -n 15 -- */log 2>/dev/null
	for node in "${!PROCESS[@]}"; do
		kill -KILL "${PROCESS[$node]}" 2>/dev/null
	done
	[ -z "$PLACE" ] || { cd / && rm -rf "$PLACE"; }
	exit "$1"
}

fail()
{
	echo "$*"
	exit 1
}

skip()
{
	echo "$*"
	exit 77
}

# open_place NAME: moves to a folder that users other than root may enter, with the thin programs in bin/;
# it is removed at the end
open_place()
{
	PLACE=$(mktemp -d -p /tmp "$1.XXXXXX") || exit 70
	chmod 755 "$PLACE"
	cd "$PLACE" || exit 70
	mkdir bin && cp "$BUILD/mulga" bin/mulga # where the sources are, others may not come
}

# batch FILE...: of articles, as rnews takes it
batch()
{
	local file

	for file in "$@"; do
		printf '#! rnews %s\n' "$(stat -c %s "$file")"
		cat "$file"
	done
}

# within SECONDS WHAT COMMAND...: COMMAND comes true before so many seconds are over
within()
{
	local end=$((SECONDS + $1)) what=$2
	shift 2

	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || fail "not in time: $what"
		sleep 0.03
	done
}

# same WHAT EXPECTED GOT
same()
{
	[ "$2" = "$3" ] || fail "$1: expected \"$2\", got \"$3\""
}

# Nobody listens there now, the kernel gives it to no outgoing connection, tests/integration/run to no
# other test.
free_port()
{
	local port

	for _ in {1..200}; do
		port=$((${FIRST_PORT:-10240} + SRANDOM % ${PORTS:-20000}))
		case " ${ADDRESS[*]:-} " in *":$port "*) continue ;; esac
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# nodes NAME...: gives each its address, so that they can name each other
nodes()
{
	local name

	for name in "$@"; do
		ADDRESS[${name%%.*}]=127.0.0.1:$(free_port)
	done
}

# describe NAME <STATEMENTS: makes the node where there is none, and writes its description
describe()
{
	local name=$1 node=${1%%.*}

	if [ ! -e "$node" ]; then
		mulga "$node" init --name "$name" >/dev/null || fail "$name cannot be made"
	fi
	{
		echo "node $name {"
		echo "listen tcp \"${ADDRESS[$node]}\" plain"
		echo "service mail { deliver maildir \"$PWD/$node/mail/%u\" }"
		echo "service file { deliver drop \"$PWD/$node/files/%u\"; quiet }"
		cat
		echo "}"
	} >"$node/node.topo"
}

# link NAME [STATEMENTS]: a statement for `describe`
link()
{
	echo "link $1 { transport tcp \"${ADDRESS[${1%%.*}]}\" plain; ${2-} }"
}

# user NODE USER...: they have a Maildir there
user()
{
	local node=$1 user
	shift

	for user in "$@"; do
		mkdir -p "$node/mail/$user"/{tmp,new,cur}
	done
}

mulga()
{
	local node=$1
	shift

	"$BUILD/mulga" -C "$node" "$@"
}

# sendmail NODE ARGUMENTS...: as mail programs call it
sendmail()
{
	local node=$1
	shift

	[ -e sendmail ] || ln -sf "$BUILD/mulga" sendmail
	MULGA_HOME=$PWD/$node ./sendmail "$@"
}

# start NODE...: until each says that it is ready
start()
{
	local node

	for node in "$@"; do
		rm -f "$node/ready" # of an earlier run
		"$BUILD/mulgad" -C "$node" >"$node/ready" 2>>"$node/log" </dev/null &
		PROCESS[$node]=$!
	done
	for node in "$@"; do
		within 20 "$node starts" ready "$node"
	done
}

ready()
{
	kill -0 "${PROCESS[$1]}" 2>/dev/null || fail "the daemon of $1 did not stay"
	grep -qs '^ready$' "$1/ready"
}

# crash NODE: as if the power went
crash()
{
	kill -KILL "${PROCESS[$1]}" && wait "${PROCESS[$1]}" 2>/dev/null
	unset "PROCESS[$1]"
}

# stop NODE...: as a supervisor does; a daemon that ends badly or late fails the test
stop()
{
	local node code

	for node in "$@"; do
		kill -TERM "${PROCESS[$node]}"
	done
	for node in "$@"; do
		within 10 "$node stops" gone "${PROCESS[$node]}"
		wait "${PROCESS[$node]}"
		code=$?
		unset "PROCESS[$node]"
		same "the exit of $node" 0 "$code"
	done
}

gone()
{
	case $(ps -o stat= -p "$1") in
	'' | Z*) return 0 ;;
	esac
	return 1
}

# link_is NODE NEIGHBOR STATE
link_is()
{
	[ "$(mulga "$1" status --json | jq -r --arg n "$2" '.links[] | select(.neighbor == $n) | .state')" = "$3" ]
}

# knows NODE NAME: NAME has told NODE what it is
knows()
{
	mulga "$1" routes --json | jq -e --arg n "$2" 'any(.fastest[]; .region == $n)' >/dev/null
}

# idle NODE...: nothing waits there, but perhaps news of the network for who is not on the line
idle()
{
	local node

	for node in "$@"; do
		[ -z "$(mulga "$node" queue --json | jq 'select(.service != "control") | .id')" ] || return 1
	done
}

# mails NODE USER [TEXT]: the Maildir's files, with that text in them
mails()
{
	find "$1/mail/$2/new" "$1/mail/$2/cur" -type f ! -name ".*" -exec grep -l -- "${3:-}" {} + 2>/dev/null
}

# has_mails COUNT NODE USER [TEXT]
has_mails()
{
	local count=$1
	shift

	[ "$(mails "$@" | wc -l)" -eq "$count" ]
}

# ended NODE ID OUTCOME: this node knows that its only destination ended so
ended()
{
	[ "$(mulga "$1" trace "$2" --json | jq -r '.outcomes[].outcome')" = "$3" ]
}
