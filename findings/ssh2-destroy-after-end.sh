#!/bin/sh
# ssh2 1.17.0: `Client.destroy()` does nothing once `Client.end()` was called.
#
# `end()` asks the other side to close. Where that side says nothing more, its caller would expect `destroy()` to drop the
# connection, as it does on a client that was not ended before, and as `net.Socket` does. The client then stays open, with
# no `close` event, until the operating system gives the connection up.
# Seen with: ssh2 1.17.0 on Node 20.20. Needs: node, npm. Fails when this is no longer so.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf '{ "private": true }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts ssh2@1.17.0 >/dev/null
cat >look.cjs <<'END'
const net = require('node:net');
const { Client, Server, utils } = require('ssh2');

const host = utils.generateKeyPairSync('ed25519');
const server = new Server({ hostKeys: [host.private] }, (client) => {
  client.on('authentication', (context) => context.accept());
  client.on('error', () => {});
});

/** Between the two: forwards until it is told to keep silent, and keeps both sides open. */
function link() {
  const pairs = [];
  const proxy = net.createServer((near) => {
    const far = net.connect(server.address().port, '127.0.0.1');
    near.pipe(far);
    far.pipe(near);
    for (const socket of [near, far]) socket.on('error', () => {});
    pairs.push([near, far]);
  });
  const silence = () => pairs.forEach(([near, far]) => (near.unpipe(far), far.unpipe(near)));
  const end = () => (pairs.flat().forEach((socket) => socket.destroy()), proxy.close());
  return { proxy, silence, end };
}

/** Whether `close` comes within two seconds of `act` on a client whose other side is silent. */
function closes(act) {
  return new Promise((resolve, reject) => {
    const { proxy, silence, end } = link();
    proxy.listen(0, '127.0.0.1', () => {
      const client = new Client();
      let closed = false;
      client.on('close', () => (closed = true));
      client.on('error', reject);
      client.on('ready', () => {
        silence();
        act(client);
        setTimeout(() => (resolve(closed), end()), 2000);
      });
      client.connect({ host: '127.0.0.1', port: proxy.address().port, username: 'x', password: 'x' });
    });
  });
}

server.listen(0, '127.0.0.1', async () => {
  const alone = await closes((client) => client.destroy());
  const ended = await closes((client) => (client.end(), client.destroy()));
  console.log(`destroy() alone: ${alone ? 'closed' : 'open'} after 2 s`);
  console.log(`end(), then destroy(): ${ended ? 'closed' : 'open'} after 2 s`);
  process.exit(alone && !ended ? 0 : 1);
});
END
node look.cjs
