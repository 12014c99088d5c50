#!/bin/bash
# manpage.sh - what CommonMark says is what a manual page shows, whatever characters it holds
set -u

source=$SOURCE/tests/integration/manpage
bad=0

complain()
{
	echo "$*"
	bad=1
}

"$BUILD/manpage" "$source/nasty.1.md" | sed '1s/"mulga [0-9.]*"/"mulga VERSION"/' >nasty.1
diff -u "$source/nasty.1" nasty.1 || complain "the page is not the one that was read and found good"
mandoc -Tlint -Wwarning nasty.1 || complain "mandoc warns"

# No character of a code block is lost or made prettier.
mandoc -Tutf8 nasty.1 | sed 's/.\x08//g' >shown
sed -n 's/^    \(    [^ ]\|[^ ]\)/\1/p' "$source/nasty.1.md" | sed -n '/^\.nf/,$p' >expected
[ "$(wc -l <expected)" -ge 3 ] || complain "the source holds no code block"
while read -r line; do
	grep -qF -- "$line" shown || complain "lost: $line"
done <expected

# refused LINE SOURCE: the error names the line and nothing is written.
refused()
{
	local line=$1

	printf '%b' "$2" >bad.1.md
	"$BUILD/manpage" bad.1.md >bad.1 2>error
	[ $? -eq 65 ] || complain "taken: $2"
	[ ! -s bad.1 ] || complain "half a page was written: $2"
	grep -q "^bad.1.md:$line: error: " error || complain "line $line is not named: $2"
}

title='<!-- date: 2026-11-20 -->\n# X(1)\n\n'
refused 1 ''
refused 1 'no title\n'
refused 1 '# X\n'
refused 1 '# X(12)\n'
refused 1 '# X(1)\n\n## NAME\n'
refused 4 "$title#### deep\n"
refused 4 "$title# again(1)\n"
refused 4 "$title<b>HTML</b>\n"
refused 4 "$title***\n"
refused 5 "${title}text\n![image](x.png)\n"

"$BUILD/manpage" /nonexistent 2>error
[ $? -eq 66 ] || complain "a file that is not there is taken"
exit $bad
