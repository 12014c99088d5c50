#!/bin/bash
# uucp.sh - a node, a node with a foreign link, a real UUCP station behind it: mail and news, both ways
. "$SOURCE/tests/integration/network.bash"
. "$SOURCE/tests/integration/uucp.bash"
open_place mulga-uucp

nodes ann.oz.au ben.oz.au cat.oz.au
stations ben cat
for program in to-uucp rmail rnews; do
	ln -s mulga "bin/$program"
done
# What comes to ben by UUCP goes to mulga: its programs run with an environment of their own.
for program in rmail rnews; do
	printf '#!/bin/sh\nMULGA_HOME=%s/ben exec %s/bin/%s "$@"\n' "$PWD" "$PWD" $program >uucp-ben/bin/$program
done

by_uucp="link cat.oz.au {
	foreign; delay 1h; cost 5; retry 1s
	transport command setpriv --reuid uucp --regid uucp --clear-groups \"$PWD/bin/to-uucp\" --config \"$PWD/uucp-ben/config\" \"%n\"
}"
# A station that hands all mail to ann at once, by her own rmail.
cat >round <<'END'
#!/bin/bash
# round SERVICE SENDER USER...
cd "${0%/*}" && echo "$3" >>rounds
{ printf 'From %s Mon Nov 30 01:02:03 2026 remote from mill\n' "${2:-MAILER-DAEMON}" && cat; } |
	MULGA_HOME=$PWD/ann bin/rmail "$3" 2>>refused || { code=$?; cat refused >&2; exit $code; }
END
chmod 755 round
# What uuxqt has to say goes by ben's mulga, too.
printf '#!/bin/bash\nexport MULGA_HOME=%s/ben\nexec -a sendmail %s/bin/mulga "$@"\n' "$PWD" "$PWD" >uucp-ben/bin/sendmail
chmod 755 uucp-ben/bin/sendmail
# ben_is LINK: with that link to cat
ben_is()
{
	describe ben.oz.au <<-END
		submit by uucp
		$(link ann.oz.au)
		$1
		link mill.oz.au { foreign; retry 1s; transport command "$PWD/round" }
		service news { deliver command "$PWD/bin/mulga" "-C" "$PWD/ben" "rnews" "--keep" "$PWD/ben/news" "--to" "ann.oz.au" }
	END
}
describe ann.oz.au <<END
$(link ben.oz.au)
service news { deliver command "$PWD/bin/mulga" "-C" "$PWD/ann" "rnews" "--keep" "$PWD/ann/news" }
END
ben_is "$by_uucp"
chmod 1777 ben/drop ben
user ann joe
user ben pat
start ann ben
chmod 666 ben/control.sock
within 60 "ann hears of ben" knows ann ben.oz.au
within 60 "ann hears of cat, which never spoke" knows ann cat.oz.au

# waiting COUNT: so many commands wait at ben for a call
waiting()
{
	[ "$(jobs_for ben cat)" -eq "$1" ]
}
# got COUNT PROGRAM: cat's program has run so often
got()
{
	[ "$(find uucp-cat/got -name "*.$2" | wc -l)" -eq "$1" ]
}

# Mail to several people over there is one command, with what is left of their addresses.
{
	printf 'Subject: by UUCP\n\n.\n..\nFrom the start\n\303\251\n'
	head -c 100000 /dev/urandom | base64 -w 76
} >given
id=$(mulga ann send --service mail --notify success 'kim@cat.oz.au,lee@cat.oz.au,cat.oz.au!mo@far,sue@deep.cat.oz.au' - <given) || fail "ann does not take it"
within 60 "uux has it" waiting 1
poll ben cat
within 30 "rmail has run" got 1 rmail
grep -q 'Incoming call (login Uben port TCP' uucp-cat/log || fail "no call with a login: $(cat uucp-cat/log)"
same "its words" "far!mo kim lee sue@deep.cat.oz.au" "$(tr ' ' '\n' <uucp-cat/got/0.words | sort | xargs)"
grep -q '^From joe@ann.oz.au .* remote from ben$\|^From root@ann.oz.au .* remote from ben$' <(head -n 1 uucp-cat/got/0.rmail) ||
	fail "its first line: $(head -n 1 uucp-cat/got/0.rmail)"
cmp <(sed '1,/^$/d' given) <(sed '1,/^$/d' uucp-cat/got/0.rmail) || fail "the body was changed"
outcomes()
{
	[ "$(mulga ann trace "$id" --json | jq -r '[.outcomes[].outcome] | join(" ")')" = "$1" ]
}
within 30 "ann hears how it ended" outcomes "delivered delivered delivered delivered"

# And back: its sender is known by the name that answers reach.
printf 'From kim Mon Nov 30 01:02:03 2026 remote from cat\nSubject: an answer\n\nhello\n' |
	uux cat -r - 'ben!rmail' '(joe@ann.oz.au)' || fail "uux at cat"
printf 'From kim Mon Nov 30 01:02:03 2026\nSubject: to nobody\n\nhello\n' |
	uux cat -r - 'ben!rmail' '(ghost@ann.oz.au)' || fail "uux at cat"
poll cat ben
within 60 "joe has the answer" has_mails 1 ann joe '^Subject: an answer'
grep -q '^Return-Path: <kim@cat.oz.au>' "$(mails ann joe 'an answer')" ||
	fail "its sender: $(grep Return-Path "$(mails ann joe 'an answer')")"
within 60 "a report waits for cat" waiting 1
poll ben cat
within 30 "the report comes" got 2 rmail
grep -q '^From MAILER-DAEMON .* remote from ben$' <(head -n 1 uucp-cat/got/2.rmail) || fail "the report has another sender"
grep -q 'ghost@ann.oz.au' uucp-cat/got/2.rmail || fail "the report says nothing of ghost"
same "to whom" kim "$(cat uucp-cat/got/2.words)"

# News, both ways.
article()
{
	printf 'Path: %s!not-for-mail\nFrom: Joe <joe@example.org>\nNewsgroups: aus.test\nSubject: %s\nMessage-ID: <%s@example.org>\nDate: %s\n\nBody of %s.\n' \
		"$2" "$1" "$1" "$(date -R)" "$1"
}
article n1 ann >n1
article n2 ann >n2
batch n1 n2 | mulga ann rnews --to cat.oz.au >/dev/null || fail "ann takes no news"
within 60 "uux has the batch" waiting 1
poll ben cat
within 30 "rnews has run" got 1 rnews
same "articles in it" 2 "$(grep -c '^#! rnews' uucp-cat/got/4.rnews)"
article n3 cat >n3
batch n3 | uux cat -r -gd - 'ben!rnews' || fail "uux at cat"
poll cat ben
kept()
{
	[ "$(find "$1/news/aus/test" -name '[0-9]*' 2>/dev/null | wc -l)" -eq "$2" ]
}
within 60 "ben keeps it" kept ben 1
within 60 "ann has it" kept ann 1

# What cat sends back ends by its Path: ben, who never had n1 and n2, keeps them, and ann is not fed; of what
# ben himself has had nothing is taken at all.
sed 's/^Path: /Path: cat!/' uucp-cat/got/4.rnews | grep -v '^#!' >back
csplit -sz -f back. back '/^Path: /' '{*}'
batch back.00 back.01 | uux cat -r -gd - 'ben!rnews' || fail "uux at cat"
poll cat ben
within 60 "ben keeps them" kept ben 3
sed 's/^Path: /Path: cat!/' ben/news/aus/test/1 >back
grep -q '^Path: cat!ben.oz.au!cat!' back || fail "the path of n3: $(grep ^Path: back)"
sed 's/^Message-ID: .*/Message-ID: <n4@example.org>/' back >back.other # lest a history stop it
batch back back.other | uux cat -r -gd - 'ben!rnews' || fail "uux at cat"
poll cat ben
executed() { [ "$(grep -c "uuxqt cat .* Executing .*($1" uucp-ben/log)" -eq "$2" ]; }
within 30 "ben's rnews was given three batches" executed rnews 3
within 30 "nothing goes on" idle ann ben
same "articles" "3 1" "$(find ben/news/aus/test -name '[0-9]*' | wc -l) $(find ann/news/aus/test -name '[0-9]*' | wc -l)"

# What UUCP cannot carry comes back; what uux does not take stays, and is said, and goes later.
id=$(echo x | mulga ann send kim@cat.oz.au -) || fail "ann does not take it"
within 60 "a file comes back" ended ann "$id" returned
mulga ann why "$id" | grep -q 'UUCP takes mail and news' || fail "not said why: $(mulga ann why "$id")"
mv uucp-ben/sys uucp-ben/away
echo "Subject: later" | sendmail ann -f joe kim@cat.oz.au || fail "ann does not take it"
says()
{
	mulga ben links cat.oz.au | grep -q "$1"
}
within 60 "ben says what is wrong" says 'did not take it'
same "commands" 0 "$(jobs_for ben cat)"
mv uucp-ben/away uucp-ben/sys
within 60 "uux has it after all" waiting 1

# What goes in a circle is a new mail each time, with one Received more. It ends, and its sender hears why.
{ for i in {1..92}; do echo "Received: by far.example; $i"; done; printf 'Subject: round\n\nand round\n'; } >round.mail
sendmail ann -f joe kim@deep.mill.oz.au <round.mail || fail "ann does not take it"
within 120 "the circle ends" has_mails 1 ann joe 'goes in a circle'
same "rounds, and the way of the report" "8 kim@deep.mill.oz.au 1 joe@ann.oz.au" "$(sort rounds | uniq -c | sort -rn | xargs)"
same "what rmail said" "rmail: the mail goes in a circle: 100 mailers have had it, 99 are the most" "$(cat refused)"
report=$(mails ann joe 'goes in a circle')
grep -q "^Return-Path: <>" "$report" || fail "the report has a sender: $(grep ^Return-Path "$report")"
sed "1,/^Content-Type: text.rfc822-headers/d" "$report" | grep "^Received: " >hops
same "Received of the last" "100, 8 of ann" "$(wc -l <hops), $(grep -c "by ann.oz.au (mulga" hops) of ann"
within 30 "nothing goes on" idle ann ben

# Where uuxqt is told so, it writes to who gave the mail to uux.
{ for i in {1..100}; do echo "Received: by far.example; $i"; done; printf 'Subject: round\n\nand round\n'; } |
	uux cat -r -a kim - 'ben!rmail' '(joe@ann.oz.au)' || fail "uux at cat"
poll cat ben # which fetches what waited
within 60 "uuxqt's report waits for cat" waiting 1
poll ben cat
grep -l 'goes in a circle: 100 mailers' uucp-cat/got/*.rmail >told || fail "kim hears nothing: $(tail -n 5 uucp-ben/log)"
same "to whom" kim "$(cat "$(sed 's/rmail$/words/' told)")"

# Taken down by its operator nothing goes; then the station is converted, and what waits goes there.
mulga ben link down cat.oz.au >/dev/null || fail "no link down"
echo "Subject: converted" | sendmail ben -f pat kim@cat.oz.au || fail "ben does not take it"
describe cat.oz.au <<END
$(link ben.oz.au)
END
user cat kim
start cat
ben_is "$(link cat.oz.au)"
mulga ben reload >/dev/null || fail "no reload"
mulga ben link up cat.oz.au >/dev/null || fail "no link up"
within 60 "the converted station has it" has_mails 1 cat kim '^Subject: converted'
within 60 "cat hears of ann" knows cat ann.oz.au
echo "Subject: as a node" | sendmail cat -f kim joe@ann.oz.au || fail "cat does not take it"
within 60 "and writes" has_mails 1 ann joe '^Subject: as a node'
stop ann ben cat
