// Files with a secret that others can read: OpenSSH doesn't use such a key, and whoever makes one so should hear of it.
import { stat } from 'node:fs/promises';
import type { Problem } from '../../language/problem/problem.ts';

/**
 * A warning where somebody else than the owner can do anything with the file, which is what ssh-keygen(1) refuses.
 * `risk` says what they can do with what stands in it.
 */
export async function openToOthers(file: string, risk: string): Promise<readonly Problem[]> {
  const found = await stat(file).catch(() => undefined); // whoever reads it says that it isn't there
  if (!found || (found.mode & 0o077) === 0) return [];
  const mode = (found.mode & 0o7777).toString(8).padStart(4, '0');
  return [
    {
      code: 'signer',
      severity: 'warning',
      summary: `‹${file}› is open to others`,
      detail: `Its mode is ${mode}: ${risk}. ssh-keygen ignores a private key with such permissions.`,
      hint: `Make it yours alone, and think of who may have read it:\n    chmod 600 ${file}`,
    },
  ];
}
