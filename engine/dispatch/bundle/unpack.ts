// A bundle's files laid down in a private directory: as they lie from the root on the coordinator, so they lie below it.
import { createHash } from 'node:crypto';
import { chmod, mkdir, open, symlink, utimes } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { fail } from '../../language/problem/problem.ts';
import type { BundledFile } from './bundle.ts';

/** A piece of a large file, by its name. */
export type GetPiece = (name: string) => Promise<Uint8Array>;

/**
 * Lays the files down below `root`, which is there and empty. Where an absolute link leads is below it as well.
 * @throws ProblemError `bundle-broken` for what isn't as it was gathered, and what writing throws
 */
export async function unpack(files: readonly BundledFile[], root: string, piece: GetPiece): Promise<void> {
  const below = (path: string) => {
    if (!path.startsWith('/') || normalize(path) !== path) fail(broken(path));
    return join(root, path);
  };
  // What is in a directory is laid down before its own mode may forbid it.
  const made = files.map((file) => ({ ...file, at: below(file.path) }));
  for (const file of made) {
    await mkdir(file.kind === 'directory' ? file.at : dirname(file.at), { recursive: true, mode: 0o700 });
    if (file.kind === 'link') {
      await symlink(file.target.startsWith('/') ? join(root, file.target) : file.target, file.at);
    } else if (file.kind === 'file') await writeFile(file, file.at, piece);
  }
  for (const file of made.toReversed()) {
    if (file.kind === 'directory') await chmod(file.at, file.mode);
    if (file.kind !== 'link') await utimes(file.at, file.modified, file.modified);
  }
}

async function writeFile(
  { path, mode, sha256, bytes }: Extract<BundledFile, { kind: 'file' }>,
  at: string,
  piece: GetPiece,
): Promise<void> {
  const digest = createHash('sha256');
  const file = await open(at, 'wx', 0o600);
  try {
    for (const part of typeof bytes === 'string' ? [bytes] : bytes) {
      const read = typeof bytes === 'string' ? Buffer.from(part, 'base64') : await piece(part);
      digest.update(read);
      await file.writeFile(read);
    }
    await file.chmod(mode);
  } finally {
    await file.close();
  }
  if (digest.digest('hex') !== sha256) fail(broken(path));
}

function broken(path: string) {
  return {
    code: 'seal-broken',
    summary: `‹${path}› isn't as it was gathered`,
    detail: 'The file of the bundle has another digest than the coordinator gave it.',
    hint: 'Nothing of the run was begun here. Start it again.',
  } as const;
}
