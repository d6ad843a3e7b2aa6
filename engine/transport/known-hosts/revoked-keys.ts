// RevokedHostKeys (ssh_config(5)): files that are lists of public keys, or key revocation lists, which ssh-keygen judges.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPlain } from '../../base/plain-file.ts';
import { fail } from '../../language/problem/problem.ts';
import { keyType } from './known-hosts.ts';

/** How a KRL begins (OpenSSH, PROTOCOL.krl). */
const krlMagic = Buffer.from('SSHKRL\n\0', 'latin1');

/**
 * The file that revokes `key`, if one does. As with ssh, a file that can't be read or understood lets nobody through.
 * @throws ProblemError `file-unreadable`
 */
export async function revokedBy(files: readonly string[], key: Buffer): Promise<string | undefined> {
  for (const file of files) {
    const data = await readPlain(file).catch((error: Error) => refuse(file, error.message));
    const isKrl = data.subarray(0, krlMagic.length).equals(krlMagic);
    if (isKrl ? await isInKrl(file, key) : isListed(file, data, key)) return file;
  }
  return undefined;
}

function isListed(file: string, data: Buffer, key: Buffer): boolean {
  const lines = data.toString('latin1').split(/\r?\n/);
  const keys = lines.flatMap((line, index) => {
    const [type, blob] = line.trim().split(/[ \t]+/);
    if (type === undefined || type === '' || type.startsWith('#')) return [];
    const one = Buffer.from(blob ?? '', 'base64');
    return keyType(one) === type ? [one] : refuse(file, `line ${index + 1} is not a public key`);
  });
  return keys.some((one) => one.equals(key));
}

async function isInKrl(file: string, key: Buffer): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), 'vrun-krl-'));
  try {
    const own = join(directory, 'key.pub');
    await writeFile(own, `${keyType(key)} ${key.toString('base64')}\n`);
    return await new Promise<boolean>((resolve, reject) => {
      execFile('ssh-keygen', ['-Q', '-f', file, own], { encoding: 'utf8' }, (error, stdout, stderr) => {
        if (error === null) resolve(false);
        else if (/: REVOKED$/m.test(stdout)) resolve(true);
        else reject(new Error(stderr.trim() || error.message));
      });
    }).catch((error: Error) => refuse(file, `ssh-keygen -Q: ${error.message}`));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function refuse(file: string, why: string): never {
  fail({
    code: 'file-unreadable',
    summary: `The revoked keys in ${file} cannot be read`,
    detail: `${why}. Without them no host key is believed.`,
    hint: 'ssh’s configuration names the file as RevokedHostKeys: repair it, or take that line out.',
  });
}
