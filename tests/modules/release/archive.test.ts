// How a release's archive may be packed, with real archives of tar: what is wrong is told before anything is sent.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { signBuild } from '../../../engine/proof/sign-build.ts';
import release from '../../../modules/release/release.ts';
import { newKey, temporaryDirectory, writeTree } from '../../proof/build.ts';
import type { Locals, Params } from '../harness/bind.ts';
import { planHere } from '../harness/perform.ts';

const ID = '4f2a91c03b7d';

/** A signed build in builds/ID, what `spoil` does to it, and what tar makes of it. */
async function packed(tar: readonly string[], spoil: (tree: string) => void = () => undefined) {
  const root = temporaryDirectory();
  const tree = join(root, 'builds', ID);
  writeTree(root, {
    [`builds/${ID}/server.js`]: 'serve();\n',
    [`builds/${ID}/bin/start[755]`]: '#!/bin/sh\n',
    [`builds/${ID}/bin/node -> start`]: '',
    [`builds/${ID}/package-lock.json`]: '{}\n',
    'builds/outside.txt': '',
  });
  const record = { commit: 'c'.repeat(40), builtAt: '2026-01-05T09:00:00.000Z', gatesConfigured: [], gatesRan: [] };
  await signBuild(tree, { ...record, lockfile: join(tree, 'package-lock.json'), ignore: [] }, newKey());
  const manifest = readFileSync(join(tree, 'manifest.json'));
  spoil(tree);
  execFileSync('tar', ['czf', join(root, 'a.tar.gz'), ...tar], { cwd: join(root, 'builds'), stdio: 'ignore' });
  return { [`${ID}.tar.gz`]: readFileSync(join(root, 'a.tar.gz')), 'manifest.json': manifest };
}

type Row = [why: string, tar: readonly string[], spoil: ((tree: string) => void) | undefined, told: string];

const plain: readonly Row[] = [
  ['the directory itself', [ID], undefined, `${ID}.tar.gz is packed one directory too deep`],
  ['the directory with a dot', [`./${ID}`], undefined, `${ID}.tar.gz is packed one directory too deep`],
  [
    'the directory from above',
    ['-C', '..', `builds/${ID}`],
    undefined,
    `${ID}.tar.gz is packed 2 directories too deep`,
  ],
  ['nothing', ['-T', '/dev/null'], undefined, `${ID}.tar.gz is empty`],
  ['an absolute path', ['-P', '/etc/hostname'], undefined, `${ID}.tar.gz is refused`],
  ['what lies above', ['-P', '-C', ID, '../outside.txt'], undefined, `${ID}.tar.gz is refused`],
];

describe('an archive of', () => {
  test.each<Row>([...plain, ['empty directories', ['-C', ID, '.'], empty, `${ID}.tar.gz is empty`]])(
    '%s is refused, with and without a manifest',
    async (_why, tar, spoil, told) => {
      const local = await packed(tar, spoil);
      for (const more of [{}, { manifest: 'manifest.json' }]) {
        const plan = planOf({ path: '/srv/app', id: ID, src: `${ID}.tar.gz`, ...more }, local);
        expect([plan.changes, plan.failure?.summary]).toEqual([[], told]);
        expect(plan.failure?.detail).toContain('Nothing was sent');
      }
    },
  );

  test.each<[why: string, spoil: (tree: string) => void, line: string]>([
    ['without a file', (tree) => rmSync(join(tree, 'server.js')), 'missing  server.js'],
    ['with one more', (tree) => writeFileSync(join(tree, 'x.php'), ''), 'extra  x.php'],
    ['with another', (tree) => writeFileSync(join(tree, 'server.js'), 'evil();\n'), 'modified  server.js'],
    ['with another mode', (tree) => chmodSync(join(tree, 'bin/start'), 0o644), 'mode-changed  bin/start'],
    [
      'with a file for a link',
      (tree) => {
        rmSync(join(tree, 'bin/node'));
        writeFileSync(join(tree, 'bin/node'), '');
      },
      'type-changed  bin/node',
    ],
  ])('a build %s than was signed is refused', async (_why, spoil, line) => {
    const local = await packed(['-C', ID, '.'], spoil);
    const params = { path: '/srv/app', id: ID, src: `${ID}.tar.gz`, manifest: 'manifest.json' };
    const { changes, failure } = planOf(params, local);
    expect([changes, failure?.summary]).toEqual([[], `${ID}.tar.gz is not the build that was signed`]);
    expect(failure?.detail).toContain(line);
  });

  test('a build as it was signed is taken, and so is one whose files all lie in a directory of it', async () => {
    const params = { path: '/srv/app', id: ID, src: `${ID}.tar.gz` };
    const local = await packed(['-C', ID, '.']);
    for (const more of [{}, { manifest: 'manifest.json' }]) {
      expect(planOf({ ...params, ...more }, local).changes).toHaveLength(1);
    }
    expect(planOf(params, await packed(['-C', ID, 'bin'])).changes).toHaveLength(1);
  });
});

function empty(tree: string): void {
  rmSync(tree, { recursive: true });
  mkdirSync(join(tree, 'a'), { recursive: true });
}

/** On a host that has nothing. */
function planOf(params: Params, local: Locals) {
  return planHere(release, { params: { ...params, path: join(temporaryDirectory(), 'app') }, local }, ['sh']);
}
