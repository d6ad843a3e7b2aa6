// The gate `lint`: every file of JavaScript can be parsed, and the lock file names no host of a registry.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SourceTextModule } from 'node:vm';

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = ['.', 'lib', 'build', 'test', 'assets'];

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(ROOT, folder, name)),
);
// Only parses: a module is run when it is evaluated.
for (const file of files) new SourceTextModule(readFileSync(file, 'utf8'), { identifier: file });

if (/"resolved": "http/.test(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))) {
  throw new Error(
    'package-lock.json names the registry that it was made with: omit-lockfile-registry-resolved in .npmrc',
  );
}
