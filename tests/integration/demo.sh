#!/bin/bash
# demo.sh - the demonstration runs to its end, in plain text, and leaves nothing behind
set -u

command -v s-nail >/dev/null || { echo "s-nail is not installed"; exit 77; }
"$SOURCE/contrib/demo" "$BUILD" >said 2>errors || { tail -n 30 said errors; exit 1; }
grep -q '^300 mails arrived 1 time(s)$' <(sed 's/^ *//' said) || { echo "not each mail once"; exit 1; }
if grep -n $'\e' said; then
	echo "colours, though the output is no terminal"
	exit 1
fi
[ ! -s errors ] || { cat errors; exit 1; }
[ -z "$(find . -mindepth 1 ! -name said ! -name errors)" ] || { echo "left behind: $(ls)"; exit 1; }

# What is missing is named, and is an error.
mkdir empty
if "$SOURCE/contrib/demo" empty >said; then
	echo "it runs without programs"
	exit 1
fi
grep -q 'mulga is missing' said || { echo "it does not say what is missing: $(cat said)"; exit 1; }
