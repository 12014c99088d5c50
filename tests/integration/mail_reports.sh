#!/bin/bash
# mail_reports.sh - reports as programs and people read them: languages, DSN, Markdown
set -eu
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

nodes ann.test.au mid.test.au ben.test.au
link mid.test.au | describe ann.test.au
{ link ann.test.au; link ben.test.au; } | describe mid.test.au
link mid.test.au | describe ben.test.au
sed -i 's|^listen|language es\nlisten|; s|^service mail.*|&\ngateway *.com via command "/bin/cat"|' ben/node.topo
sed -i '$i default *.com via ben.test.au' ann/node.topo
sed -i '$i default *.com via ben.test.au' mid/node.topo
user ann joe
user ben eve pat
start ann mid ben
within 20 "ann knows ben" knows ann ben.test.au
within 20 "ben knows ann" knows ben ann.test.au

# post SUBJECT ARGUMENTS...: joe at ann sends such a mail, whose heading may begin in $heading
heading=
post()
{
	local subject=$1
	shift

	printf '%sSubject: %s\n\ntext of %s\n' "$heading" "$subject" "$subject" | sendmail ann -i -f joe "$@"
}

# report SUBJECT TEXT: the report about that mail, which has TEXT in it, becomes the file `report`
report()
{
	within 20 "a report about $1" has_mails 1 ann joe "^Subject: $1\$"
	cp "$(mails ann joe "^Subject: $1\$")" report
	rm "$(mails ann joe "^Subject: $1\$")"
	grep -qF -- "$2" report || fail "$1: not \"$2\" in $(cat report)"
	same "$1: the return path" 'Return-Path: <>' "$(head -n 1 report)"
	grep -q '^Auto-Submitted: auto-replied' report || fail "$1: programs may answer it"
}

# states FIELD: of the delivery status
states()
{
	sed -n '/^Content-Type: message\/delivery-status/,/^--=_/p' report | grep -qxF -- "$1" ||
		fail "the status does not say \"$1\": $(cat report)"
}

# A failure, in English: what MIME programs make of it, too.
post plain nobody@ben.test.au
report plain 'Your mail to nobody@ben.test.au could not be delivered.'
states 'Reporting-MTA: dns; ben.test.au'
states 'Final-Recipient: rfc822; nobody@ben.test.au'
states 'Action: failed'
states 'Status: 5.1.1'
states 'X-Mulga-Hop: ann.test.au'
states 'X-Mulga-Hop: mid.test.au'
! grep -q '^text of plain' report || fail "the text came back unasked"
perl -MMIME::Parser -e 1 2>/dev/null || skip "libmime-tools-perl is not installed"
parts()
{
	perl -MMIME::Parser -e 'my $p = MIME::Parser->new; $p->output_to_core(1);
		sub walk { my ($e) = @_; print $e->mime_type, " "; walk($_) for $e->parts } walk($p->parse_open($ARGV[0]))' "$1"
}
same "its parts" "multipart/report multipart/alternative text/plain text/html message/delivery-status text/rfc822-headers " \
	"$(parts report)"

# In the sender's language: as the mail says, as the environment says, as the node says.
heading=$'Content-Language: pt-BR\n' post lingua nobody@ben.test.au
report lingua 'Sua mensagem para nobody@ben.test.au não pôde ser entregue.'
grep -q '^Motivo: esse usuário não existe\.$' report || fail "the reason is not in Portuguese: $(cat report)"
LC_ALL= LANG=fr_FR.UTF-8 post langue nobody@ben.test.au 2>said
report langue "Votre courrier à nobody@ben.test.au n'a pas pu être remis."
sed -i 's|^listen|language pt\nlisten|' ann/node.topo
mulga ann reload >said
LC_ALL='' LANG='' post no nobody@ben.test.au
report no 'Sua mensagem para nobody@ben.test.au'

# What is hostile in a mail is text in its report.
post hostile '_x_`reboot`$HOME{node}&amp@ben.test.au'
report hostile "    mulga explain '_x_\`reboot\`\$HOME{node}&amp@ben.test.au'"
sed -n '/^Content-Type: text\/html/,/^--=_/p' report >html
! grep -q '<em>\|<code>reboot' html || fail "HTML of a stranger: $(cat html)"

# Of a mail that is a file of its own, too, the heading comes back.
{ printf 'Subject: large\nX-Mark: here\n\n'; head -c 90000 /dev/zero | tr '\0' x; } | sendmail ann -i -f joe nobody@ben.test.au
report large 'X-Mark: here'
same "its parts" "multipart/report multipart/alternative text/plain text/html message/delivery-status text/rfc822-headers " "$(parts report)"

# DSN: an id of the sender's, all of the mail back, success, silence.
post full -N failure -R full -V 'QQ 1=2' nobody@ben.test.au
report full 'text of full'
states 'Original-Envelope-Id: QQ 1=2'
same "its parts" "multipart/report multipart/alternative text/plain text/html message/delivery-status message/rfc822 text/plain " \
	"$(parts report)"
post success -N success eve@ben.test.au
report success 'Sua mensagem para eve@ben.test.au foi entregue.'
states 'Action: delivered'
states 'Status: 2.0.0'
post beyond -N success,failure pat@beyond.com
report beyond 'foi repassada a outra rede'
states 'Action: relayed'
post never -N never nobody@ben.test.au
post only -N success nobody@ben.test.au
post nobody -f '<>' nobody@ben.test.au
heading=$'Auto-Submitted: auto-replied\n' post answer nobody@ben.test.au
post both -N failure nobody@ben.test.au
report both 'nobody@ben.test.au'
within 20 "all has ended" idle ann mid ben
[ -z "$(mails ann joe 'Subject: \(never\|only\|nobody\|answer\)$')" ] || fail "a report that nobody wanted"
same "bad -N" 64 "$(post x -N sometimes eve@ben.test.au 2>said; echo $?)"
same "bad -R" 64 "$(post x -R some eve@ben.test.au 2>said; echo $?)"

# By SMTP on a pipe, each recipient with its own.
{
	printf 'EHLO x\r\nMAIL FROM:<joe@ann.test.au> RET=HDRS ENVID=abc+2Bd\r\n'
	printf 'RCPT TO:<nobody@ben.test.au> NOTIFY=FAILURE ORCPT=rfc822;Old.Name@elsewhere.com\r\n'
	printf 'RCPT TO:<ghost@ben.test.au> NOTIFY=NEVER\r\nDATA\r\nSubject: spoken\r\n\r\nx\r\n.\r\nQUIT\r\n'
} | sendmail ann -bs >said
report spoken 'nobody@ben.test.au'
states 'Original-Envelope-Id: abc+d'
states 'Original-Recipient: rfc822;Old.Name@elsewhere.com'
within 20 "all has ended" idle ann mid ben
has_mails 0 ann joe 'ghost@ben' || fail "NOTIFY=NEVER"

# Markdown becomes text and HTML that can do nothing.
printf 'Subject: written\n\n# Title\n\nSome *text* for [you](javascript:x).\n<script>x</script>\n' |
	sendmail ann --markdown -i -f joe eve@ben.test.au
within 20 "it arrives" has_mails 1 ben eve '^Subject: written'
same "its parts" "multipart/alternative text/plain text/html " "$(parts "$(mails ben eve '^Subject: written')")"
grep -q '^Some \*text\* for \[you\]' "$(mails ben eve '^Subject: written')" || fail "not the text as it was typed"
grep -q '<h1>Title</h1>' "$(mails ben eve '^Subject: written')" || fail "no HTML"
sed -n '/text\/html/,$p' "$(mails ben eve '^Subject: written')" >html
! grep -q 'javascript\|script>' html || fail "HTML that does something: $(cat html)"
printf 'Olá, *mundo*\n' >letter.md
id=$(mulga ann send --markdown --name 'Carta às pessoas' pat@ben.test.au letter.md)
within 20 "it arrives" has_mails 1 ben pat '<em>mundo</em>'
grep -q '^Subject: =?utf-8?B?' "$(mails ben pat mundo)" || fail "the name is not the subject"
within 20 "its id is known" ended ben "$id" delivered
same "no plain text" 65 "$(printf 'Content-Type: text/html\n\n<p>\n' | sendmail ann --markdown eve@ben.test.au 2>said; echo $?)"
stop ann mid ben
