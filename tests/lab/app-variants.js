// Versions of the application that deployments go to, well or badly. Each changes a copy of the sources.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** @type {Record<string, (directory: string) => Promise<void>>} */
export const variants = {
  v2: async (directory) => {
    await newVersion(directory, { number: '2.0.0', word: 'two', color: '#3c1a2b' });
    await replace(
      directory,
      'prisma/schema.prisma',
      '  text      String\n',
      '  text      String\n  author    String?\n',
    );
    await replace(
      directory,
      'prisma/postgresql/schema.prisma',
      '  text      String\n',
      '  text      String\n  author    String?\n',
    );
    await migration(directory, '20260201090000_note_author', {
      sqlite: 'ALTER TABLE "Note" ADD COLUMN "author" TEXT;\n',
      postgresql: 'ALTER TABLE "Note" ADD COLUMN "author" TEXT;\n',
    });
  },

  v3: async (directory) => {
    await variants.v2?.(directory);
    await newVersion(directory, { number: '3.0.0', word: 'three', color: '#2b3c1a' });
    await migration(directory, '20260301090000_note_author_index', {
      sqlite: 'CREATE INDEX "Note_author_idx" ON "Note"("author");\n',
      postgresql: 'CREATE INDEX "Note_author_idx" ON "Note"("author");\n',
    });
  },

  // The row of the version that runs has no stop yet. An empty database, as in the tests of the application, takes it.
  'failing-migration': async (directory) => {
    await newVersion(directory, { number: '4.0.0', word: 'four', color: '#442200' });
    const table = (/** @type {string} */ time) => `CREATE TABLE "Run" (
    "startId" INTEGER NOT NULL PRIMARY KEY,
    "stoppedAt" ${time} NOT NULL
);

INSERT INTO "Run" ("startId", "stoppedAt") SELECT "id", "stoppedAt" FROM "Start";
`;
    await migration(directory, '20260401090000_runs', { sqlite: table('DATETIME'), postgresql: table('TIMESTAMP(3)') });
  },

  crashing: async (directory) => {
    await newVersion(directory, { number: '5.0.0', word: 'five', color: '#662200' });
    const start = 'const service = await startService';
    await replace(
      directory,
      'server.js',
      start,
      `if (settings.production) throw new Error('the licence of version five cannot be read');\n${start}`,
    );
  },

  slow: async (directory) => {
    await newVersion(directory, { number: '6.0.0', word: 'six', color: '#226600' });
    const start = 'const service = await startService';
    await replace(
      directory,
      'server.js',
      start,
      `if (settings.production) await new Promise((resolve) => setTimeout(resolve, 8000));\n${start}`,
    );
  },

  // As `PORT=3005 npx next start`: the port in the script wins over the environment's.
  'own-port': async (directory) => {
    await newVersion(directory, { number: '8.0.0', word: 'eight', color: '#444422' });
    await replace(directory, 'package.json', '"start": "node server.js"', '"start": "PORT=3005 node server.js"');
  },

  // Listens wherever it can, whatever it is told.
  open: async (directory) => {
    await newVersion(directory, { number: '9.0.0', word: 'nine', color: '#224444' });
    await replace(directory, 'lib/settings.js', "env.HOSTNAME ?? '0.0.0.0'", "'0.0.0.0'");
  },

  // A page with an inline script that its own policy doesn't allow.
  'blocked-script': async (directory) => {
    await newVersion(directory, { number: '10.0.0', word: 'ten', color: '#224400' });
    await replace(directory, 'lib/pages.js', '<script nonce="${nonce}">', '<script>');
    await replace(
      directory,
      'test/service.test.js',
      '<script nonce="${nonce.replaceAll(/[+/]/g, \'.\')}">',
      '<script>',
    );
  },

  unhealthy: async (directory) => {
    await newVersion(directory, { number: '7.0.0', word: 'seven', color: '#226644' });
    await replace(
      directory,
      'lib/routes.js',
      '    const notes = await client.note.count();',
      "    if (process.env.NODE_ENV === 'production') throw new Error('version seven never feels well');\n    const notes = await client.note.count();",
    );
  },
};

/**
 * Another version number, other words on the home page, another stylesheet.
 * @param {string} directory
 * @param {{ number: string, word: string, color: string }} version
 */
async function newVersion(directory, { number, word, color }) {
  await replace(directory, 'package.json', /"version": "[^"]+"/, `"version": "${number}"`);
  await replace(directory, 'lib/pages.js', /Version \w+ is running/, `Version ${word} is running`);
  await replace(directory, 'assets/style.css', /color: #\w+/, `color: ${color}`);
}

/**
 * @param {string} directory
 * @param {string} name
 * @param {{ sqlite: string, postgresql: string }} sql
 */
async function migration(directory, name, { sqlite, postgresql }) {
  await write(directory, `prisma/migrations/${name}/migration.sql`, sqlite);
  await write(directory, `prisma/postgresql/migrations/${name}/migration.sql`, postgresql);
}

/**
 * @param {string} directory
 * @param {string} path
 * @param {string} text
 */
async function write(directory, path, text) {
  const file = join(directory, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/**
 * @param {string} directory
 * @param {string} path
 * @param {string | RegExp} from  must be there: the application may have changed since the variant was written
 * @param {string} to
 */
async function replace(directory, path, from, to) {
  const file = join(directory, path);
  const before = await readFile(file, 'utf8');
  const after = before.replace(from, () => to);
  if (after === before) throw new Error(`a variant does not fit ${path}: it has no ${from}`);
  await writeFile(file, after);
}
