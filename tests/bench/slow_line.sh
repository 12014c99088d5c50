#!/bin/bash
# slow_line.sh - what a call costs on a line of 9,600 bits a second, a third of a second long
#
#   BENCH_PARTS="messages text single batch overtake cuts"     BENCH_RATE=960 BENCH_DELAY=150
#
# Two daemons with TLS, and between them tests/emulators/tcp_line.c, which paces and counts.
# A KB is 1,024 bytes, in messages and in goals. "First" is a call of two nodes that have never met, "later" one after that.
. "$SOURCE/tests/bench/bench.bash"
. "$SOURCE/tests/integration/line.bash"

rate=${BENCH_RATE:-960} delay=${BENCH_DELAY:-150}

# pair [STATEMENTS]: ann, who calls ben over the line; both made anew
pair()
{
	ADDRESS=()
	rm -rf ann ben
	nodes ann.example ben.example
	secure_nodes ann.example ben.example
	keyed ben.example "${1:-call never}" "$LINE_ADDRESS" | secure_describe ann.example
	keyed ann.example "call never" | secure_describe ben.example
	user ben joe
	mkdir -p ben/files/joe
	start ann ben
}

is_hung_up()
{
	link_is ann ben.example waiting
}

has_mail() # COUNT
{
	[ "$(ls -U ben/mail/joe/new | wc -l)" -ge "$1" ]
}

# burst WHAT COUNT FILE... : COUNT mails that wait, one call; the seconds until ben has all
burst()
{
	local began before

	before=$(ls -U ben/mail/joe/new | wc -l)
	for file in "${@:2}"; do
		mulga ann send --service mail joe@ben.example "$file" >/dev/null || fail "not taken"
	done
	line_say zero >/dev/null
	began=$(now)
	mulga ann call ben.example >/dev/null
	soon 300 "the mail" has_mail $((before + $# - 1))
	took=$(since "$began")
	soon 20 "the last acknowledgement" queued 0 ann ben.example
	mulga ann hangup ben.example >/dev/null
	within 20 "the end of the call" is_hung_up
}

# share WHAT BYTES AT-LEAST: of the line, in $took
share()
{
	awk -v what="$1" -v bytes="$2" -v took="$took" -v rate="$rate" -v goal="$3" -v counts="$(line_say count)" \
		'BEGIN { printf "%-52s %5.1f %% of the line; goal %s %%; %.1f s; bytes %s\n", what,
			100 * bytes / took / rate, goal, took, counts }'
}

# total WHAT COUNT GOAL: bytes both ways, for each of COUNT
total()
{
	line_say count | awk -v what="$1" -v count="$2" -v goal="$3" \
		'{ printf "%-52s %7.0f bytes (%.0f, %.0f back); goal %s\n", what, ($1 + $2) / count, $1 / count, $2 / count, goal }'
}

random_files() # COUNT BYTES PREFIX
{
	local i

	for ((i = 0; i < $1; i++)); do
		openssl rand -out "$3$i" "$2"
	done
}

part_messages()
{
	line_open --rate "$rate" --delay "$delay" ${BENCH_RECORD:+--record "$BENCH_RECORD"}
	pair
	line_to ben
	random_files 20 2048 message
	burst "first" message{0..19}
	share "20 messages of 2 KB, incompressible, first call" 40960 88
	random_files 20 2048 message
	burst "later" message{0..19}
	share "20 messages of 2 KB, incompressible, later call" 40960 93
	stop ann ben
	[ -z "${BENCH_LOG-}" ] || cat ann/log ben/log
	line_close
}

part_text()
{
	local i bytes

	line_open --rate "$rate" --delay "$delay" ${BENCH_RECORD:+--record "$BENCH_RECORD"}
	pair
	line_to ben
	for ((i = 0; i < 20; i++)); do
		{
			printf 'From: joe@ann.example\nTo: joe@ben.example\nSubject: part %d\nDate: Mon, 23 Nov 2026 09:%02d:00 +0000\n\n' "$i" "$i"
			tail -c +$((i * 1900 + 1)) "$SOURCE/LICENSE" "$SOURCE/doc/mulga.topo.5.md" 2>/dev/null | head -c 1900
		} >text"$i"
	done
	bytes=$(cat text{0..19} | wc -c)
	burst "first" text{0..19}
	share "20 mails of text of 2 KB, first call" "$bytes" 150
	burst "later" text{0..19}
	share "the same again, later call" "$bytes" 150
	stop ann ben
	line_close
}

part_single()
{
	line_open --rate 0 ${BENCH_RECORD:+--record "$BENCH_RECORD"}
	pair "call on-demand"
	line_to ben
	line_say zero >/dev/null
	openssl rand -out letter 10240
	mulga ann send --service mail joe@ben.example letter >/dev/null
	soon 60 "the mail" has_mail 1
	within 60 "the end of the call" is_hung_up
	total "one message of 10 KB, a call of its own, first" 1 14848
	line_say zero >/dev/null
	openssl rand -out letter 10240
	mulga ann send --service mail joe@ben.example letter >/dev/null
	soon 60 "the mail" has_mail 2
	within 60 "the end of the call" is_hung_up
	total "one message of 10 KB, a call of its own, later" 1 11468
	stop ann ben
	start ann ben
	sleep 2 # a call of the start, to hear of each other, is not what is measured
	within 60 "the end of that call" is_hung_up
	line_say zero >/dev/null
	openssl rand -out letter 10240
	mulga ann send --service mail joe@ben.example letter >/dev/null
	soon 60 "the mail" has_mail 3
	within 60 "the end of the call" is_hung_up
	total "the same, both daemons restarted before" 1 11468
	stop ann ben
	line_close
}

part_batch()
{
	line_open --rate 0 ${BENCH_RECORD:+--record "$BENCH_RECORD"}
	pair
	line_to ben
	random_files 100 10240 batch
	for ((i = 0; i < 10; i++)); do # other bytes each, or zstd would know them
		for ((j = 0; j < 100; j++)); do
			openssl rand -out batch$j 10240
			mulga ann send --service mail joe@ben.example batch$j >/dev/null || fail "not taken"
		done
	done
	line_say zero >/dev/null
	mulga ann call ben.example >/dev/null
	soon 300 "the mail" has_mail 1000
	mulga ann hangup ben.example >/dev/null
	within 20 "the end of the call" is_hung_up
	total "1,000 messages of 10 KB in one call, each" 1000 10649
	stop ann ben
	line_close
}

part_overtake()
{
	local i began

	line_open --rate "$rate" --delay "$delay" ${BENCH_RECORD:+--record "$BENCH_RECORD"}
	pair
	line_to ben
	head -c 300 /dev/urandom >note
	mulga ann call ben.example >/dev/null
	within 30 "the call" link_is ann ben.example up
	sleep 2
	mulga ann hangup ben.example >/dev/null
	within 20 "the end of the call" is_hung_up
	openssl rand -out large 10485760
	mulga ann send joe@ben.example large >/dev/null
	mulga ann call ben.example >/dev/null
	within 30 "the call" link_is ann ben.example up
	for i in 1 2 3 4 5; do
		sleep $((i * 2 - 1))
		began=$(now)
		mulga ann send --service mail joe@ben.example note >/dev/null
		soon 60 "the note" has_mail "$i"
		printf '%-52s %5.2f s; goal 3\n' "a note of 300 bytes overtakes 10 MB, the call's second $((i * i))" \
			"$(since "$began")"
	done
	stop ann ben
	line_close
}

# Between the cuts one daemon is killed and the other stopped; what is sent again is what went over the
# line beyond what the same file takes without a cut, handshakes included.
part_cuts()
{
	local i whole

	line_open --rate $((4 << 20)) --delay 1
	pair "call always; retry 250ms"
	line_to ben
	within 20 "the call" link_is ann ben.example up
	openssl rand -out large $((64 << 20))
	line_say zero >/dev/null
	mulga ann send joe@ben.example large >/dev/null
	soon 300 "the file" test -e ben/files/joe/large
	whole=$(line_say count)
	openssl rand -out again $((64 << 20))
	line_say zero >/dev/null
	mulga ann send joe@ben.example again >/dev/null
	for ((i = 0; i < 50; i++)); do
		line_say "cut-after $((1200 * 1024))" >/dev/null
		sleep 0.1 # a busy machine still reads what had come
		crash ben
		stop ann
		start ann ben
	done
	soon 300 "the file" test -e ben/files/joe/again
	cmp again ben/files/joe/again || fail "the contents differ"
	echo "$whole $(line_say count)" | awk -v once=$((64 << 20)) \
		'{ printf "%-52s %6.2f %% (%d bytes); goal 1 %%\n", "64 MiB cut 50 times, daemons killed: sent again",
			100 * ($4 - $1) / once, $4 - $1 }'
	stop ann ben
	line_close
}

for part in ${BENCH_PARTS:-messages text single batch overtake cuts}; do
	"part_$part"
done
