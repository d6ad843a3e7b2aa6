// What the module file is asked for and finds at a path, and the words and failures that its decisions share.
import type { Change, Plan } from '../../module/change.ts';
import type { Ownership } from '../file/attributes.ts';
import { inTheWay } from '../file/managed.ts';
import { parentOf } from '../file/path.ts';
import type { Entry } from '../file/state.ts';
import type { TimesState, TimesWant } from './times.ts';
import type { TreeEntry } from './tree-state.ts';

export interface PathWant extends Ownership {
  readonly path: string;
  /** Undefined: whatever is there. */
  readonly state: 'file' | 'directory' | 'link' | 'hard' | 'absent' | 'touch' | undefined;
  readonly src?: string | undefined;
  readonly recurse: boolean;
  readonly force: boolean;
  readonly follow: boolean;
  readonly times: TimesWant;
}

/** What is wanted once it is known what is there. */
export type SettledWant = PathWant & { readonly state: NonNullable<PathWant['state']> };

export interface PathState {
  /** What is at the path, or at `at`. */
  readonly entry: Entry | undefined;
  /** Where it is, if not at the path: where a followed link leads, or in the directory that a hard link goes into. */
  readonly at?: string | undefined;
  /** Directories above it that don't exist, the outermost first. */
  readonly missing: readonly string[];
  /** What a hard link is to share. */
  readonly source: Entry | undefined;
  /** What a symbolic link leads to, or will: it gets the attributes. */
  readonly aim?: { readonly path: string; readonly entry: Entry | undefined } | undefined;
  /** Where a time is given. */
  readonly times?: TimesState | undefined;
  /** What stands in the place of a directory above it. */
  readonly blocker?: string | undefined;
  /** The directory in which something would have to be made or removed, where nothing can be. */
  readonly shut?: string | undefined;
  /** Mount points below it. */
  readonly mounts?: readonly string[];
  /** Something else is mounted where a hard link would be than where its source is. */
  readonly crosses?: boolean;
  /** Who the task runs as, unless that is root. */
  readonly self?: string | undefined;
  /** A directory that isn't empty: no link takes its place. */
  readonly full?: boolean;
  /** For `recurse`: what occurs in the directory. */
  readonly tree: readonly TreeEntry[];
}

/** The state that is wanted of what is there: the task's, or what it is already. */
export function wantedState(want: PathWant, entry: Entry | undefined): SettledWant['state'] {
  if (want.state !== undefined) return want.state;
  if (entry === undefined) return want.recurse ? 'directory' : 'file';
  return entry.kind === 'directory' || entry.kind === 'link' ? entry.kind : 'file';
}

/** Whether the path is to be what a link there leads to. */
export function follows({ state, follow }: PathWant): boolean {
  return follow && state !== 'link' && state !== 'hard' && state !== 'absent';
}

/** Whether owner, group or mode are wanted. */
export function wantsAttributes({ owner, group, mode }: Ownership): boolean {
  return owner !== undefined || group !== undefined || mode !== undefined;
}

/** The file that a symbolic link would lead to. */
export function linkSource({ path, src = '' }: PathWant): string {
  return src.startsWith('/') ? src : `${parentOf(path)}/${src}`;
}

/** The failure for a directory that a link can't replace. */
export function notEmpty(path: string): Plan['failure'] {
  return {
    summary: `${path} is a directory that is not empty`,
    detail: 'A link takes the place of an empty directory only.',
    hint: 'Remove it with `file: { state: absent }` first, if all that is in it may go.',
  };
}

/** The failure for something else than what is wanted, with what would help. */
export function wrongKind(want: PathWant, entry: Entry): Plan['failure'] {
  const failure = inTheWay(want.path, entry);
  if (entry.kind === 'link' && want.follow)
    return { ...failure, summary: `${want.path} is a symbolic link that leads nowhere` };
  if (entry.kind === 'link') return { ...failure, hint: 'Set `follow: true` to manage what the link leads to.' };
  if (want.state === 'link' || (want.state === 'hard' && entry.kind === 'file')) {
    return { ...failure, hint: 'Set `force: true` to replace a file or an empty directory by the link.' };
  }
  return failure;
}

/** What to call it: `directory /srv`. */
export function label(kind: Entry['kind'], path: string): string {
  return kind === 'directory' || kind === 'link' ? `${kind} ${path}` : `file ${path}`;
}

/** A plan of one change. */
export function one(change: Change): Plan {
  return { changes: [change] };
}
