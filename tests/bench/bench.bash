# bench.bash - what measurements share; sourced, with the networks of the integration tests
. "$SOURCE/tests/integration/network.bash"

LIMIT=$BUILD/tests/bench-limit REPEAT=$BUILD/tests/bench-repeat CLIENT=$BUILD/tests/bench-client

# compare WHAT UNIT AMOUNT SECONDS LIMIT LIMIT-SECONDS: one line; AMOUNT is of UNIT
compare()
{
	awk -v what="$1" -v unit="$2" -v amount="$3" -v took="$4" -v limit="$5" -v least="$6" 'BEGIN {
		printf "%-44s %7.0f %s/s; limit %7.0f (%s); ratio %.2f\n",
			what, amount / took, unit, amount / least, limit, least / took }'
}

now()
{
	echo "$EPOCHREALTIME"
}

# since START: seconds
since()
{
	awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.3f\n", to - from }'
}

# soon SECONDS WHAT COMMAND...: as `within`, looking often
soon()
{
	local end=$((SECONDS + $1)) what=$2
	shift 2

	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || fail "not in time: $what"
		sleep 0.01
	done
}

# letters COUNT NODE DESTINATION FILE [AT-ONCE]: submitted; prints the seconds it took
letters()
{
	"$REPEAT" "$1" "${5:-8}" "$BUILD/mulga" -C "$2" send --service mail "$3" "$4" ||
		fail "$2 does not take $4"
}

# queued COUNT NODE NEIGHBOR: so many copies wait for it
queued()
{
	mulga "$2" links "$3" --json | grep -q "\"queued\":$1[,}]"
}

# listens PORT: somebody of this machine does
listens()
{
	grep -q "$(printf ':%04X 00000000:0000 0A' "$1")" /proc/net/tcp
}

# work NODE...: what their daemons needed since they started
work()
{
	local node

	for node in "$@"; do
		awk -v node="$node" -v hertz="$(getconf CLK_TCK)" '
			FILENAME ~ /stat$/ { used = ($14 + $15) / hertz }
			/^VmHWM/ { peak = $2 / 1024 }
			/^write_bytes/ { written = $2 / 1048576 }
			END { printf "  %s: %.2f s of processor, %.1f MiB at most, %.1f MiB written\n",
				node, used, peak, written }' \
			"/proc/${PROCESS[$node]}/"{stat,status,io}
	done
}
