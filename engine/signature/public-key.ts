// SSH public keys: their text and wire forms, fingerprints, and how a signature by each type is checked.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { mpint, WireReader, wireString, withoutZeros } from './wire.ts';

/** A public key as in a `.pub` file: `blob` is what stands there in base64 (RFC 4253, section 6.6). */
export interface PublicKey {
  readonly type: string;
  readonly blob: Buffer;
  readonly comment: string;
}

/** RSA keys with fewer bits are no keys to OpenSSH (SSH_RSA_MINIMUM_MODULUS_SIZE). */
const SHORTEST_RSA = 1024;

const curves: Readonly<Record<string, { readonly jwk: string; readonly size: number; readonly hash: string }>> = {
  nistp256: { jwk: 'P-256', size: 32, hash: 'sha256' },
  nistp384: { jwk: 'P-384', size: 48, hash: 'sha384' },
  nistp521: { jwk: 'P-521', size: 66, hash: 'sha512' },
};

/** `ssh-ed25519 AAAA… comment`, or undefined when the text is no public key. */
export function parsePublicKey(text: string): PublicKey | undefined {
  const [type, base64, ...comment] = text.trim().split(/[ \t]+/);
  if (type === undefined || base64 === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const blob = Buffer.from(base64, 'base64');
  try {
    return new WireReader(blob).text() === type ? { type, blob, comment: comment.join(' ') } : undefined;
  } catch {
    return undefined;
  }
}

/** The line of a `.pub` file, without a comment. */
export function publicKeyLine(blob: Uint8Array): string {
  return `${new WireReader(blob).text()} ${Buffer.from(blob).toString('base64')}`;
}

/** The wire form of a node key, public or private: Ed25519, ECDSA on a NIST curve, or RSA. */
export function publicKeyBlob(key: KeyObject): Buffer {
  const jwk = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  const part = (name: 'x' | 'y' | 'n' | 'e'): Buffer => Buffer.from(jwk[name] ?? '', 'base64url');
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519')
    return Buffer.concat([wireString('ssh-ed25519'), wireString(part('x'))]);
  if (jwk.kty === 'RSA') return Buffer.concat([wireString('ssh-rsa'), mpint(part('e')), mpint(part('n'))]);
  const curve = Object.keys(curves).find((name) => curves[name]?.jwk === jwk.crv);
  if (curve === undefined) throw new Error(`keys of type ${jwk.crv ?? jwk.kty ?? 'unknown'} can't sign`);
  const point = Buffer.concat([Buffer.of(4), part('x'), part('y')]);
  return Buffer.concat([wireString(`ecdsa-sha2-${curve}`), wireString(curve), wireString(point)]);
}

/** Checks an SSH signature blob over `data`. */
export type Check = (data: Uint8Array, signature: Uint8Array) => boolean;

/**
 * How signatures by this key are checked (RFC 4253, 5656, 8332, 8709; PROTOCOL.u2f for hardware keys).
 * @throws Error for a key of an unknown type, a damaged one, or RSA with fewer than 1024 bits
 */
export function signatureCheck(blob: Uint8Array): Check {
  const reader = new WireReader(blob);
  const type = reader.text();
  switch (type) {
    case 'ssh-ed25519': {
      const key = ed25519(reader.string());
      reader.end();
      return plain(type, (data, raw) => verify(null, data, key, raw));
    }
    case 'sk-ssh-ed25519@openssh.com': {
      const key = ed25519(reader.string());
      const application = reader.string();
      reader.end();
      return hardware(type, application, (data, raw) => verify(null, data, key, raw));
    }
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521': {
      const check = ecdsa(reader);
      reader.end();
      return plain(type, check);
    }
    case 'sk-ecdsa-sha2-nistp256@openssh.com': {
      const check = ecdsa(reader);
      const application = reader.string();
      reader.end();
      return hardware(type, application, check);
    }
    case 'ssh-rsa':
      return rsa(reader);
    default:
      throw new Error(`keys of type ${type} are not known`);
  }
}

/** Keys that OpenSSH still reads in a list and that can't make a signature here. */
const ONLY_LISTED = /^ssh-dss$|-cert-v01@openssh\.com$/;

/** True for the wire form of a key that OpenSSH knows. */
export function isPublicKey(blob: Uint8Array): boolean {
  try {
    if (ONLY_LISTED.test(new WireReader(blob).text())) return true;
    signatureCheck(blob);
    return true;
  } catch {
    return false;
  }
}

function plain(type: string, check: (data: Uint8Array, raw: Buffer) => boolean): Check {
  return (data, signature) => {
    const reader = new WireReader(signature);
    const signed = reader.text();
    const raw = reader.string();
    reader.end();
    return signed === type && check(data, raw);
  };
}

/** A hardware key signs the digest of the data between that of the application's name and its own flags and counter. */
function hardware(type: string, application: Buffer, check: (data: Uint8Array, raw: Buffer) => boolean): Check {
  const name = createHash('sha256').update(application).digest();
  return (data, signature) => {
    const reader = new WireReader(signature);
    const signed = reader.text();
    const raw = reader.string();
    const flagsAndCounter = reader.take(5);
    reader.end();
    const digest = createHash('sha256').update(data).digest();
    return signed === type && check(Buffer.concat([name, flagsAndCounter, digest]), raw);
  };
}

function ed25519(raw: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
}

function ecdsa(reader: WireReader): (data: Uint8Array, raw: Buffer) => boolean {
  const curve = curves[reader.text()];
  const point = reader.string();
  if (curve === undefined || point.length !== 1 + 2 * curve.size || point[0] !== 4)
    throw new Error('a damaged ECDSA key');
  const x = point.subarray(1, 1 + curve.size).toString('base64url');
  const y = point.subarray(1 + curve.size).toString('base64url');
  const key = createPublicKey({ key: { kty: 'EC', crv: curve.jwk, x, y }, format: 'jwk' });
  return (data, raw) => {
    const numbers = new WireReader(raw);
    const [r, s] = [withoutZeros(numbers.string()), withoutZeros(numbers.string())];
    numbers.end();
    if (r.length > curve.size || s.length > curve.size) return false;
    const padded = Buffer.alloc(2 * curve.size);
    padded.set(r, curve.size - r.length);
    padded.set(s, 2 * curve.size - s.length);
    return verify(curve.hash, data, { key, dsaEncoding: 'ieee-p1363' }, padded);
  };
}

function rsa(reader: WireReader): Check {
  const e = Buffer.from(withoutZeros(reader.string())).toString('base64url');
  const modulus = withoutZeros(reader.string());
  reader.end();
  if (modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24 < SHORTEST_RSA)
    throw new Error(`an RSA key of fewer than ${SHORTEST_RSA} bits`);
  const n = Buffer.from(modulus).toString('base64url');
  const key = createPublicKey({ key: { kty: 'RSA', e, n }, format: 'jwk' });
  return (data, signature) => {
    const parts = new WireReader(signature);
    const type = parts.text();
    const raw = parts.string();
    parts.end();
    if (type !== 'rsa-sha2-512' && type !== 'rsa-sha2-256') return false;
    return verify(type === 'rsa-sha2-512' ? 'sha512' : 'sha256', data, key, raw);
  };
}
