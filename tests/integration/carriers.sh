#!/bin/bash
# carriers.sh - two links to one neighbor: each message leaves by the one it is for, or the other
. "$SOURCE/tests/integration/network.bash"

declare -A LINE=() LINES=() # of each carrier: its port, its process

# line LABEL OPTION...: a carrier from ann to ben, obeying the words of `say LABEL WORD`
line()
{
	local label=$1
	shift

	LINE[$label]=127.0.0.1:$(free_port)
	mkfifo "$label.in"
	"$BUILD/tests/tcp-line" "$@" "${LINE[$label]##*:}" "${ADDRESS[ben]}" <"$label.in" >"$label.out" &
	LINES[$label]=$!
}

say()
{
	local before
	before=$(wc -l <"$1.out")

	echo "$2" >&"$3"
	within 10 "the line says $2" test "$(wc -l <"$1.out")" -gt "$before"
}

# carried LABEL FD: bytes that came out at ben's end
carried()
{
	say "$1" count "$2"
	tail -n 1 "$1.out" | cut -d ' ' -f 1
}

# state NODE NEIGHBOR LABEL
state()
{
	mulga "$1" links "$2" --json | jq -r --arg l "$3" 'select(.link == $l) | .state'
}

is_up() { [ "$(state ann ben.test.au "$1")" = up ]; }
is_not_up() { ! is_up "$1"; }

# sends LABEL OPTION... FILE: it arrives, and its bytes went over that carrier alone
sends()
{
	local label=$1 file=${*: -1} cheap dear size
	size=$(stat -c %s "$file")

	say cheap zero 3
	say dear zero 4
	mulga ann send "${@:2:$#-2}" joe@ben.test.au "$file" >said 2>errors || fail "$file was not taken: $(cat errors)"
	within 30 "$file arrives" test -e "ben/files/joe/$file"
	cmp "$file" "ben/files/joe/$file" || fail "$file is another one"
	cheap=$(carried cheap 3) dear=$(carried dear 4)
	case $label in
	cheap) [ "$cheap" -gt "$size" ] && [ "$dear" -lt "$size" ] || fail "$file: $cheap by the cheap one, $dear by the dear" ;;
	dear) [ "$dear" -gt "$size" ] && [ "$cheap" -lt "$size" ] || fail "$file: $cheap by the cheap one, $dear by the dear" ;;
	esac
}

file() # NAME BYTES
{
	head -c "$2" /dev/urandom >"$1"
}

# carrier LABEL: the other part of a link statement at ann's end
calls()
{
	echo "transport tcp \"${LINE[$1]}\" plain; retry 200ms"
}

nodes ann.test.au ben.test.au
line cheap --rate 2000000
exec 3>cheap.in
line dear
exec 4>dear.in
{
	echo "link ben.test.au { delay 10s; cost 1; $(calls cheap) }"
	echo "link ben.test.au as dear { delay 2s; cost 1000; carry { service file; smaller-than 64K }; $(calls dear) }"
} | describe ann.test.au
{
	echo 'link ann.test.au { delay 10s; cost 1; transport tcp listen plain }'
	echo 'link ann.test.au as dear { delay 2s; cost 1000; transport tcp listen plain }'
} | describe ben.test.au
mkdir -p ben/files/joe
user ben joe
start ann ben
within 20 "the cheap one is up" is_up ""
within 20 "the dear one is up" is_up dear
within 20 "they know each other" knows ann ben.test.au
same "the links at the other end" "up up" "$(mulga ben links --json | jq -r .state | paste -sd' ')"

# By preference; by size, service and preference where `carry` says so.
file one 40000
sends cheap --cheapest one
file two 40000
sends dear --fastest two
file three 80000
sends cheap --fastest three
say dear zero 4
head -c 30000 /dev/urandom | base64 -w 70 >letter
mulga ann send --service mail --fastest joe@ben.test.au <letter >said || fail "a mail was not taken"
within 20 "the mail arrives" has_mails 1 ben joe
[ "$(carried dear 4)" -lt 20000 ] || fail "a mail went by a link that carries files only"

# Whom nobody answers is not waited for by what is in a hurry, and comes back.
say dear down 4
within 20 "the dear one is down" is_not_up dear
file four 40000
sends cheap --fastest four
say dear up 4
within 20 "the dear one is up again" is_up dear
file five 40000
sends dear --fastest five

# What is to go cheaply waits for the cheap one, and says so.
say cheap down 3
within 20 "the cheap one is down" is_not_up ""
file six 40000
id=$(mulga ann send --cheapest joe@ben.test.au six) || fail "not taken"
sleep 1
[ ! -e ben/files/joe/six ] || fail "a cheap file went by the dear link"
mulga ann why "$id" >why || fail "why does not know"
grep -q "waits for the link to ben.test.au" why || fail "why: $(cat why)"
mulga ann link down ben.test.au as "" >said || fail "link down"
within 20 "given up, it goes by the other" test -e ben/files/joe/six
mulga ann link up ben.test.au >said || fail "link up"
say cheap up 3
within 20 "the cheap one is up again" is_up ""

# A body begun on one goes on over the other.
sed -i 's/carry { service file; smaller-than 64K };//' ann/node.topo
mulga ann reload >said || fail "reload"
file seven 6000000
say cheap zero 3
say dear zero 4
id=$(mulga ann send --cheapest joe@ben.test.au seven) || fail "not taken"
half() { [ "$(carried cheap 3)" -gt 3000000 ]; }
within 30 "the half is there" half
say cheap down 3
mulga ann link down ben.test.au as "" >said || fail "link down"
within 30 "the file arrives" test -e ben/files/joe/seven
cmp seven ben/files/joe/seven || fail "the file is another one"
dear=$(carried dear 4)
[ "$dear" -lt 3500000 ] && [ "$dear" -gt 200000 ] || fail "$dear bytes of 6,000,000 went by the other"
grep -q "goes on at byte" ben/log || fail "ben does not say so"
stop ann ben
exec 3>&- 4>&-
