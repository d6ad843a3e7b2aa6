// How we log in: the keys to try, in order, each read or asked for only when its turn comes.

import { join } from 'node:path';
import ssh2, { type AnyAuthMethod, type ParsedKey } from 'ssh2';
import { readPlain } from '../language/plain-file.ts';
import type { ConnectContext } from './context.ts';
import { kindOf } from './host-key.ts';
import { fingerprint } from './known-hosts.ts';

/** What to log in with. */
export interface Identities {
  readonly user: string;
  readonly files: readonly string[];
  /** The files were named by someone; otherwise they are ssh's defaults and may be missing. */
  readonly named: boolean;
  readonly agent: string | undefined;
}

/** What was tried, for the message when none of it was enough. */
export interface Tried {
  readonly keys: string[];
  readonly notes: string[];
  /** The ways in that the host named. */
  readonly accepts: string[];
}

/** ssh's default identities (ssh(1), -i), without the kinds that ssh2 can't use. */
export function defaultIdentityFiles(home: string): string[] {
  return ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(home, '.ssh', name));
}

/**
 * The ways to log in, one after the other. A named key file comes before the agent, which then isn't even asked when the
 * file is enough, unless the file has a passphrase that the agent may save us; ssh's default files come after the agent.
 */
export async function* authMethods(
  identities: Identities,
  context: ConnectContext,
  tried: Tried,
): AsyncGenerator<AnyAuthMethod, void> {
  const { user, agent, files, named } = identities;
  const fileFirst = named && (agent === undefined || !(await anyLocked(files)));
  if (fileFirst) yield* fileMethods(identities, context, tried, files);
  if (agent !== undefined) {
    tried.keys.push('the keys in ssh-agent');
    yield { type: 'agent', username: user, agent };
  }
  if (!fileFirst) yield* fileMethods(identities, context, tried, files);
}

async function* fileMethods(
  { user, named }: Identities,
  context: ConnectContext,
  tried: Tried,
  files: readonly string[],
): AsyncGenerator<AnyAuthMethod, void> {
  for (const file of files) {
    const key = await loadKey(file, context);
    if (key instanceof Error) {
      if (named || !isMissing(key)) tried.notes.push(`${file}: ${key.message}`);
      continue;
    }
    tried.keys.push(`${file} (${kindOf(key.type)} ${fingerprint(key.getPublicSSH())})`);
    yield { type: 'publickey', username: user, key };
  }
}

async function anyLocked(files: readonly string[]): Promise<boolean> {
  for (const file of files) {
    const data = await readPlain(file).catch(() => undefined);
    if (data !== undefined && isLocked(ssh2.utils.parseKey(data))) return true;
  }
  return false;
}

function isLocked(key: ParsedKey | Error): boolean {
  return key instanceof Error && /passphrase/i.test(key.message);
}

/** Reads a private key file once a run, asking for its passphrase when it has one. */
function loadKey(file: string, context: ConnectContext): Promise<ParsedKey | Error> {
  const known = context.cache.keys.get(file);
  if (known !== undefined) return known;
  const loading = readKey(file, context);
  context.cache.keys.set(file, loading);
  return loading;
}

async function readKey(file: string, context: ConnectContext): Promise<ParsedKey | Error> {
  let data: Buffer;
  try {
    data = await readPlain(file);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
  const key = ssh2.utils.parseKey(data);
  if (!(key instanceof Error)) return usable(key);
  if (!isLocked(key)) return new Error(unusableReason(data, key));
  for (let attempt = 0; attempt < 3; attempt++) {
    const passphrase = await context.ask?.(`Passphrase for ${file}`);
    if (passphrase === undefined) return new Error('it has a passphrase, which was not given');
    const opened = ssh2.utils.parseKey(data, passphrase.reveal());
    if (!(opened instanceof Error)) return usable(opened);
  }
  return new Error('the passphrase was wrong three times');
}

function usable(key: ParsedKey): ParsedKey | Error {
  return key.isPrivateKey() ? key : new Error('it holds a public key only');
}

function unusableReason(data: Buffer, error: Error): string {
  const text = Buffer.from(data.toString('latin1').replace(/-----[^\n]*-----|\s/g, ''), 'base64').toString('latin1');
  return /sk-(ssh|ecdsa)-/.test(text)
    ? 'a hardware (FIDO) key, which only ansible_connection=openssh can use'
    : error.message;
}

function isMissing(error: Error): boolean {
  return 'code' in error && error.code === 'ENOENT';
}
