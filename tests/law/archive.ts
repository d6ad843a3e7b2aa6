// Archives of releases, for tests on real hosts.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An archive of these files. */
export function packed(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const tree = mkdtempSync(join(tmpdir(), 'vrun-release-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(tree, path, '..'), { recursive: true });
      writeFileSync(join(tree, path), text);
    }
    execFileSync('tar', ['-czf', `${tree}.tar.gz`, '.'], { cwd: tree });
    return readFileSync(`${tree}.tar.gz`);
  } finally {
    rmSync(tree, { recursive: true });
    rmSync(`${tree}.tar.gz`, { force: true });
  }
}
