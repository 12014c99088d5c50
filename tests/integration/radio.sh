#!/bin/bash
# radio.sh - three stations, one radio: its frequency is set before and restored after each call
#
# What an operator's caller script does by hand is one description here: who is called when, one at a
# time, by which program, and what is done to the radio around it; also where a station does not
# answer, where a program hangs until its slot is over, and where somebody talks.
set -eu
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

home=14300 # where the radio listens while nobody is called
slot=3     # seconds of a station; in an hour they are ten minutes
[ -z "$SANITIZED" ] || slot=8
period=$((6 * slot))

# The radio: it refuses to be set while it is in use, and to call on another frequency than it has.
cat >radio <<END
#!/bin/bash
here=$PWD
exec 9>>"\$here/air"
says()
{
	echo "\$(date +%s%3N) \$1 \$2 \$3" >>"\$here/journal"
}
refuse() # WHAT
{
	echo "\$*" >>"\$here/refused"
	exit 75
}
case \$1 in
tune)
	[ ! -e "\$here/talk" ] || { says busy "\$2" "\$3"; exit 75; }
	flock -n 9 || refuse "set while in use for \$2"
	[ "\$(cat "\$here/frequency")" = $home ] || refuse "set for \$2 before it was restored"
	echo "\$3" >"\$here/frequency"
	says set "\$2" "\$3"
	;;
restore)
	flock -n 9 || refuse "restored while in use"
	echo $home >"\$here/frequency"
	says restored "\$2" $home
	;;
call)
	flock -n 9 || refuse "called while in use"
	[ "\$(cat "\$here/frequency")" = "\$3" ] || refuse "called on another frequency"
	says call "\$2" "\$3"
	case \$(cat "\$here/\$2/air") in
	dead) echo "no answer" >&2; exit 1 ;;
	hangs) exec sleep 1000 ;;
	esac
	exec "$BUILD/mulga" -C "\$here/\$2" answer --rate 9600
	;;
esac
END
chmod +x radio
echo "$home" >frequency

stations=(one two three)
frequencies=(7100 3600 10140)
declare -A KEY=()
nodes hub.test.au one.test.au two.test.au three.test.au
for node in hub "${stations[@]}"; do
	mulga "$node" init --name "$node.test.au" >/dev/null
	KEY[$node]=$(mulga "$node" key)
	user "$node" joe
	echo answers >"$node/air"
done

# describe_hub EVERY FOR SLOT UNIT: one description, whatever the length of an hour
describe_hub()
{
	local i

	{
		echo "device radio { calls 1; order round-robin }"
		echo "schedule hourly { every $1 for $2 }"
		for i in 0 1 2; do
			echo "link ${stations[i]}.test.au {"
			echo "delay 1h; auth key \"${KEY[${stations[i]}]}\"; call on-demand; retry 1s"
			echo "schedule hourly; device radio slot +$((i * $3))$4"
			echo "transport command \"$PWD/radio\" call ${stations[i]} ${frequencies[i]} { rate 9600 }"
			echo "before \"$PWD/radio\" tune ${stations[i]} ${frequencies[i]}"
			echo "after \"$PWD/radio\" restore ${stations[i]}"
			echo "}"
		done
	} | describe hub.test.au
}

# With slots of ten minutes an hour, each is to be called in its own ten minutes.
describe_hub 1h 30m 10 m
start hub
for i in 0 1 2; do
	next=$(mulga hub links --json "${stations[i]}.test.au" | jq -r .next_contact)
	same "when ${stations[i]} is called next ($next)" "$i" $(($(date -d "$next + 30 seconds" +%-M) / 10))
done
stop hub
: >journal

describe_hub "${period}s" "$((3 * slot))s" "$slot" s
for station in "${stations[@]}"; do
	echo "link hub.test.au { delay 1h; auth key \"${KEY[hub]}\"; transport tcp listen }" | describe "$station.test.au"
done

mail_to() # STATION TEXT
{
	echo "$2" | mulga hub send --service mail "joe@$1.test.au" >/dev/null
}

# Mail both ways; two does not answer at first, three's program hangs.
echo dead >two/air
echo hangs >three/air
start hub "${stations[@]}"
for station in "${stations[@]}"; do
	mail_to "$station" "to $station"
	echo "from $station" | mulga "$station" send --service mail joe@hub.test.au >/dev/null
done
called() # STATION
{
	grep -q " call $1 " journal
}
within 120 "a call of two" called two
within 120 "a call of three" called three
for station in two three; do
	[ -z "$(mails "$station" joe)" ] || fail "$station has mail, but its line was dead"
	echo answers >"$station/air"
done
for station in "${stations[@]}"; do
	within 200 "mail comes to $station" has_mails 1 "$station" joe "to $station"
	within 200 "mail comes from $station" has_mails 1 hub joe "from $station"
done

# Somebody talks: that is no failure of one's, and goes on when he has finished.
touch talk
mail_to one "when it is free"
busy()
{
	mulga hub links --json one.test.au | grep -qF "before: radio: temporary failure (exit 75)"
}
within 120 "the radio is busy" busy
rm talk
within 120 "the mail that waited" has_mails 1 one joe "when it is free"
restored()
{
	[ "$(tail -n 1 journal | cut -d ' ' -f 2)" = restored ] && [ "$(cat frequency)" = "$home" ]
}
within 60 "the radio is where it was" restored
stop hub "${stations[@]}"
[ ! -e refused ] || fail "the radio refused: $(cat refused)"

# Set, call, restored (also where a `before` was cut off), and only then the next; each in its own slot, and until the slot's end. Two
# seconds are for a busy machine.
awk -v period="$((period * 1000))" -v slot="$((slot * 1000))" '
	function wrong(what) { print $0 ": " what; failed = 1; exit 1 }
	BEGIN { order["set"] = order["busy"] = "restored"; order["call"] = "set"; last = "restored" }
	{
		number = $3 == "one" ? 0 : $3 == "two" ? 1 : 2
		late = $1 % period - number * slot
		if ($2 != "restored" && last != order[$2]) wrong("after " last)
		if (last != "restored" && $3 != station) wrong("in the turn of " station)
		if (late < 0 || late > slot + 2000) wrong("not in its slot")
		station = $3; last = $2
		count[$3 " " $2]++
	}
	END {
		if (failed) exit 1
		if (last != "restored") { print "not restored at the end"; exit 1 }
		if (count["one call"] < 2 || count["two call"] < 2 || count["three call"] < 2) { print "not each was called twice"; exit 1 }
	}' journal || fail "the journal of the radio: $(cat journal)"
