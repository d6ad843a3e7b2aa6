// Every script can be parsed, and the lock file names no host of a registry. Pages are parsed by the build.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SourceTextModule } from 'node:vm';

const ROOT = join(import.meta.dirname, '..');
for (const folder of ['.', 'app', 'lib', 'scripts', 'test']) {
  for (const name of readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.js'))) {
    const file = join(ROOT, folder, name);
    new SourceTextModule(readFileSync(file, 'utf8'), { identifier: file });
  }
}
if (/"resolved": "http/.test(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))) {
  throw new Error(
    'package-lock.json names the registry that it was made with: omit-lockfile-registry-resolved in .npmrc',
  );
}
