// A real SSH server in this process (ssh2's Server), for tests and for the demo where there is no lab: logs in with a key
// and runs commands with /bin/sh in a home of its own. Only on loopback.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, connect as dial } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2, { type Connection, type ParsedKey } from 'ssh2';
import { type Misbehaviour, run } from './command.ts';

export interface EmbeddedServer {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** The user's home on the "host": a temporary directory. */
  readonly home: string;
  /** A private key file that may log in. */
  readonly identityFile: string;
  /** A known_hosts file with the server's key. */
  readonly knownHosts: string;
  /** The host key's public blob. */
  readonly hostKey: Buffer;
  /** What clients did: for assertions. */
  readonly seen: { logins: number; commands: string[]; authentications: string[] };
  misbehave(how: Misbehaviour): void;
  close(): Promise<void>;
}

export interface ServerOptions extends Misbehaviour {
  /** OpenSSH private keys; by default one fresh ed25519 key. */
  readonly hostKeys?: readonly string[];
  /** Where home, key and known_hosts are put; by default a temporary directory that is removed at the end. */
  readonly directory?: string;
  /** A fixed port, for a host that changes its key; by default a free one. */
  readonly port?: number;
  /** The name to log in with; by default that of the user who runs this. */
  readonly user?: string;
}

/** Starts a server on 127.0.0.1. */
export async function startEmbeddedServer(options: ServerOptions = {}): Promise<EmbeddedServer> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'vrun-embedded-')));
  const home = join(directory, 'home');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const hostKeys = options.hostKeys ?? [newKey()];
  const identity = newKey();
  const identityFile = join(directory, 'id');
  await writeFile(identityFile, identity, { mode: 0o600 });
  const allowed = parse(identity);
  let how: Misbehaviour = options;
  const seen: EmbeddedServer['seen'] = { logins: 0, commands: [], authentications: [] };
  const clients = new Set<Connection>();
  const children = new Set<ChildProcess>();
  const user = options.user ?? userInfo().username;

  const server = new ssh2.Server({ hostKeys: [...hostKeys] }, (client) => {
    clients.add(client);
    client.on('error', () => undefined); // a client that breaks off is part of the tests
    client.on('end', () => client.end());
    client.on('close', () => clients.delete(client));
    client.on('authentication', (context) => {
      seen.authentications.push(context.method);
      const right =
        context.method === 'publickey' &&
        context.username === user &&
        allowed.getPublicSSH().equals(context.key.data) &&
        (context.signature === undefined ||
          allowed.verify(context.blob ?? '', context.signature, context.hashAlgo) === true);
      if (right) context.accept();
      else context.reject(['publickey']);
    });
    client.on('ready', () => {
      seen.logins++;
      client.on('session', (accept) => {
        accept().on('exec', (acceptExec, _reject, { command }) => {
          seen.commands.push(command);
          children.add(run(command, acceptExec(), client, how, home, user));
        });
      });
      client.on('tcpip', (accept, _reject, info) => {
        if (how.deafForward) return;
        const channel = accept();
        const socket = dial(info.destPort, info.destIP);
        socket.on('error', () => channel.end());
        channel.on('error', () => socket.destroy());
        channel.pipe(socket).pipe(channel);
      });
    });
  });
  // A listener of our own: without noDelay each small answer waits 40 ms for the client's delayed acknowledgement.
  const listener = createServer({ noDelay: true }, (socket) => server.injectSocket(socket));
  listener.listen(options.port ?? 0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo; // a TCP listener's address is never a string
  const [hostKey] = hostKeys.map(parse);
  if (hostKey === undefined) throw new TypeError('an SSH server needs a host key');
  const knownHosts = join(directory, 'known_hosts');
  const lines = hostKeys
    .map(parse)
    .map((key) => `[127.0.0.1]:${port} ${key.type} ${key.getPublicSSH().toString('base64')}\n`);
  await writeFile(knownHosts, lines.join(''));
  return {
    address: '127.0.0.1',
    port,
    user,
    home,
    identityFile,
    knownHosts,
    hostKey: hostKey.getPublicSSH(),
    seen,
    misbehave(next) {
      how = next;
    },
    async close() {
      for (const client of clients) client.end();
      for (const child of children) child.kill('SIGKILL');
      listener.close();
      await once(listener, 'close');
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

function parse(key: string): ParsedKey {
  const parsed = ssh2.utils.parseKey(key);
  if (parsed instanceof Error) throw parsed;
  return parsed;
}

/** A new ed25519 private key in OpenSSH's format. */
export function newKey(): string {
  for (;;) {
    const { private: key } = ssh2.utils.generateKeyPairSync('ed25519');
    // About one in a hundred of the keys that ssh2 1.17 makes can't be read again, not even by ssh2.
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key;
  }
}
