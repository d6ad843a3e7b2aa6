#!/bin/sh
# OpenSSH 9.2p1: a session channel is opened with no room for a single byte; room for input is granted once its command runs.
#
# RFC 4254 has a channel opened with the window that the other side may fill at once (5.1), and a command asked for on it afterwards
# (6.5). So a client could send the command and what the command is to read one behind the other, without waiting in between, as it may
# with most requests of the protocol. To sshd it can't: the window of a new session is 0, and 2 MiB are granted together with the reply
# to the command. Whatever feeds a program by its standard input waits for a round trip that the protocol doesn't ask for.
# Seen with: sshd of OpenSSH 9.2p1 (Debian 12), ssh2 1.17.0 on Node 20.20. Needs: Debian, apt-get, node, npm, root. Fails when this is
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
"$keygen" -q -t ed25519 -N '' -f host
"$keygen" -q -t ed25519 -N '' -f login
cp login.pub authorized
port=$((20000 + $$ % 20000))
cat >config <<END
Port $port
ListenAddress 127.0.0.1
HostKey $work/host
AuthorizedKeysFile $work/authorized
StrictModes no
UsePAM no
PidFile none
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
client.on('ready', () => {
  // What the server granted when it opened the channel: ssh2 keeps it there and has no public name for it.
  const opened = client._protocol._handlers.CHANNEL_OPEN_CONFIRMATION;
  client._protocol._handlers.CHANNEL_OPEN_CONFIRMATION = (protocol, info) => {
    console.log(`opened: ${info.window}`);
    opened(protocol, info);
  };
  client.exec('cat', (error, channel) => {
    if (error) throw error;
    channel.resume().on('close', () => client.end());
    setTimeout(() => {
      console.log(`running: ${channel.outgoing.window}`);
      channel.end();
    }, 300);
  });
});
client.connect({ host: '127.0.0.1', port: Number(port), username, privateKey: readFileSync('login') });
END
sleep 1
said=$(node look.cjs "$port" root | tr '\n' ' ')
echo "bytes that a client may send: $said"
[ "$said" = 'opened: 0 running: 2097152 ' ]
