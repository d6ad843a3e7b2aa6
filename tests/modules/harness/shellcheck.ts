// shellcheck of scripts. One that it had nothing against is not looked at again, by this Node or another.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Warnings that our scripts can't mean: literal words from the inventory, fields of `read` that aren't used. */
const EXCLUDED = ['SC1010', 'SC1083', 'SC2016', 'SC2034', 'SC2043', 'SC2088', 'SC3043'].join(',');
const OPTIONS = ['-s', 'sh', '-S', 'warning', '-e', EXCLUDED];

const version = spawnSync('shellcheck', ['--version'], { encoding: 'utf8' });

export const SHELLCHECK = version.error === undefined;

const passed = join(import.meta.dirname, '../../../node_modules/.cache/vrun-shellcheck');

/** What it has against the scripts: nothing, when that is empty. */
export function shellcheck(scripts: readonly string[]): string {
  const unseen = [...new Set(scripts)]
    .map((script) => ({ script, seen: join(passed, keyOf(script)) }))
    .filter(({ seen }) => !existsSync(seen));
  if (unseen.length === 0) return '';
  const directory = mkdtempSync(join(tmpdir(), 'vrun-shellcheck-'));
  const files = unseen.map(({ script }, index) => {
    const file = join(directory, `${index}.sh`);
    writeFileSync(file, script);
    return file;
  });
  const { status, stdout, stderr } = spawnSync('shellcheck', [...OPTIONS, ...files], { encoding: 'utf8' });
  if (status !== 0) return `${stdout}${stderr}` || `status ${status}`;
  mkdirSync(passed, { recursive: true });
  for (const { seen } of unseen) writeFileSync(seen, '');
  return '';
}

function keyOf(script: string): string {
  return createHash('sha256')
    .update(JSON.stringify([version.stdout, OPTIONS, script]))
    .digest('hex');
}
