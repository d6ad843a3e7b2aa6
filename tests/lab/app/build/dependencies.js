// Production dependencies, for hosts that reach no registry: the service's own, and Prisma's command line for migrations.
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { kept } from './kept.js';
import { run } from './run.js';

/** Types, source maps and documents: half of all files. */
const UNUSED_FILES = ['*.map', '*.d.ts', '*.d.mts', '*.d.cts', '*.md', '*.markdown'];

/** What neither the service nor `prisma migrate` loads: Prisma's studio, its engines for other commands, another libc. */
const UNUSED = [
  'node_modules/@libsql/linux-x64-musl',
  'node_modules/@libsql/linux-arm64-musl',
  'node_modules/@prisma/get-platform/dist/test-utils',
  'node_modules/@types',
  'node_modules/effect/src',
  'node_modules/prisma/build/public',
  'node_modules/prisma/prisma-client',
];

/**
 * Puts node_modules into `tree`.
 * @param {string} root
 * @param {string} cache
 * @param {string} tree
 */
export async function installProduction(root, cache, tree) {
  const parts = ['package.json', 'package-lock.json', '.npmrc'];
  const sources = ['package-lock.json', '.npmrc'].map((part) => join(root, part));
  const place = await kept(cache, 'production', [...sources, import.meta.filename], async (draft) => {
    for (const part of parts) await copyFile(join(root, part), join(draft, part));
    await run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--prefer-offline'], { cwd: draft });
    for (const path of UNUSED) await rm(join(draft, path), { recursive: true, force: true });
    const names = UNUSED_FILES.flatMap((pattern, index) =>
      index === 0 ? ['-name', pattern] : ['-o', '-name', pattern],
    );
    await run('find', [join(draft, 'node_modules'), '-type', 'f', '(', ...names, ')', '-delete']);
    await run('find', [join(draft, 'node_modules/prisma/build'), '-name', 'query_*', '-delete']);
  });
  await run('cp', ['-R', '--preserve=mode,links', '--reflink=auto', join(place, 'node_modules'), tree]);
}
