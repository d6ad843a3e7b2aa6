// One identity file, as ssh takes it: its public half, which may be known without a passphrase, and its private one.

import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import ssh2, { type ParsedKey } from 'ssh2';
import { hasCode } from '../../base/file-error.ts';
import { readPlain } from '../../base/plain-file.ts';
import { keyType } from '../known-hosts/known-hosts.ts';
import type { ConnectContext } from './context.ts';
import type { LoginKey } from './identity.ts';

/** Reads an identity file, once a run. */
export function readIdentityFile(file: string, context: ConnectContext): Promise<LoginKey> {
  const known = context.cache.keys.get(file);
  if (known !== undefined) return known;
  const reading = read(file, context);
  context.cache.keys.set(file, reading);
  return reading;
}

async function read(file: string, context: ConnectContext): Promise<LoginKey> {
  const [data, beside] = await Promise.all([
    readPlain(file).catch((error: NodeJS.ErrnoException) => error),
    readPlain(`${file}.pub`)
      .then((text) => text.toString('latin1'))
      .catch(() => ''),
  ]);
  const text = data instanceof Error ? '' : data.toString('latin1');
  // The order is ssh's: what stands in FILE.pub goes before what the private key would say of itself.
  const own = publicLine(text);
  const blob = own ?? publicLine(beside) ?? publicPart(text);
  const nobody = { file, blob, key: undefined, missing: hasCode(data, 'ENOENT') };
  const refused = (why: string): LoginKey => ({ ...nobody, unusable: why, open: async () => new Error(why) });
  const foreign = blob === undefined ? undefined : foreignKind(keyType(blob));
  if (data instanceof Error) return refused(foreign ?? data.message);
  if (own !== undefined) return refused(foreign ?? 'it holds a public key only, and no agent has the private one');
  if (foreign !== undefined) return refused(foreign);
  const open = await stat(file);
  if (open.uid === ownUid() && (open.mode & 0o077) !== 0) {
    const mode = (open.mode & 0o777).toString(8).padStart(4, '0');
    return refused(`others may read it (mode ${mode}), and ssh ignores such a key too: chmod 600 ${file}`);
  }
  const key = ssh2.utils.parseKey(data);
  if (!(key instanceof Error)) {
    const wrong = mismatch(key, blob);
    return wrong === undefined ? { ...nobody, key, unusable: undefined, open: async () => key } : refused(wrong);
  }
  if (!/passphrase/i.test(key.message)) return refused(key.message);
  let opening: Promise<ParsedKey | Error> | undefined;
  const unlocked = (): Promise<ParsedKey | Error> => {
    opening ??= unlock(file, data, blob, context);
    return opening;
  };
  return { ...nobody, unusable: undefined, open: unlocked };
}

async function unlock(
  file: string,
  data: Buffer,
  blob: Buffer | undefined,
  context: ConnectContext,
): Promise<ParsedKey | Error> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const passphrase = await context.ask?.(`Passphrase for ${file}`);
    if (passphrase === undefined) return new Error('it has a passphrase, which was not given');
    const key = ssh2.utils.parseKey(data, passphrase.reveal());
    if (key instanceof Error) continue;
    const wrong = mismatch(key, blob);
    return wrong === undefined ? key : new Error(wrong);
  }
  return new Error('the passphrase was wrong three times');
}

/** Undefined for a user id without an entry in the user database. */
function ownUid(): number | undefined {
  try {
    return userInfo().uid;
  } catch {
    return undefined;
  }
}

function mismatch(key: ParsedKey, blob: Buffer | undefined): string | undefined {
  if (!key.isPrivateKey()) return 'it holds no private key';
  return blob === undefined || key.getPublicSSH().equals(blob)
    ? undefined
    : 'the public key beside it (.pub) is of another key';
}

/** Why a kind of key needs the stock client. */
export function foreignKind(type: string): string | undefined {
  if (/-cert(-v\d+@openssh\.com)?$/.test(type)) return 'a certificate, which only ansible_connection=openssh can use';
  if (/^(webauthn-)?sk-/.test(type)) return 'a hardware (FIDO) key, which only ansible_connection=openssh can use';
  return /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521))$/.test(type)
    ? undefined
    : `a key of the type ${type}, which only ansible_connection=openssh can use`;
}

/** The first line that is a public key (sshd(8), without options). */
function publicLine(text: string): Buffer | undefined {
  for (const line of text.split(/\r?\n/)) {
    const [type = '', blob = ''] = line.trim().split(/[ \t]+/);
    const key = type.length < 7 ? undefined : Buffer.from(blob, 'base64');
    if (key !== undefined && keyType(key) === type) return key;
  }
  return undefined;
}

/** The public key in the clear part of a private one (OpenSSH, PROTOCOL.key): magic, three strings, a count, the key. */
function publicPart(text: string): Buffer | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)-----END/.exec(text)?.[1];
  const data = Buffer.from(body ?? '', 'base64');
  let at = 'openssh-key-v1\0'.length;
  for (let field = 0; field < 4; field++) {
    if (field === 3) at += 4;
    if (at + 4 > data.length) return undefined;
    const end = at + 4 + data.readUInt32BE(at);
    if (field === 3) return end > data.length ? undefined : data.subarray(at + 4, end);
    at = end;
  }
  return undefined;
}

/** Bits of an RSA key (RFC 4253, 6.6): the length of the second number after the type. Undefined for other kinds. */
export function rsaBits(blob: Buffer): number | undefined {
  if (keyType(blob) !== 'ssh-rsa') return undefined;
  let at = 4 + 'ssh-rsa'.length;
  if (at + 4 > blob.length) return 0;
  at += 4 + blob.readUInt32BE(at);
  if (at + 4 > blob.length) return 0;
  const number = blob.subarray(at + 4, at + 4 + blob.readUInt32BE(at));
  const first = number.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (number.length - first - 1) * 8 + (32 - Math.clz32(number[first] ?? 0));
}
