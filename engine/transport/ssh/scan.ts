// Reading a host's keys without logging in, and pinning them: what `vrun trust` is made of.

import { createHmac, randomBytes } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import ssh2, { type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2';
import { fingerprint } from '../../base/digest.ts';
import { readPlainText } from '../../base/plain-file.ts';
import { fail } from '../../language/problem/problem.ts';
import type { Target } from '../channel/connection.ts';
import { type KeyVerdict, keyType, lineOf } from '../known-hosts/known-hosts.ts';
import { algorithmsFor } from './algorithms.ts';
import type { ConnectContext } from './context.ts';
import { HostKeyJudge } from './host-check.ts';
import { type Route, routeTo } from './route.ts';
import { hearHello, type ServerHello } from './server-hello.ts';
import { loginBySsh } from './ssh.ts';
import { wayTo } from './way.ts';

export interface ScannedKey {
  /** The name in known_hosts: an address, or `[address]:port`. */
  readonly name: string;
  readonly type: string;
  readonly fingerprint: string;
  readonly key: Buffer;
  /** What the known_hosts files say about it so far. */
  readonly verdict: KeyVerdict['verdict'];
  /** Where the lines stand that are in its way: `file:line`. */
  readonly against: readonly string[];
}

/** What a host shows, and where its keys are pinned. */
export interface Scan {
  readonly keys: readonly ScannedKey[];
  readonly file: string;
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
export async function scanHostKeys(target: Target, context: ConnectContext, signal: AbortSignal): Promise<Scan> {
  const route = await routeTo(target, context);
  const judge = await HostKeyJudge.of(route.check, context);
  const way = await wayTo(route, target, { context, logIn: loginBySsh, signal });
  const found: { readonly key: Buffer; readonly verdict: KeyVerdict }[] = [];
  let hello: ServerHello | undefined;
  for (const family of families) {
    const presented = await presentedKey(await way.open(signal), family, route, signal);
    hello = presented.hello;
    if (presented.key !== undefined) {
      found.push({ key: presented.key, verdict: await judge.verdict(presented.key, undefined) });
    }
  }
  if (found.length === 0) noKey(route, hello);
  const isKnown = found.some(({ verdict }) => verdict.verdict === 'match');
  const keys = found.map(({ key, verdict }) => ({
    name: route.check.names[0],
    type: keyType(key),
    fingerprint: fingerprint(key),
    key,
    verdict: isKnown && isNewKind(key, verdict) ? 'unknown' : verdict.verdict,
    against: againstIt(verdict),
  }));
  const [file = join(context.home, '.ssh', 'known_hosts')] = [...route.check.pins, ...route.check.own];
  return { keys, file };
}

function againstIt(verdict: KeyVerdict): readonly string[] {
  if (verdict.verdict === 'revoked') return [verdict.by];
  return verdict.verdict === 'changed' ? verdict.pinned.map(lineOf) : [];
}

/** A host that has proved to have a pinned key may have others, of kinds that aren't pinned yet. */
function isNewKind(key: Buffer, verdict: KeyVerdict): boolean {
  return verdict.verdict === 'changed' && !verdict.pinned.some(({ type }) => type === keyType(key));
}

function noKey({ host, address, port }: Route, hello: ServerHello | undefined): never {
  const said = hello?.lines.length ? ` It said: ${hello.lines.join(' ')}` : '';
  const has = hello?.hostKeys === undefined ? '' : ` It has: ${hello.hostKeys.join(', ')}.`;
  fail({
    code: 'unreachable',
    summary: `${host} showed no key that vrun can check`,
    detail: `${address}:${port} was asked for ed25519, ecdsa and rsa keys.${has}${said}`,
    hint: 'Keys of other kinds are checked by the stock client (ansible_connection=openssh); ssh-keyscan shows them.',
  });
}

/** The key that the host proves to have when only `kinds` are offered; nothing is said after that. */
function presentedKey(
  socket: Duplex,
  kinds: readonly ServerHostKeyAlgorithm[],
  route: Route,
  signal: AbortSignal,
): Promise<{ readonly key: Buffer | undefined; readonly hello: ServerHello }> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let presented: Buffer | undefined;
    let proved = false;
    const onAbort = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    const done = (): void => {
      signal.removeEventListener('abort', onAbort);
      resolve({ key: proved ? presented : undefined, hello: told() });
      socket.destroy();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    client.on('error', done);
    client.once('close', done);
    // The key's signature is only checked after it was accepted: somebody in between could show one that isn't his.
    client.once('handshake', () => {
      proved = true;
      done();
    });
    client.connect({
      sock: socket as ConnectConfig['sock'] & Duplex, // ssh2's type wants a Readable; it needs a duplex
      username: 'nobody',
      algorithms: { ...algorithmsFor(route.algorithms), serverHostKey: [...kinds] },
      readyTimeout: 0,
      authHandler: (_left, _partial, next) => {
        // @ts-expect-error `false` ends the login (ssh2's README); its types leave it out
        next(false);
      },
      hostVerifier: (key: Buffer): boolean => {
        presented = key;
        return true;
      },
    });
    const told = hearHello(socket);
  });
}

/**
 * Adds a key to a known_hosts file, which is made when it isn't there (0600). `hashed` hides the name as ssh-keygen -H does.
 * The caller's cache has to be fresh afterwards.
 */
export async function appendKnownHost(
  file: string,
  key: Pick<ScannedKey, 'name' | 'type' | 'key'>,
  hashed = false,
): Promise<void> {
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
