# news_servers.bash - real innd, for the tests beside this file; sourced after network.bash
#
# innd runs as the user `news`, who has to reach its files and the nodes': so the test moves to a
# folder that others may enter. There is no syslog, so what innd has to say is lost; a server that
# does not come up is seen by its socket.

INN=/usr/lib/news/bin
declare -A NEWS=() # of each server: its process

[ "$(id -u)" -eq 0 ] || skip "innd runs as another user: this needs root"
[ -x $INN/innd ] || skip "no innd here"
open_place mulga-news
trap 'end_news $?' EXIT

end_news()
{
	local server

	for server in "${!NEWS[@]}"; do
		kill -KILL "${NEWS[$server]}" 2>/dev/null
	done
	(end_network "$1")
	exit "$1"
}

# news_server NAME PORT <NEWSFEEDS: with the groups aus.*, called NAME.news.example
news_server()
{
	local name=$1 at=$PWD/inn-$1

	mkdir -p "$at"/{db,etc,log,run,tmp,spool/{articles,overview,outgoing,archive,incoming/bad}}
	cat >"$at/etc/inn.conf" <<-END
		domain: news.example
		pathhost: $name.news.example
		mta: "/bin/true %s"
		pathnews: /usr/lib/news
		pathbin: $INN
		pathetc: $at/etc
		pathdb: $at/db
		pathlog: $at/log
		pathrun: $at/run
		pathspool: $at/spool
		pathtmp: $at/tmp
		ovmethod: tradindexed
		hismethod: hisv6
		enableoverview: true
		wireformat: false
		port: $2
		bindaddress: 127.0.0.1
		pgpverify: false
	END
	printf 'method tradspool {\n newsgroups: *\n class: 0\n}\n' >"$at/etc/storage.conf"
	printf 'peer ME {\n hostname: "localhost, 127.0.0.1"\n}\n' >"$at/etc/incoming.conf"
	{ printf 'ME:*::\n' && cat; } >"$at/etc/newsfeeds"
	touch "$at"/etc/{control.ctl,expire.ctl,moderators,localgroups,readers.conf} \
		"$at"/db/{newsgroups,history,active.times}
	printf '%s 0000000000 0000000001 n\n' control control.cancel control.checkgroups \
		control.newgroup control.rmgroup junk >"$at/db/active"
	printf '%s 0000000000 0000000001 y\n' aus.test aus.flame >>"$at/db/active"
	chown -R news:news "$at"
	inn "$name" makedbz -i -o -s 1000
	INNCONF=$at/etc/inn.conf setpriv --reuid news --regid news --init-groups \
		$INN/innd -d >"$at/out" 2>&1 </dev/null &
	NEWS[$name]=$!
	within 30 "innd $name" test -S "$at/run/nntpin"
}

# inn NAME PROGRAM...: one of INN's, for that server
inn()
{
	local name=$1 program=$2
	shift 2

	INNCONF=$PWD/inn-$name/etc/inn.conf \
		setpriv --reuid news --regid news --init-groups "$INN/$program" "$@"
}

# article NUMBER [PATH [GROUPS]]: on standard output
article()
{
	printf 'Path: %s\nFrom: Joe <joe@example.org>\nNewsgroups: %s\nSubject: number %s\nMessage-ID: <%s@news.example>\nDate: %s\nX-Odd:  two  spaces\n\nBody of %s.\n.\n..\n\303\251\n#! rnews 9\n' \
		"${2:-poster!not-for-mail}" "${3:-aus.test}" "$1" "$1" "$(date -R)" "$1"
}

# has_articles NAME COUNT [GROUP]
has_articles()
{
	local group=${3:-aus.test}

	[ "$(find "inn-$1/spool/articles/${group//.//}" -type f 2>/dev/null | wc -l)" -eq "$2" ]
}

# arrived_as FILE ORIGINAL: but for its path and what a server adds
arrived_as()
{
	cmp <(grep -av '^\(Path\|Xref\):' "$1") <(grep -av '^Path:' "$2") || fail "$1 was changed"
}
