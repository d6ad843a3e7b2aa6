// A tree of files as it is wanted below a directory of a host: what sync and unarchive make of their sources.

import { withoutEnd } from '../../base/without-end.ts';
import type { ParameterProblem } from '../../language/runbook/catalog.ts';
import { Content } from '../../module/content.ts';
import { isOctalMode, NEW_DIRECTORY, resolveMode } from '../../module/mode.ts';
import type { TreeItem } from '../../module/parameters.ts';
import { BadPattern, linearPattern } from '../../pattern/linear.ts';
import type { Ownership } from '../file/attributes.ts';

export interface WantedTree extends Ownership {
  /** Absolute, as `cleanPath` leaves it. */
  readonly dest: string;
  /** Relative paths, every directory before what is in it. */
  readonly items: readonly WantedItem[];
  /** Remove what isn't wanted and not excluded either. */
  readonly remove: boolean;
  /** Directories that are there are others' too: owner, group and mode are for files, and for directories that are made. */
  readonly shares: boolean;
  /** Extended regular expressions over paths, a directory's with a slash at its end: neither sent nor removed. */
  readonly excluded: readonly string[];
  /** The items as the probe reads them. */
  readonly list: Content;
}

export interface WantedItem extends TreeItem {
  /** Permission bits. */
  readonly mode: number;
}

/** Others may not write, and nothing is set-id: what a umask of 022 leaves. */
const MASK = 0o755;

/** The tree below `dest` with these attributes; `items` that are excluded are left out. */
export function wantedTree(
  items: readonly TreeItem[],
  options: Pick<WantedTree, 'dest' | 'remove' | 'shares' | 'owner' | 'group' | 'mode'> & {
    readonly exclude: readonly string[];
  },
): WantedTree {
  const { mode, exclude, ...rest } = options;
  const excluded = exclude.map(excludePattern);
  const patterns = excluded.map((pattern) => linearPattern(bytesOf(pattern)));
  const wanted = withParents(items)
    .filter(({ path, kind }) => !patterns.some((one) => one.test(bytesOf(kind === 'directory' ? `${path}/` : path))))
    .map((item) => ({ ...item, mode: modeOf(item, mode) }));
  return { ...rest, mode, excluded, items: wanted, list: listOf(wanted, mode !== undefined) };
}

/** An archive may leave out the directories that its files are in. */
function withParents(items: readonly TreeItem[]): readonly TreeItem[] {
  const all = new Map<string, TreeItem>();
  for (const item of items) {
    const parts = item.path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const path = parts.slice(0, depth).join('/');
      if (!all.has(path)) all.set(path, { path, kind: 'directory', mode: NEW_DIRECTORY, modified: item.modified });
    }
    all.set(item.path, item);
  }
  return [...all.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** An octal mode is for files; a directory gets `x` wherever it has `r`. */
export function directoryMode(spec: string, current = NEW_DIRECTORY): number {
  const bits = resolveMode(spec, current, true);
  return isOctalMode(spec) ? bits | ((bits & 0o444) >> 2) : bits;
}

function modeOf({ kind, mode }: TreeItem, spec: string | undefined): number {
  const base = mode & MASK;
  if (kind === 'link') return 0o777;
  if (kind === 'directory') return spec === undefined ? NEW_DIRECTORY : directoryMode(spec);
  return spec === undefined ? base : resolveMode(spec, base, false);
}

const TYPES = { file: '8', directory: '4', link: 'a' } as const;

/**
 * A line an item: its mode as stat prints it (`-` where any will do), size, digest or a link's target, path, between tabs.
 * A directory that is there keeps its mode unless one is asked for: /usr/local/bin has its own.
 */
function listOf(items: readonly WantedItem[], modes: boolean): Content {
  const rows = items.map(({ path, kind, mode, content, target }) => {
    const raw = kind === 'file' || (kind === 'directory' && modes) ? mode.toString(16).padStart(3, '0') : '-';
    return [`${TYPES[kind]}${raw}`, content?.size ?? '-', target ?? content?.sha256 ?? '-', path].join('\t');
  });
  return Content.of(rows.map((row) => `${row}\n`).join(''));
}

/**
 * From a glob as rsync has it to an extended regular expression, the same for RE2 and awk: `*` and `?` stay
 * within a name, `**` doesn't; a pattern with a slash at its start or inside is anchored at the root of the tree,
 * another one matches names at any depth; with a slash at its end it matches directories only.
 */
export function excludePattern(glob: string): string {
  const onlyDirectories = glob.endsWith('/');
  const body = withoutEnd(glob.replace(/^\/+/, ''), '/');
  const anchored = glob.startsWith('/') || body.includes('/');
  const text = body.replace(/\*\*\/?|\*|\?|\[!?[^\]/]+\]|[^*?[]|\[/g, (part) => {
    if (part === '**/') return '(.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 1) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    if (part === '^' || part === '\\') return `\\${part}`;
    return /[$.+(){|[]/.test(part) ? `[${part}]` : part;
  });
  return `^${anchored ? '' : '(.*/)?'}${text}${onlyDirectories ? '/' : '(/|$)'}`;
}

function isPattern(source: string): boolean {
  try {
    linearPattern(source);
    return true;
  } catch (error) {
    if (error instanceof BadPattern) return false;
    throw error;
  }
}

/** awk sees bytes: a string with one character for each of them. */
export function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Problems of the parameter `exclude`. */
export function checkExclude(params: Readonly<Record<string, unknown>>): readonly ParameterProblem[] {
  const globs: readonly unknown[] = Array.isArray(params.exclude) ? params.exclude : [params.exclude];
  return globs.flatMap((glob) => {
    if (typeof glob !== 'string') return [];
    const bad = glob.replaceAll('/', '') === '' || /[\u0000-\u001f\u007f]/.test(glob);
    return bad || !isPattern(bytesOf(excludePattern(glob)))
      ? [{ parameter: 'exclude', summary: `‹${glob}› is not a pattern`, hint: 'Write a name or a path.' }]
      : [];
  });
}
