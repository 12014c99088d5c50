#!/bin/bash
# news_and_files.sh - batches of news to a program and as files; what a file is called and may do
. "$SOURCE/tests/integration/network.bash"

nodes ann.cs.su.oz.au ben.cs.su.oz.au
link ben.cs.su.oz.au | describe ann.cs.su.oz.au
describe ben.cs.su.oz.au <<END
$(link ann.cs.su.oz.au)
service news { deliver command "$PWD/rnews"; ordered }
service spooled { deliver drop "$PWD/ben/news" }
END
user ben joe pat
sed -i "s/; quiet//" ben/node.topo # who is sent a file is told
mkdir -p ben/files/joe ben/news ben/articles
umask 022
start ann ben
within 20 "ann hears of ben" knows ann ben.cs.su.oz.au

# A batch as rnews(1) of B News and INN takes it: "#! rnews BYTES", then so many bytes.
cat >rnews <<END
#!/bin/bash
# Writes each article of the batch on standard input to a file called by its number.
while read -r mark word size && [ "\$mark \$word" = '#! rnews' ]; do
	number=\$((number + 1))
	head -c "\$size" >"$PWD/ben/articles/\$MULGA_ATTEMPT.\$number"
done
END
chmod +x rnews
for i in 1 2 3; do
	printf 'Path: ann!not-for-mail\nNewsgroups: aus.test\nMessage-ID: <%s@ann>\n\narticle %s \303\251\0\r\n#! rnews 9\n' $i $i >article.$i
	printf '#! rnews %s\n' "$(stat -c %s article.$i)"
	cat article.$i
done >batch
mulga ann send --service news ben.cs.su.oz.au batch >/dev/null || fail "not taken"
within 20 "three articles" test -s ben/articles/1.3
within 20 "the batch has ended" idle ben
for i in 1 2 3; do
	cmp article.$i ben/articles/1.$i || fail "article $i was changed"
done
same "articles" 3 "$(ls ben/articles | wc -l)"
id=$(mulga ann send --service spooled ben.cs.su.oz.au batch) || fail "not taken"
within 20 "the batch as a file" ended ben "$id" delivered
same "files of news" 1 "$(find ben/news -type f | wc -l)"
cmp batch "$(find ben/news -type f)" || fail "the batch was changed"

# A file keeps its name, contents and time, and what its sender let others do with it; nobody else may write.
# A second one of its name takes nothing away. Who is sent one is told, and where it lies.
printf '#!/bin/sh\necho "it runs"\n' >"a tool"
chmod 6775 "a tool"
touch -d '2001-02-03 04:05:06 UTC' "a tool"
id=$(mulga ann send joe@ben.cs.su.oz.au "a tool") || fail "not taken"
within 20 "the file" ended ben "$id" delivered
same "the file's mode and time" "755 981173106" "$(stat -c '%a %Y' "ben/files/joe/a tool")"
within 20 "joe is told" has_mails 1 ben joe "Subject: File for you: a tool"
mail=$(mails ben joe)
for word in "^To: joe@ben.cs.su.oz.au$" "^Auto-Submitted: auto-generated$" "$(id -un)@ann.cs.su.oz.au" \
	"Size: $(stat -c %s "a tool") bytes" "Last changed: 2001-02-03T04:05:06" "$id"; do
	grep -q -- "$word" "$mail" || fail "the mail does not say $word: $(cat "$mail")"
done
cmp "a tool" "ben/files/joe/a tool" || fail "the contents differ"
echo other >"a tool"
id=$(mulga ann send joe@ben.cs.su.oz.au "a tool") || fail "not taken"
within 20 "the second file" ended ben "$id" delivered
same "files of joe" 2 "$(find ben/files/joe -type f -size +0 | wc -l)"
within 20 "joe is told where the second lies" has_mails 1 ben joe "files/joe/a tool (2)"
same "the first file says" "it runs" "$("ben/files/joe/a tool")"
same "files that say other" 1 "$(grep -lx other ben/files/joe/* | wc -l)"

# Names that would lead elsewhere, an empty file, one from standard input.
for name in ../../escaped /etc/escaped .hidden "naïve text"; do
	id=$(mulga ann send --name "$name" joe@ben.cs.su.oz.au article.1) || fail "not taken: $name"
	within 20 "$name ends" ended ben "$id" delivered
done
same "files elsewhere" "" "$(find . -name '*escaped*' -not -path './ben/files/joe/*')"
same "files without a dot" 6 "$(ls ben/files/joe | wc -l)"
id=$(mulga ann send --name empty joe@ben.cs.su.oz.au /dev/null) || fail "not taken: empty"
within 20 "an empty file" ended ben "$id" delivered
id=$(echo "from a pipe" | mulga ann send --name pipe joe@ben.cs.su.oz.au -) || fail "not taken: pipe"
within 20 "standard input" ended ben "$id" delivered
same "its mode" 600 "$(stat -c %a ben/files/joe/pipe)"
same "what came from a pipe" "from a pipe" "$(cat ben/files/joe/pipe)"

# A large one becomes the delivered file itself, dressed alike; the operator's umask is the last word.
stop ben
umask 027
start ben
umask 022
head -c 300000 /dev/urandom >large
chmod 444 large
touch -d '2001-02-03 04:05:06 UTC' large
id=$(mulga ann send pat@ben.cs.su.oz.au large) || fail "not taken"
within 20 "the large file" ended ben "$id" delivered
same "its mode and time" "440 981173106" "$(stat -c '%a %Y' ben/files/pat/large)"
same "the folder that was made for it" 700 "$(stat -c %a ben/files/pat)"
cmp large ben/files/pat/large || fail "the contents differ"
within 20 "pat is told" has_mails 1 ben pat "File for you: large"

# Whom the operator does not want told, and what is nobody's, makes no mail.
sed -i "/service file/s/ }$/; quiet }/" ben/node.topo
mulga ben reload >/dev/null || fail "ben cannot read its description"
id=$(mulga ann send --name unsaid pat@ben.cs.su.oz.au article.1) || fail "not taken"
within 20 "the file that is not told of" ended ben "$id" delivered
[ -e ben/files/pat/unsaid ] || fail "it is not there"
within 20 "all is quiet" idle ann ben
same "what pat was told in all" 1 "$(mails ben pat | wc -l)"
same "what joe was told in all" "$(ls ben/files/joe | wc -l)" "$(mails ben joe | wc -l)"
stop ann ben
