#!/bin/bash
# rules.sh - the operator's own lines: gateways, defaults, pinned and explicit routes, aliases
#
#	leaf --- hub --- gate
#	    \    /
#	     side         all in cs.su.oz.au
. "$SOURCE/tests/integration/network.bash"

nodes leaf.cs.su.oz.au hub.cs.su.oz.au side.cs.su.oz.au gate.cs.su.oz.au
leaf() # STATEMENTS: the leaf with these lines besides its own
{
	{
		link hub.cs.su.oz.au "delay 1s; cost 5"
		link side.cs.su.oz.au "delay 1m; cost 1"
		echo "alias tiny"
		echo "default *.com *.edu via gate.cs.su.oz.au"
		echo "$1"
	} | describe leaf.cs.su.oz.au
}
leaf ""
{
	link leaf.cs.su.oz.au "cost 5"
	link side.cs.su.oz.au
	link gate.cs.su.oz.au
	echo "default *.com *.edu via gate.cs.su.oz.au"
} | describe hub.cs.su.oz.au
{ link leaf.cs.su.oz.au "delay 1m; cost 1"; link hub.cs.su.oz.au; } | describe side.cs.su.oz.au
cat >out <<'END'
#!/bin/sh
# out NODE USER ADDRESS ORIGIN: the network beyond, which knows nobody called ghost
[ "$2" != ghost ] || exit 67
{ echo "to $1 $2 $3 from $4 of $MULGA_FROM"; cat; } >>"$(dirname "$0")/gone"
END
chmod +x out
{
	link hub.cs.su.oz.au
	echo "gateway *.com via command \"$PWD/out\" %n %u %a %f"
	echo "gateway *.edu via smtp \"127.0.0.1:25\""
} | describe gate.cs.su.oz.au
for node in leaf hub side gate; do
	user $node joe
done
start leaf hub side gate
within 20 "the leaf hears of the gate" knows leaf gate.cs.su.oz.au

mail() # SUBJECT ADDRESS [OPTION...]
{
	local subject=$1 address=$2
	shift 2

	printf 'Subject: %s\n\nhello\n' "$subject" | sendmail leaf -i -f joe "$@" "$address" || fail "not taken"
}

# What leaves the network does so as it came, at the node that a default names.
mail out ann@far.com
within 20 "the mail beyond" grep -qs "^hello" gone
same "what the gateway was told" "to far.com ann ann@far.com from leaf.cs.su.oz.au of joe@leaf.cs.su.oz.au" \
	"$(head -n 1 gone)"
grep -q '^Return-Path' gone && fail "the gateway's mail was delivered twice: it has a return path"
mulga gate explain ann@far.com | grep -q "leaves the network here" || fail "explain says nothing of the gateway"
mail nobody ghost@far.com
within 20 "the report of the world beyond" has_mails 1 leaf joe "user unknown"
mulga gate check 2>&1 | grep -q 'does not act on `gateway ... via smtp` yet' || fail "check says nothing of SMTP"
mail later ann@far.edu
within 20 "the report of a gateway that is not built" has_mails 1 leaf joe "speaks SMTP"
same "mails at the gate" 0 "$(mails gate joe | wc -l)"

# An alias is this node.
mail own joe@tiny
within 20 "the mail to the alias" has_mails 1 leaf joe "Subject: own"
stop leaf hub side gate
