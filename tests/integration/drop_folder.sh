#!/bin/bash
# drop_folder - what was left while no daemon ran is taken in, once; what is no message is set aside
. "$SOURCE/tests/integration/daemons"

mkdir -p files/joe
make_home a a.test.oz.au <<X
	visible oz.au
	service file { deliver drop "$PWD/files/%u" }
X
start a
stop "$daemon"
delivered() { [ "$(find files/joe -type f ! -name '.*' | wc -l)" -eq "$1" ]; }
waiting() { [ "$(find a/drop -mindepth 1 -maxdepth 1 ! -name refused ! -name '.*' | wc -l)" -eq "$1" ]; }

# --- no daemon: submission succeeds all the same -------------------------------------------------
head -c 3000000 /dev/urandom >large
for i in 1 2 3; do
	echo "letter $i" | "$MULGA" -C a send --name "letter$i" joe@a.test.oz.au >>ids || fail "send $i"
done
"$MULGA" -C a send --name large joe@a.test.oz.au large >>ids || fail "send large"
waiting 4 || fail "no files in drop/: $(ls -la a/drop)"
whole=$(find a/drop -maxdepth 1 -type f -size -2k ! -name '.*' | head -n 1)

# --- what strangers may put there -------------------------------------------------------------------
cp "$whole" kept
head -c 30 "$whole" >a/drop/cut-off
echo "this is no message" >a/drop/nonsense
ln -s "$PWD/kept" a/drop/link
mkfifo a/drop/pipe
cp kept twice && ln twice a/drop/two-names
echo "still being written" >a/drop/.unfinished

start a
until_true 20 delivered 4 || fail "of 4 messages arrived: $(ls files/joe)"
until_true 10 waiting 0 || fail "files stay in drop/: $(ls -la a/drop)"
cmp large files/joe/large || fail "the large message changed"
for name in cut-off nonsense link pipe two-names; do
	[ -e "a/drop/refused/$name" ] || [ -L "a/drop/refused/$name" ] || fail "$name was not set aside"
	grep -q "drop/$name is refused" a.log || fail "nothing says so of $name"
done
[ -e a/drop/.unfinished ] || fail "a file that was still being written was taken"

# --- the same message once more, and one while the daemon runs: inotify -------------------------------
cp kept a/drop/.again && mv a/drop/.again a/drop/again
until_true 10 waiting 0 || fail "a new file was not seen: $(ls -la a/drop)"
sleep 1
delivered 4 || fail "the same message was delivered twice"
stop "$daemon"
[ "$code" -eq 0 ] || fail "exit $code"
