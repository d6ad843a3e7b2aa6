// Signing a build: what it says of itself is written into it, everything in it is listed, and the list is signed.
import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix, sep } from 'node:path';
import { fail } from '../language/problem/problem.ts';
import { visible } from '../language/problem/visible.ts';
import type { SigningKey } from '../signature/signing-key.ts';
import { makeSshSignature } from '../signature/sshsig.ts';
import { buildJson, NO_LOCKFILE } from './build-record.ts';
import { ignoring } from './ignore.ts';
import { type Manifest, type ManifestEntry, manifestBytes } from './manifest.ts';
import { BUILD_FILES, MANIFEST_FILE, MANIFEST_NAMESPACE, SIGNATURE_FILE, targetFault } from './names.ts';
import { joinOwnProof, type Said } from './own-proof.ts';
import { digestFile, type TreeFile, walkTree } from './tree.ts';

const [BUILD_FILE] = BUILD_FILES;
/** How many refused files are named. */
const NAMED = 20;

/**
 * Writes `build.json`, `manifest.json` and its signature into `root`; a `build.json` that the application's own build made
 * stays. @throws ProblemError 'proof' for what can't be signed
 */
export async function signBuild(
  root: string,
  said: Omit<Said, 'depsSha256'> & { readonly lockfile: string | undefined; readonly ignore: readonly string[] },
  key: SigningKey,
): Promise<Manifest> {
  const { lockfile, ignore, ...about } = said;
  const ignored = ignoring(ignore);
  const own = [MANIFEST_FILE, SIGNATURE_FILE, BUILD_FILE];
  const found = walkTree(root, (path) => ignored(path) || own.includes(path));
  const refused = await refusals(root, found);
  if (ignored(BUILD_FILE) || ignored('public') || ignored('public/proof')) {
    refused.push(`${BUILD_FILE}: a build's own proof can't be left out of it`);
  }
  if (refused.length > 0) refuse(root, refused);

  const depsSha256 = lockfile === undefined ? NO_LOCKFILE : digestFile(lockfile);
  const { record, shown } = await joinOwnProof(root, { ...about, depsSha256 });
  if (!shown) await writeAnew(join(root, BUILD_FILE), buildJson(record));
  const files = found.filter((entry) => entry.type === 'file');
  const entries: ManifestEntry[] = [
    ...files.map(({ path, mode }): ManifestEntry => {
      return { type: 'file', path, sha256: digestFile(join(root, path)), executable: (mode & 0o100) !== 0 };
    }),
    ...found.filter((entry) => entry.type === 'symlink'),
    { type: 'file', path: BUILD_FILE, sha256: digestFile(join(root, BUILD_FILE)), executable: false },
  ];
  const manifest = { entries, record, ignore };
  const bytes = manifestBytes(manifest);
  const signature = await makeSshSignature(key.publicKey.blob, MANIFEST_NAMESPACE, bytes, key.sign);
  await writeAnew(join(root, MANIFEST_FILE), bytes);
  await writeAnew(join(root, SIGNATURE_FILE), signature);
  return manifest;
}

/** Never through a link that lies in its place. */
async function writeAnew(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await rm(file, { force: true });
  await writeFile(file, content, { mode: 0o644 });
}

async function refusals(root: string, found: readonly TreeFile[]): Promise<string[]> {
  const real = await realpath(root);
  const faults = await Promise.all(
    found.map(async (entry): Promise<string[]> => {
      switch (entry.type) {
        case 'unnameable':
          return [`${visible(entry.path)}: ${entry.why}`];
        case 'special':
          return [`${entry.path}: it is neither a file nor a directory nor a link`];
        case 'symlink': {
          const fault = targetFault(entry.target) ?? (await leadsOut(real, entry.path, entry.target));
          return fault === undefined ? [] : [`${entry.path}: ${fault}`];
        }
        case 'file':
          return entry.mode & 0o6000 ? [`${entry.path}: it is set-uid or set-gid`] : [];
        case 'directory':
          return [];
      }
    }),
  );
  return faults.flat();
}

/** By its text, since it may dangle here, and by where it really leads. */
async function leadsOut(real: string, path: string, target: string): Promise<string | undefined> {
  const fault = `it is a link that leaves the build: ${visible(target)}`;
  const text = posix.join(posix.dirname(path), target);
  if (target.startsWith('/') || text === '..' || text.startsWith('../')) return fault;
  const end = await realpath(join(real, path)).catch(() => undefined);
  return end === undefined || end === real || end.startsWith(`${real}${sep}`) ? undefined : fault;
}

function refuse(root: string, refused: readonly string[]): never {
  const more = refused.length > NAMED ? [`… and ${refused.length - NAMED} more`] : [];
  return fail({
    code: 'proof',
    summary: `${root} can't be signed`,
    detail: [...refused.slice(0, NAMED), ...more].map((line) => `  ${line}`).join('\n'),
    hint: 'Take them out of the build, or leave them out of its proof with --ignore PATTERN when they belong to the host.',
  });
}
