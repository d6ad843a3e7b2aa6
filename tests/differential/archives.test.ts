// Archives of the controller against the tools that make them: each packs trees of every kind of file, and what is read
// of the archive is what the tool itself unpacks, or the archive is refused.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localArchive } from '../../engine/archive/members.ts';
import { ProblemError } from '../../engine/language/problem/problem.ts';
import { byYauzl } from './by-yauzl.ts';
import { RUNS } from './runs.ts';

/** What a person sees of a file: bits that others could write by, or that are set-id, are never taken over. */
interface Seen {
  readonly kind: 'file' | 'directory' | 'link';
  readonly mode: number | undefined;
  readonly holds: string | undefined;
}

interface Tool {
  readonly title: string;
  /** Programs that it needs. */
  readonly needs: readonly string[];
  /** The archive's name, whose ending says its kind. */
  readonly name: string;
  /** In the tree; `$1` is the archive. */
  readonly pack: string;
  /** In an empty directory. */
  readonly unpack: string;
  /** Whether the archive says modes. */
  readonly modes?: boolean;
}

const GNU = ['gnu', 'oldgnu', 'pax', 'ustar', 'v7'].map((format) => ({
  title: `GNU tar, ${format}`,
  needs: ['tar'],
  name: 'a.tar',
  pack: `tar --format=${format} -cf "$1" .`,
  unpack: 'tar -xpf "$1"',
}));

const SPARSE = ['gnu', ...['0.0', '0.1', '1.0'].map((version) => `pax --sparse-version=${version}`)].map((format) => ({
  title: `GNU tar, sparse, ${format}`,
  needs: ['tar'],
  name: 'a.tar',
  pack: `tar --format=${format} -Scf "$1" .`,
  unpack: 'tar -xpf "$1"',
}));

const BSD = ['pax', 'ustar', 'gnutar', 'v7'].map((format) => ({
  title: `bsdtar, ${format}`,
  needs: ['bsdtar'],
  name: 'a.tar',
  pack: `bsdtar --format ${format} -cf "$1" .`,
  unpack: 'bsdtar -xpf "$1"',
}));

const PACKED = [
  ['tgz', '-z'],
  ['tar.xz', '-J'],
  ['tar.bz2', '-j'],
  ['tar.zst', '--zstd'],
].map(([ending = '', option = '']) => ({
  title: `GNU tar, ${ending}`,
  needs: ['tar', { tgz: 'gzip', 'tar.xz': 'xz', 'tar.bz2': 'bzip2', 'tar.zst': 'zstd' }[ending] ?? ''],
  name: `a.${ending}`,
  pack: `tar ${option} -cf "$1" .`,
  unpack: `tar ${option} -xpf "$1"`,
}));

const PYTHON = ['PAX', 'GNU', 'USTAR'].map((format) => ({
  title: `Python's tarfile, ${format}`,
  needs: ['python3'],
  name: 'a.tar',
  pack: `python3 -c 'import sys, tarfile
with tarfile.open(sys.argv[1], "w", format=tarfile.${format}_FORMAT) as t: t.add(".")' "$1"`,
  unpack: `python3 -c 'import sys, tarfile
with tarfile.open(sys.argv[1]) as t: t.extractall()' "$1"`,
}));

const GIT =
  'git init -q && git add -A -f && git -c user.name=x -c user.email=x@example.com commit -q --allow-empty -m x';

const TOOLS: readonly Tool[] = [
  ...[...GNU, ...SPARSE, ...BSD, ...PACKED, ...PYTHON].map((tool) => ({ ...tool, modes: true })),
  {
    title: 'Info-ZIP',
    needs: ['zip', 'unzip'],
    name: 'a.zip',
    pack: 'zip -qry "$1" .',
    unpack: 'unzip -q "$1"',
    modes: true,
  },
  {
    title: 'Info-ZIP, into a pipe',
    needs: ['zip', 'unzip'],
    name: 'a.zip',
    pack: 'zip -qr - . | cat >"$1"', // with -y zip refuses a pipe: a link isn't compressed
    unpack: 'unzip -q "$1"',
    modes: true,
  },
  {
    title: 'bsdtar, zip',
    needs: ['bsdtar', 'unzip'],
    name: 'a.zip',
    pack: 'bsdtar --format zip -cf "$1" .',
    unpack: 'unzip -q "$1"',
    modes: true,
  },
  {
    title: "Python's zipfile",
    needs: ['python3'],
    name: 'a.zip',
    pack: 'python3 -m zipfile -c "$1" *',
    unpack: 'python3 -m zipfile -e "$1" .',
  },
  {
    title: '7-Zip, zip',
    needs: ['7zz'],
    name: 'a.zip',
    pack: '7zz a -snl "$1" . >/dev/null',
    unpack: '7zz x "$1" >/dev/null',
  },
  { title: '7-Zip, tar', needs: ['7zz'], name: 'a.tar', pack: '7zz a -snl "$1" . >/dev/null', unpack: 'tar -xpf "$1"' },
  {
    title: 'git archive, tar',
    needs: ['git'],
    name: 'a.tar.gz',
    pack: `${GIT} && git archive -o "$1" HEAD`,
    unpack: 'tar -xpf "$1"',
    modes: true,
  },
  {
    title: 'git archive, zip',
    needs: ['git', 'unzip'],
    name: 'a.zip',
    pack: `${GIT} && git archive -o "$1" HEAD`,
    unpack: 'unzip -q "$1"',
    modes: true,
  },
  {
    title: 'npm pack',
    needs: ['npm'],
    name: 'a.tgz',
    pack: `printf '{"name":"x","version":"1.0.0"}' >package.json && npm pack --silent --pack-destination "$(dirname "$1")" >/dev/null && mv "$(dirname "$1")/x-1.0.0.tgz" "$1"`,
    unpack: 'tar -xpf "$1"',
    modes: true,
  },
];

let base = '';
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'vrun-differential-'));
});
afterAll(() => rmSync(base, { recursive: true }));

const there = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** Names of all lengths, and with what shells, patterns and headers take for something else. */
const NAME = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-z]{1,6}$/) },
  fc.constantFrom(
    'name with spaces',
    "quote'",
    'größe',
    '[x]',
    'a*b',
    '-dash',
    '.hidden',
    'semi;colon',
    '日本',
    'Δ.txt',
  ),
  fc.constantFrom('f'.repeat(99), 'f'.repeat(100), 'f'.repeat(101), 'd'.repeat(155), 'u'.repeat(200)),
);
const FILE = fc.record({
  path: fc.array(NAME, { minLength: 1, maxLength: 3 }),
  kind: fc.constantFrom('file', 'file', 'directory', 'link', 'hard', 'sparse'),
  mode: fc.constantFrom(0o644, 0o755, 0o600, 0o444),
  text: fc.oneof(
    fc.constant(''),
    fc.string({ maxLength: 40 }),
    fc.constantFrom('x'.repeat(511), 'y'.repeat(512), 'z'.repeat(70_000)),
  ),
});

type File = typeof FILE extends fc.Arbitrary<infer T> ? T : never;

/** Makes what can be made of the files, in a new directory. */
function grow(files: readonly File[]): string {
  const tree = mkdtempSync(join(base, 'tree-'));
  writeFileSync(join(tree, 'first'), 'first\n');
  const made = [join(tree, 'first')];
  for (const { path, kind, mode, text } of files) {
    const [name = '', ...above] = path.toReversed();
    const directory = join(tree, ...above.toReversed());
    const at = join(directory, name);
    try {
      mkdirSync(directory, { recursive: true });
      if (kind === 'directory') mkdirSync(at);
      else if (kind === 'link') symlinkSync(text.length % 2 === 0 ? 'nothing there' : 'first', at);
      else if (kind === 'hard' && made[0] !== undefined) linkSync(made[0], at);
      else if (kind === 'sparse') holes(at, text);
      else {
        writeFileSync(at, text, { flag: 'wx' });
        chmodSync(at, mode);
        made.push(at);
      }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (!/^(EEXIST|ENOTDIR|EISDIR|ENOENT|ENAMETOOLONG)$/.test(String(code))) throw error;
    }
  }
  return tree;
}

function holes(path: string, text: string): void {
  const file = openSync(path, 'wx');
  try {
    if (text.length > 20) writeSync(file, text, 0);
    writeSync(file, `${text}.`, 1 << 20);
    ftruncateSync(file, text.length % 3 === 0 ? 3 << 20 : (1 << 20) + Buffer.byteLength(text) + 1);
  } finally {
    closeSync(file);
  }
}

const bits = (mode: number, kind: Seen['kind'], modes: boolean) =>
  kind === 'file' && modes ? mode & 0o755 : undefined;

/** All that is in a directory, links not followed. */
function walk(directory: string, modes: boolean, seen = new Map<string, Seen>(), inside = ''): Map<string, Seen> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    const name = `${inside}${entry.name}`;
    const kind = entry.isSymbolicLink() ? 'link' : entry.isDirectory() ? 'directory' : 'file';
    const holds = () => (kind === 'link' ? readlinkSync(path) : digestOf(readFileSync(path)));
    seen.set(name, {
      kind,
      mode: bits(lstatSync(path).mode, kind, modes),
      holds: kind === 'directory' ? undefined : holds(),
    });
    if (kind === 'directory') walk(path, modes, seen, `${name}/`);
  }
  return seen;
}

const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** What vrun reads of an archive; in words why it refuses it. */
function read(name: string, path: string, modes: boolean): Map<string, Seen> | string {
  try {
    const seen = new Map<string, Seen>();
    for (const { path: at, kind, mode, target, content } of localArchive(name, path).items(0)) {
      const above = at.split('/');
      for (let depth = 1; depth < above.length; depth++) {
        const parent = above.slice(0, depth).join('/');
        if (!seen.has(parent)) seen.set(parent, { kind: 'directory', mode: undefined, holds: undefined });
      }
      seen.set(at, { kind, mode: bits(mode, kind, modes), holds: target ?? content?.sha256 });
    }
    return seen;
  } catch (error) {
    if (error instanceof ProblemError) return error.problems[0]?.detail ?? '';
    throw error;
  }
}

const sorted = (seen: Map<string, Seen>) => [...seen].sort(([one], [other]) => (one < other ? -1 : 1));

/** Directories that no entry stands for are ours alone. */
async function asYauzl(archive: string, seen: Map<string, Seen>, modes: boolean): Promise<void> {
  for (const [path, { kind, mode, holds }] of await byYauzl(readFileSync(archive))) {
    const bare = bits(mode ?? 0o644, kind, modes);
    expect(seen.get(path), `${path}, as yauzl reads it`).toEqual({ kind, mode: bare, holds });
  }
}

describe('what is read of an archive is what its own tool unpacks', () => {
  for (const { title, needs, name, pack, unpack, modes = false } of TOOLS) {
    test.skipIf(!needs.every(there))(title, { timeout: 600_000 }, async () => {
      let compared = 0;
      const trees = fc.array(FILE, { minLength: 1, maxLength: 10 });
      await fc.assert(
        fc.asyncProperty(trees, async (files) => {
          const tree = grow(files);
          const out = mkdtempSync(join(base, 'out-'));
          const archive = join(mkdtempSync(join(base, 'archive-')), name);
          try {
            const sh = (command: string, cwd: string) =>
              spawnSync('sh', ['-c', command, 'sh', archive], {
                cwd,
                encoding: 'utf8',
                env: { ...process.env, LC_ALL: 'C.UTF-8' },
              });
            const whole = sh(pack, tree).status === 0; // what a format has no room for is left out, and said
            if (sh(unpack, out).status !== 0) return;
            const seen = read(name, archive, modes);
            if (typeof seen === 'string') {
              if (whole) throw new Error(`refused: ${seen}`);
              return;
            }
            expect(sorted(seen)).toEqual(sorted(walk(out, modes)));
            if (name.endsWith('.zip')) await asYauzl(archive, seen, modes);
            compared++;
          } finally {
            rmSync(tree, { recursive: true });
            rmSync(out, { recursive: true });
            rmSync(join(archive, '..'), { recursive: true });
          }
        }),
        { seed: 7, numRuns: RUNS.archives, endOnFailure: true },
      );
      expect(compared).toBeGreaterThan(RUNS.archives / 4);
    });
  }
});
