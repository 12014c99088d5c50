# uucp.bash - stations that speak UUCP, by the real programs; sourced after network.bash
#
# Those run as the user `uucp`, who has to reach their files and the nodes', so the test moves to a folder
# that others may enter (open_place). A station NAME is a folder uucp-NAME with its own configuration;
# each listens on a TCP port of its own, where who calls logs in with a name and a password.

UUCICO=/usr/sbin/uucico UUXQT=/usr/sbin/uuxqt UUX=/usr/bin/uux
[ "$(id -u)" -eq 0 ] || skip "UUCP's programs run as another user: this needs root"
[ -x $UUCICO ] && [ -x $UUX ] || skip "no UUCP here"

# stations ONE OTHER: both, and they can call each other
stations()
{
	local name

	for name in "$@"; do
		ADDRESS[uucp-$name]=127.0.0.1:$(free_port)
	done
	station "$1" "$2"
	station "$2" "$1"
	for name in "$@"; do
		within 20 "the station $name listens" listens_there "${ADDRESS[uucp-$name]#*:}"
	done
}

# station NAME NEIGHBOR: what it receives for rmail and rnews, its folder's bin/ says
station()
{
	local at=$PWD/uucp-$1

	mkdir -p "$at"/{spool,public,bin,got}
	cat >"$at/config" <<-END
		nodename $1
		spool $at/spool
		pubdir $at/public
		lockdir $at
		logfile $at/log
		statfile $at/stats
		debugfile $at/debug
		sysfile $at/sys
		portfile $at/port
		callfile $at/call
		passwdfile $at/passwd
		run-uuxqt never
	END
	cat >"$at/sys" <<-END
		system $2
		time any
		port out
		address 127.0.0.1
		call-login *
		call-password *
		chat "" \\r ogin:-\\r-ogin: \\L ssword: \\P
		called-login U$2
		protocol i
		commands rmail rnews
		command-path $at/bin
	END
	printf 'port %s\ntype tcp\nservice %s\n' in "${ADDRESS[uucp-$1]#*:}" out "${ADDRESS[uucp-$2]#*:}" >"$at/port"
	echo "$2 U$1 secret-of-$1" >"$at/call"
	echo "U$2 secret-of-$2" >"$at/passwd"
	# rmail and rnews of a station without mulga: what came is kept, with the words of the command
	printf '#!/bin/sh\nPATH=/usr/bin:/bin\ncd %s/got && n=$(ls | wc -l)\necho "$@" >$n.words\ncat >$n.${0##*/}\n' "$at" >"$at/bin/rmail"
	cp "$at/bin/rmail" "$at/bin/rnews"
	chmod 755 "$at/bin"/*
	chown -R uucp:uucp "$at"
	setpriv --reuid uucp --regid uucp --clear-groups $UUCICO -I "$at/config" -e -p in </dev/null >/dev/null 2>&1 &
	PROCESS[uucp-$1]=$!
}

# listens_there PORT: somebody does, who need not be bothered by a call to know it
listens_there()
{
	cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q ": [0-9A-F]*:$(printf %04X "$1") [0:]* 0A "
}

# as_uucp COMMAND...
as_uucp()
{
	setpriv --reuid uucp --regid uucp --clear-groups "$@"
}

# poll NAME NEIGHBOR: one call, with a login; then what has come is executed at both ends
poll()
{
	as_uucp timeout 60 $UUCICO -I "uucp-$1/config" -S "$2" 2>>"uucp-$1/said" ||
		fail "$1 cannot call $2: $(tail -n 3 "uucp-$1/log")"
	execute "$1"
	execute "$2"
}

# execute NAME: what has come; what fails is reported by its folder's bin/sendmail, if there is one
execute()
{
	local mount=true

	[ ! -x "uucp-$1/bin/sendmail" ] || mount="mount --bind uucp-$1/bin/sendmail /usr/sbin/sendmail"
	unshare -m sh -c "$mount"' && exec "$@"' sh \
		setpriv --reuid uucp --regid uucp --clear-groups timeout 60 $UUXQT -I "uucp-$1/config" ||
		fail "nothing is executed at $1"
}

# uux NAME ARGUMENTS...: the real one, at that station
uux()
{
	local name=$1
	shift

	as_uucp $UUX -I "$PWD/uucp-$name/config" "$@"
}

# jobs NAME NEIGHBOR: how many commands wait there for a call
jobs_for()
{
	find "uucp-$1/spool/$2/C." -type f 2>/dev/null | wc -l
}
