// The database clients, generated from the schemas: one for each kind of database.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { kept } from './kept.js';
import { run } from './run.js';

const SCHEMAS = ['prisma/schema.prisma', 'prisma/postgresql/schema.prisma'];

/**
 * Fills `root`/generated.
 * @param {string} root
 * @param {string} cache
 */
export async function generateClients(root, cache) {
  const generated = join(root, 'generated');
  const sources = [...SCHEMAS, 'package-lock.json'].map((path) => join(root, path));
  const place = await kept(cache, 'clients', sources, async (draft) => {
    const prisma = join(root, 'node_modules/.bin/prisma');
    await Promise.all(
      SCHEMAS.map((schema) => run(prisma, ['generate', '--schema', schema], { cwd: root, env: ENVIRONMENT })),
    );
    await run('find', [generated, '-name', '*.d.ts', '-delete']);
    await run('cp', ['-R', `${generated}/.`, draft]);
  });
  await rm(generated, { recursive: true, force: true });
  await run('cp', ['-R', place, generated]);
}

const ENVIRONMENT = {
  ...process.env,
  DATABASE_URL: 'file:/nonexistent',
  CHECKPOINT_DISABLE: '1',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
};
