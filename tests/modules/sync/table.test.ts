import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tarOf } from '../../../engine/archive/tar-writer.ts';
import { Content, type TreeItem } from '../../../engine/module/index.ts';
import { linearPattern } from '../../../engine/pattern/linear.ts';
import { excludePattern } from '../../../engine/resources/tree/want.ts';
import sync from '../../../modules/sync.ts';
import { bind } from '../harness/bind.ts';
import { converge, SHELLS } from '../harness/perform.ts';
import { compact, table } from '../harness/table.ts';

const local = { 'site/': { 'a.html': 'A', 'img/b.svg': 'B', 'img/c.svg': 'C', latest: '→ a.html' } };
const ITEMS = ['a.html', 'img', 'img/b.svg', 'img/c.svg', 'latest'] as const;
const params = { src: 'site/', dest: '/srv/site' };
const difference = (more: object = {}) => ({
  blocker: undefined,
  difference: {
    missing: [],
    other: [],
    directory: [],
    content: [],
    attributes: [],
    unreadable: [],
    extra: [],
    extras: 0,
    ...more,
  },
});
const at = (name: (typeof ITEMS)[number]) => ITEMS.indexOf(name);

table(
  sync,
  [
    { title: 'everything as it should be', params, local, have: difference(), changes: [] },
    {
      title: 'nothing there',
      params,
      local,
      have: difference({ missing: [0, 1, 2, 3, 4] }),
      changes: [
        '+ 4 files and 1 directory in /srv/site: 5 new: a.html, img, img/b.svg, img/c.svg, latest',
        '  < ‹5120 bytes›',
        '  = path:/srv/site',
        '  = path:/srv/site/',
      ],
    },
    {
      title: 'some of it, and others',
      params: { ...params, delete: true, owner: 'www-data' },
      local,
      have: difference({
        content: [at('a.html')],
        missing: [at('img/b.svg')],
        attributes: [at('img'), at('img/c.svg'), at('latest')],
        extra: ['old/', 'x'],
        extras: 2,
      }),
      changes: [
        '~ 2 files in /srv/site: 1 new, 1 changed: a.html, img/b.svg',
        '  < ‹3072 bytes›',
        '  = path:/srv/site',
        '  = path:/srv/site/',
        '~ owner, group or mode of 2 files and 1 directory in /srv/site: img, img/c.svg, latest',
        '  < ‹15 bytes›',
        '  < ‹12 bytes›',
        '- 2 that are not in the source, in /srv/site: old/, x →',
        '  < ‹273 bytes›',
      ],
    },
    {
      title: 'a directory in the place of a file',
      params,
      local,
      have: difference({ directory: [0] }),
      changes: [],
      failure: '/srv/site/a.html is a directory',
    },
    {
      title: 'a mount point in what would go',
      params: { ...params, delete: true },
      local,
      have: { ...difference({ extra: ['data/'], extras: 1 }), mounts: ['/srv/site', '/srv/site/data/db'] },
      changes: [],
      failure: '/srv/site/data/db is a mount point',
    },
    {
      title: 'a file that cannot be read',
      params,
      local,
      have: difference({ unreadable: [0] }),
      changes: [],
      failure: 'cannot read /srv/site/a.html',
    },
    {
      title: 'a file in the place of the whole',
      params,
      local,
      have: { ...difference(), blocker: '/srv/site' },
      changes: [],
      failure: '/srv/site is not a directory',
    },
  ],
  /^never$/,
);

test.each([
  [{ ...params, dest: 'site' }, 'absolute'],
  [{ ...params, dest: '/', delete: true }, 'not emptied'],
  [{ ...params, exclude: ['a', '/'] }, 'not a pattern'],
])('parameters that are refused: %j', (given, words) => {
  expect(() => bind(sync, given, local)).toThrow(words);
});

describe('globs', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['*.map', ['a.map', 'x/y/a.map', 'a.map/z'], ['a.mapx', 'amap', 'map']],
    ['uploads/', ['uploads/', 'uploads/a', 'x/uploads/', 'x/uploads/a/b'], ['uploads', 'myuploads/']],
    ['/uploads', ['uploads', 'uploads/a'], ['x/uploads']],
    ['a/*/c', ['a/b/c', 'a/b/c/d'], ['a/c', 'a/b/b/c', 'x/a/b/c']],
    ['a/**/c', ['a/c', 'a/b/c', 'a/b/b/c'], ['ac']],
    ['**/c', ['c', 'a/c'], ['ac']],
    ['a/**', ['a/b', 'a/b/c'], ['b/a/b']],
    ['?.[ch]', ['a.c', 'b.h', 'x/a.c'], ['ab.c', 'a.o', '/.c']],
    ['[!a]x', ['bx'], ['ax']],
    ['a.b+c(d){e}|^$\\[', ['a.b+c(d){e}|^$\\['], ['aXb+c(d){e}|^$\\[']],
    ['größe', ['größe', 'x/größe'], ['grosse']],
    ['gr??e', ['gr12e'], ['gr1e']],
  ])('%s', (glob, hits, misses) => {
    const bytes = (text: string) => Buffer.from(text).toString('latin1');
    const pattern = excludePattern(glob);
    const isHit = (path: string) => linearPattern(bytes(pattern)).test(bytes(path));
    expect(hits.filter((path) => !isHit(path))).toEqual([]);
    expect(misses.filter(isHit)).toEqual([]);
    for (const awk of ['awk', 'mawk', 'gawk', 'busybox awk'].filter(hasCommand)) {
      const script = `LC_ALL=C ${awk} -v p="$1" '$0 ~ p'`;
      const input = [...hits, ...misses].map((path) => `${path}\n`).join('');
      const out = execFileSync('sh', ['-c', script, 'sh', pattern.replaceAll('\\', '\\\\')], { input });
      expect(out.toString().split('\n').slice(0, -1), awk).toEqual(hits);
    }
  });
});

function hasCommand(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `echo | ${command} 1`], { stdio: ['ignore', 'ignore', 'ignore'] });
    return true;
  } catch {
    return false;
  }
}

const segment = fc.string({ unit: fc.constantFrom(...'aB0 .-_ß\'"$*?[\\~'), minLength: 1, maxLength: 60 });
const usable = segment.filter((name) => name !== '.' && name !== '..');

test('what is written as tar is what tar unpacks', () => {
  const base = mkdtempSync(join(tmpdir(), 'vrun-tar-'));
  const paths = fc.uniqueArray(fc.array(usable, { minLength: 1, maxLength: 5 }), {
    maxLength: 6,
    selector: (one) => one[0],
  });
  fc.assert(
    fc.property(paths, fc.uint8Array({ maxLength: 1200 }), segment, (all, bytes, target) => {
      const items: TreeItem[] = all.map((parts, index) => ({
        path: parts.join('/'),
        mode: index % 2 === 0 ? 0o644 : 0o755,
        modified: 1_700_000_000 + index,
        ...(index === 2 ? { kind: 'link', target } : { kind: 'file', content: Content.of(bytes) }),
      }));
      const tree = mkdtempSync(join(base, 't'));
      execFileSync('tar', ['-xpf', '-', '-C', tree], { input: tarOf(items).bytes() });
      for (const item of items) {
        const path = join(tree, item.path);
        if (item.kind === 'link') expect(readlinkSync(path)).toBe(target);
        else {
          expect(readFileSync(path).equals(Buffer.from(bytes))).toBe(true);
          expect([lstatSync(path).mode & 0o7777, lstatSync(path).mtimeMs]).toEqual([item.mode, item.modified * 1000]);
        }
      }
    }),
    { numRuns: 40 },
  );
  rmSync(base, { recursive: true });
});

describe.each(SHELLS)('on this machine with %s', (...shell) => {
  let base = '';
  const here = (path: string) => join(base, path);
  const read = (path: string) => readFileSync(here(path), 'utf8');
  const write = (path: string, text: string) => {
    mkdirSync(dirname(here(path)), { recursive: true });
    writeFileSync(here(path), text);
  };
  const mode = (path: string) => (lstatSync(here(path)).mode & 0o7777).toString(8);
  const run = (files: Readonly<Record<string, string>>, more: Record<string, unknown> = {}) => {
    const given = { src: 'site/', dest: here('d'), ...more };
    const [first, again] = converge(sync, { params: given, local: { [given.src]: files } }, shell);
    expect(compact(again)).toEqual([]);
    expect(readdirSync(here('d')).filter((name) => name.startsWith('.vrun'))).toEqual([]);
    return first.changes.map(({ op, to, from }) => `${op} ${to ?? from}`);
  };
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'vrun-sync-'));
  });
  afterEach(() => rmSync(base, { recursive: true }));

  const files = {
    'a.html': 'A',
    'img/b.svg': 'B',
    'deep/er/still/x': 'x',
    'empty/': '',
    latest: '→ a.html',
    "it's a $name with \\ and größe": 'odd',
    '.hidden': 'h',
    '..odd': 'o',
    '-rf': 'dash',
  };

  test('from absent, from drifted, and from nothing to do', () => {
    expect(run(files)).toHaveLength(1);
    expect([
      read('d/a.html'),
      read('d/deep/er/still/x'),
      read("d/it's a $name with \\ and größe"),
      read('d/-rf'),
    ]).toEqual(['A', 'x', 'odd', 'dash']);
    expect([readlinkSync(here('d/latest')), mode('d/a.html'), mode('d/img')]).toEqual(['a.html', '644', '755']);
    expect(run(files)).toEqual([]);
    writeFileSync(here('d/a.html'), 'Z');
    rmSync(here('d/deep/er'), { recursive: true });
    rmSync(here('d/latest'));
    symlinkSync('elsewhere', here('d/latest'));
    chmodSync(here('d/img/b.svg'), 0o600);
    write('d/other', 'mine');
    expect(run(files)).toEqual([
      '~ 3 new, 2 changed: a.html, deep/er, deep/er/still, deep/er/still/x, latest',
      '~ img/b.svg',
    ]);
    expect([read('d/a.html'), read('d/deep/er/still/x'), mode('d/img/b.svg'), read('d/other')]).toEqual([
      'A',
      'x',
      '644',
      'mine',
    ]);
  });

  test('with its name, and below directories that are not there', () => {
    expect(run(files, { src: 'site', dest: here('d/e') })).toHaveLength(1);
    expect(read('d/e/site/img/b.svg')).toBe('B');
  });

  test('what is not in the source goes, and what is excluded stays', () => {
    write('d/old/x', '');
    write('d/old/y/.env', 'kept');
    write('d/gone/a/b', '');
    write('d/a.map', 'kept');
    write('d/node_modules/p/i.js', 'kept');
    write('d/a b\n c', 'a line break');
    symlinkSync('/etc', here('d/link'));
    const changes = run(
      { ...files, 'z.map': 'never sent' },
      { delete: true, exclude: ['*.map', '.env', 'node_modules/'] },
    );
    expect(changes[1]).toBe('- a b\\n c, gone/, link, old/x');
    expect([existsSync(here('d/gone')), existsSync(here('d/old/x')), existsSync(here('d/z.map'))]).toEqual([
      false,
      false,
      false,
    ]);
    expect([read('d/old/y/.env'), read('d/a.map'), read('d/node_modules/p/i.js')]).toEqual(['kept', 'kept', 'kept']);
    expect(existsSync('/etc/passwd')).toBe(true);
  });

  test('only files are too many, or only directories', () => {
    run(files);
    write('d/-x y', '');
    expect(run(files, { delete: true })).toEqual(['- -x y']);
    mkdirSync(here('d/old/er'), { recursive: true });
    expect(run(files, { delete: true })).toEqual(['- old/']);
    expect([existsSync(here('d/-x y')), existsSync(here('d/old')), read('d/-rf')]).toEqual([false, false, 'dash']);
  });

  test('names that are no text, or hold line breaks, go too', () => {
    const name = (bytes: string) => Buffer.concat([Buffer.from(here('d/')), Buffer.from(bytes, 'latin1')]);
    run(files);
    mkdirSync(name('caf\xe9/\xff\n\n'), { recursive: true });
    for (const odd of ['caf\xe9.txt', 'caf\xe9/\xff\n\n/\xfe', '\x01', 'a\x01b', 'a\nb', '\n', 'kept\n.map'])
      writeFileSync(name(odd), '');
    expect(run(files, { delete: true, exclude: ['*.map'] })).toHaveLength(1);
    const left = [...new Set(Object.keys(files).map((path) => path.replace(/\/.*/, ''))), 'kept\n.map'];
    expect(readdirSync(here('d')).sort()).toEqual(left.sort());
  });

  test('things of another kind in the way', () => {
    write('d/img', 'a file');
    mkdirSync(here('d/elsewhere'));
    symlinkSync('elsewhere', here('d/deep'));
    symlinkSync('/etc/passwd', here('d/a.html'));
    run(files);
    expect([lstatSync(here('d/deep')).isDirectory(), lstatSync(here('d/a.html')).isFile()]).toEqual([true, true]);
    expect(readdirSync(here('d/elsewhere'))).toEqual([]);
    rmSync(here('d/a.html'));
    mkdirSync(here('d/a.html/x'), { recursive: true });
    expect(() => run(files)).toThrow('is a directory');
    expect(run(files, { delete: true }).slice(0, 1)).toEqual(['~ 1 changed: a.html']);
    expect(read('d/a.html')).toBe('A');
  });

  test('modes: octal is for files, directories get x where it has r', () => {
    expect(run(files, { mode: '0640' })).toHaveLength(1);
    expect([mode('d/a.html'), mode('d/img'), mode('d/deep/er'), mode('d')]).toEqual(['640', '750', '750', '750']);
    expect(run(files, { mode: 'u=rwX,go=' })).toEqual(['~ mode 0700', expect.stringContaining('a.html')]);
    expect([mode('d/a.html'), mode('d/img')]).toEqual(['600', '700']);
    chmodSync(here('d/img'), 0o2775);
    expect(run(files)).toEqual([expect.stringContaining('.hidden')]);
    expect(mode('d/img')).toBe('2775');
  });

  test('many files in one directory', () => {
    const many = Object.fromEntries(Array.from({ length: 700 }, (_, index) => [`m/f${index}`, `${index}`]));
    run(many);
    run(Object.fromEntries(Object.entries(many).map(([path, text]) => [path, `${text}!`])));
    expect(read('d/m/f699')).toBe('699!');
  });

  test('what an earlier run left behind is removed', () => {
    mkdirSync(here('d/.vrun-tree-abcdef/tree'), { recursive: true });
    run(files);
  });

  test.runIf(process.getuid?.() === 0)('owner and group, by name and by number', () => {
    expect(run(files, { owner: 'daemon', group: '33' })).toHaveLength(1);
    expect(run(files, { owner: '1', group: 'www-data' })).toEqual([]);
    expect(run(files, { owner: 'root' })).toEqual(['~ owner root', expect.stringContaining('a.html')]);
    expect([lstatSync(here('d/latest')).uid, lstatSync(here('d/img/b.svg')).gid]).toEqual([0, 33]);
  });
});
