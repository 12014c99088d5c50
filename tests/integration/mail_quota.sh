#!/bin/bash
# mail_quota.sh - a mailbox that is full, and delivery as somebody else
set -eu
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

nodes ann.test.au
describe ann.test.au </dev/null
sed -i 's|^service mail { \(.*\) }|service mail { \1; quota 3K }|' ann/node.topo
user ann joe pat
start ann
post() { { printf 'Subject: %s\n\n' "$1"; head -c 1000 /dev/zero | tr '\0' x; } | sendmail ann -i -f pat joe@ann.test.au; }
post one
within 20 "the first one" has_mails 1 ann joe '^Subject: one'
mv ann/mail/joe/new/* ann/mail/joe/cur/ # what was read counts, too
post two
within 20 "the second one" has_mails 1 ann joe '^Subject: two'
post three
waits() { [ "$(mulga ann queue --json | jq -r '.copies[0].reason')" = mailbox-full ]; }
within 20 "the third one waits" waits
id=$(mulga ann queue --json | jq -r .id)
mulga ann why "$id" | grep -q 'the mailbox of joe is full: 3072 bytes is its quota' || fail "$(mulga ann why "$id")"
post_large() { { printf 'Subject: large\n\n'; head -c 4000 /dev/zero | tr '\0' x; } | sendmail ann -i -f pat joe@ann.test.au; }
post_large
within 20 "what is larger than the quota comes back" has_mails 1 ann pat '^Status: 5.2.2'
rm ann/mail/joe/cur/*
mulga ann queue expedite --all >/dev/null || true
within 40 "there is room again" has_mails 1 ann joe '^Subject: three'
stop ann

# As another user: by the helper that is root until it is the recipient.
[ "$(id -u)" -eq 0 ] || skip "mulga-deliver is tried by root only"
getent passwd nobody >/dev/null || skip "there is no user nobody"
chmod 711 .. .
mkdir home
chown nobody home
here=$PWD
sed -i "s|^service mail.*|service mail { deliver command \"$BUILD/mulga-deliver\" \"%u\" \"maildir\" \"$here/home/Maildir\" \"3000\" }|" ann/node.topo
start ann
printf 'Subject: as nobody\n\nhello\n' | sendmail ann -i -f pat nobody@ann.test.au
helper() { MULGA_ID=a.b-c "$BUILD/mulga-deliver" "$@"; }
exits() { local code=$1 got=0; shift; "$@" >out 2>errors </dev/null || got=$?; same "the exit of $*: $(cat errors)" "$code" "$got"; }
got() { grep -qs '^Subject: as nobody' home/Maildir/new/*; }
within 20 "it is in the mailbox" got
same "whose it is" "nobody 600" "$(stat -c '%U %a' home/Maildir/new/*)"
{ printf 'Subject: too large\n\n'; head -c 4000 /dev/zero | tr '\0' x; } | sendmail ann -i -f pat nobody@ann.test.au
full() { mulga ann queue --json | jq -e '.copies[0].text | contains("mailbox is full")' >/dev/null; }
within 20 "a full mailbox is another time" full
same "nothing of it is there" 1 "$(find home/Maildir -type f | wc -l)"
for _ in 1 2; do # at least once, and there once
	printf 'Subject: again\n\n' | MULGA_ID=n.test.au-again "$BUILD/mulga-deliver" nobody maildir "$here/home/Maildir" || fail "not delivered"
	[ ! -e home/Maildir/new/n.test.au-again ] || mv home/Maildir/new/n.test.au-again home/Maildir/cur/n.test.au-again:2,S
done
same "one file" 2 "$(find home/Maildir -type f | wc -l)"
cat >as_user <<'END'
#!/bin/sh
# as_user FOLDER WORD...: what a recipient's own program sees
{ id -un; id -G; env | sort | cut -d = -f 1 | tr '\n' ' '; echo; printf '%s\n' "$@"; cat; ls -l /proc/self/fd | grep -c 'secret'; } >"$1/seen"
exit "${2-0}"
END
chmod 755 as_user
: >log.secret
exec 9<log.secret
printf 'To: nobody\n\nhello\n' | SECRET=x MULGA_ID=a.b-c "$BUILD/mulga-deliver" nobody command "$here/as_user" "$here/home" 0 '$HOME; x' || fail "not run"
exec 9<&-
same "who ran" nobody "$(head -n 1 home/seen)"
same "of which groups" "$(id -G nobody)" "$(sed -n 2p home/seen)"
! grep -qw SECRET home/seen || fail "the caller's environment: $(cat home/seen)"
grep -qxF '$HOME; x' home/seen || fail "a word was not one: $(cat home/seen)"
grep -qx hello home/seen || fail "the mail did not come: $(cat home/seen)"
same "the caller's files" 0 "$(tail -n 1 home/seen)"
for code in 0 67 75 77; do
	exits $code helper nobody command "$here/as_user" "$here/home" $code
done
exits 77 helper root command /bin/true
exits 75 helper nobody maildir relative
exits 77 helper root maildir /tmp/x
exits 67 helper no-such-user-here maildir x
exits 64 helper nobody
exits 64 helper nobody somewhere x
exits 64 env MULGA_ID=../../x "$BUILD/mulga-deliver" nobody maildir x
# Started by somebody else it has to be root's, and not everybody's.
cp "$BUILD/mulga-deliver" helper
chmod 755 helper
exits 78 setpriv --reuid nobody --regid nogroup --clear-groups env MULGA_ID=a.b-c ./helper nobody maildir x
chmod 4755 helper
exits 78 setpriv --reuid nobody --regid nogroup --clear-groups env MULGA_ID=a.b-c ./helper nobody maildir x
grep -q 'mode must be 4750' errors || fail "everybody may run it: $(cat errors)"
stop ann
