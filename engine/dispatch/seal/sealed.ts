// What goes through the broker: sealed with a key of the run's, and bound to the place that it is for.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { fail } from '../../language/problem/problem.ts';
import type { RunKey } from './run-key.ts';

/** The first byte: how what follows is sealed. */
const VERSION = 1;
const CIPHER = 'aes-256-gcm';
const KEY = 32;
const NONCE = 12;
const TAG = 16;

/**
 * The version (1 byte), a random nonce (12), the bytes encrypted by AES-256-GCM (NIST SP 800-38D) with `context` as associated data,
 * and the tag (16). `context` says what they are and of which run, such as `ev/RUN/HOST/EPOCH/N`; what stands before its first
 * slash is their purpose, and each purpose has a key of its own (HKDF-SHA-256, RFC 5869, without salt). A run may seal 2^32
 * times for one purpose.
 */
export function sealed(key: RunKey, context: string, bytes: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, keyFor(key, context), nonce, { authTagLength: TAG });
  cipher.setAAD(Buffer.from(context));
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/**
 * What was sealed with this key for this context: all of it, or nothing.
 * @throws ProblemError `seal-broken` for what was altered or cut, is of another run, or was moved here from another context
 */
export function opened(key: RunKey, context: string, bytes: Uint8Array): Uint8Array {
  if (bytes.length < 1 + NONCE + TAG || bytes[0] !== VERSION) return refuse(context);
  const nonce = bytes.subarray(1, 1 + NONCE);
  const decipher = createDecipheriv(CIPHER, keyFor(key, context), nonce, { authTagLength: TAG });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(-TAG));
  const plain = decipher.update(bytes.subarray(1 + NONCE, -TAG));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return refuse(context);
  }
}

function keyFor({ secret }: RunKey, context: string): Uint8Array {
  const [purpose = ''] = context.split('/', 1);
  return new Uint8Array(hkdfSync('sha256', secret, '', `vrun-seal-v${VERSION} ${purpose}`, KEY));
}

function refuse(context: string): never {
  return fail({
    code: 'seal-broken',
    summary: `‹${context}› can’t be opened`,
    detail: 'It was altered or cut on its way through the broker, or was sealed for another run or another place.',
    hint: 'Nothing of it was used. Start the run again; if it happens again, look at who may write to the broker.',
  });
}
