#!/bin/bash
# ssh.sh - a call by ssh to a forced command of a real sshd, both of them nobody's but the test's
set -eu
# shellcheck source=tests/integration/network.bash
. "$SOURCE/tests/integration/network.bash"

says() # NODE TEXT: its links have it
{
	mulga "$1" links --json | grep -qF -- "$2"
}

# An sshd of our own: its keys, its port, and one thing that it does.
sshd=$(command -v sshd || echo /usr/sbin/sshd)
[ -x "$sshd" ] || fail "there is no sshd; contrib/install-deps test"
if [ "$(id -u)" -eq 0 ]; then
	mkdir -p /run/sshd # where a root's sshd wants to be put away
fi
port=$(free_port)
ssh-keygen -q -t ed25519 -N "" -f host
ssh-keygen -q -t ed25519 -N "" -f user
echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 host.pub)" >known
echo "restrict,command=\"$BUILD/mulga -C $PWD/ben answer --from ssh\" $(cat user.pub)" >authorized
cat >sshd_config <<END
Port $port
ListenAddress 127.0.0.1
HostKey $PWD/host
PidFile $PWD/sshd.pid
AuthorizedKeysFile $PWD/authorized
StrictModes no
UsePAM no
PasswordAuthentication no
END
"$sshd" -D -e -f "$PWD/sshd_config" 2>sshd.log &
PROCESS[sshd]=$!
listens()
{
	(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}
within 20 "sshd listens" listens

declare -A KEY=()
nodes ann.test.au ben.test.au
for node in ann ben; do
	mulga "$node" init --name "$node.test.au" >/dev/null
	KEY[$node]=$(mulga "$node" key)
done
options="-F none -i $PWD/user -o UserKnownHostsFile=$PWD/known -o BatchMode=yes -o IdentitiesOnly=yes -p $port"
echo "link ben.test.au { auth key \"${KEY[ben]}\"; retry 300ms
	transport command \"$(command -v ssh)\" $(printf '"%s" ' $options) -l %u 127.0.0.1 mulga { round-trip 100ms } }" |
	describe ann.test.au
echo "link ann.test.au { auth key \"${KEY[ann]}\"; call never; transport tcp listen }" | describe ben.test.au
user ann joe
user ben joe
start ann ben

# Both ways, small and large.
head -c 3000000 /dev/urandom >large
echo "by ssh" | mulga ann send --service mail joe@ben.test.au >/dev/null
mulga ben send joe@ann.test.au large >/dev/null
within 40 "the mail" has_mails 1 ben joe "by ssh"
within 40 "the file" test -e ann/files/joe/large
cmp large ann/files/joe/large

# A host that shows another key is not spoken to, and the reason is ssh's own.
within 40 "the call is over" link_is ann ben.test.au waiting
sed -i 's/^\(.*ed25519 \).*/\1AAAAC3NzaC1lZDI1NTE5AAAAIHVzZWxlc3N1c2VsZXNzdXNlbGVzc3VzZWxlc3N1c2VsZXM=/' known
mulga ann call ben.test.au >/dev/null
within 30 "ssh says why" says ann "ssh: failed (exit 255): Host key verification failed"
stop ann ben
