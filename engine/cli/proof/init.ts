// `vrun proof init`: the key that signs builds. It lies outside of every project: who may change the code, or what is
// built of it, must not thereby be able to sign.

import { access, chmod, mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createFile } from '../../audit/chain/durable-file.ts';
import { fingerprint } from '../../base/digest.ts';
import { hasCode } from '../../base/file-error.ts';
import { readPlainText } from '../../base/plain-file.ts';
import { fail } from '../../language/problem/problem.ts';
import { MANIFEST_NAMESPACE } from '../../proof/names.ts';
import { newPrivateKey } from '../../signature/private-key.ts';
import { publicKeyLine } from '../../signature/public-key.ts';
import { findKey } from '../../signature/signing-key.ts';
import type { Environment } from '../shared/environment.ts';
import { keyWays } from '../shared/signer.ts';
import { proofKeyFile } from './key-file.ts';

/** Makes the key unless it is there, and lists it. Never overwrites. @throws ProblemError */
export async function initProof(
  environment: Environment,
  { key, identity, allowedSigners }: InitOptions,
): Promise<void> {
  if (!/^[^\s"'\\,*?!#\p{Cc}]+$/u.test(identity)) {
    fail({
      code: 'usage',
      summary: `‹${identity}› can't name a signer`,
      detail: 'A principal of allowed_signers has no white space, quotes, commas, `*`, `?`, `!`, `#` or backslashes.',
      hint: 'Give one with --identity, for example an address.',
    });
  }
  const project = await enclosing(dirname(key));
  if (project !== undefined) {
    fail({
      code: 'proof',
      summary: 'The key must lie outside of the project',
      detail: `${key} is in ${project}: whoever changes what is built there could sign it, too.`,
      hint: `Leave --key out, and it is ${proofKeyFile(environment)}; or name a place outside.`,
    });
  }
  await mkdir(dirname(key), { recursive: true, mode: 0o700 });
  const made = newPrivateKey(identity);
  const created = await createFile(key, made.file);
  const { publicKey } = await findKey(key, keyWays(environment));
  const line = `${identity} namespaces="${MANIFEST_NAMESPACE}" ${publicKeyLine(publicKey.blob)}`;
  if (created) await createFile(`${key}.pub`, `${publicKeyLine(publicKey.blob)} ${identity}\n`, 0o644);
  const file = allowedSigners ?? join(dirname(key), 'allowed_signers');
  const before = await list(file, line, publicKeyLine(publicKey.blob));
  environment.stdout.write(
    [
      created
        ? `Made the key ${key} (${fingerprint(publicKey.blob)}). Keep it, and keep it to yourself.`
        : `The key ${key} is there already (${fingerprint(publicKey.blob)}): nothing was overwritten.`,
      before === undefined ? `Listed it in ${file}:` : `${file} lists it already:`,
      '',
      `    ${before ?? line}`,
      '',
      'Whoever deploys needs that line: it says whose builds are trusted.',
      '',
    ].join('\n'),
  );
}

interface InitOptions {
  readonly key: string;
  readonly identity: string;
  readonly allowedSigners: string | undefined;
}

/** Adds the line unless the key is in the file: then it gives the line that is there. */
async function list(file: string, line: string, key: string): Promise<string | undefined> {
  const text = await readPlainText(file).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  const before = text?.split('\n').find((one) => one.includes(key) && !one.trimStart().startsWith('#'));
  if (before !== undefined) return before;
  await mkdir(dirname(file), { recursive: true });
  const gap = text === undefined || text === '' || text.endsWith('\n') ? '' : '\n';
  await writeFile(file, `${gap}${line}\n`, { flag: 'a' });
  if (text === undefined) await chmod(file, 0o644);
  return undefined;
}

/** The project or git work tree that a directory, made or not, is in. */
async function enclosing(directory: string): Promise<string | undefined> {
  let at = directory;
  while (!(await exists(at)) && dirname(at) !== at) at = dirname(at);
  at = await realpath(at);
  for (;;) {
    if ((await exists(join(at, 'vrun.yml'))) || (await exists(join(at, '.git')))) return at;
    if (dirname(at) === at) return undefined;
    at = dirname(at);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
