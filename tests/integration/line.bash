# line.bash - a line between two nodes (tests/emulators/tcp_line.c), and nodes with keys
#
# Sourced after network.bash. The port of a line is known before it is opened, so that a
# description can name it; whom it leads to is said with line_to.

declare -A KEY=()
LINE_PORT=$(free_port) LINE_ADDRESS=
LINE_ADDRESS=127.0.0.1:$LINE_PORT

# line_open [OPTION...]: from now on, calls to $LINE_ADDRESS can be taken
line_open()
{
	LINE_OPTIONS=("$@")
}

# line_to NODE: opens it, to where NODE listens
line_to()
{
	local answer

	coproc LINE { exec "$BUILD/tests/tcp-line" "${LINE_OPTIONS[@]}" "$LINE_PORT" "${ADDRESS[$1]}"; }
	exec {LINE_IN}>&"${LINE[1]}" {LINE_OUT}<&"${LINE[0]}" # a coprocess hides its own from subshells
	read -r -t 10 answer <&"$LINE_OUT" || fail "the line does not open"
	same "the line" ready "$answer"
}

# line_say COMMAND: prints the answer
line_say()
{
	local answer

	echo "$1" >&"$LINE_IN"
	read -r -t "${2:-300}" answer <&"$LINE_OUT" || fail "the line does not answer $1"
	echo "$answer"
}

line_close()
{
	local process=$LINE_PID

	exec {LINE[1]}>&- {LINE_IN}>&- {LINE_OUT}<&-
	wait "$process" 2>/dev/null
}

# secure_nodes NAME...: makes them, to know their keys
secure_nodes()
{
	local name

	for name in "$@"; do
		mulga "${name%%.*}" init --name "$name" >/dev/null || fail "$name cannot be made"
		KEY[${name%%.*}]=$(mulga "${name%%.*}" key)
	done
}

# secure_describe NAME <STATEMENTS: as `describe`, but it listens for TLS
secure_describe()
{
	describe "$1"
	sed -i '/^listen/s/ plain//' "${1%%.*}/node.topo"
}

# keyed NAME [STATEMENTS [ADDRESS]]: a link by TLS to the node of that key
keyed()
{
	echo "link $1 { transport tcp \"${3:-${ADDRESS[${1%%.*}]}}\"; auth key \"${KEY[${1%%.*}]}\"; ${2-} }"
}
