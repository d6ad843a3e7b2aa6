// What would have to change for a tree of files to be as wanted: the decisions that sync and unarchive share.

import { tarOf } from '../../archive/tar-writer.ts';
import type { Change, Plan } from '../../module/change.ts';
import { Content } from '../../module/content.ts';
import type { PathEffect } from '../../module/effect.ts';
import type { Failure } from '../../module/failure.ts';
import { octal } from '../../module/mode.ts';
import { Missing } from '../../module/resource.ts';
import { allOf, attributeChange } from '../file/attributes.ts';
import { accountNeeds, inTheWay, noDirectory } from '../file/managed.ts';
import { parentOf } from '../file/path.ts';
import { isFull, isMounted, isShut } from '../file/refusal.ts';
import { type Entry, type FileQuery, type FileReport, UNREAD } from '../file/state.ts';
import type { TreeDifference } from './probe.ts';
import { attributesScript, clearScript, receiveScript, removeScript } from './scripts.ts';
import type { WantedItem, WantedTree } from './want.ts';
import { directoryMode } from './want.ts';

export interface TreeState {
  /** Something that isn't a directory, where one has to be. */
  readonly blocker: string | undefined;
  /** The tree's own directory, links followed; undefined when it is not there. */
  readonly root?: Entry | undefined;
  readonly difference: TreeDifference;
  /** The directory in which nothing can be written, where something would have to be. */
  readonly shut?: string | undefined;
  /** Bytes that can still be written there. */
  readonly room?: number | undefined;
  /** Mount points below it. */
  readonly mounts?: readonly string[];
}

/** What has to be read of the tree's directory. */
export function treeQuery({ dest, owner, group }: Pick<WantedTree, 'dest' | 'owner' | 'group'>): FileQuery {
  return { path: dest, follow: true, owner, group, others: [dest], moved: true, room: [dest, parentOf(dest)] };
}

/** Where nothing can be written: of a directory above it that is still to be made nobody knows that yet. */
export function shutFor(dest: string, report: FileReport): string | undefined {
  const at = report.exists(dest) ? dest : parentOf(dest);
  return report.exists(at) ? report.shut(at) : undefined;
}

/** What the host says of the tree's directory and of its owner and group. */
export function treeState(
  report: FileReport,
  want: WantedTree,
  difference: TreeDifference,
): TreeState | Missing<TreeState> {
  const { dest } = want;
  const own = report.entry(dest);
  const blocked = own && report.followed(dest)?.kind !== 'directory' ? dest : undefined;
  const root = report.followed(dest);
  const state = {
    ...{ blocker: report.blocker(dest) ?? blocked, root, difference, shut: shutFor(dest, report) },
    room: report.room(root ? dest : parentOf(dest)),
    mounts: report.mounts(dest),
  };
  const needs = accountNeeds(report, want);
  return needs.length === 0 ? state : new Missing({ needs, fresh: state });
}

/** What is sent, what gets other attributes, what is removed: a change each. */
export function planTree(have: TreeState, want: WantedTree): Plan {
  const { blocker, root, difference, shut, room } = have;
  const { dest, items } = want;
  if (blocker !== undefined) return { changes: [], failure: noDirectory(blocker, `${dest}/`) };
  const failure = refusal(difference, want) ?? mountedExtra(have, want);
  if (failure) return { changes: [], failure };
  const pick = (indices: readonly number[]) => indices.flatMap((index) => items[index] ?? []);
  const conflicts = [
    ...pick(difference.directory),
    ...pick(difference.other).filter(({ kind }) => kind === 'directory'),
  ];
  const created = pick(difference.missing);
  const replaced = [...pick(difference.other), ...pick(difference.directory), ...pick(difference.content)];
  const sent = [...created, ...replaced].sort((one, other) => (one.path < other.path ? -1 : 1));
  const attributes = pick(difference.attributes);
  const moves = sent.length + difference.extras + attributes.length > 0;
  if (moves && shut !== undefined) return { changes: [], failure: isShut(shut, `${dest}/`) };
  const size = sent.reduce((sum, { content }) => sum + (content?.size ?? 0), 0);
  if (room !== undefined && size > room) return { changes: [], failure: isFull(`${dest}/`, size, room) };
  const changes: Change[] = [];
  if (sent.length > 0) {
    const stdin = tarOf(sent);
    const clear = { run: clearScript(want), stdin: pathList(conflicts) };
    changes.push({
      op: created.length === items.length ? '+' : '~',
      what: `${count(sent)} in ${dest}`,
      to: `${[...(created.length > 0 ? [`${created.length} new`] : []), ...(replaced.length > 0 ? [`${replaced.length} changed`] : [])].join(', ')}: ${names(sent.map(({ path }) => path))}`,
      steps: [...(conflicts.length > 0 ? [clear] : []), { run: receiveScript(want), stdin }],
      effects: [{ makes: `path:${dest}` }, { makes: `path:${dest}/` }],
    });
  }
  const own = root && !want.shares && attributeChange(dest, root, { ...want, mode: rootMode(root, want) }, true);
  if (own) {
    const steps = [{ run: allOf(own.scripts) }];
    changes.push({ op: '~', what: `directory ${dest}`, from: own.from, to: own.to, steps });
  }
  if (attributes.length > 0) changes.push(changeAttributes(attributes, want));
  if (difference.extras > 0) {
    changes.push({
      op: '-',
      what: `${difference.extras} that ${difference.extras === 1 ? 'is' : 'are'} not in the source, in ${dest}`,
      from: names(difference.extra, difference.extras),
      steps: [{ run: removeScript(want), stdin: want.list }],
      effects: removed(difference, dest),
    });
  }
  return { changes };
}

/** What is no longer there; where more goes than the host names, anything may be. */
function removed({ extra, extras }: TreeDifference, dest: string): readonly PathEffect[] {
  if (extra.length < extras) return [{ path: dest, kind: 'anything' }];
  return extra.map((path) => ({ path: `${dest}/${path.replace(/\/$/, '')}`, kind: 'nothing' }));
}

function changeAttributes(items: readonly WantedItem[], want: WantedTree): Change {
  const { owner, group } = want;
  const byMode = new Map<number | undefined, WantedItem[]>();
  for (const item of items) {
    const mode = item.kind === 'link' || (item.kind === 'directory' && want.mode === undefined) ? undefined : item.mode;
    byMode.set(mode, [...(byMode.get(mode) ?? []), item]);
  }
  return {
    op: '~',
    what: `owner, group or mode of ${count(items)} in ${want.dest}`,
    to: names(items.map(({ path }) => path)),
    steps: [...byMode].map(([mode, some]) => ({ run: attributesScript(want, mode), stdin: pathList(some) })),
    effects: [...byMode].flatMap(([mode, some]) =>
      some.map(({ path }): PathEffect => ({ path: `${want.dest}/${path}`, kind: 'same', mode, owner, group })),
    ),
  };
}

/** As changes have it, in octal: an octal mode of the task is for files. */
function rootMode({ mode: current }: Entry, { mode }: WantedTree): string | undefined {
  return mode === undefined ? undefined : octal(directoryMode(mode, current));
}

/** A directory in a file's place is removed only by a task that removes. */
function refusal(difference: TreeDifference, want: WantedTree): Failure | undefined {
  const unreadable = want.items[difference.unreadable[0] ?? -1];
  if (unreadable) {
    return {
      summary: `cannot read ${want.dest}/${unreadable.path}`,
      detail: 'The user that the task runs as has no permission to look at it, or its disk is broken.',
      hint: 'Set `become: true` on the task.',
    };
  }
  const other = difference.other.flatMap((index) => want.items[index] ?? []).find(({ kind }) => kind === 'directory');
  if (other && want.shares) return notReplaced(`${want.dest}/${other.path}`);
  const directory = want.items[difference.directory[0] ?? -1];
  if (!directory || want.remove) return undefined;
  const { summary, detail, hint } = inTheWay(`${want.dest}/${directory.path}`, { ...UNREAD, kind: 'directory' });
  return { summary, detail, hint };
}

/** Where /bin leads to /usr/bin, an archive with a bin/ must not take the link's place. */
function notReplaced(path: string): Failure {
  return {
    summary: `${path} is a link or a file, and a directory in the archive`,
    detail: 'Nothing is written through a link, and what stands there is not removed unasked.',
    hint: 'Unpack where the link leads to; or remove it with `file: { state: absent }` first, if it may go.',
  };
}

/** What is mounted can't be removed, and so nothing above it. */
function mountedExtra({ difference, mounts = [] }: TreeState, { dest }: WantedTree): Failure | undefined {
  const extra = difference.extra.map((path) => `${dest}/${path.replace(/\/$/, '')}`);
  const held = mounts.find((point) => extra.some((path) => point === path || point.startsWith(`${path}/`)));
  return held === undefined ? undefined : isMounted(held);
}

/** The paths as `xargs -0` reads them. */
export function pathList(items: readonly Pick<WantedItem, 'path'>[]): Content {
  return Content.of(items.map(({ path }) => `./${path}\0`).join(''));
}

function count(items: readonly WantedItem[]): string {
  const files = items.filter(({ kind }) => kind !== 'directory').length;
  const directories = items.length - files;
  return [
    ...(files > 0 || directories === 0 ? [`${files} ${files === 1 ? 'file' : 'files'}`] : []),
    ...(directories > 0 ? [`${directories} ${directories === 1 ? 'directory' : 'directories'}`] : []),
  ].join(' and ');
}

const NAMED = 8;

function names(paths: readonly string[], total = paths.length): string {
  const shown = paths.slice(0, NAMED).join(', ');
  return total > NAMED ? `${shown} … and ${total - NAMED} more` : shown;
}
