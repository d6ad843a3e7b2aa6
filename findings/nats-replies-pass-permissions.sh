#!/bin/sh
# nats-server 2.9.10: a user's permissions to publish don't hold for where an answer is to go.
#
# A user that may publish to `$KV.L.eu.>` and to JetStream's direct get of the same is expected to write there alone. But the server sends the answer to
# whatever reply subject the request names, permitted or not, and the answer of a direct get is the message itself: so that user writes bytes of its own
# choosing to any subject of the account. Publishing there directly is refused. (Accounts with imports are not tried here.)
# Seen with: nats-server 2.9.10 (Debian 12). Needs: nats-server and node. Fails when this is no longer so.
set -eu
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"
cat >server.conf <<EOF
listen: "127.0.0.1:-1"
ports_file_dir: "$work"
jetstream { store_dir: "$work/store" }
authorization { users: [
  { user: all, password: all }
  { user: eu, password: eu, permissions {
    publish { allow: ["\$KV.L.eu.>", "\$JS.API.DIRECT.GET.KV_L.\$KV.L.eu.>"] }
    subscribe { allow: ["_INBOX_eu.>"] }
  } }
] }
EOF
nats-server -c server.conf 2>log &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
  [ -n "$(ls ./*.ports 2>/dev/null)" ] && break
  sleep 0.5
done
cat >client.mjs <<'EOF'
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
const [ports] = readdirSync('.').filter((name) => name.endsWith('.ports'));
const port = Number(/127\.0\.0\.1:(\d+)/.exec(readFileSync(ports, 'utf8'))[1]);
const pause = () => new Promise((done) => setTimeout(done, 500));
const login = (user) => {
  const socket = connect(port, '127.0.0.1');
  const client = { heard: '', send: (text) => socket.write(text), end: () => socket.destroy() };
  socket.on('data', (data) => { client.heard += data; });
  client.send(`CONNECT ${JSON.stringify({ user, pass: user, verbose: false })}\r\n`);
  return client;
};
const [all, eu] = [login('all'), login('eu')];
const stream = JSON.stringify({ name: 'KV_L', subjects: ['$KV.L.>'], max_msgs_per_subject: 1, allow_direct: true });
all.send(`SUB us.> 1\r\nSUB answers 2\r\nPUB $JS.API.STREAM.CREATE.KV_L answers ${stream.length}\r\n${stream}\r\n`);
await pause();
eu.send('PUB us.work 6\r\nchosen\r\nPUB $KV.L.eu.x 6\r\nchosen\r\n');
await pause();
const refused = /Permissions Violation for Publish to "us.work"/.test(eu.heard);
const before = all.heard.length;
eu.send('PUB $JS.API.DIRECT.GET.KV_L.$KV.L.eu.x us.work 0\r\n\r\n');
await pause();
const arrived = /H?MSG us\.work [\s\S]*chosen/.test(all.heard.slice(before));
console.log(`published to us.work: ${refused ? 'refused' : 'taken'}\nsent to us.work as an answer: ${arrived ? 'taken' : 'refused'}`);
all.end();
eu.end();
process.exitCode = refused && arrived ? 0 : 1;
EOF
node client.mjs
