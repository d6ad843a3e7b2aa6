// A Node that is too old is told so in one line, and never that vrun has failed. Debian 12's own is one (tests/lab/controller.test.ts).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../docs/markdown.ts';

const VRUN = fileURLToPath(new URL('../../dist/vrun.js', import.meta.url));
const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vrun-old-node-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** vrun under this Node, which says that it is another. */
function under(version: string) {
  const disguise = join(directory, `${version}.cjs`);
  writeFileSync(
    disguise,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', disguise, VRUN, '--version'], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test.each(['10.24.1', '18.20.4', '20.9.0', '20.18.3'])('Node %s is too old', (version) => {
  const stderr = `error: vrun needs Node 20.19 or newer, and ${process.execPath} is Node ${version}\n`;
  expect(under(version)).toEqual({ status: 1, stdout: '', stderr });
});

test.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0', '100.0.0'])('Node %s is not', (version) => {
  expect(under(version)).toMatchObject({ status: 0, stderr: '' });
});

test('it is what package.json says', () => {
  expect(engines.node).toBe('>=20.19');
});
