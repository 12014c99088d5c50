#!/bin/bash
# news_servers.sh - two innd, and three nodes between them: batches, a program feed, nothing goes back
. "$SOURCE/tests/integration/network.bash"
. "$SOURCE/tests/integration/news_servers.bash"

nodes ann.cs.su.oz.au rel.cs.su.oz.au ben.cs.su.oz.au
# service_news NAME: INN's own program takes what arrives
service_news()
{
	echo "service news { deliver command \"/usr/bin/env\" \"INNCONF=$PWD/inn-$1/etc/inn.conf\" \"$INN/rnews\" }"
}
describe ann.cs.su.oz.au <<END
$(link rel.cs.su.oz.au)
$(service_news a)
END
describe rel.cs.su.oz.au <<END
$(link ann.cs.su.oz.au)
$(link ben.cs.su.oz.au)
END
describe ben.cs.su.oz.au <<END
$(link rel.cs.su.oz.au)
$(service_news b)
END
start ann rel ben
within 60 "ann hears of ben" knows ann ben.cs.su.oz.au
within 60 "ben hears of ann" knows ben ann.cs.su.oz.au

# At a, INN writes a file of what is to go, and batcher makes batches of it. At b, it runs a program
# for each article. Only b's feed says where not to: what a sends must not come back all the same.
cat >feed-b <<END
#!/bin/sh
# feed-b TOKEN: an article of the server b, to the node ben
echo "\$1" >>"$PWD/inn-b/fed"
INNCONF="$PWD/inn-b/etc/inn.conf" $INN/sm "\$1" |
	"$PWD/bin/mulga" -C "$PWD/ben" rnews --to ann.cs.su.oz.au >>"$PWD/inn-b/ids" 2>>"$PWD/inn-b/said"
END
cat >feed-a <<END
#!/bin/sh
# feed-a: a channel of the server a, which names an article a line as long as it runs, to the node ann
while read -r token rest; do
	INNCONF="$PWD/inn-a/etc/inn.conf" $INN/sm "\$token" |
		"$PWD/bin/mulga" -C "$PWD/ann" rnews --to ben.cs.su.oz.au >>"$PWD/inn-a/channel" 2>>"$PWD/inn-a/said"
done
END
chmod 755 feed-a feed-b
news_server a "$(free_port)" <<END
ann:aus.*,!aus.flame:Tf,Wnm:
ben:aus.*,!aus.flame:Tf,Wnm:
channel!:!*,aus.flame:Tc,Wn:$PWD/feed-a
END
news_server b "$(free_port)" <<END
ben/a.news.example:aus.*:Tp:$PWD/feed-b %s
END

for i in 1 2 3 4; do
	article $i >article.$i
done
article 5 'ben.cs.su.oz.au!elsewhere!not-for-mail' >article.5 # it has been there
batch article.{1..5} | inn a rnews -N || fail "INN does not take the batch"
within 30 "five articles at a" has_articles a 5

# send_batches COMMAND: what is to go to ann's neighbors, as cron would do it
send_batches()
{
	inn a ctlinnd -t 30 flush ann >/dev/null || fail "a is not flushed"
	mv inn-a/spool/outgoing/ann inn-a/spool/outgoing/ann.work
	inn a ctlinnd -t 30 flush ann >/dev/null # to the new file from now on
	inn a batcher -r -p "$1" ann ann.work || fail "batcher failed"
}
send_batches "(echo '#! gunbatch'; gzip -c) | $PWD/bin/mulga -C $PWD/ann rnews --to ben.cs.su.oz.au >>$PWD/inn-a/ids"
same "messages that ann was given" 1 "$(wc -l <inn-a/ids)"
id=$(cat inn-a/ids)
within 60 "the batch ends" ended ben "$id" delivered
within 60 "four articles at b" has_articles b 4
for i in 1 2 3 4; do
	file=$(grep -rl "<$i@news.example>" inn-b/spool/articles/aus/test) || fail "no article $i"
	arrived_as "$file" article.$i
	same "the path of $i" "Path: b.news.example!ann.cs.su.oz.au!a.news.example!poster!not-for-mail" \
		"$(grep '^Path:' "$file" | sed 's/![.]POSTED[^!]*//; s/![.]MISMATCH[^!]*//; s/[!]![!]*/!/g')"
done

# The other way, by a program for each article.
article 6 >article.6
batch article.6 | inn b rnews -N| inn b rnews -N || fail "INN does not take the batch"
within 60 "article 6 comes to a" has_articles a 6
arrived_as "$(grep -rl "<6@news.example>" inn-a/spool/articles/aus/test)" article.6
same "programs run by b's feed" 1 "$(wc -l <inn-b/fed)"

# By a channel, whose program runs as long as the server does.
article 9 'poster!not-for-mail' aus.flame >article.9
batch article.9 | inn a rnews -N || fail "INN does not take the batch"
within 60 "article 9 comes to b" has_articles b 1 aus.flame
arrived_as "$(grep -rl "<9@news.example>" inn-b/spool/articles/aus/flame)" article.9

# INN's own program for UUCP, as it is: what it calls is our uux, to which a site is a node's short name.
for program in uux uustat; do
	ln -s mulga bin/$program
done
printf 'ann:ben:ann\tgzip\n' >inn-a/etc/send-uucp.cf
article 8 >article.8
batch article.8 | inn a rnews -N || fail "INN does not take the batch"
within 30 "article 8 at a" has_articles a 7
MULGA_HOME=$PWD/ann PATH=$PWD/bin:$PATH inn a send-uucp ann >>inn-a/said 2>&1 || fail "send-uucp: $(cat inn-a/said)"
within 60 "article 8 comes to b" has_articles b 6
arrived_as "$(grep -rl "<8@news.example>" inn-b/spool/articles/aus/test)" article.8

# It keeps what it has while as many jobs wait as may (200; here it is one): these it counts in our uustat.
sed 's/^my $MAXJOBS = 200;/my $MAXJOBS = 1;/' $INN/send-uucp >send-uucp
grep -q '^my $MAXJOBS = 1;' send-uucp && chmod 755 send-uucp || fail "send-uucp is another one"
printf 'ben:ben:ben\tnone\n' >inn-a/etc/send-uucp.cf
as_news()
{
	INNCONF=$PWD/inn-a/etc/inn.conf MULGA_HOME=$PWD/ann PATH=$PWD/bin:$PATH \
		setpriv --reuid news --regid news --init-groups "$@"
}
mulga ann link down rel.cs.su.oz.au >/dev/null || fail "no link down"
as_news ./send-uucp ben >>inn-a/said 2>&1 || fail "send-uucp: $(cat inn-a/said)"
as_news uustat -s ben >jobs || fail "uustat"
grep -qE '^ann\.cs\.su\.oz\.au-[a-z2-7]{16} ben\.cs\.su\.oz\.au news [01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9] Executing rnews \(sending [0-9]+ bytes\)$' jobs ||
	fail "uustat says: $(cat jobs)"
same "jobs for other sites" "" "$(as_news uustat -s be; as_news uustat -s rel)"
article 10 >article.10
batch article.10 | inn a rnews -N || fail "INN does not take the batch"
within 30 "article 10 at a" has_articles a 8
inn a ctlinnd -t 30 flush ben >/dev/null || fail "a is not flushed"
as_news ./send-uucp ben >>inn-a/said 2>&1 || fail "send-uucp: $(cat inn-a/said)"
same "jobs" 1 "$(as_news uustat -s ben.cs.su.oz.au | wc -l)"
[ -s inn-a/spool/outgoing/ben ] || fail "what may not be sent is not kept"
mulga ann link up rel.cs.su.oz.au >/dev/null || fail "no link up"
within 60 "the job is done" idle ann
same "jobs" 0 "$(as_news uustat -a | wc -l)"
as_news ./send-uucp ben >>inn-a/said 2>&1 || fail "send-uucp: $(cat inn-a/said)"
within 60 "article 10 comes to b" has_articles b 7

# A feed that excludes nothing: the path does.
same "what goes back of what came" "" "$(batch $(grep -rlZ "<[1-4]@news.example>" inn-b/spool/articles/aus/test | tr "\\0" " ") |
	mulga ben rnews --to ann.cs.su.oz.au)"

# Bad batches are refused whole, with a word, and INN keeps what it wanted to send.
refused()
{
	local said

	said=$("$BUILD/mulga" -C ann rnews --to ben.cs.su.oz.au 2>&1 >/dev/null)
	same "the exit for $1" 65 $?
	case $said in
	*"$1"*) ;;
	*) fail "expected \"$1\", got \"$said\"" ;;
	esac
}
article 7 >article.7
batch article.{1..4} article.7 >good
sed "1s|.*|#! rnews $(($(stat -c %s article.1) - 3))|" good >bad
refused "the length of article 1 is wrong" <bad
head -c 700 good >bad
refused "bytes of it are missing" <bad
sed 's/^Message-ID/X-Other/' article.7 >bad
refused "article 1: it has no Message-ID" <bad
{ echo "#! gunbatch"; gzip -c good | head -c 120; } >bad
refused "the packed batch is damaged" <bad
{ echo "#! gunbatch"; { echo "#! gunbatch"; gzip -c good; } | gzip -c; } >bad
refused "within a packed one" <bad
{ echo "#! snbatch"; cat good; } >bad
refused "not \"#! rnews BYTES\"" <bad
for i in {1..80}; do
	{ article "big$i" && head -c 1000000 /dev/zero | tr '\0' x; } >big
	batch big
done | { echo "#! gunbatch" && gzip -1c; } >bomb
[ "$(stat -c %s bomb)" -lt 2000000 ] || fail "the bomb is no bomb"
refused "unpacks to more than" <bomb
same "messages of ann after all that" "" "$(mulga ann queue --json | jq -r 'select(.service == "news").id')"
id=$({ echo "#! cunbatch"; gzip -c good; } | mulga ann rnews --to ben.cs.su.oz.au) || fail "a good batch is not taken"
within 60 "it ends" ended ben "$id" delivered
within 60 "article 7, and no other twice" has_articles b 8
stop ann rel ben
