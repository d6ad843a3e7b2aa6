// Private keys in files: reading them in every format that OpenSSH writes, signing with them, and making a new one.
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import ssh2 from 'ssh2';
import { publicKeyBlob } from './public-key.ts';
import { mpint, uint32, WireReader, wireString } from './wire.ts';

/** What came of reading a private key. `hardware`: the file is only a handle, the key itself is in a token. */
export type PrivateKeyResult =
  | { readonly kind: 'key'; readonly key: KeyObject }
  | { readonly kind: 'encrypted' | 'wrong-passphrase' | 'hardware' | 'not-a-key' };

/** Reads a private key: OpenSSH's own format, PKCS#8, PKCS#1 or SEC1, with or without a passphrase. */
export function readPrivateKey(text: string, passphrase?: string): PrivateKeyResult {
  return text.includes('BEGIN OPENSSH PRIVATE KEY') ? readOpenSsh(text, passphrase) : readPem(text, passphrase);
}

function readPem(text: string, passphrase: string | undefined): PrivateKeyResult {
  if (!/-----BEGIN ([A-Z]+ )*PRIVATE KEY-----/.test(text)) return { kind: 'not-a-key' };
  const encrypted = text.includes('ENCRYPTED');
  if (encrypted && passphrase === undefined) return { kind: 'encrypted' };
  try {
    return { kind: 'key', key: createPrivateKey(passphrase === undefined ? text : { key: text, passphrase }) };
  } catch {
    return { kind: encrypted ? 'wrong-passphrase' : 'not-a-key' };
  }
}

function readOpenSsh(text: string, passphrase: string | undefined): PrivateKeyResult {
  const type = openSshType(text);
  if (type === undefined) return { kind: 'not-a-key' };
  if (type.type.startsWith('sk-')) return { kind: 'hardware' };
  if (type.encrypted && passphrase === undefined) return { kind: 'encrypted' };
  const parsed = ssh2.utils.parseKey(text, passphrase);
  if (parsed instanceof Error) return { kind: type.encrypted ? 'wrong-passphrase' : 'not-a-key' };
  return { kind: 'key', key: createPrivateKey(parsed.getPrivatePEM()) };
}

/** The header of OpenSSH's format is never encrypted (PROTOCOL.key). */
function openSshType(text: string): { type: string; encrypted: boolean } | undefined {
  const base64 = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(text)?.[1];
  try {
    const reader = new WireReader(Buffer.from(base64 ?? '', 'base64'));
    reader.take('openssh-key-v1\0'.length);
    const encrypted = reader.text() !== 'none';
    reader.string();
    reader.string();
    reader.uint32();
    return { type: new WireReader(reader.string()).text(), encrypted };
  } catch {
    return undefined;
  }
}

/** The SSH signature blob over `data` by an Ed25519, ECDSA or RSA key. */
export function signWithKey(key: KeyObject, data: Uint8Array): Buffer {
  const type = new WireReader(publicKeyBlob(key)).text();
  if (type === 'ssh-rsa') return blob('rsa-sha2-512', sign('sha512', data, key));
  if (type === 'ssh-ed25519') return blob(type, sign(null, data, key));
  const hash = { 'ecdsa-sha2-nistp256': 'sha256', 'ecdsa-sha2-nistp384': 'sha384' }[type] ?? 'sha512';
  const raw = sign(hash, data, { key, dsaEncoding: 'ieee-p1363' });
  const half = raw.length / 2;
  return blob(type, Buffer.concat([mpint(raw.subarray(0, half)), mpint(raw.subarray(half))]));
}

function blob(type: string, signature: Uint8Array): Buffer {
  return Buffer.concat([wireString(type), wireString(signature)]);
}

/** A new Ed25519 key as `ssh-keygen -t ed25519 -N ''` writes it (PROTOCOL.key), so that stock tools read it too. */
export function newPrivateKey(comment: string): { readonly key: KeyObject; readonly file: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const jwk = privateKey.export({ format: 'jwk' });
  const [seed, point] = [Buffer.from(jwk.d ?? '', 'base64url'), Buffer.from(jwk.x ?? '', 'base64url')];
  const check = randomBytes(4);
  const secret = [
    wireString('ssh-ed25519'),
    wireString(point),
    wireString(Buffer.concat([seed, point])),
    wireString(comment),
  ];
  const inner = Buffer.concat([check, check, ...secret]);
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, index) => index + 1));
  const bytes = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...['none', 'none', ''].map((text) => wireString(text)),
    uint32(1),
    wireString(publicKeyBlob(privateKey)),
    wireString(Buffer.concat([inner, padding])),
  ]);
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? [];
  const file = ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
  return { key: privateKey, file };
}
