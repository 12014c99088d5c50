#!/bin/bash
# windows.sh - three stations, one radio, a slot for each: one description, and no caller script
. "$SOURCE/tests/integration/network.bash"

# Of each twelve seconds six are the radio's, two a station's.
period=12000 slot=2000
nodes hub.oz.au one.oz.au two.oz.au three.oz.au
slots=0
{
	echo 'timezone "<+0930>-9:30"'
	echo 'device radio { calls 1; order round-robin }'
	echo 'schedule often { every 12s for 6s }'
	for station in one two three; do
		link "$station.oz.au" "delay 10s; schedule often; device radio slot +${slots}s; call on-demand"
		slots=$((slots + 2))
	done
} | describe hub.oz.au
for station in one two three; do
	echo 'link hub.oz.au { delay 10s; transport tcp listen plain }' | describe "$station.oz.au"
	user "$station" joe
done
user hub joe
start hub one two three

# Mail both ways, while the stations come and go.
for round in 1 2 3; do
	for station in one two three; do
		echo "to $station $round" | mulga hub send --service mail "joe@$station.oz.au" >sent || fail "not taken"
		echo "from $station $round" | mulga "$station" send --service mail joe@hub.oz.au >sent || fail "not taken"
	done
	sleep 4
done
for station in one two three; do
	within 120 "mail comes to $station" has_mails 3 "$station" joe "to $station"
	within 120 "mail comes from $station" has_mails 3 hub joe "from $station"
done

# When the links were called, and until when, as the hub has written it down: each in its own slot,
# and one at a time. A second is for a busy machine.
calls=$(sed -nE 's/^([^ ]+) .*link (one|two|three)\.oz\.au: ([a-z]+) -> ([a-z]+).*/\1 \2 \3 \4/p' hub/log)
echo "$calls" | awk -v period="$period" -v slot="$slot" '
	{
		split($1, part, /[-T:Z]/)
		ms = ((part[4] * 60 + part[5]) * 60 + part[6]) * 1000 % period
		number = $2 == "one" ? 0 : $2 == "two" ? 1 : 2
		late = ms - number * slot
		if ($4 == "calling" && busy != "") { print $2 " is called during the call to " busy; exit 1 }
		if ($4 == "calling" && (late < 0 || late > slot + 1000)) { print $0 ": not in its slot"; exit 1 }
		if ($4 == "waiting" && (late < 0 || late > slot + 1000)) { print $0 ": ends too late"; exit 1 }
		busy = $4 == "waiting" ? "" : $2
		count += $4 == "calling"
	}
	END { if (count < 3) { print "only " count + 0 " calls"; exit 1 } }' || fail "the calls of the hub are not as its description says"

# Each is called again, in its turn, and why it is not called now is said.
for station in one two three; do
	echo again | mulga hub send --service mail "joe@$station.oz.au" >sent || fail "not taken"
done
for station in one two three; do
	within 60 "mail comes to $station again" has_mails 1 "$station" joe again
done
stop hub one two three
