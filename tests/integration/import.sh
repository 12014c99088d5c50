#!/bin/bash
# import.sh - files of UUCP and maps become descriptions that `check` accepts, or are refused at a place
set -u

fail()
{
	echo "$*"
	exit 1
}
data=$SOURCE/tests/unit/data
mulga=$BUILD/mulga
cp -r "$data/uucp" "$data"/map.* .

# becomes EXPECTED ARGUMENTS...: word for word, and it is a description
becomes()
{
	local expected=$1
	shift

	"$mulga" import "$@" >got || fail "import $*"
	diff "$expected" got || fail "import $* says something else"
	"$mulga" check got >said 2>&1 || fail "check does not accept it: $(cat said)"
}
becomes uucp/expected.topo uucp --region cs.su.oz.au uucp
becomes uucp/foreign.topo uucp --foreign --region cs.su.oz.au uucp
becomes map.topo pathalias --region uucp map.pathalias
grep -q 'secret1\|secret2\|sesame\|pass.sword\|pass word' uucp/*.topo && fail "a password is written down"

# refused PLACE-AND-TEXT FILE TEXT: that file of a set instead of its own
refused()
{
	rm -rf set && cp -r uucp set
	printf '%b' "$3" >"set/$2"
	"$mulga" import uucp --region su.oz.au set >got 2>said
	[ $? -eq 65 ] && [ ! -s got ] || fail "not refused: $3"
	grep -qF "set/$2:$1" said || fail "for $3: $(cat said)"
}
refused '1:1: error: a system has one name' sys 'system\n'
refused '2:8: error: "a!b" cannot be the name of a node' sys '\nsystem a!b\n'
refused '2:8: error: a is described already, in line 1' sys 'system a\nsystem a\n'
refused '1:1: error: an alternate before any system' sys 'alternate\n'
refused '2:6: error: nothing is said of "phone"' sys 'system a\n     phone # none\n'
refused '2:11: error: "Xx" is no time' sys 'system a\ntime   Wk,Xx\n'
refused '2:6: error: "Wk2500-0100" is no time' sys 'system a\ntime Wk2500-0100\n'
refused '2:6: error: no port is called "modem9"' sys 'system a\nport modem9\n'
refused '3:7: error: "fast" is no speed' sys 'system a\nport modem1\nspeed fast\n'
refused '3:14: error: "soon" is no number of seconds' sys 'system a\nport modem1\nchat-timeout soon\nchat a b\n'
refused '1:8: error: no address is stated' sys 'system a\nport TCP\n'
refused '2:6: error: there is no type of ports "radio"' port 'port modem1\ntype radio\nport TCP\ntype tcp\nport direct\n'
refused '2:8: error: no dialer is called "none"' port 'port modem1\ndialer none\nport TCP\ntype tcp\nport direct\n'
refused '1:10: error: "a/b" cannot be the name of a node' config 'nodename a/b\n'
refused '1:1: error: a byte that is no printable ASCII' sys 'system\001\n'

# bad PLACE-AND-TEXT MAP
bad()
{
	printf '%b' "$2" >bad.map
	"$mulga" import pathalias --region uucp bad.map >got 2>said
	[ $? -eq 65 ] && [ ! -s got ] || fail "not refused: $2"
	grep -qF "bad.map:$1" said || fail "for $2: $(cat said)"
}
bad '1:10: error: no such name of a cost' 'a b(DAYLY)\n'
bad '3:1: error: a cost has no end' 'a b,\n c(5\n'
bad '1:1: error: the name of a host is expected here' '= a\n'
bad '1:5: error: a comma is expected here' 'a b c\n'
bad '1:3: error: a quoted name has no end' 'a "b\n'
bad '1:2: error: this stands for nothing in a map' 'a) b\n'

# Without a name, without files, without words.
rm -rf set && cp -r uucp set && rm set/config
"$mulga" import uucp --region su.oz.au set >got 2>said
[ $? -eq 65 ] && grep -q 'say --name' said || fail "no name: $(cat said)"
"$mulga" import uucp nowhere >got 2>said
[ $? -eq 66 ] || fail "no files: $(cat said)"
"$mulga" import fidonet >got 2>said
[ $? -eq 64 ] || fail "no such network: $(cat said)"

# A map of many hosts takes no time to speak of.
awk 'BEGIN { for (i = 0; i < 1500; i++) printf "h%d\th%d(DAILY), h%d(HOURLY)\n", i, (i * 7) % 1500, (i + 1) % 1500 }' >large.map
timeout 60 "$mulga" import pathalias --region uucp large.map >got || fail "a large map"
[ "$(grep -c '^node' got)" -eq 1500 ] || fail "nodes of a large map: $(grep -c '^node' got)"
