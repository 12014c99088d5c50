#!/bin/bash
# runners.sh - those who judge the tests: silence, emptiness and a bad end are failures
set -u

bad=0

# says NAME EXIT LINE: a test program that prints LINE and exits so
says()
{
	printf '#!/bin/sh\necho "%s"\nexit %s\n' "$3" "$2" >"$1"
	chmod +x "$1"
}

# sums EXIT LINE PROGRAM...: tests/check ends so
sums()
{
	local status=$1 line=$2 last got
	shift 2

	"$SOURCE/tests/check" "$@" >output
	got=$?
	last=$(tail -n 1 output)
	[ "$got" -eq "$status" ] && [ "$last" = "$line" ] && return
	echo "check $*: \"$last\" (exit $got), not \"$line\" (exit $status)"
	bad=1
}

says good 0 "good: 3 passed, 0 failed, 1 skipped"
says silent 0 "all is well"
says empty 0 "0 passed, 0 failed, 0 skipped"
says red 1 "12 passed, 2 failed, 0 skipped"
says crashed 134 "5 passed, 0 failed, 0 skipped"

sums 0 "3 passed, 0 failed, 1 skipped" ./good
sums 0 "6 passed, 0 failed, 2 skipped" ./good "./good --with arguments"
sums 1 "3 passed, 1 failed, 1 skipped" ./silent ./good
sums 1 "3 passed, 1 failed, 1 skipped" ./good ./empty
sums 1 "15 passed, 2 failed, 1 skipped" ./red ./good
sums 1 "5 passed, 1 failed, 0 skipped" ./crashed
sums 1 "0 passed, 1 failed, 0 skipped" ./absent
sums 1 "0 passed, 0 failed, 0 skipped"

# The runner of integration tests, on a tree of its own.
mkdir -p tree/tests/integration tree/build
cp "$SOURCE/tests/integration/run" tree/tests/integration
for name in good red slow skipped leaky; do
	printf '#!/bin/sh\n' >"tree/tests/integration/$name.sh"
	chmod +x "tree/tests/integration/$name.sh"
done
echo '[ -d "$BUILD" ] && [ -z "$(ls)" ] || exit; sleep 1000 & echo $! >"$SOURCE/child"' >>tree/tests/integration/good.sh
echo 'echo the reason; exit 3' >>tree/tests/integration/red.sh
echo 'sleep 1000' >>tree/tests/integration/slow.sh
echo 'echo "ERROR: it leaks" >"${ASAN_OPTIONS#log_path=}.7"' >>tree/tests/integration/leaky.sh
echo 'echo no modem here; exit 77' >>tree/tests/integration/skipped.sh

TEST_TIMEOUT=1 tree/tests/integration/run tree/build >output
[ $? -eq 1 ] || { echo "a red test leaves the runner green"; bad=1; }
for line in 'pass good (' '    the reason' 'FAIL red (exit 3)' '    no end after 1 s' \
	'FAIL slow (exit 124)' '    ERROR: it leaks' 'FAIL leaky (exit 70)' 'skip skipped: no modem here' \
	'integration: 1 passed, 3 failed, 1 skipped'; do
	grep -qF -- "$line" output || { echo "not said: $line"; bad=1; }
done
case $(ps -o stat= -p "$(cat tree/child)") in
'' | Z*) ;;
*) echo "a child outlived its test"; bad=1 ;;
esac

# What is installed is not asked for; what is missing is, once, without questions.
mkdir bin
printf '#!/bin/sh\necho "apt-get $*" >>"$PWD/asked"\n' >bin/apt-get
printf '#!/bin/sh\ncase "$*" in *"${MISSING:-none of them}") exit 1 ;; esac\necho installed\n' >bin/dpkg-query
printf '#!/bin/sh\necho 0\n' >bin/id
chmod +x bin/*
PATH=$PWD/bin:$PATH "$SOURCE/contrib/install-deps" build test lint
[ ! -e asked ] || { echo "apt-get was asked for nothing"; bad=1; }
PATH=$PWD/bin:$PATH MISSING=jq "$SOURCE/contrib/install-deps" build test >output
grep -q '^apt-get install .*-y.* jq$' asked && [ "$(wc -l <asked)" -eq 2 ] ||
	{ echo "for jq was asked: $(cat asked)"; bad=1; }
exit $bad
