# uucp.bash - stations that speak UUCP, by the real programs; sourced after network.bash
#
# Those run as the user `uucp`, who has to reach their files and the nodes', so the test moves to a folder
# that others may enter (open_place). A station NAME is a folder uucp-NAME with its own configuration;
# stations call each other through a pipe.

UUCICO=/usr/sbin/uucico UUXQT=/usr/sbin/uuxqt UUX=/usr/bin/uux
[ "$(id -u)" -eq 0 ] || skip "UUCP's programs run as another user: this needs root"
[ -x $UUCICO ] && [ -x $UUX ] || skip "no UUCP here"

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
	END
	cat >"$at/sys" <<-END
		system $2
		time any
		port pipe
		chat ""
		protocol i
		commands rmail rnews
		command-path $at/bin
	END
	printf 'port pipe\ntype pipe\ncommand %s -I %s/uucp-%s/config\n' $UUCICO "$PWD" "$2" >"$at/port"
	# rmail and rnews of a station without mulga: what came is kept, with the words of the command
	printf '#!/bin/sh\nPATH=/usr/bin:/bin\ncd %s/got && n=$(ls | wc -l)\necho "$@" >$n.words\ncat >$n.${0##*/}\n' "$at" >"$at/bin/rmail"
	cp "$at/bin/rmail" "$at/bin/rnews"
	chmod 755 "$at/bin"/*
	chown -R uucp:uucp "$at"
}

# as_uucp COMMAND...
as_uucp()
{
	setpriv --reuid uucp --regid uucp --clear-groups "$@"
}

# poll NAME NEIGHBOR: one call, then what has come is executed at both ends
poll()
{
	as_uucp timeout 60 $UUCICO -I "uucp-$1/config" -S "$2" 2>>"uucp-$1/said" ||
		fail "$1 cannot call $2: $(tail -n 3 "uucp-$1/log")"
	as_uucp timeout 60 $UUXQT -I "uucp-$1/config"
	as_uucp timeout 60 $UUXQT -I "uucp-$2/config"
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
