import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Content, Missing, type PathEffect, Secret, Unknown } from '../../../engine/module/index.ts';
import slurp from '../../../modules/slurp/slurp.ts';
import { bind } from '../harness/bind.ts';
import { foreseen } from '../harness/foreseen.ts';
import { planHere, runScript, SHELLS } from '../harness/perform.ts';
import { table } from '../harness/table.ts';

table(slurp, [
  {
    title: 'a text',
    params: { src: '/a//b' },
    have: { kind: 'file', content: 'R3LDtsOfZQo=' },
    changes: [],
    result: { content: 'R3LDtsOfZQo=', text: 'Größe\n', encoding: 'base64', source: '/a/b' },
  },
  {
    title: 'bytes that are no text',
    params: { src: '/a' },
    have: { kind: 'file', content: '/wA=' },
    changes: [],
    result: { content: '/wA=', text: null },
  },
  ...(
    [
      ['hidden', 'cannot read /a'],
      ['directory', '/a is a directory'],
      ['other', '/a is a FIFO'],
      ['large', '/a has more than 256 KiB'],
    ] as const
  ).map(([kind, failure]) => ({
    ...{ title: kind, params: { src: '/a' }, have: { kind, content: '' }, changes: [], failure },
  })),
]);

test('a plain string is its path', () => {
  expect(slurp.freeForm).toBe('src');
  expect(() => bind(slurp, { src: 'a' })).toThrow('absolute');
});

test('behind pending changes', () => {
  const want = bind(slurp, { src: '/a' });
  const look = (left: readonly PathEffect[]) => {
    const then = slurp.pending({ kind: 'file', content: 'b2xk' }, want, foreseen(left));
    return then instanceof Missing ? then.needs : slurp.plan(then, want).result;
  };
  const file = (content: Content): PathEffect => ({ path: '/a', kind: 'file', content });
  expect(look([])).toMatchObject({ text: 'old' });
  expect(look([file(Content.of('new'))])).toMatchObject({ text: 'new', content: 'bmV3' });
  expect(look([file(Content.of(new Secret('s', 'new')))])).toMatchObject({ text: expect.any(Unknown) });
  expect(look([{ path: '/a', kind: 'anything' }])).toMatchObject({ content: expect.any(Unknown), source: '/a' });
  expect(look([{ path: '/a', kind: 'nothing' }])).toEqual(['path:/a']);
});

describe.each(SHELLS)('on this machine with %s', (...shell) => {
  let base = '';
  const look = (name: string) => {
    const { result, failure } = planHere(slurp, { params: { src: join(base, name) } }, shell);
    return failure?.summary ?? result?.text;
  };
  beforeAll(() => {
    base = mkdtempSync(join(tmpdir(), 'vrun-slurp-'));
    writeFileSync(join(base, "it's @end"), '@end\n\n');
    writeFileSync(join(base, 'empty'), '');
    writeFileSync(join(base, 'long'), 'x'.repeat(200_000));
    writeFileSync(join(base, 'longer'), 'x'.repeat(300_000));
    chmodSync(join(base, 'empty'), 0o400);
    mkdirSync(join(base, 'directory'));
    symlinkSync("it's @end", join(base, 'link'));
    runScript(`mkfifo ${base}/fifo`);
  });
  afterAll(() => rmSync(base, { recursive: true }));

  test('files, whole', () => {
    expect([look("it's @end"), look('link'), look('empty')]).toEqual(['@end\n\n', '@end\n\n', '']);
    expect(look('long')).toHaveLength(200_000);
  });

  test('what is none', () => {
    expect([look('directory'), look('fifo'), look('longer')]).toEqual([
      ...[expect.stringContaining('directory'), expect.stringContaining('FIFO'), expect.stringContaining('256 KiB')],
    ]);
    expect(() => look('none')).toThrow(`missing path:${base}/none`);
  });
});
