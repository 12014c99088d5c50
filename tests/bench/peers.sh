#!/bin/bash
# peers.sh - what others need for the same: Taylor UUCP by protocol i, and NNCP
#
#   BENCH_PARTS="uucp uucp_single uucp_batch nncp_single nncp_batch nncp_large"     BENCH_RATE=960 BENCH_DELAY=150
#   BENCH_BATCH=1000     BENCH_MIB=256
#
# On the lines of slow_line.sh (tests/emulators/tcp_line.c), with files of the same sizes. UUCP encrypts
# nothing; it is called by TCP, logs in, and is not told that the line is one. NNCP gives up on a line
# of 9,600 bits a second, so its bytes are counted on a fast one.
. "$SOURCE/tests/bench/bench.bash"
. "$SOURCE/tests/integration/line.bash"

rate=${BENCH_RATE:-960} delay=${BENCH_DELAY:-150} batch=${BENCH_BATCH:-1000}
server=

need() # COMMAND PACKAGE
{
	type "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || skip "peers: skipped, there is no $2 (contrib/install-deps bench)"
}

random_files() # COUNT BYTES PREFIX
{
	local i

	for ((i = 0; i < $1; i++)); do
		openssl rand -out "$3$i" "$2"
	done
}

count_files() # COUNT FOLDER
{
	[ "$(ls -U "$2" | grep -c '^file')" -ge "$1" ]
}

# total WHAT COUNT: bytes both ways, for each of COUNT
total()
{
	line_say count | awk -v what="$1" -v count="$2" \
		'{ printf "%-52s %7.0f bytes (%.0f, %.0f back)\n", what, ($1 + $2) / count, $1 / count, $2 / count }'
}

serve() # COMMAND...: in the background, until `end_server`
{
	"$@" >server.log 2>&1 </dev/null &
	server=$!
	PROCESS[server]=$server # killed with the rest if this fails
	soon 10 "$1 listens" listens "${ADDRESS[ben]##*:}"
}

end_server()
{
	kill "$server"
	wait "$server" 2>/dev/null
	unset 'PROCESS[server]'
}

# --- Taylor UUCP ---------------------------------------------------------------------------------

# As installed they become another user; a copy stays who measures, unless that is root: then it becomes
# `uucp` all the same, and must be let in.
uucp_programs()
{
	need uucico uucp
	need socat socat
	cp "$(command -v uucp)" ./uucp-copy && cp /usr/sbin/uucico ./uucico-copy || fail "UUCP cannot be copied"
	chmod 711 ..
}

uucp_node() # NODE OTHER [PORT-TO-CALL]
{
	local place=$PWD/$1

	rm -rf "$1"
	mkdir -p "$1/spool" "$1/pub"
	chmod 777 "$1" "$1/spool" "$1/pub"
	cat >"$1/config" <<END
nodename $1
spool $place/spool
pubdir $place/pub
lockdir $place
logfile $place/log
statfile $place/stat
debugfile $place/debug
sysfile $place/sys
portfile $place/port
passwdfile $place/passwd
END
	echo "$2 secret" >"$1/passwd"
	cat >"$1/sys" <<END
system $2
time any
protocol i
port line
address 127.0.0.1
local-send /
local-receive ~
remote-send ~
remote-receive ~
chat "" \r\c ogin:-\r\c-ogin: $1 ssword: secret
called-login $2
END
	printf 'port line\ntype tcp\nservice %s\n' "${3:-1}" >"$1/port"
}

uucp_pair() # LINE-OPTION...
{
	uucp_programs
	line_open "$@"
	uucp_node ann ben "$LINE_PORT"
	uucp_node ben ann
	ADDRESS[ben]=127.0.0.1:$(free_port)
	serve socat "TCP-LISTEN:${ADDRESS[ben]##*:},bind=127.0.0.1,reuseaddr,fork" \
		EXEC:"./uucico-copy -I $PWD/ben/config -l"
	line_to ben
}

# uucp_call FILE...: queued, then one call; the seconds until ben has them all
uucp_call()
{
	local began file

	for file in "$@"; do
		./uucp-copy -I "$PWD/ann/config" -r "$PWD/$file" 'ben!~/' || fail "UUCP does not take $file"
	done
	line_say zero >/dev/null
	began=$(now)
	./uucico-copy -I "$PWD/ann/config" -S ben >/dev/null 2>&1 </dev/null &
	soon 300 "UUCP's files" count_files $# ben/pub
	took=$(since "$began")
	wait "$!"
}

part_uucp()
{
	uucp_pair --rate "$rate" --delay "$delay"
	random_files 20 2048 file
	uucp_call file{0..19}
	awk -v took="$took" -v rate="$rate" -v counts="$(line_say count)" 'BEGIN {
		printf "%-52s %5.1f %% of the line; %.1f s; bytes %s\n",
			"UUCP, protocol i: 20 messages of 2 KB", 40960 * 100 / took / rate, took, counts }'
	end_server
	line_close
}

part_uucp_single()
{
	uucp_pair --rate 0
	random_files 1 10240 file
	uucp_call file0
	total "UUCP: one message of 10 KB, a call of its own" 1
	end_server
	line_close
}

part_uucp_batch()
{
	uucp_pair --rate 0
	random_files "$batch" 10240 file
	eval "uucp_call file{0..$((batch - 1))}"
	total "UUCP: $batch messages of 10 KB in one call, each" "$batch"
	end_server
	line_close
}

# --- NNCP ----------------------------------------------------------------------------------------

nncp_pair() # LINE-OPTION...
{
	local node

	need nncp-call nncp
	line_open "$@"
	for node in ann ben; do
		rm -rf "$node"
		mkdir -p "$node/spool" "$node/in"
		nncp-cfgnew -nocomments 2>/dev/null | sed "s|/var/spool/nncp/log|$PWD/$node/log|; s|/var/spool/nncp|$PWD/$node/spool|" >"$node/cfg"
	done
	nncp_know ann ben "$LINE_ADDRESS" && nncp_know ben ann
	mv ann/known ann/cfg && mv ben/known ben/cfg
	ADDRESS[ben]=127.0.0.1:$(free_port)
	serve nncp-daemon -quiet -noprogress -cfg "$PWD/ben/cfg" -bind "${ADDRESS[ben]}"
	line_to ben
}

# nncp_know NODE OTHER [ADDRESS]: its own `neigh` becomes the other, too
nncp_know()
{
	{
		sed -n '1,/^  neigh: {/p' "$1/cfg"
		nncp_keys self <"$1/cfg"
		nncp_keys "$2" <"$2/cfg" "incoming: \"$PWD/$1/in\"" ${3:+"addrs: { main: \"$3\" }"}
		printf '  }\n}\n'
	} >"$1/known"
}

nncp_keys() # NAME [LINE...] <CFG: what its owner says of itself
{
	printf '    %s: {\n' "$1"
	awk '/^  self: {/ { inside = 1 } /^  }/ { inside = 0 } inside && /(id|exchpub|signpub|noisepub):/'
	shift
	[ $# -eq 0 ] || printf '      %s\n' "$@"
	printf '    }\n'
}

# nncp_pack FILE...: encrypted, and put into the queue
nncp_pack()
{
	local file

	for file in "$@"; do
		nncp-file -quiet -noprogress -cfg ann/cfg "$file" ben: || fail "NNCP does not take $file"
	done
}

# nncp_call COUNT: until so many packets have come, and until they are files
nncp_call()
{
	local began

	line_say zero >/dev/null
	began=$(now)
	nncp-call -quiet -noprogress -cfg ann/cfg -onlinedeadline 3 ben >call.log 2>&1 &
	soon 300 "NNCP's packets" has_packets "$1"
	took=$(since "$began")
	nncp-toss -quiet -noprogress -cfg ben/cfg || fail "NNCP does not unpack"
	tossed=$(since "$began")
	wait "$!"
	[ "$(ls -U ben/in | wc -l)" -eq "$1" ] || fail "NNCP did not bring all"
}

has_packets() # COUNT, whole and checked
{
	[ "$(find ben/spool -path '*/rx/*' -type f ! -name '*.*' | wc -l)" -ge "$1" ]
}

part_nncp_single()
{
	nncp_pair --rate 0
	random_files 1 10240 file
	nncp_pack file0
	nncp_call 1
	total "NNCP: one message of 10 KB, a call of its own" 1
	end_server
	line_close
}

part_nncp_batch()
{
	nncp_pair --rate 0
	random_files "$batch" 10240 file
	eval "nncp_pack file{0..$((batch - 1))}"
	nncp_call "$batch"
	total "NNCP: $batch messages of 10 KB in one call, each" "$batch"
	end_server
	line_close
}

# As tls_loopback.sh has it for ours: what is packed goes from node to node without an emulator.
part_nncp_large()
{
	local mib=${BENCH_MIB:-256}

	nncp_pair --rate 0
	line_close
	head -c "$((mib << 20))" /dev/zero | openssl enc -aes-128-ctr -pass pass:mulga -pbkdf2 -nosalt >file0 ||
		fail "cannot write the file"
	sync file0
	began=$(now)
	cp file0 copy && sync copy || fail "cannot copy"
	least=$(since "$began")
	nncp_pack file0
	sed -i "s/$LINE_ADDRESS/${ADDRESS[ben]}/" ann/cfg
	line_say() { :; }
	nncp_call 1
	unset -f line_say
	compare "NNCP: $mib MiB, received" MiB "$mib" "$took" "cp, fsync" "$least"
	compare "NNCP: $mib MiB, received and unpacked" MiB "$mib" "$tossed" "cp, fsync" "$least"
	end_server
}

for part in ${BENCH_PARTS:-uucp uucp_single uucp_batch nncp_single nncp_batch nncp_large}; do
	"part_$part"
done
