#!/bin/bash
# carry_kill.sh - daemons that die while sticks are written and read: nothing is lost, nothing comes twice
set -eu
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

ROUNDS=6

declare -A KEY=()
nodes ann.test.au ben.test.au
for node in ann ben; do
	mulga "$node" init --name "$node.test.au" >/dev/null
	KEY[$node]=$(mulga "$node" key)
	user "$node" joe
done
echo "link ben.test.au { delay 7d; auth key \"${KEY[ben]}\"; transport directory \"$PWD/away\" }" | describe ann.test.au
echo "link ann.test.au { delay 7d; auth key \"${KEY[ann]}\"; transport directory \"$PWD/away\" }" | describe ben.test.au
start ann ben
mkdir stick
head -c 2000000 /dev/urandom >body

# killed NODE COMMAND...: its daemon dies at some moment of the command, or just after it, and starts again
killed()
{
	local node=$1 client
	shift

	"$@" >/dev/null 2>&1 &
	client=$!
	sleep "0.$(printf %03d $((SRANDOM % 250)))"
	crash "$node" || true
	wait "$client" || true
	start "$node"
}

sent=0
for ((round = 1; round <= ROUNDS; round++)); do
	for i in 1 2 3 4 5; do
		echo "mail $round.$i" | mulga ann send --service mail joe@ben.test.au >/dev/null
	done
	mulga ann send --name "body$round" joe@ben.test.au body >/dev/null
	sent=$((sent + 5))
	killed ann mulga ann carry out stick
	killed ben mulga ben carry in stick
	killed ben mulga ben carry out stick
	killed ann mulga ann carry in stick
done

# In the end every stick is given up once, and everything goes by one that nobody drops.
for stick in $(mulga ann carry list --json | jq .stick); do
	mulga ann carry lost "$stick" >/dev/null
done
mulga ann carry out stick >/dev/null || true
mulga ben carry in stick >/dev/null || true
within 20 "every mail" has_mails "$sent" ben joe
for ((round = 1; round <= ROUNDS; round++)); do
	within 20 "body $round" cmp -s body "ben/files/joe/body$round"
	for i in 1 2 3 4 5; do
		same "mail $round.$i" 1 "$(mails ben joe "^mail $round.$i\$" | wc -l)"
	done
done
same "files" "$ROUNDS" "$(find ben/files/joe -type f | wc -l)"
mulga ben carry out stick >/dev/null || true
mulga ann carry in stick >/dev/null || true
released()
{
	[ -z "$(mulga ann queue --json | jq 'select(.service != "control") | .id')" ]
}
within 20 "ann knows that all has come" released
[ -z "$(find stick -name '.*-part-*')" ] || fail "a half written bundle was left behind"
stop ann ben
