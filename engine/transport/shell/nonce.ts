// Random words that nothing on a host can guess.
import { randomBytes } from 'node:crypto';

/** 128 random bits as 32 hexadecimal digits. */
export function makeNonce(): string {
  return randomBytes(16).toString('hex');
}
