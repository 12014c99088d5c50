#!/bin/bash
# slow_net.sh - the kernel's own slow line: a network namespace whose only link passes 96 kbit/s
#
# Not our emulator but a token bucket (tbf) below TCP: what is sent too soon waits in the kernel, where
# nothing can overtake it, and packets that find the bucket's queue full are lost.
set -eu
line() { ip link set lo mtu 1500 up && tc qdisc add dev lo root tbf rate 96kbit burst 3000 latency 3s; }
if [ "${1-}" != inside ]; then
	unshare -rn bash -c "$(declare -f line); line" 2>/dev/null || { echo "no network namespace with tbf can be made here"; exit 77; }
	exec unshare -rn "$0" inside
fi
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"
# shellcheck source=tests/integration/line.bash
. "$SOURCE/tests/integration/line.bash"
line

nodes here.test.au there.test.au
secure_nodes here.test.au there.test.au
keyed there.test.au "call on-demand" | secure_describe here.test.au
keyed here.test.au "call never" | secure_describe there.test.au
user here joe
user there joe
start here there
head -c 250000 /dev/urandom >file # twenty seconds of it
mulga here send joe@there.test.au file >/dev/null
under_way()
{
	mulga here links there.test.au --json | jq -e '.call.sending | .bytes > 200000 and .left_bytes < .bytes - 30000' >/dev/null
}
within 60 "the file is under way" under_way

the_rate_is_shown()
{
	mulga here links there.test.au --json >said
	jq -e '.call.sending | .bytes_per_s > 0 and .left_s != null' said >/dev/null
}
within 30 "the rate is shown, and what is left" the_rate_is_shown

# A short one overtakes it, and the other way is open as well.
began=$SECONDS
echo "overtakes" | mulga here send --service mail joe@there.test.au >/dev/null
echo "the other way" | mulga there send --service mail joe@here.test.au >/dev/null
within 60 "the short one" has_mails 1 there joe overtakes
within 60 "the answer" has_mails 1 here joe "the other way"
echo "it took $((SECONDS - began)) s"
within 90 "the file" test -e there/files/joe/file
cmp file there/files/joe/file
came() { stat -c %Z "$1"; } # when it was put where it is
[ "$(came "$(mails there joe overtakes)")" -lt "$(came there/files/joe/file)" ] || fail "the short one waited for the file"
within 60 "nothing is left" idle here there
stop here there
