import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
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
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Content, Secret } from '../../../engine/module/index.ts';
import copy from '../../../modules/copy/copy.ts';
import { bind } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { converge, SHELLS } from '../harness/perform.ts';
import { compact, table } from '../harness/table.ts';

const digest = (text: string) => Content.of(text).sha256;
/** What is at the one file that a `content` writes. */
const at = (have: Parameters<typeof entry>[0] | undefined, path = '/etc/motd', around: object = {}) => {
  const want = bind(copy, { dest: path, content: 'new\n' }) as { at: object };
  const state = { entry: have && entry(have), ...around };
  return { destination: want.at, files: [state], directories: [], source: { entry: undefined }, target: state };
};
const content = { dest: '/etc/motd', content: 'new\n' };

table(copy, [
  {
    title: 'a new file',
    params: { ...content, owner: 'root', mode: '0640' },
    have: {
      ...at(undefined),
      destination: (bind(copy, { ...content, owner: 'root', mode: '0640' }) as { at: object }).at,
    },
    changes: ['+ file /etc/motd: mode 0640, owner root', '  > /etc/motd 0640 root: "new\\n"', '  = path:/etc/motd'],
    result: { dest: '/etc/motd' },
  },
  ...(
    [
      ['on a mount point', { held: 'mount' }, {}, '/etc/motd is a mount point'],
      ['an immutable file', { held: 'fixed' }, {}, "/etc/motd can't be changed by anybody"],
      ['somebody else’s file, without root', { held: 'foreign' }, {}, '/etc/motd belongs to root'],
      ['in a directory where nothing can be written', {}, { shut: '/etc' }, 'nothing can be written in /etc'],
      ['where there is no room', {}, { room: 3 }, 'there is no room for /etc/motd'],
    ] as const
  ).map(([title, held, around, failure]) => ({
    title,
    params: content,
    have: at({ sha256: digest('old\n'), text: 'old\n', ...held }, '/etc/motd', around),
    changes: [],
    failure,
  })),
  {
    title: 'as it should be, whatever it is that nobody could change',
    params: content,
    have: at({ sha256: digest('new\n'), held: 'fixed' }, '/etc/motd', { shut: '/etc', room: 0 }),
    changes: [],
  },
  {
    title: 'a new file for somebody else, without root',
    params: { ...content, owner: 'root' },
    have: {
      ...at(undefined, '/etc/motd', { self: 'ops' }),
      destination: (bind(copy, { ...content, owner: 'root' }) as { at: object }).at,
    },
    changes: [],
    failure: "/etc/motd can't be given to root",
  },
  { title: 'the same content', params: content, have: at({ sha256: digest('new\n') }), changes: [] },
  {
    title: 'another content keeps mode and owner',
    params: content,
    have: at({ sha256: digest('old\n'), text: 'old\n' }),
    changes: ['~ file /etc/motd', '  > /etc/motd - "new\\n"'],
  },
  {
    title: 'a link is replaced by the file',
    params: content,
    have: at({ kind: 'link', target: '/run/motd' }),
    changes: ['~ file /etc/motd: link to /run/motd → file', '  > /etc/motd 0644 "new\\n"'],
  },
  {
    title: 'a directory is in the way',
    params: content,
    have: at({ kind: 'directory' }),
    changes: [],
    failure: '/etc/motd is a directory',
  },
  {
    title: 'a device is in the way',
    params: content,
    have: at({ kind: 'other' }),
    changes: [],
    failure: 'neither file',
  },
  { title: 'a file that cannot be read', params: content, have: at({}), changes: [], failure: 'cannot read' },
]);

test.each([
  [{ dest: '/a' }, 'src or content'],
  [{ dest: '/a', src: 'x', content: 'y' }, 'not both'],
  [{ dest: '/a/', content: 'y' }, 'name of a file'],
  [{ dest: '/a', content: 'y', validate: 'visudo -c' }, 'where the file goes'],
  [{ dest: '/a', content: 'y', validate: 'visudo "%s' }, 'unclosed quote'],
  [{ dest: 'a', content: 'y' }, 'absolute'],
  [{ dest: '/a', src: 'x', remote_src: true }, 'absolute'],
])('parameters that are refused: %j', (params, words) => {
  expect(() => bind(copy, params, { x: '' })).toThrow(words);
});

describe.each(SHELLS)('on this machine with %s', (...shell) => {
  let base = '';
  const local = {
    'a.txt': 'alpha\n',
    bin: new Uint8Array([0, 1, 255]),
    site: { 'index.html': '<p>', 'img/a/b.svg': '<svg/>' },
    'site/': { 'index.html': '<p>' },
    'whole/': { a: 'A', 'empty/': '', 'd/b': 'B', latest: '→ d', away: '→ /none' },
  };
  const read = (path: string) => readFileSync(join(base, path), 'utf8');
  const mode = (path: string) => (lstatSync(join(base, path)).mode & 0o7777).toString(8);
  const run = (params: Record<string, unknown>) =>
    converge(copy, { params: { ...params, dest: join(base, String(params.dest)) }, local }, shell);
  const changed = (params: Record<string, unknown>) => {
    const [first, again] = run(params);
    expect(compact(again)).toEqual([]);
    return first.changes.length;
  };
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'vrun-copy-'));
  });
  afterEach(() => rmSync(base, { recursive: true }));

  test('content, from absent and from drifted, with its old text', () => {
    const params = { dest: "it's a file", content: 'new\n', mode: 'u=rw,g=r,o=' };
    expect(changed(params)).toBe(1);
    expect([read("it's a file"), mode("it's a file")]).toEqual(['new\n', '640']);
    expect(changed(params)).toBe(0);
    writeFileSync(join(base, "it's a file"), 'old\n');
    const [first] = run(params);
    expect(first.changes[0]?.diff).toEqual({ before: 'old\n', after: 'new\n' });
    expect(read("it's a file")).toBe('new\n');
  });

  test('a secret is never read back, and neither is what a link leads to', () => {
    writeFileSync(join(base, 's'), 'old secret\n');
    const [first] = run({ dest: 's', content: new Secret('db', 'hunter2') });
    expect(JSON.stringify(first.changes)).not.toContain('old secret');
    expect(compact(first)).toContain(`~ file ${base}/s: new content (secret)`);
    expect(read('s')).toBe('hunter2');
    symlinkSync('s', join(base, 'l'));
    const [linked] = run({ dest: 'l', content: 'x' });
    expect(JSON.stringify(linked.changes)).not.toContain('hunter2');
    expect([lstatSync(join(base, 'l')).isFile(), read('s'), mode('l')]).toEqual([true, 'hunter2', '644']);
  });

  test('a file into a directory, by its being one and by a slash', () => {
    mkdirSync(join(base, 'd'));
    expect(changed({ dest: 'd', src: 'a.txt' })).toBe(1);
    expect(changed({ dest: 'd', src: 'a.txt' })).toBe(0);
    expect(changed({ dest: 'e/f/', src: 'bin', directory_mode: '0700' })).toBe(3);
    expect([read('d/a.txt'), mode('e/f')]).toEqual(['alpha\n', '700']);
    expect(readFileSync(join(base, 'e/f/bin'))).toEqual(Buffer.from([0, 1, 255]));
  });

  test('a directory, with its name and without', () => {
    expect(changed({ dest: 'www', src: 'site', mode: '0600' })).toBe(6);
    expect([read('www/site/img/a/b.svg'), mode('www/site/img'), mode('www/site/index.html')]).toEqual([
      '<svg/>',
      '755',
      '600',
    ]);
    writeFileSync(join(base, 'www/site/index.html'), 'changed');
    expect(changed({ dest: 'www', src: 'site', mode: '0600' })).toBe(1);
    expect(changed({ dest: 'www', src: 'site/' })).toBe(1);
    expect(read('www/index.html')).toBe('<p>');
  });

  test('force: false leaves a file alone; validate refuses one', () => {
    writeFileSync(join(base, 'f'), 'mine');
    expect(changed({ dest: 'f', src: 'a.txt', force: false })).toBe(0);
    expect(changed({ dest: 'f', src: 'a.txt', validate: 'grep -q "alpha" %s' })).toBe(1);
    expect(() => run({ dest: 'f', content: 'beta', validate: "sh -c 'grep alpha $0' %s" })).toThrow('status');
    expect(read('f')).toBe('alpha\n');
    expect(readdirSync(base)).toEqual(['f']);
  });

  test('backup keeps the old file', () => {
    writeFileSync(join(base, 'f'), 'mine');
    expect(changed({ dest: 'f', src: 'a.txt', backup: true })).toBe(1);
    expect(readdirSync(base).filter((name) => /^f\.\d{4}-.*~$/.test(name))).toHaveLength(1);
  });

  test('a FIFO in the way is not read', () => {
    expect(() => run({ dest: '../../../dev/null', content: 'x' })).toThrow('neither file');
  });

  test('links and empty directories of a directory arrive', () => {
    const params = { dest: 'to', src: 'whole/', local_follow: false };
    expect(changed(params)).toBe(7);
    expect([read('to/a'), read('to/d/b'), readdirSync(join(base, 'to/empty'))]).toEqual(['A', 'B', []]);
    expect([readlinkSync(join(base, 'to/latest')), readlinkSync(join(base, 'to/away'))]).toEqual(['d', '/none']);
    expect(changed(params)).toBe(0);
    rmSync(join(base, 'to/latest'));
    writeFileSync(join(base, 'to/latest'), 'a file');
    rmSync(join(base, 'to/empty'), { recursive: true });
    expect(changed(params)).toBe(2);
    rmSync(join(base, 'to/away'));
    mkdirSync(join(base, 'to/away'));
    expect(() => run(params)).toThrow('is a directory');
  });

  test('mode: preserve is the mode of the source', () => {
    expect(changed({ dest: 'a', src: 'a.txt', mode: 'preserve' })).toBe(1);
    expect(mode('a')).toBe('640');
    writeFileSync(join(base, 'from'), 'x');
    chmodSync(join(base, 'from'), 0o751);
    const params = { dest: 'to', src: join(base, 'from'), remote_src: true, mode: 'preserve' };
    expect([changed(params), mode('to')]).toEqual([1, '751']);
    chmodSync(join(base, 'from'), 0o600);
    expect([changed(params), mode('to')]).toEqual([1, '600']);
  });

  test('remote_src copies a directory with all that is in it', () => {
    const at = (path: string) => join(base, path);
    mkdirSync(at('from/d/e'), { recursive: true });
    mkdirSync(at('from/empty'), { mode: 0o700 });
    for (const name of ['a', 'd/b', "d/e/it's $odd \\ größe", 'd/e/gone: FAILED'])
      writeFileSync(at(`from/${name}`), name);
    chmodSync(at('from/d/b'), 0o711);
    symlinkSync('d/b', at('from/link'));
    const params = { dest: 'to', src: `${at('from')}/`, remote_src: true };
    expect(changed(params)).toBe(1);
    expect([read('to/d/b'), mode('to/d/b'), mode('to/empty'), readlinkSync(at('to/link'))]).toEqual([
      ...['d/b', '711', '700', 'd/b'],
    ]);
    expect(readdirSync(at('to')).sort()).toEqual(['a', 'd', 'empty', 'link']);
    expect(changed(params)).toBe(0);
    writeFileSync(at('to/a'), 'other');
    writeFileSync(at('to/mine'), 'kept');
    rmSync(at('to/d/e'), { recursive: true });
    expect([changed(params), read('to/a'), read('to/mine'), read("to/d/e/it's $odd \\ größe")]).toEqual([
      ...[1, 'a', 'kept', "d/e/it's $odd \\ größe"],
    ]);
    expect([changed({ ...params, mode: '0640' }), mode('to/a'), mode('to/empty')]).toEqual([1, '640', '700']);
    expect([changed({ ...params, src: at('from') }), read('to/from/d/b')]).toEqual([1, 'd/b']);
    expect(changed({ ...params, dest: 'new/deep', local_follow: true })).toBe(1);
    expect(lstatSync(at('new/deep/link')).isFile()).toBe(true);
    writeFileSync(at('to/a'), 'other');
    expect(changed({ ...params, force: false })).toBe(0);
    rmSync(at('to/empty'), { recursive: true });
    writeFileSync(at('to/empty'), '');
    expect(() => run(params)).toThrow('is of another kind');
    spawnSync('mkfifo', [at('from/fifo')]);
    expect(() => run({ ...params, dest: 'third' })).toThrow('from/fifo can');
  });

  test('remote_src copies within the host', () => {
    writeFileSync(join(base, 'from'), 'there', { mode: 0o600 });
    const params = { dest: 'to', src: join(base, 'from'), remote_src: true };
    const remote = (given: Record<string, unknown>) => changed({ ...params, ...given });
    expect(remote({})).toBe(1);
    expect([read('to'), mode('to')]).toEqual(['there', '644']);
    expect(remote({})).toBe(0);
    chmodSync(join(base, 'to'), 0o640);
    writeFileSync(join(base, 'from'), 'elsewhere');
    expect(remote({ backup: true })).toBe(1);
    expect([read('to'), mode('to')]).toEqual(['elsewhere', '640']);
    mkdirSync(join(base, 'd'));
    expect(remote({ dest: 'd', validate: 'test -s %s' })).toBe(1);
    expect(read('d/from')).toBe('elsewhere');
    expect(() => remote({ src: join(base, 'none') })).toThrow(`missing path:${base}/none`);
    expect(() => remote({ src: join(base, 'd') })).toThrow('is not a directory');
  });

  test.runIf(process.getuid?.() === 0)('an owner who is kept, and one who is set', () => {
    writeFileSync(join(base, 'f'), 'mine');
    chownSync(join(base, 'f'), 1, 1);
    expect(changed({ dest: 'f', src: 'a.txt' })).toBe(1);
    expect(lstatSync(join(base, 'f')).uid).toBe(1);
    expect(changed({ dest: 'f', src: 'a.txt', owner: 'root', group: 'daemon' })).toBe(1);
    expect([lstatSync(join(base, 'f')).uid, lstatSync(join(base, 'f')).gid]).toEqual([0, 1]);
  });
});
