// One table of what may be found of a build: compare.awk, in each awk, and engine/proof/compare.ts come to the same verdicts.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { compareFound } from '../../../engine/proof/compare.ts';
import type { Manifest, ManifestEntry } from '../../../engine/proof/manifest.ts';
import type { TreeFile } from '../../../engine/proof/tree.ts';
import COMPARE from '../../../modules/proof-verify/compare.awk';
import { RECORD } from '../../proof/fixed-build.ts';
import { awk, EACH_AWK } from '../harness/awks.ts';

const sha = (text: string) => createHash('sha256').update(text).digest('hex');

/** A file that was found, and what is in it. */
type FoundHere =
  | Exclude<TreeFile, { type: 'file' | 'unnameable' }>
  | (Omit<TreeFile & { type: 'file' }, 'size'> & { holds: string });

const file = (path: string, holds: string, mode = 0o644): FoundHere => ({ type: 'file', path, mode, holds });
const link = (path: string, target: string): FoundHere => ({ type: 'symlink', path, target });

const SIGNED: readonly ManifestEntry[] = [
  { type: 'file', path: 'a b', sha256: sha('one'), executable: false },
  { type: 'symlink', path: 'link', target: 'a b' },
  { type: 'file', path: 'run', sha256: sha('two'), executable: true },
];
const AS_SIGNED = [file('a b', 'one'), link('link', 'a b'), file('run', 'two', 0o755)];
/** What was found, but for these in the place of what has their path. */
const but = (...others: readonly FoundHere[]) => [
  ...AS_SIGNED.filter(({ path }) => !others.some((other) => other.path === path)),
  ...others,
];
const without = (gone: string) => AS_SIGNED.filter(({ path }) => path !== gone);

const CASES: readonly (readonly [title: string, found: readonly FoundHere[], findings: readonly string[]])[] = [
  ['as it was signed', AS_SIGNED, []],
  ['nothing', [], ['missing a b', 'missing link', 'missing run']],
  ['another content', but(file('a b', 'other')), ['modified a b']],
  ['another mode that means the same', but(file('a b', 'one', 0o600), file('run', 'two', 0o700)), []],
  ['executable by its owner', but(file('a b', 'one', 0o744)), ['mode-changed a b']],
  ['by its group', but(file('a b', 'one', 0o654)), ['mode-changed a b']],
  ['by others', but(file('a b', 'one', 0o645)), ['mode-changed a b']],
  ['not by its owner', but(file('run', 'two', 0o655)), ['mode-changed run']],
  ['content and mode', but(file('run', 'x', 0o644)), ['mode-changed run', 'modified run']],
  ['set-uid', but(file('run', 'two', 0o4755)), ['special-or-setuid run']],
  ['set-gid, and new', but(file('new', '', 0o2644)), ['extra new', 'special-or-setuid new']],
  ['a new file', but(file('new', '')), ['extra new']],
  ['a new link', but(link('new', 'x')), ['extra new']],
  ['a new directory', but({ type: 'directory', path: 'new' }), []],
  ['a directory in the place of a file', but({ type: 'directory', path: 'run' }), ['type-changed run']],
  ['a link in the place of a file', but(link('run', 'a b')), ['type-changed run']],
  ['a file in the place of a link', but(file('link', 'one')), ['type-changed link']],
  ['set-uid in the place of a link', but(file('link', '', 0o4755)), ['special-or-setuid link', 'type-changed link']],
  ['another target', but(link('link', 'run')), ['modified link']],
  ['a FIFO', but({ type: 'special', path: 'new' }), ['special-or-setuid new']],
  ['a FIFO in the place of a file', but({ type: 'special', path: 'run' }), ['special-or-setuid run']],
  ['a file less', without('run'), ['missing run']],
  ['a link less', without('link'), ['missing link']],
];

const manifest: Manifest = { entries: SIGNED, record: RECORD, ignore: [] };

function byTypeScript(found: readonly FoundHere[]): readonly string[] {
  const seen = found.map((one): TreeFile => (one.type === 'file' ? { ...one, size: one.holds.length } : one));
  const digestOf = ({ path }: TreeFile) =>
    found.flatMap((one) => (one.type === 'file' && one.path === path ? [sha(one.holds)] : []))[0];
  return compareFound(seen, manifest, digestOf).map(({ kind, path }) => `${kind} ${path}`);
}

const MODES = { file: 0o100000, symlink: 0o120777, directory: 0o040755, special: 0o010644 };

function byAwk(which: readonly string[], found: readonly FoundHere[]): readonly string[] {
  const wanted = SIGNED.map((entry) =>
    entry.type === 'file'
      ? `f ${entry.executable ? 'x' : '-'} ${entry.sha256} ./${entry.path}`
      : `l ./${entry.path} -> ${entry.target}`,
  );
  const mode = (one: FoundHere) => MODES[one.type] | (one.type === 'file' ? one.mode : 0);
  const rows = [
    ...wanted,
    '@hash',
    ...found.flatMap((one) => (one.type === 'file' ? [`${sha(one.holds)}  ./${one.path}`] : [])),
    '@link',
    ...found.flatMap((one) => (one.type === 'symlink' ? [`./${one.path} -> ${one.target}`] : [])),
    '@list',
    '41ed .',
    ...found.map((one) => `${mode(one).toString(16)} ./${one.path}`),
  ];
  const out = awk(which, COMPARE, { stdin: `${rows.join('\n')}\n` }).split('\n');
  expect(out.slice(-2)).toEqual(['@done', '']);
  return out.filter((row) => row.includes('\t')).map((row) => row.replace('\t./', ' '));
}

describe.each(CASES)('%s', (_, found, findings) => {
  test('to compare.ts', () => {
    expect(byTypeScript(found).toSorted()).toEqual(findings);
  });

  test.each(EACH_AWK)('to compare.awk in %s', (_name, which) => {
    expect(byAwk(which, found).toSorted()).toEqual(findings);
  });
});

describe.each(EACH_AWK)('in %s', (_, which) => {
  const told = (...rows: readonly string[]) => awk(which, COMPARE, { stdin: `${rows.join('\n')}\n` });

  test('what could not be read is said', () => {
    expect(told('@hash', '@bad')).toBe('@bad\n@done\n');
    expect(told(`f - ${sha('x')} ./f`, '@hash', '@list', '81a4 ./f')).toBe('@bad\n@done\n');
  });

  test('odd names are extra; what is risky is told apart from what differs', () => {
    const rows = told(
      '@odd',
      './a?b',
      '@deep',
      '83b6 ./all',
      '43ff ./dir',
      '89ed ./suid',
      '11a4 ./fifo',
      'a line break',
      '@bad',
    );
    expect(rows.split('\n').filter((row) => !row.startsWith('@count'))).toEqual([
      'extra\t./a?b',
      'world-writable\t./all',
      'world-writable\t./dir',
      'special-or-setuid\t./suid',
      'special-or-setuid\t./fifo',
      '@bad',
      '@done',
      '',
    ]);
  });

  test('a thousand of a kind are named, and all are counted', () => {
    const list = Array.from({ length: 1200 }, (_unused, index) => `81a4 ./f${index}`);
    const rows = told('@hash', '@list', ...list, '11a4 ./fifo').split('\n');
    expect(rows.filter((row) => row.startsWith('extra\t'))).toHaveLength(1000);
    expect(rows).toContain('@count extra 1200');
    expect(rows).toContain('special-or-setuid\t./fifo');
  });
});
