#!/bin/bash
# news_areas.sh - leaves subscribe by message; their hub feeds them, all by one message; no news server
. "$SOURCE/tests/integration/network.bash"

nodes hub.su.oz.au one.cs.su.oz.au two.cs.su.oz.au eve.mu.oz.au alone.su.oz.au
# news NODE: articles become files, and go on to who wants them
news()
{
	echo "service news { deliver command \"$BUILD/mulga\" \"-C\" \"$PWD/$1\" \"rnews\" \"--keep\" \"$PWD/$1/news\" \"--feed\" ${2-} }"
}
describe hub.su.oz.au <<END
visible oz.au
$(link one.cs.su.oz.au)
$(link two.cs.su.oz.au)
$(link eve.mu.oz.au)
$(news hub)
service area { deliver command "$BUILD/mulga" "-C" "$PWD/hub" "area" "take" "%f"; accept from su.oz.au; ordered }
END
for leaf in one.cs.su.oz.au two.cs.su.oz.au eve.mu.oz.au; do
	describe $leaf <<-END
		$(link hub.su.oz.au)
		leaf via hub.su.oz.au
		$(news ${leaf%%.*} '"--to" "hub.su.oz.au"')
	END
done
start hub one two eve
within 60 "hub hears of one" knows hub one.cs.su.oz.au
within 60 "hub hears of two" knows hub two.cs.su.oz.au
within 60 "hub hears of eve" knows hub eve.mu.oz.au

# subscribe LEAF OUTCOME GROUP...
subscribe()
{
	local leaf=$1 outcome=$2 id
	shift 2

	id=$(mulga "$leaf" area subscribe "$@") || fail "$leaf cannot ask"
	within 60 "the hub answers $leaf" ended "$leaf" "$id" "$outcome"
}
subscribe one delivered 'aus.*' '!aus.jokes'
subscribe two delivered aus.test comp.lang.c
subscribe eve returned 'aus.*'
same "who is fed" 'one.cs.su.oz.au aus.*,!aus.jokes
two.cs.su.oz.au aus.test,comp.lang.c' \
	"$(mulga hub area list --json | jq -r 'select(.kind == "fed") | "\(.node) \(.groups | join(","))"')"
same "what one asked for" '{"kind":"asked","node":"hub.su.oz.au","groups":["aus.*","!aus.jokes"]}' \
	"$(mulga one area list --json)"
mulga one area subscribe '../../etc' 2>/dev/null
same "the exit for what is no group" 64 $?

article()
{
	printf 'From: Joe <joe@example.org>\nNewsgroups: %s\nSubject: number\n\t%s\nMessage-ID: <%s@example.org>\nDate: %s\n\nBody of %s.\n' \
		"$2" "$1" "$1" "$(date -R)" "$1"
}
# kept NODE GROUP COUNT
kept()
{
	[ "$(find "$1/news/${2//.//}" -maxdepth 1 -name '[0-9]*' 2>/dev/null | wc -l)" -eq "$3" ]
}
article a1 aus.test,comp.lang.c >a1
article a2 aus.jokes >a2
article a3 aus.test >a3
batch a1 a2 a3 | mulga hub rnews >/dev/null || fail "the hub does not take it"
within 60 "two articles at one" kept one aus.test 2
within 60 "two articles at two" kept two aus.test 2
within 60 "what two wanted besides" kept two comp.lang.c 1
within 60 "all at the hub" kept hub aus.jokes 1
within 60 "the programs have ended" idle hub one two
same "jokes at one" "" "$(ls one/news/aus/jokes 2>/dev/null)"
same "news at eve" "" "$(ls eve/news 2>/dev/null)"
same "one file, two names" "$(stat -c %i one/news/aus/test/1)" "$(stat -c %i one/news/comp/lang/c/1)"
same "its path" "Path: one.cs.su.oz.au!hub.su.oz.au!not-for-mail" "$(head -n 1 one/news/aus/test/1)"
cmp <(tail -n +2 one/news/aus/test/1) a1 || fail "article a1 was changed"
same "what readers of a spool look for" "aus.test 0000000002 0000000001 y" "$(grep aus.test two/news/active)"
same "overview" "1	number	a1	Joe <joe@example.org>	<a1@example.org>		1" \
	"$(awk -F'\t' 'NR == 1 { print $1 "\t" substr($2, 1, 6) "\t" substr($2, 8) "\t" $3 "\t" $5 "\t" $6 "\t" $8 }' one/news/aus/test/.overview)"

# A leaf's own article goes up, and from there to the other leaf; nothing comes twice, nothing goes back.
article b1 aus.test >b1
mulga one rnews b1 >/dev/null || fail "one does not take it"
within 60 "its own file" kept one aus.test 3
within 60 "up to the hub" kept hub aus.test 3
within 60 "down to two" kept two aus.test 3
within 60 "all is quiet" idle hub one two
same "articles at one after all" 3 "$(ls one/news/aus/test | grep -c '^[0-9]')"
same "times that b1 is known to one" 1 "$(grep -c b1 one/news/history)"

# The same again is nothing new anywhere.
batch a1 a3 b1 | mulga hub rnews >/dev/null || fail "the hub does not take it again"
within 60 "it has ended" idle hub
same "articles at the hub" 3 "$(ls hub/news/aus/test | grep -c '^[0-9]')"

id=$(mulga two area unsubscribe aus.test) || fail "two cannot ask"
within 60 "the hub answers two" ended two "$id" delivered
article c1 aus.test >c1
mulga hub rnews c1 >/dev/null || fail "the hub does not take it"
within 60 "one has it" kept one aus.test 4
within 60 "all is quiet again" idle hub one two
same "articles at two" 3 "$(ls two/news/aus/test | grep -c '^[0-9]')"
# A region's feed is one message to all of it: no subscription, one id, and each has it once.
article d1 comp.misc >d1
same "messages of a broadcast" 1 "$(mulga hub rnews --to '*.cs.su.oz.au' d1 | wc -l)"
within 60 "one has the broadcast" kept one comp.misc 1
within 60 "two has it" kept two comp.misc 1
within 60 "all is quiet after it" idle hub one two
same "what came back of it" "" "$(ls hub/news/comp/misc 2>/dev/null)"

# News goes last, and not for ever: a week, unless something else is said.
crash two
article e1 aus.test >e1
article e2 aus.test >e2
id=$(mulga hub rnews --to two.cs.su.oz.au e1) || fail "the hub does not take it"
same "its priority" low "$(mulga hub queue show "$id" --json | jq -r .priority)"
same "its days" 7 "$(mulga hub queue show "$id" --json | jq '((.expires[0:19] + "Z" | fromdate) - (.arrived[0:19] + "Z" | fromdate)) / 86400 | round')"
id=$(mulga hub rnews --expire 2s --to two.cs.su.oz.au e2) || fail "the hub does not take it"
within 60 "what is too old has expired" ended hub "$id" expired
start two
within 60 "the other comes" kept two aus.test 4
stop hub one two eve

# --- what is kept goes when its time is over: a node alone, without a daemon -----------------------------
describe alone.su.oz.au <<<""
# take ARGUMENTS: a batch into alone's folder
take()
{
	mulga alone rnews --keep alone/news "$@" 2>said || fail "not taken: $(cat said)"
}
# state GROUP: its files, the numbers of its overview, its highest and lowest in `active`
state()
{
	echo "$(find "alone/news/${1//.//}" -name '[0-9]*' -printf '%f\n' | sort -n | xargs)" \
		"| $(cut -f 1 "alone/news/${1//.//}/.overview" | xargs)" \
		"| $(awk -v g="$1" '$1 == g { print $2 + 0, $3 + 0 }' alone/news/active)"
}
for i in 1 2 3 4; do
	article "f$i" aus.test,aus.more >"f$i"
	sed -i "s/^Date:.*/Date: $(date -R -d "-$((100 - i * 10)) days")/" "f$i" # of 90, 80, 70, 60 days ago
	take --keep-for ever "f$i"
	touch -d "-$((50 - i * 10)) days" "alone/news/aus/test/$i" # they came 40, 30, 20, 10 days ago
done
same "four are kept" "1 2 3 4 | 1 2 3 4 | 4 1" "$(state aus.test)"
mulga alone rnews --sweep --keep alone/news --keep-for ever || fail "not swept"
same "for ever" "1 2 3 4 | 1 2 3 4 | 4 1" "$(state aus.test)"
touch -d '-29 days' alone/news/aus/test/2 # now they came 40, 29, 20 and 10 days ago
article f5 aus.test >f5
take f5
same "one is older than 30 days, in both groups" "2 3 4 5 | 2 3 4 5 | 5 2" "$(state aus.test)"
same "its other name" "2 3 4 | 2 3 4 | 4 2" "$(state aus.more)"
mulga alone rnews --sweep --keep alone/news --keep-for 15d || fail "not swept"
same "two are older than 15" "4 5 | 4 5 | 5 4" "$(state aus.test)"
batch f1 f2 f3 f4 >again
take again
same "none comes back" "4 5 | 4 5 | 5 4" "$(state aus.test)"
mulga alone rnews --sweep --keep alone/news --keep-for 1d || fail "not swept"
same "an empty group keeps its numbers" " |  | 4 5" "$(state aus.more)"
article f6 aus.more >f6
take f6
same "and goes on" "5 | 5 | 5 5" "$(state aus.more)"

# Forgotten after 60 days more, of its arrival and its Date whichever is later; then it is too old to come.
same "all are known" 6 "$(grep -c '@example.org>	[0-9]*$' alone/news/history)"
sed -i "/<f[13]@/s/	.*/	$(date +%s -d '-91 days')/; /<f2@/s/	.*/	$(date +%s -d '-89 days')/" alone/news/history
sed -i "s/^Date:.*/Date: $(date -R -d '-91 days')/" f1
echo "<old@example.org>" >>alone/news/history # of an earlier version: without a time
mulga alone rnews --sweep --keep alone/news || fail "not swept"
same "who is remembered" "f2 f4 f5 f6 old" "$(sed 's/^<\([a-z0-9]*\)@.*/\1/' alone/news/history | sort | xargs)"
take f1
grep -q "<f1@example.org> is too old" said || fail "said: $(cat said)"
article old aus.test | sed "/^Date:/d" >old
take old
same "neither came" "5 | 5 | 5 5" "$(state aus.test)"

# Cut between its writings, a run is done again, and nothing is there twice.
article g1 aus.test >g1
mv alone/news/history kept-history && mkdir alone/news/history
mulga alone rnews --keep alone/news g1 2>said && fail "taken without a history"
rmdir alone/news/history && mv kept-history alone/news/history
printf '<torn@exam' >>alone/news/history
take g1
take g1
same "once after all" "5 6 | 5 6 | 6 5" "$(state aus.test)"
same "times it is known" 1 "$(grep -c '^<g1@example.org>	' alone/news/history)"

# Many go at once, also those that somebody else has removed; what is no article stays.
mkdir alone/news/aus/test/7
sed -i 's/^aus.test .*/aus.test 0000009000 0000000005 y/' alone/news/active
touch -d '-2 days' alone/news/aus/test/{5,6}
mulga alone rnews --sweep --keep alone/news --keep-for 1d || fail "not swept"
same "all of them" "7 |  | 9000 9001" "$(state aus.test)"
for words in "--sweep" "--keep-for 3d" "--sweep --keep alone/news f1" "--sweep --keep alone/news --feed" \
	"--keep alone/news --keep-for never f1" "--keep alone/news --keep-for 0 f1"; do
	mulga alone rnews $words 2>/dev/null </dev/null
	same "the exit of rnews $words" 64 $?
done
mulga alone rnews --sweep --keep alone/none 2>/dev/null
same "the exit for a folder that is not there" 73 $?
