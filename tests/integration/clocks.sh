#!/bin/bash
# clocks.sh - summer time, a clock that stopped in 1970, and hanging up
. "$SOURCE/tests/integration/network.bash"
command -v faketime >/dev/null || skip "faketime is not installed"
library=$(faketime -m 2020-01-01 sh -c 'echo "$LD_PRELOAD"')

# start_at MOMENT NODE...: their clocks show that moment, of UTC
start_at()
{
	local moment=$1
	shift

	# A sanitizer wants to be the first library; it need not be for this one.
	TZ=UTC LD_PRELOAD=$library FAKETIME="@$moment" FAKETIME_DONT_FAKE_MONOTONIC=1 \
		ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" start "$@"
}

nodes summer.oz.au winter.oz.au
[ -e /usr/share/zoneinfo/Australia/Sydney ] || skip "there is no zone database"

# In the night of 2026-10-04 it is 02:00 in Sydney, and then it is 03:00: at 16:00 UTC.
{
	echo 'timezone "Australia/Sydney"'
	echo 'schedule s { daily 03:00-04:00 }'
	link winter.oz.au "schedule s"
} | describe summer.oz.au
echo 'link summer.oz.au { transport tcp listen plain }' | describe winter.oz.au
start_at "2026-10-03 15:59:50" summer winter
link_is summer winter.oz.au waiting || fail "the window opens too early"
opens=$(mulga summer links --json | jq -r ".next_contact")
case $opens in 2026-10-03T15:59:5* | 2026-10-03T16:00:0*) ;; *) fail "it is said to open at $opens" ;; esac
within 60 "the window opens when summer begins" link_is summer winter.oz.au up
stop summer winter

# A clock that is wrong is set aside for that of a neighbor, and that is said.
nodes wrong.oz.au right.oz.au far.oz.au
{
	echo 'timezone "UTC0"'
	echo 'schedule s { daily 12:00-13:00 }'
	echo 'link right.oz.au { transport tcp listen plain }'
	link far.oz.au "schedule s"
} | describe wrong.oz.au
link wrong.oz.au | describe right.oz.au
echo 'link wrong.oz.au { transport tcp listen plain }' | describe far.oz.au
start_at "1970-01-02 00:00:00" wrong
start_at "2026-12-01 12:10:00" far
link_is wrong far.oz.au waiting || fail "far is called at midnight"
start_at "2026-12-01 12:10:00" right
within 30 "far is called at noon, as right says" link_is wrong far.oz.au up
mulga wrong status --json | jq -e '.warnings[] | select(test("our clock is wrong.*right"))' >/dev/null ||
	fail "nobody says that the clock is wrong"
mulga right status --json | jq -e '.warnings[] | select(test("the clock of wrong.oz.au shows .* less than ours"))' >/dev/null ||
	fail "right does not say whose clock is wrong"
stop wrong right far
