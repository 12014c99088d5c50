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
mkdir -p ben/files/joe ben/news ben/articles
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

# A file keeps its name and contents, and can be run if it could; it is its owner's alone.
# A second one of its name takes nothing away.
printf '#!/bin/sh\necho "it runs"\n' >"a tool"
chmod 750 "a tool"
mulga ann send joe@ben.cs.su.oz.au "a tool" >/dev/null || fail "not taken"
within 20 "the file" test -e "ben/files/joe/a tool"
same "the file's mode" 700 "$(stat -c %a "ben/files/joe/a tool")"
cmp "a tool" "ben/files/joe/a tool" || fail "the contents differ"
echo other >"a tool"
id=$(mulga ann send joe@ben.cs.su.oz.au "a tool") || fail "not taken"
within 20 "the second file" ended ben "$id" delivered
same "files of joe" 2 "$(find ben/files/joe -type f -size +0 | wc -l)"
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
same "what came from a pipe" "from a pipe" "$(cat ben/files/joe/pipe)"
stop ann ben
