#!/bin/bash
# fetch.sh - files that wait for their users, in parts where they must; files asked for; bad handlers
. "$SOURCE/tests/integration/network.bash"

me=$(id -un)
nodes ann.cs.su.oz.au ben.cs.su.oz.au
describe ann.cs.su.oz.au <<END
$(link ben.cs.su.oz.au "limit { message 40K }")
END
describe ben.cs.su.oz.au <<END
$(link ann.cs.su.oz.au)
language es
service joined { deliver command "$PWD/gather" }
service spare { deliver drop "$PWD/ben/spare" }
service request { deliver publish "$PWD/public"; accept from $me@ann.cs.su.oz.au }
service stuck { deliver command "$PWD/stuck" }
service quitter { deliver command "$PWD/quitter" }
END
sed -i "s|service file .*|service file { deliver hold; quota 200000 }|" ben/node.topo
user ann "$me"
user ben "$me"
cat >gather <<END
#!/bin/bash
cat >"$PWD/gathered.\$MULGA_ATTEMPT"
END
cat >stuck <<END
#!/bin/bash
echo "\$MULGA_ID" >>"$PWD/stuck.ran"
head -c 2000000 /dev/zero
echo "no tape in the drive"
sleep 30 &
exit 75
END
cat >quitter <<END
#!/bin/bash
exec <&-
sleep 30 &
exit 0
END
chmod +x gather stuck quitter
start ann ben
within 60 "ann hears of ben" knows ann ben.cs.su.oz.au

# waiting COUNT: so many files wait at ben
waiting()
{
	[ "$(mulga ben fetch --json | wc -l)" -eq "$1" ]
}

# waits_for ID: it waits there
waits_for()
{
	mulga ben fetch --json | jq -e --arg id "$1" 'select(.id == $id)' >/dev/null
}

# send ARGUMENTS: from ann; prints the ids
send()
{
	mulga ann send "$@" 2>>sent.errors || fail "not taken: $* $(cat sent.errors)"
}

# report TEXT: ann's user has been told that
report()
{
	[ -n "$(mails ann "$me" "$1")" ]
}

# --- begun now, looked at when its time is over: a part that never comes, a handler that never will ----
head -c 100000 /dev/urandom >huge
chmod 640 huge
head -c 38000 /dev/urandom >large
stop ben
mulga ann send --expire 30s --service spare --name torn ben.cs.su.oz.au huge >torn 2>errors ||
	fail "not taken in parts: $(cat errors)"
mulga ann queue cancel "$(sed -n 2p torn)" >said || fail "not cancelled"
start ben
part_waits()
{
	mulga ben queue | grep -q "of 3 of a file waits for the others"
}
within 60 "the others wait for the second" part_waits
stuck=$(send --expire 30s --service stuck ben.cs.su.oz.au large) || exit 1
says_why()
{
	mulga ben why "$stuck" | grep -q "stuck: temporary failure (exit 75):.*no tape in the drive"
}
within 60 "why it waits" says_why
id=$(send --receipt --service quitter ben.cs.su.oz.au large) || exit 1
within 60 "one that reads nothing, and leaves a child behind, is done" ended ann "$id" delivered

# --- it waits, its user is told, and takes it: name, mode, time, contents ----------------------------
printf '#!/bin/sh\necho "it runs"\n' >"a tool"
chmod 750 "a tool"
touch -d '2001-02-03 04:05:06 UTC' "a tool"
mkdir taken
id=$(send --receipt "$me@ben.cs.su.oz.au" "a tool") || exit 1
within 60 "the file waits" waits_for "$id"
within 60 "its user is told in the node's language" \
	has_mails 1 ben "$me" "Subject: Archivo para usted: a tool"
grep -q "mulga fetch take ${id##*-}" "$(mails ben "$me")" || fail "the mail does not say what to type"
ended ann "$id" null || fail "it ended before it was taken"
mulga ben why "$id" | grep -q "it waits until $me takes it by mulga fetch" ||
	fail "why: $(mulga ben why "$id")"
crash ben
start ben
waits_for "$id" || fail "a crash took the file away"
(cd taken && umask 022 && mulga ../ben fetch keep "$id") >said || fail "not kept"
same "what it is called" "a tool" "$(cat said)"
(cd taken && umask 022 && mulga ../ben fetch take "${id##*-}") >said || fail "not taken"
same "what the second one is called" "a tool (2)" "$(cat said)"
for file in taken/*; do
	same "mode and time of $file" "750 981173106" "$(stat -c '%a %Y' "$file")"
	cmp "a tool" "$file" || fail "the contents of $file differ"
done
same "files taken" 2 "$(find taken -type f | wc -l)"
within 60 "ann hears that it was taken" ended ann "$id" delivered
same "what waits now" "" "$(mulga ben fetch --json)"
mulga ben fetch take "$id" >said 2>&1 && fail "it can be taken again"
has_mails 1 ben "$me" "Archivo para usted" || fail "told twice"

# --- in her language, once she has used it here; under another name; sent back with a word ----------
echo report >report.pdf
id=$(env LC_ALL=pt_BR.UTF-8 "$BUILD/mulga" -C ben send "$me@ben.cs.su.oz.au" report.pdf) || fail "not taken by ben"
within 60 "she is told in Portuguese" has_mails 1 ben "$me" "Content-Language: pt"
mulga ben fetch take --as taken/mine "$id" >said || fail "not taken under another name"
cmp report.pdf taken/mine || fail "the renamed file differs"
id=$(send "$me@ben.cs.su.oz.au" report.pdf) || exit 1
within 60 "it waits" waits_for "$id"
mulga ben fetch take --as taken/mine "$id" >said 2>&1 && fail "a file was written over"
waits_for "$id" || fail "a name that is taken made it go away"
same "hidden files left" "" "$(find taken . -maxdepth 1 -name '.mulga*')"
mulga ben fetch refuse "$id" "not this one, please" || fail "not refused"
within 60 "ann hears that it was refused" ended ann "$id" returned
within 60 "and why" report "$me does not want it: not this one, please"

# --- names that nobody should have to deal with ---------------------------------------------------
long=$(printf 'n%.0s' {1..250}).txt
for name in ../../escaped /etc/escaped .hidden $'\377\376 no utf-8' "$long" -rf; do
	id=$(send --name "$name" "$me@ben.cs.su.oz.au" report.pdf) || exit 1
	within 60 "$name waits" waits_for "$id"
	(cd taken && mulga ../ben fetch take "$id") >said || fail "cannot be taken: $name"
	case $(cat said) in */* | .*) fail "$name became $(cat said)" ;; esac
	[ -f "taken/$(cat said)" ] || fail "$name is not in the folder"
done
same "files elsewhere" "" "$(find . -name '*escaped*' -not -path './taken/*')"
mulga ann send --name $'two\nlines' "$me@ben.cs.su.oz.au" report.pdf >said 2>&1 &&
	fail "a name of two lines was taken"

# --- who is no user here; what does not fit; what nobody took ---------------------------------------
id=$(send "no.such.user@ben.cs.su.oz.au" report.pdf) || exit 1
within 60 "nobody of that name" ended ann "$id" returned
within 60 "the sender is told so" report "no such user"
for i in 1 2 3 4 5; do
	send --name "large $i" "$me@ben.cs.su.oz.au" large >>held || exit 1
done
within 60 "five of them wait" waiting 5
id=$(send "$me@ben.cs.su.oz.au" large) || exit 1
within 60 "the sixth does not fit" ended ann "$id" returned
within 60 "the sender is told what fits" \
	report "200000 bytes is the quota, and 10000 bytes are free; this one has 38000"
id=$(send --expire 3s "$me@ben.cs.su.oz.au" report.pdf) || exit 1
within 60 "what nobody takes goes back" ended ann "$id" expired
mapfile -t ids <held
mulga ben fetch take --as taken/ "${ids[@]}" >said || fail "not all were taken"
cmp large "taken/large 5" || fail "the fifth differs"
waiting 0 || fail "something still waits"

# --- only whose it is: with a login of its own, in a folder that is the test's and may be entered ------
if [ "$(id -u)" -eq 0 ] && [ "${TMPDIR:-}" = "$PWD" ] && setpriv --reuid nobody --clear-groups true; then
	cp "$BUILD/mulga" .
	chmod 711 "$TMPDIR/.." "$TMPDIR" ben
	chmod 666 ben/control.sock
	theirs()
	{
		setpriv --reuid nobody --clear-groups ./mulga -C ben fetch "$@"
	}
	mine=$(send "$me@ben.cs.su.oz.au" report.pdf) || exit 1
	other=$(send nobody@ben.cs.su.oz.au report.pdf) || exit 1
	within 60 "both wait" waiting 2
	same "what nobody may see" "$other" "$(theirs --json | jq -r .id)"
	theirs take --as taken/stolen "$mine" >said 2>&1 && fail "somebody else's file was taken"
	theirs refuse "$mine" >said 2>&1 && fail "somebody else's file was refused"
	mkdir -m 777 theirs
	theirs take --as theirs/ "$other" >said 2>&1 || fail "one's own is not given: $(cat said)"
	mulga ben fetch take --as taken/ "$mine" >said || fail "it was not there any more"
fi

# --- too large for the link: in parts, joined for a user, a folder and a program -------------------------
mulga ann send --whole --service spare ben.cs.su.oz.au huge >said 2>errors && fail "it went whole"
grep -q "takes at most 40 KiB a message" errors || fail "said: $(cat errors)"
mulga ann send --receipt "$me@ben.cs.su.oz.au" huge >ids 2>errors || fail "not taken in parts: $(cat errors)"
grep -q "it goes in 3 parts" errors || fail "said: $(cat errors)"
same "ids of parts" 3 "$(wc -l <ids)"
within 60 "they wait as one file" waits_for "$(head -n 1 ids)"
same "its size" 100000 "$(mulga ben fetch --json | jq .size)"
within 60 "the mail tells of all of it" has_mails 1 ben "$me" ": 100000 bytes"
mulga ben fetch take --as taken/ "$(head -n 1 ids)" >said || fail "not joined"
cmp huge taken/huge || fail "joined wrongly"
within 60 "the first part has ended" ended ann "$(head -n 1 ids)" delivered
mulga ann send --service joined ben.cs.su.oz.au huge >ids 2>errors || fail "not taken in parts"
mulga ann send --service spare ben.cs.su.oz.au huge >ids 2>errors || fail "not taken in parts"
within 60 "the folder has it" cmp -s huge ben/spare/huge
within 60 "the program has it" cmp -s huge gathered.1

# --- files asked for -------------------------------------------------------------------------------------
mkdir -p public/maps secret
echo "the map" >public/maps/coast.txt
chmod 755 public/maps/coast.txt
echo "the key" >secret/key
echo "hidden" >public/.hidden
ln -s "$PWD/secret/key" public/link
ln -s ../../secret public/maps/up
mkfifo public/pipe
sed -i "s|service file .*|service file { deliver hold }|" ann/node.topo
mulga ann reload >said || fail "ann cannot read its description"
id=$(mulga ann request ben.cs.su.oz.au:maps/coast.txt) || fail "not asked"
arrived()
{
	[ "$(mulga ann fetch --json | jq -r .name)" = "$1" ]
}
within 60 "the map comes" arrived coast.txt
(umask 022 && mulga ann fetch take --as taken/ "$(mulga ann fetch --json | jq -r .id)") >said ||
	fail "not taken"
cmp public/maps/coast.txt taken/coast.txt || fail "another map came"
same "its mode" 755 "$(stat -c %a taken/coast.txt)"
for path in link maps/up/key pipe maps none/such; do
	id=$(mulga ann request "ben.cs.su.oz.au:$path") || fail "not asked: $path"
	within 60 "$path is not given" ended ann "$id" returned
	mulga ann trace "$id" --json | grep -q "there is no published file" ||
		fail "$path: $(mulga ann why "$id")"
done
for path in ../secret/key /etc/passwd .hidden maps/../../secret/key maps//coast.txt ''; do
	mulga ann request "ben.cs.su.oz.au:$path" >said 2>&1 && fail "asked for $path"
	# ... and by who does not look at what it asks for:
	id=$(printf '%s' "$path" | mulga ann send --service request ben.cs.su.oz.au -) ||
		fail "not taken: $path"
	within 60 "$path is not given" ended ann "$id" returned
done
id=$(mulga ben request ben.cs.su.oz.au:maps/coast.txt) || fail "not asked"
within 60 "who is not on the list gets nothing" ended ben "$id" returned
mulga ben trace "$id" --json |
	grep -q "takes nothing from $me@ben.cs.su.oz.au: accept from $me@ann.cs.su.oz.au" ||
	fail "the rule is not quoted: $(mulga ben why "$id")"
same "what came for all that" "" "$(mulga ann fetch --json)"

# --- what was begun first has ended: with one report for a file that is not whole, and nothing delivered ----
within 60 "the handler's message goes back" ended ann "$stuck" expired
[ -s stuck.ran ] || fail "it did not run"
within 60 "the parts go back" report "of 3 of a file waits for the others"
within 60 "nothing is left" idle ben
same "reports of that" 1 "$(mails ann "$me" "of 3 of a file waits for the others" | wc -l)"
[ ! -e ben/spare/torn ] || fail "a torn file was delivered"
stop ann ben
