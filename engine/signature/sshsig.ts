// SSHSIG (OpenSSH's PROTOCOL.sshsig): the signature that `ssh-keygen -Y verify` checks.
import { createHash } from 'node:crypto';
import { type Check, signatureCheck } from './public-key.ts';
import { uint32, WireReader, wireString } from './wire.ts';

const MAGIC = Buffer.from('SSHSIG');
const BEGIN = '-----BEGIN SSH SIGNATURE-----';
const END = '-----END SSH SIGNATURE-----';

/** Signs bytes and gives the whole SSH signature blob (type, signature and what the type adds). */
export type SignBlob = (data: Uint8Array) => Promise<Uint8Array> | Uint8Array;

/** A signature taken apart: the signer's key and the signature blob over `signedData(namespace, message, hash)`. */
export interface SshSignature {
  readonly publicKey: Buffer;
  readonly namespace: string;
  readonly hash: 'sha256' | 'sha512';
  readonly signature: Buffer;
}

/** The bytes that the key really signs for a message. */
function signedData(namespace: string, message: Uint8Array, hash: 'sha256' | 'sha512'): Buffer {
  const digest = createHash(hash).update(message).digest();
  return Buffer.concat([MAGIC, wireString(namespace), wireString(''), wireString(hash), wireString(digest)]);
}

/** An armored SSHSIG over `message`, ending in a newline. `publicKey` is the wire form of the signing key. */
export async function makeSshSignature(
  publicKey: Uint8Array,
  namespace: string,
  message: Uint8Array,
  sign: SignBlob,
): Promise<string> {
  return armorSignature(publicKey, namespace, await sign(signedData(namespace, message, 'sha512')), 'sha512');
}

/** As `makeSshSignature`, for a key in memory: nothing to wait for. */
export function makeSshSignatureSync(
  publicKey: Uint8Array,
  namespace: string,
  message: Uint8Array,
  sign: (data: Uint8Array) => Uint8Array,
): string {
  return armorSignature(publicKey, namespace, sign(signedData(namespace, message, 'sha512')), 'sha512');
}

function armorSignature(
  publicKey: Uint8Array,
  namespace: string,
  signature: Uint8Array,
  hash: 'sha256' | 'sha512',
): string {
  const fields = [publicKey, namespace, '', hash, signature].map(wireString);
  const base64 = Buffer.concat([MAGIC, uint32(1), ...fields]).toString('base64');
  return [BEGIN, ...(base64.match(/.{1,70}/g) ?? []), END, ''].join('\n');
}

/**
 * Takes an armored SSHSIG apart. Only the one exact way to write it is accepted (lines of 70 characters, one newline at
 * the end), so that no byte of it can be changed unseen.
 * @throws Error that says what is wrong
 */
export function parseSshSignature(armored: string): SshSignature {
  const body = armored.startsWith(`${BEGIN}\n`) ? armored.slice(BEGIN.length + 1) : '';
  const end = body.indexOf(`\n${END}\n`);
  if (end < 0) throw new Error('the signature is not armored as OpenSSH does');
  try {
    return parseBlob(Buffer.from(body.slice(0, end), 'base64'), armored);
  } catch (error) {
    throw new Error(`the signature can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parseBlob(blob: Buffer, armored: string): SshSignature {
  const reader = new WireReader(blob);
  if (!reader.take(MAGIC.length).equals(MAGIC) || reader.uint32() !== 1)
    throw new Error('it is no SSHSIG of version 1');
  const publicKey = reader.string();
  const namespace = reader.text();
  const reserved = reader.string();
  const hash = reader.text();
  const signature = reader.string();
  reader.end();
  if (hash !== 'sha512' && hash !== 'sha256') throw new Error('it uses an unknown hash');
  if (reserved.length > 0 || armorSignature(publicKey, namespace, signature, hash) !== armored) {
    throw new Error('it is not written as OpenSSH does');
  }
  return { publicKey, namespace, hash, signature };
}

/** Checks signatures; keeps what it made of each key. */
export class SignatureVerifier {
  readonly #checks = new Map<string, Check>();

  /**
   * Checks an armored SSHSIG over `message`, and gives the key that made it. Whether that key may sign is the caller's question.
   * @throws Error that says what is wrong
   */
  verify(armored: string, namespace: string, message: Uint8Array): Buffer {
    const parsed = parseSshSignature(armored);
    if (parsed.namespace !== namespace) throw new Error(`the signature is for ${parsed.namespace}, not ${namespace}`);
    const id = parsed.publicKey.toString('latin1');
    const check = this.#checks.get(id) ?? signatureCheck(parsed.publicKey);
    if (this.#checks.size > 100) this.#checks.clear();
    this.#checks.set(id, check);
    if (!holds(check, signedData(namespace, message, parsed.hash), parsed.signature))
      throw new Error('the signature is wrong');
    return parsed.publicKey;
  }
}

function holds(check: Check, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    return check(data, signature);
  } catch {
    return false; // a signature blob that ends too early, or has bytes too many
  }
}
