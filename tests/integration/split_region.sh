#!/bin/bash
# split_region.sh - E1: a region falls apart not along its children, and outsiders hit the wrong part
#
# The golden case split-unaligned with real daemons: x.mi is andy here, and h2, n and curlie
# there. far and uu are led to andy, the nearest of x.mi that they see; andy knows curlie's
# name from h2's table and no lawful way to it, and hands the message over to h2.
. "$SOURCE/tests/integration/network.bash"

nodes far.va uu.y.mi andy.x.mi k.z.mi h2.x.mi n.x.mi curlie.x.mi
near="delay 1s; cost 1" wide="delay 5s; cost 5" long="delay 9s; cost 9"
{ echo "visible world"; link uu.y.mi "$long"; } | describe far.va
{
	echo "visible world"
	link far.va "$long"; link andy.x.mi "$near"; link k.z.mi "$wide"
} | describe uu.y.mi
{ echo "visible mi"; link uu.y.mi "$near"; } | describe andy.x.mi
{ echo "visible world"; link uu.y.mi "$wide"; link h2.x.mi "$near"; } | describe k.z.mi
{ echo "visible mi"; link k.z.mi "$near"; link n.x.mi "$near"; } | describe h2.x.mi
# n_is, curlie_is DELAY
n_is()
{
	{ link h2.x.mi "$near"; link curlie.x.mi "delay $1; cost 1"; } | describe n.x.mi
}
curlie_is()
{
	link n.x.mi "delay $1; cost 1" | describe curlie.x.mi
}
n_is 2s
curlie_is 2s
user curlie joe
echo something >file
start far uu andy k h2 n curlie

# explains NODE WORD...: what explain says has the words in it
explains()
{
	mulga "$1" explain joe@curlie.x.mi | grep -q -- "$2"
}
within 30 "far is led to uu" explains far 'goes to uu.y.mi'
within 30 "uu is led to andy" explains uu 'goes to andy.x.mi'

# What they said when they knew nobody has reached their own part alone; now they say it again.
within 30 "curlie hears of h2" knows curlie h2.x.mi
within 30 "h2 knows andy" knows h2 andy.x.mi
n_is 1s
mulga n reload >/dev/null || fail "n does not reload"
curlie_is 1s
mulga curlie reload >/dev/null || fail "curlie does not reload"
within 30 "andy hands over" explains andy 'h2.x.mi!.*curlie.x.mi goes to uu.y.mi'

id=$(mulga far send --service mail --receipt joe@curlie.x.mi file) || fail "not taken"
within 30 "the mail arrives" has_mails 1 curlie joe
same "its way" "far.va uu.y.mi andy.x.mi uu.y.mi k.z.mi h2.x.mi n.x.mi curlie.x.mi" \
	"$(mulga curlie trace "$id" --json | jq -r '[.hops[].node] | join(" ")')"
within 30 "far hears that it was delivered" ended far "$id" delivered
within 20 "the queues are empty" idle far uu andy k h2 n curlie
stop far uu andy k h2 n curlie
