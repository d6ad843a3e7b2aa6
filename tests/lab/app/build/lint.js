// The gate `lint`: every file of JavaScript can be parsed, and the lock file names no host of a registry.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.js';

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = ['.', 'lib', 'build', 'test', 'assets'];

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(ROOT, folder, name)),
);
await Promise.all(files.map((file) => run(process.execPath, ['--check', file])));

if (/"resolved": "http/.test(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))) {
  throw new Error(
    'package-lock.json names the registry that it was made with: omit-lockfile-registry-resolved in .npmrc',
  );
}
