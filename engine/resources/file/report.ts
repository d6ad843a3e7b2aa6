// Reads what probeFiles printed. Strict: an answer that can't be understood is an error, never a guess.
import type { Output } from '../../module/change.ts';
import { readSections } from '../../module/sections.ts';
import { parseChecksums } from './checksum.ts';
import { ancestors, parentOf } from './path.ts';
import { existenceOf } from './probe.ts';
import { DIFF_LIMIT, type Entry, type FileQuery, type FileReport, isNumeric, UNREAD } from './state.ts';

/**
 * The answers to the same queries as probeFiles got.
 * @throws Error when the host has no usable stat or sha256sum, or when the output isn't what the fragment prints
 */
export function parseFiles(out: Output, queries: readonly FileQuery[]): FileReport {
  const sections = readSections(out.stdout);
  const section = (name: string) => sections.get(name) ?? [];
  const entries = readEntries(section('files'));
  if (!entries.has('/')) throw new Error(`stat does not work on this host: ${firstLine(out.stderr) ?? 'no output'}`);
  if (!sections.has('end') && !out.truncated) throw new Error('the probe of files stopped before its end');

  const targets = readTargets(section('links'), entries, queries);
  const digests = parseChecksums(section('digests'), 'sha256');
  const texts = readTexts(section('contents'), out.truncated);
  const links = readEntries(section('followed'));
  const followed = new Set(queries.filter(({ follow }) => follow).map(({ path }) => path));
  const existence = new Existence(section('exist'), existenceOf(queries));
  const held = readHeld(section('held'));
  const mounted = new Set(section('mounts').map(unescapeMount));
  const rooms = new Map(section('room').flatMap(roomOf));
  const lacking = new Set(section('lacks'));
  const users = accountNames(section('users'));
  const groups = accountNames(section('groups'));

  const entryOf: FileReport['entry'] = (path) => {
    const entry = entries.get(path);
    if (!entry) return existence.isHidden(path) ? UNREAD : undefined;
    const holds: Entry['held'] = mounted.has(path) ? 'mount' : held.paths.get(path);
    const told = holds === undefined ? {} : { held: holds };
    return { ...entry, target: targets.get(path), sha256: digests.get(path), text: texts.get(path), ...told };
  };
  return {
    entry: entryOf,
    state: ({ path, program }) => {
      // Of a parent that is still to be made nothing is known.
      const closed = existence.isClosed(parentOf(path)) ? parentOf(path) : undefined;
      const room = rooms.get(parentOf(path));
      return {
        entry: entryOf(path),
        blocker: existence.blocker(path),
        ...(closed !== undefined && { shut: closed }),
        ...(room !== undefined && { room }),
        ...(program !== undefined && lacking.has(program) && { lacks: program }),
        ...(held.self !== undefined && { self: held.self }),
      };
    },
    followed: (path) => {
      if (!followed.has(path)) return undefined;
      const own = entries.get(path);
      return own?.kind === 'link' ? links.get(path) : own;
    },
    exists: (path) => existence.has(path),
    blocker: (path) => existence.blocker(path),
    shut: (directory) => existence.shut(directory),
    room: (directory) => rooms.get(directory),
    mountOf: (path) => innermost(mounted, path),
    mounts: (path) => [...mounted].filter((point) => point === path || point.startsWith(`${path}/`)),
    hasUser: (name) => name === 'root' || isNumeric(name) || users.has(name),
    hasGroup: (name) => name === 'root' || isNumeric(name) || groups.has(name),
  };
}

/** What is at paths of which only that was asked, in the letters of `probeFiles`. */
class Existence {
  readonly #found: ReadonlyMap<string, string>;

  constructor(rows: readonly string[], paths: readonly string[]) {
    if (rows.length !== paths.length) throw new Error('the probe of files told the existence of too few paths');
    this.#found = new Map(paths.map((path, index) => [path, rows[index] ?? '0']));
  }

  has(path: string): boolean {
    return path === '/' || this.#isOneOf(path, 'drxe');
  }

  /** Whether it is a directory in which nothing can be written. */
  isClosed(directory: string): boolean {
    return this.#isOneOf(directory, 'r');
  }

  /** Whether a directory above it may not be looked into. */
  isHidden(path: string): boolean {
    return ancestors(path).some((directory) => this.#isOneOf(directory, 'x'));
  }

  blocker(path: string): string | undefined {
    return ancestors(path).find((directory) => this.#isOneOf(directory, 'eh'));
  }

  shut(directory: string): string | undefined {
    const there = [...ancestors(directory), directory].findLast((one) => this.#isOneOf(one, 'dr'));
    return there !== undefined && this.isClosed(there) ? there : undefined;
  }

  #isOneOf(path: string, letters: string): boolean {
    return letters.includes(this.#found.get(path) ?? '?');
  }
}

function innermost(points: ReadonlySet<string>, path: string): string | undefined {
  const holds = (point: string) => point === path || path.startsWith(point === '/' ? point : `${point}/`);
  return [...points]
    .filter(holds)
    .toSorted((one, other) => one.length - other.length)
    .at(-1);
}

const ENTRY = /^([0-9a-f]+):(\d+):(\d+):(\d+):(-?\d+):(\d+):(\d+):(\d+):([^:]*):([^:]*):(\/.*)$/;
const KINDS: Readonly<Record<number, Entry['kind']>> = { 32768: 'file', 16384: 'directory', 40960: 'link' };

function readEntries(rows: readonly string[]): ReadonlyMap<string, Entry> {
  return new Map(rows.map(parseFileEntry));
}

/**
 * A line of `stat -c` with STAT_FORMAT: the path and what is there.
 * @throws Error for any other line
 */
export function parseFileEntry(row: string): readonly [string, Entry] {
  const fields = ENTRY.exec(row);
  if (!fields) throw new Error(`stat printed a line that is none of its own: ${row}`);
  const [, raw = '', uid, gid, size, modified, device, inode, hardLinks, owner = '', group = '', path = ''] = fields;
  const bits = Number.parseInt(raw, 16);
  const entry: Entry = {
    ...UNREAD,
    kind: KINDS[bits & 0xf000] ?? 'other',
    mode: bits & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    owner: owner === 'UNKNOWN' ? undefined : owner,
    group: group === 'UNKNOWN' ? undefined : group,
    size: Number(size),
    modified: Number(modified),
    device: Number(device),
    inode: Number(inode),
    hardLinks: Number(hardLinks),
  };
  return [path, entry];
}

/** Link targets come in the order of the queries' paths, NUL after each; every line of base64 stands for itself. */
function readTargets(
  rows: readonly string[],
  entries: ReadonlyMap<string, Entry>,
  queries: readonly FileQuery[],
): ReadonlyMap<string, string> {
  const links = [...new Set(queries.map((query) => query.path))].filter((path) => entries.get(path)?.kind === 'link');
  const targets = Buffer.concat(rows.map((row) => Buffer.from(row, 'base64')))
    .toString('utf8')
    .split('\0')
    .slice(0, -1);
  if (targets.length !== links.length) throw new Error('a symbolic link changed while it was read');
  return new Map(links.map((path, index) => [path, targets[index] ?? '']));
}

/** `:PATH`, then base64. The last one of a cut-off output is dropped. */
function readTexts(rows: readonly string[], truncated: boolean): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const starts = rows.flatMap((row, index) => (row.startsWith(':') ? [index] : []));
  if (truncated) starts.pop();
  for (const start of starts) {
    const next = rows.findIndex((row, index) => index > start && row.startsWith(':'));
    const bytes = Buffer.from(rows.slice(start + 1, next === -1 ? undefined : next).join(''), 'base64');
    const text = bytes.toString('utf8');
    const isText = bytes.length <= DIFF_LIMIT && !bytes.includes(0) && Buffer.from(text).equals(bytes);
    if (isText) texts.set((rows[start] ?? '').slice(1), text);
  }
  return texts;
}

/** `fPATH` or `oPATH`, and last the name of the task's user unless that is root. */
function readHeld(rows: readonly string[]): {
  readonly self: string | undefined;
  readonly paths: ReadonlyMap<string, 'fixed' | 'foreign'>;
} {
  const paths = new Map(
    rows.flatMap((row) =>
      /^[fo]\//.test(row) ? [[row.slice(1), row.startsWith('f') ? 'fixed' : 'foreign'] as const] : [],
    ),
  );
  return { self: rows.find((row) => !/^[fo]\//.test(row)), paths };
}

/** proc(5): what would part the fields of /proc/self/mounts stands there in octal. */
function unescapeMount(point: string): string {
  return point.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** `BLOCKS:FREE:SIZE:DIRECTORY`; a file system without an end of its own has no blocks. */
function roomOf(row: string): readonly (readonly [string, number])[] {
  const [, blocks, free, size, directory = ''] = /^(\d+):(\d+):(\d+):(\/.*)$/.exec(row) ?? [];
  return blocks === undefined || Number(blocks) === 0 ? [] : [[directory, Number(free) * Number(size)]];
}

/** The names of `getent passwd` or `getent group`. */
function accountNames(rows: readonly string[]): ReadonlySet<string> {
  return new Set(rows.map((row) => row.slice(0, row.indexOf(':'))));
}

function firstLine(text: string): string | undefined {
  return text.split('\n').find((line) => line !== '');
}
