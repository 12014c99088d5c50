#!/bin/bash
# restricted.sh - a company that wants a part of the network only, by a link and by its choice
#
#	gw.start.com.au === basser.cs.su.oz.au --- extro.ucc.su.oz.au
#	 (restricted)          |
#	                   seal.cs.su.oz.au --- shop.trade.com.au (by visibility alone)
. "$SOURCE/tests/integration/network.bash"

nodes gw.start.com.au shop.trade.com.au basser.cs.su.oz.au seal.cs.su.oz.au extro.ucc.su.oz.au
{ echo "visible com.au"; link basser.cs.su.oz.au; } | describe gw.start.com.au
link seal.cs.su.oz.au | describe shop.trade.com.au
{
	echo "visible su.oz.au"
	link gw.start.com.au "restrict start.com.au; inbound { restrict cs.su.oz.au }"
	link seal.cs.su.oz.au
	link extro.ucc.su.oz.au
} | describe basser.cs.su.oz.au
{ link basser.cs.su.oz.au; link shop.trade.com.au; } | describe seal.cs.su.oz.au
{ echo "visible oz.au"; link basser.cs.su.oz.au; } | describe extro.ucc.su.oz.au
for node in gw shop basser seal extro; do
	user $node joe
done
start gw shop basser seal extro
within 20 "the company hears of basser" knows gw basser.cs.su.oz.au
within 20 "seal hears of basser" knows seal basser.cs.su.oz.au
within 20 "extro hears of basser" knows extro basser.cs.su.oz.au
within 20 "basser hears of the company" knows basser gw.start.com.au

mail() # FROM SUBJECT ADDRESS
{
	printf 'Subject: %s\n\nhello\n' "$2" | sendmail "$1" -i -f joe "$3" || fail "not taken"
}

# Both ways with the department.
mail gw "to the department" joe@seal.cs.su.oz.au
within 20 "mail to the department" has_mails 1 seal joe "Subject: to the department"
mail seal "to the company" joe@gw.start.com.au
within 20 "mail to the company" has_mails 1 gw joe "Subject: to the company"

# Not beyond it: no table leads there, and what is sent all the same is refused and reported.
mulga gw explain joe@extro.ucc.su.oz.au >said && fail "a way beyond the restriction: $(cat said)"
sed -i 's/^}$/route extro.ucc.su.oz.au via basser.cs.su.oz.au\n}/' gw/node.topo
mulga gw reload >/dev/null || fail "the company's description is not taken"
mail gw "all the same" joe@extro.ucc.su.oz.au
within 20 "the refusal" has_mails 1 gw joe "takes from gw.start.com.au only what is for cs.su.oz.au, not for extro.ucc.su.oz.au"
same "mails at extro" 0 "$(mails extro joe | wc -l)"

# A restriction is about where things go to: the world may write, and gets no answer.
mail extro "from the world" joe@gw.start.com.au
within 20 "mail from the world" has_mails 1 gw joe "Subject: from the world"

# Nobody goes through the company.
mulga seal routes --json | jq -e 'any(.fastest[], .cheapest[]; .next_hop == "gw.start.com.au")' >/dev/null && fail "seal routes through the company"

# By visibility alone: with the department in both directions, and no answer from beyond.
mail shop "shop to seal" joe@basser.cs.su.oz.au
within 20 "the shop's mail" has_mails 1 basser joe "Subject: shop to seal"
mail basser "to the shop" joe@shop.trade.com.au
within 20 "the department's mail" has_mails 1 shop joe "Subject: to the shop"
mulga extro explain joe@shop.trade.com.au >said && fail "the world has a way to the shop: $(cat said)"
within 20 "nothing is left" idle gw shop basser seal extro
stop gw shop basser seal extro
