import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Unknown } from '../../../engine/module/index.ts';
import find from '../../../modules/find/find.ts';
import { bind, type Params } from '../harness/bind.ts';
import { foreseen } from '../harness/foreseen.ts';
import { planHere, SHELLS } from '../harness/perform.ts';

test.each([
  [{ paths: 'srv' }, 'absolute'],
  [{ paths: ['/srv', '/a/../b'] }, '..'],
  [{ paths: '/srv', age: 'old' }, 'is no age'],
  [{ paths: '/srv', size: '1x' }, 'is no size'],
  [{ paths: '/srv', use_regex: true, patterns: '(' }, 'regular expression'],
  [{ paths: '/srv', contains: '(?=x)' }, 'looks around'],
])('parameters that are refused: %j', (params, words) => {
  expect(() => bind(find, params)).toThrow(words);
});

test('behind pending changes nothing is known of a directory that they touch', () => {
  const want = bind(find, { paths: '/a,/b' });
  const nothing = { files: [], examined: 0, skipped: {} };
  const look = (path: string) => find.plan(find.pending(nothing, want, foreseen([{ path, kind: 'anything' }])), want);
  expect(look('/b/x').result).toMatchObject({ files: expect.any(Unknown), matched: expect.any(Unknown) });
  expect(look('/c').result).toEqual({ files: [], matched: 0, examined: 0, skipped_paths: {} });
});

describe.each(SHELLS)('on this machine with %s', (...shell) => {
  let base = '';
  const look = (params: Params) => {
    const plan = planHere(find, { params: { paths: base, ...params } }, shell);
    const files: readonly { readonly path: string; readonly checksum?: string }[] = Object(plan.result?.files);
    return { ...plan.result, names: files.map(({ path }) => path.slice(base.length + 1)), files };
  };
  beforeAll(() => {
    base = mkdtempSync(join(tmpdir(), 'vrun-find-'));
    mkdirSync(join(base, 'd/e'), { recursive: true });
    for (const name of ['a.conf', 'b.log', '.hid', 'd/c.conf', 'd/e/f.log', 'back\\slash', "it's *"]) {
      writeFileSync(join(base, name), `one ${name}\ntwo\n`);
    }
    utimesSync(join(base, 'b.log'), 1_600_000_000, 1_600_000_000);
    symlinkSync('d', join(base, 'link'));
  });
  afterAll(() => rmSync(base, { recursive: true }));

  test('by name, kind and depth', () => {
    expect(look({})).toMatchObject({ names: ['a.conf', 'b.log', 'back\\slash', "it's *"], matched: 4, examined: 7 });
    expect(look({ hidden: true, patterns: '.h*,*.log' }).names).toEqual(['.hid', 'b.log']);
    expect(look({ recurse: true, patterns: ['*.conf', '*.log'], excludes: 'a*' }).names).toEqual([
      ...['b.log', 'd/c.conf', 'd/e/f.log'],
    ]);
    expect(look({ patterns: 'back\\slash' }).names).toEqual(['back\\slash']);
    expect(look({ recurse: true, depth: 2, patterns: '*.conf,*.log' }).names).toEqual(['a.conf', 'b.log', 'd/c.conf']);
    expect(look({ file_type: 'any' }).names).toEqual(['a.conf', 'b.log', 'back\\slash', 'd', "it's *", 'link']);
    expect(look({ file_type: 'link' }).names).toEqual(['link']);
    expect(look({ recurse: true, follow: true, patterns: 'c*' }).names).toEqual(['d/c.conf', 'link/c.conf']);
    expect(look({ use_regex: true, patterns: ['[ab]\\.', 'it'], excludes: '.*log$' }).names).toEqual([
      'a.conf',
      "it's *",
    ]);
  });

  test('by age, size and content', () => {
    expect([look({ age: '1w' }).names, look({ age: '-1d', patterns: '[ab]*' }).names]).toEqual([
      ...[['b.log'], ['a.conf', 'back\\slash']],
    ]);
    expect([look({ size: 19 }).names, look({ size: '-14' }).names]).toEqual([['back\\slash'], ['b.log']]);
    expect(look({ contains: 'one b' }).names).toEqual(['b.log', 'back\\slash']);
    expect([look({ contains: 'wo' }).names, look({ contains: 'wo', read_whole_file: true }).names.length]).toEqual([
      [],
      4,
    ]);
    const [file] = look({ patterns: 'a.conf', get_checksum: true }).files;
    expect(file?.checksum).toBe(createHash('sha1').update('one a.conf\ntwo\n').digest('hex'));
  });

  test('what is no directory is told of', () => {
    expect(look({ paths: [`${base}/none`, `${base}/d`] })).toMatchObject({
      matched: 1,
      skipped_paths: { [`${base}/none`]: `'${base}/none' is not a directory` },
    });
  });
});
