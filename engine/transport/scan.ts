// Reading a host's keys without logging in, and pinning them: what `vrun trust` is made of.

import { createHmac, randomBytes } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Duplex } from 'node:stream';
import ssh2, { type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2';
import { readPlainText } from '../language/plain-file.ts';
import type { Target } from './connection.ts';
import { type ConnectContext, readKnownHosts } from './context.ts';
import { fingerprint, judgeHostKey, keyType, type Verdict } from './known-hosts.ts';
import { routeTo } from './route.ts';
import { algorithms, reach } from './ssh.ts';

export interface ScannedKey {
  /** The name in known_hosts: an address, or `[address]:port`. */
  readonly name: string;
  readonly type: string;
  readonly fingerprint: string;
  readonly key: Buffer;
  /** What the known_hosts files say about it so far. */
  readonly verdict: Verdict['verdict'];
}

const families: readonly (readonly ServerHostKeyAlgorithm[])[] = [
  ['ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  ['rsa-sha2-512', 'rsa-sha2-256'],
];

/**
 * The host's ed25519, ecdsa and rsa keys, those that it has. Nothing is logged in to, except jump hosts before it, whose
 * own keys must be known.
 * @throws ProblemError `unreachable`, and for jump hosts whatever a login may throw
 */
export async function scanHostKeys(
  target: Target,
  context: ConnectContext,
  signal: AbortSignal,
): Promise<readonly ScannedKey[]> {
  const route = await routeTo(target, context);
  const files = await readKnownHosts(context, route.knownHosts);
  const found: ScannedKey[] = [];
  for (const family of families) {
    const { socket, release } = await reach(route, target, context, signal);
    const key = await presentedKey(socket, family, signal).finally(release);
    if (key === undefined) continue;
    found.push({
      name: route.name,
      type: keyType(key),
      fingerprint: fingerprint(key),
      key,
      verdict: judgeHostKey(files, route.name, key).verdict,
    });
  }
  return found;
}

/** The key presented when only `kinds` are offered; the handshake is broken off there. */
function presentedKey(
  socket: Duplex,
  kinds: readonly ServerHostKeyAlgorithm[],
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let key: Buffer | undefined;
    const onAbort = (): void => {
      client.destroy();
      reject(signal.reason);
    };
    const done = (): void => {
      signal.removeEventListener('abort', onAbort);
      client.destroy();
      resolve(key);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    client.on('error', done);
    client.once('close', done);
    client.connect({
      sock: socket as ConnectConfig['sock'] & Duplex, // ssh2's type wants a Readable; it needs a duplex
      username: 'nobody',
      algorithms: { ...algorithms, serverHostKey: [...kinds] },
      readyTimeout: 0,
      hostVerifier: (presented: Buffer): boolean => {
        key = presented;
        return false;
      },
    });
  });
}

/**
 * Adds a key to a known_hosts file, which is made when it isn't there (0600). `hashed` hides the name as ssh-keygen -H does.
 * The caller's cache has to be fresh afterwards.
 */
export async function appendKnownHost(file: string, key: ScannedKey, hashed = false): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const before = await readPlainText(file).catch(() => '');
  const separator = before === '' || before.endsWith('\n') ? '' : '\n';
  const name = hashed ? hashName(key.name) : key.name;
  await appendFile(file, `${separator}${name} ${key.type} ${key.key.toString('base64')}\n`, { mode: 0o600 });
}

function hashName(name: string): string {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}
