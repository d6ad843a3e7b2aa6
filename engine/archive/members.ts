// What is in an archive of the controller, after everything that could do harm on a host has been refused.

import { spawnSync } from 'node:child_process';
import { closeSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { hasCode } from '../base/file-error.ts';
import { openPlainSync } from '../base/plain-file.ts';
import { withoutEnd } from '../base/without-end.ts';
import { fail, ProblemError } from '../language/problem/problem.ts';
import type { ArchiveLook, LocalArchive, TreeItem } from '../module/index.ts';
import { type ArchiveKind, archiveKind, unpacker } from './kind.ts';
import { Broken, broken, type Member, refuseArchive, Unsafe } from './refusal.ts';
import { readTar } from './tar-reader.ts';
import { readZip } from './zip-reader.ts';

/** More than this is not unpacked into memory, in bytes. */
const LIMIT = 2 ** 31;

/** A larger archive is not read for the sole purpose of seeing whether it is whole, in bytes. */
const LOOKED_INTO = 2 ** 27;

/** How files of gzip, xz, bzip2 and zstd begin. */
const PACKED = ['1f8b', 'fd377a585a', '425a68', '28b52ffd'].map((hex) => Buffer.from(hex, 'hex'));

/**
 * What is in the archive, or why nobody could or should unpack it. Undefined where that can't be seen here: it is too large to be
 * read for that alone, or packed by a program that this machine hasn't.
 */
export function lookInto(name: string, path: string): ArchiveLook | undefined {
  const kind = archiveKind(name);
  if (kind === undefined || statSync(path).size > LOOKED_INTO) return undefined;
  try {
    const bytes = wholeFile(path);
    // tar knows by itself how a .tar is packed.
    if (kind === 'tar' && PACKED.some((magic) => bytes.subarray(0, magic.length).equals(magic))) return undefined;
    return { kind: 'items', items: checked(membersIn(bytes, kind)) };
  } catch (error) {
    if (error instanceof Broken) return { kind: 'broken', why: error.message };
    return error instanceof Unsafe ? { kind: 'unsafe', why: error.message } : undefined;
  }
}

/** An archive that is read when somebody first asks for what is in it; `read` is told of its bytes. */
export function localArchive(
  name: string,
  path: string,
  read: (bytes: Buffer) => void = () => undefined,
): LocalArchive {
  let members: readonly Member[] | undefined;
  let whole: readonly TreeItem[] | undefined;
  return {
    name,
    items: (strip, takes = () => true) =>
      named(name, () => {
        members ??= membersOf(path, archiveKind(name) ?? 'tar', read);
        whole ??= checked(members);
        const taken = whole.filter((member) => takes(member.path));
        // Once more: what stays inside of the archive may lead out of a part of it.
        return strip === 0 ? taken : checked(members.flatMap((member) => stripped(member, strip, takes)));
      }),
  };
}

function named<T>(name: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    return fail({
      code: 'bad-value',
      summary: `the archive ‹${name}› is refused`,
      detail: `${why[0]?.toUpperCase() ?? ''}${why.slice(1)}.`,
      hint: 'Look at it with `tar -tvf` or `unzip -l`; nothing of it was sent.',
    });
  }
}

function membersOf(path: string, kind: ArchiveKind, read: (bytes: Buffer) => void): readonly Member[] {
  const bytes = wholeFile(path);
  read(bytes);
  return membersIn(bytes, kind);
}

function membersIn(bytes: Buffer, kind: ArchiveKind): readonly Member[] {
  switch (kind) {
    case 'tar':
      return readTar(bytes);
    case 'tar.gz':
      return readTar(gunzipped(bytes));
    case 'tar.xz':
    case 'tar.bz2':
    case 'tar.zst':
      return readTar(unpacked(kind, bytes));
    case 'zip':
      return readZip(bytes);
  }
}

function wholeFile(path: string): Buffer {
  const file = openPlainSync(path);
  try {
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function gunzipped(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: LIMIT });
  } catch (error) {
    if (!(error instanceof Error) || ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')) throw error;
    return broken(error.message);
  }
}

/** What Node itself can't unpack, or not in each of its versions. */
function unpacked(kind: ArchiveKind, bytes: Buffer): Buffer {
  const { command, package: name } = unpacker(kind) ?? { command: 'gzip', package: 'gzip' };
  const { error, status, stdout, stderr } = spawnSync(command, ['-dc'], { input: bytes, maxBuffer: LIMIT });
  if (hasCode(error, 'ENOENT')) {
    return refuseArchive(`this machine has no ${command} to look into it with; install ${name}, or give \`creates\``);
  }
  if (error) return refuseArchive(error.message);
  return status === 0 ? stdout : broken(stderr.toString().trim());
}

/** As tar counts them: in `./a/b` the dot is one. */
function stripped(member: Member, strip: number, takes: (path: string) => boolean): readonly Member[] {
  if (!takes(inside(member.path) ?? '')) return [];
  const parts = member.path.split('/').filter((part) => part !== '');
  const path = parts.slice(strip).join('/');
  return path === '' ? [] : [{ ...member, path }];
}

function unsafe(why: string): never {
  throw new Unsafe(why);
}

/** Without `.` components. */
function checked(members: readonly Member[]): readonly TreeItem[] {
  const all = members.flatMap((member) => {
    const { kind, mode, target } = member;
    if (/[\u0000-\u001f\u007f-\u009f\ufffd]/.test(member.path + (target ?? ''))) {
      return refuseArchive(`it holds a name that no host's tools can be told of: ${JSON.stringify(member.path)}`);
    }
    const path = inside(member.path);
    if (path === undefined) return unsafe(`${member.path} leads out of it`);
    if (path === '') return [];
    if (kind === 'file' && (mode & 0o6000) !== 0) return unsafe(`${path} is set-uid or set-gid`);
    return [{ ...member, path }];
  });
  const items = lastOfEach(all);
  const links = new Map(items.flatMap(({ path, target }) => (target === undefined ? [] : [[path, target]])));
  for (const path of links.keys()) {
    if (!staysInside(path, links)) unsafe(`the link ${path} leads out of it, to ${links.get(path) ?? ''}`);
  }
  const through = items.find(({ path }) => parents(path).some((parent) => links.has(parent)));
  return through ? unsafe(`${through.path} lies behind a link of the archive`) : items;
}

/** Of several with one path the last one counts, in its place: nothing could be as all of them say. */
function lastOfEach(items: readonly TreeItem[]): readonly TreeItem[] {
  const last = new Map<string, TreeItem>();
  for (const item of items) {
    last.delete(item.path);
    last.set(item.path, item);
  }
  return [...last.values()];
}

/** The path in its plain form; undefined when it is absolute or leads upwards. */
function inside(path: string): string | undefined {
  if (path.startsWith('/')) return undefined;
  const plain = withoutEnd(posix.normalize(path), '/');
  if (plain === '..' || plain.startsWith('../')) return undefined;
  return plain === '.' ? '' : plain;
}

/** More links on the way than this, and Linux goes on no further (path_resolution(7)). */
const LINKS = 40;

/** Goes along a link as the kernel will, through other links of the archive; one that leads in a circle leads nowhere. */
function staysInside(link: string, links: ReadonlyMap<string, string>): boolean {
  const ahead = link.split('/');
  let at: string[] = [];
  for (let followed = 0; ahead.length > 0; ) {
    const part = ahead.shift() ?? '';
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return false;
      continue;
    }
    at = [...at, part];
    const target = links.get(at.join('/'));
    if (target === undefined) continue;
    if (target.startsWith('/')) return false;
    if (++followed > LINKS) return true;
    at.pop();
    ahead.unshift(...target.split('/'));
  }
  return true;
}

/** The directories that a path is in. */
function parents(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
