#!/bin/bash
# carry.sh - sticks: there and back, acknowledged by whatever way, lost, doubled, damaged, foreign
set -eu
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

declare -A KEY=()

# by_stick NAME [MORE [OPTIONS [KEY]]]: a link to it by a folder that is never there, so that only `mulga carry` serves it
by_stick()
{
	echo "link $1 { delay 7d; ${2-} auth key \"${4-${KEY[${1%%.*}]}}\""
	echo "transport directory \"$PWD/away\" { ${3-overdue 20d} } }"
}

waiting() # NODE: how many messages of people are not released there
{
	mulga "$1" queue --json | jq -s 'map(select(.service != "control")) | length'
}

sticks() # NODE: the states of its sticks
{
	mulga "$1" carry list --json | jq -r .state | tr '\n' ' '
}

reason() # NODE: of the only message of people
{
	mulga "$1" queue --json | jq -r 'select(.service != "control") | .copies[0].reason'
}

came() # COUNT: at least so many of the small files are at ben
{
	[ "$(find ben/files/joe -name 'file?' | wc -l)" -ge "$1" ]
}

send() # NODE TEXT: a mail from it to joe at the other
{
	local to=ben.test.au

	[ "$1" != ben ] || to=ann.test.au
	echo "$2" | mulga "$1" send --service mail "joe@$to" >/dev/null
}

nodes ann.test.au ben.test.au eve.test.au
for node in ann ben eve; do
	mulga "$node" init --name "$node.test.au" >/dev/null
	KEY[$node]=$(mulga "$node" key)
	user "$node" joe
done
by_stick ben.test.au | describe ann.test.au
by_stick ann.test.au | describe ben.test.au
mkdir stick
start ann ben

# --- there and back: a mail and a large file, and the acknowledgement by the same stick
send ann "there"
head -c 3000000 /dev/urandom >large
mulga ann send joe@ben.test.au large >/dev/null
mulga ann carry out stick | grep -q "^Stick 1: .* for ben.test.au" || fail "carry out says nothing of stick 1"
same "what waits while it travels" 2 "$(waiting ann)"
mulga ann queue | grep -q "on stick 1 (stick) since .* overdue at" || fail "the queue does not tell of the stick"
mulga ann why "$(mulga ann queue --json | jq -r 'select(.service == "mail") | .id')" | grep -q "on stick 1" ||
	fail "why does not tell of the stick"
same "sticks" "under-way " "$(sticks ann)"
grep -qF there stick/*.mulga && fail "the bundle is not sealed"
cp -r stick doubled
mulga ben carry in stick | grep -q "^From ann.test.au: .* taken" || fail "carry in says nothing"
within 10 "the mail" has_mails 1 ben joe there
within 10 "the file" test -e ben/files/joe/large
cmp large ben/files/joe/large
same "files left on the stick" "" "$(ls stick)"
same "what waits at ann before she hears" 2 "$(waiting ann)"
mulga ben carry out stick >/dev/null
mulga ann carry in stick >/dev/null
same "what waits at ann" 0 "$(waiting ann)"
same "sticks at the end" "" "$(sticks ann)"

# --- the copy of the stick, twice in, delivers nothing twice
cp -r doubled again
mulga ben carry in doubled >/dev/null
mulga ben carry in again >/dev/null
same "mails of the doubled stick" 1 "$(mails ben joe there | wc -l)"
same "files of the doubled stick" large "$(ls ben/files/joe)"

# --- a stick that is lost: it goes again, by another one; found after all, it is known
send ann "lost"
mulga ann carry out stick >/dev/null
number=$(mulga ann carry list --json | jq .stick)
mv stick/*.mulga .
same "why it waits" carried "$(reason ann)"
mulga ann carry lost "$number" | grep -q "again" || fail "carry lost says nothing"
same "why it waits when lost" waiting "$(reason ann)"
mulga ann carry lost 999 2>/dev/null && fail "a stick that never was is lost"
mulga ann carry out stick >/dev/null
mulga ben carry in stick >/dev/null
within 10 "the lost mail" has_mails 1 ben joe lost
mkdir found
mv ./*.mulga found
mulga ben carry in found >/dev/null
same "mails of the lost stick" 1 "$(mails ben joe lost | wc -l)"
mulga ben carry out stick >/dev/null
mulga ann carry in stick >/dev/null
same "what waits at ann" 0 "$(waiting ann)"

# --- the same once more, to a second stick: either acknowledges
send ann "twice"
mulga ann carry out stick >/dev/null
number=$(mulga ann carry list --json | jq .stick)
mkdir second
mulga ann carry again "$number" second >/dev/null
mulga ann carry again "$number" second >/dev/null
mulga ben carry in second >/dev/null
mulga ben carry in stick >/dev/null
within 10 "the mail" has_mails 1 ben joe twice
mulga ben carry out stick >/dev/null
mulga ann carry in stick >/dev/null
same "what waits at ann" 0 "$(waiting ann)"
same "sticks at the end" "" "$(sticks ann)"
same "mails of both" 1 "$(mails ben joe twice | wc -l)"

# --- a pipe instead of a stick
send ann "by pipe"
mulga ann carry out - 2>/dev/null | mulga ben carry in - >/dev/null
within 10 "the mail by pipe" has_mails 1 ben joe "by pipe"
mulga ben carry out - 2>/dev/null | mulga ann carry in - >/dev/null
same "what waits at ann" 0 "$(waiting ann)"

# --- cut, and damaged: what is whole is taken, the rest named, told, and sent again
for i in 1 2 3 4 5 6 7 8 9; do
	head -c 20000 /dev/urandom >"file$i"
	mulga ann send joe@ben.test.au "file$i" >/dev/null
done
mulga ann carry out stick >/dev/null
whole=$(echo stick/*.mulga)
cp "$whole" copy
head -c 100000 copy >"$whole"
code=0
mulga ben carry in stick >said || code=$?
same "the exit for a cut stick" 65 "$code"
grep -q "not whole: .*and what follows" said || fail "what is missing is not named: $(cat said)"
same "the cut file stays" "$whole" "$(echo stick/*.mulga)"
{ head -c 150000 copy; printf 'X'; tail -c +150002 copy; } >"$whole"
mulga ben carry in stick >said && fail "a damaged stick is whole"
within 10 "most files of a stick with one bad byte" came 7
cp copy "$whole"
mulga ben carry in stick >/dev/null
within 10 "all files" came 9
rm -f stick/*
mulga ben carry out stick >/dev/null
mulga ann carry in stick >/dev/null
same "what waits at ann" 0 "$(waiting ann)"

# --- bundles of others are left alone and mentioned: for another node, by another network, and noise
by_stick ben.test.au | describe eve.test.au
start eve
send eve "from a stranger"
mulga eve carry out stick >/dev/null
echo "a holiday" >stick/photo.jpg
echo "not really" >stick/noise.mulga
code=0
mulga ben carry in stick >said || code=$?
same "the exit for a stranger's stick" 1 "$code"
grep -q "left alone: from eve.test.au for ben.test.au: no link leads to its writer" said || fail "the stranger is not named: $(cat said)"
code=0
mulga ann carry in stick >said || code=$?
grep -q "left alone: from eve.test.au for ben.test.au: not for this node" said || fail "the other's bundle is not named: $(cat said)"
same "what is left" 3 "$(find stick -type f | wc -l)"

# --- the wrong key, on either side
by_stick eve.test.au "" "" "${KEY[ann]}" | describe ben.test.au
mulga ben reload >/dev/null
code=0
mulga ben carry in stick >said || code=$?
same "the exit for a wrong key" 77 "$code"
grep -q "its writer has not the key" said || fail "the wrong key is not named: $(cat said)"
same "mails from a stranger" 0 "$(mails ben joe stranger | wc -l)"
by_stick eve.test.au | describe ben.test.au
mulga ben reload >/dev/null
by_stick ben.test.au "" "" "${KEY[ann]}" | describe eve.test.au
mulga eve reload >/dev/null
rm stick/*
send eve "sealed to somebody else"
mulga eve carry out stick >/dev/null
code=0
mulga ben carry in stick >said || code=$?
same "the exit for a bundle sealed to another" 77 "$code"
grep -q "sealed to another key" said || fail "that it is sealed is not said: $(cat said)"

# --- signed only, where the link says so
by_stick ben.test.au "seal never;" | describe eve.test.au
mulga eve reload >/dev/null
mulga eve carry lost "$(mulga eve carry list --json | jq .stick | tail -n 1)" >/dev/null
rm stick/*
mulga eve carry out stick >/dev/null
grep -qF "sealed to somebody else" stick/*.mulga || fail "the bundle is sealed"
mulga ben carry in stick >/dev/null
within 10 "the mail in clear" has_mails 1 ben joe "sealed to somebody else"

stop ann ben eve
