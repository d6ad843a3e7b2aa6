#!/bin/sh
# ssh2 1.17.0: after each login the client has the server prove all of its host keys, though nobody listens to `hostkeys`.
#
# OpenSSH's server tells of its other host keys once somebody is let in (`hostkeys-00@openssh.com`); a client that keeps them may ask
# for a signature by each. ssh2 asks in any case, before the first channel is open, and verifies the answers, for an event that no
# handler waits for: the stock client asks only where `UpdateHostKeys` is on and a key is new to it. The server signs with every key
# that it has, RSA among them, at each login.
# Seen with: ssh2 1.17.0 on Node 20.20, sshd of OpenSSH 9.2p1 (Debian 12). Needs: Debian, apt-get, node, npm, root. Fails when this is
# no longer so.
set -eu
work=$(mktemp -d)
trap '[ -z "${server:-}" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download openssh-server openssh-client >/dev/null 2>&1
for package in ./*.deb; do dpkg -x "$package" root; done
sshd=$work/root/usr/sbin/sshd
keygen=$work/root/usr/bin/ssh-keygen
for type in ed25519 rsa ecdsa; do "$keygen" -q -t $type -N '' -f host-$type; done
"$keygen" -q -t ed25519 -N '' -f login
cp login.pub authorized
port=$((20000 + $$ % 20000))
cat >config <<END
Port $port
ListenAddress 127.0.0.1
HostKey $work/host-ed25519
HostKey $work/host-rsa
HostKey $work/host-ecdsa
AuthorizedKeysFile $work/authorized
StrictModes no
UsePAM no
PidFile none
LogLevel DEBUG1
END
# sshd wants an account of its own, which only its installation makes: here it is there for this sshd alone.
{
  grep -v '^sshd:' /etc/passwd
  echo 'sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin'
} >passwd
mkdir -p /run/sshd
unshare --mount sh -c "mount --bind $work/passwd /etc/passwd && exec $sshd -D -E $work/log -f $work/config" &
server=$!
printf '{ "private": true }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts ssh2@1.17.0 >/dev/null
cat >look.cjs <<'END'
const { readFileSync } = require('node:fs');
const { Client } = require('ssh2');

const [, , port, username] = process.argv;
const client = new Client();
client.on('ready', () => setTimeout(() => client.end(), 1000));
client.on('close', () => process.exit(client.listenerCount('hostkeys')));
client.connect({ host: '127.0.0.1', port: Number(port), username, privateKey: readFileSync('login') });
END
sleep 1
node look.cjs "$port" root
asked=$(grep -c 'hostkeys-prove-00@openssh.com' log || :)
echo "listeners to hostkeys: 0; proofs of all keys asked for in one login: $asked"
[ "$asked" = 1 ]
