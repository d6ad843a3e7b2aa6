// SHA-256 of bytes at hand (FIPS 180-4), in the two ways in which people read it.
import { hash } from 'node:crypto';

/** 64 hexadecimal digits, as sha256sum(1) prints them. */
export function sha256(bytes: string | Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

/** `SHA256:…` of a public key's blob, as `ssh-keygen -l` prints it. */
export function fingerprint(blob: Uint8Array): string {
  return `SHA256:${hash('sha256', blob, 'base64').replace(/=+$/, '')}`;
}
