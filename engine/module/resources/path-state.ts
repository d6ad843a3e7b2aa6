// What the module file is asked for and finds at a path, and the words and failures that its decisions share.
import type { Change, Plan } from '../change.ts';
import { type AttributeChange, asChange, type Ownership } from './attributes.ts';
import type { Entry } from './file-state.ts';
import { inTheWay } from './managed-file.ts';
import { parentOf } from './path.ts';
import type { TreeEntry } from './tree-state.ts';

export interface PathWant extends Ownership {
  readonly path: string;
  readonly state: 'file' | 'directory' | 'link' | 'hard' | 'absent' | 'touch';
  readonly src?: string | undefined;
  readonly recurse: boolean;
  readonly force: boolean;
  readonly follow: boolean;
}

export interface PathState {
  /** With `follow`, what a link leads to. */
  readonly entry: Entry | undefined;
  /** Directories above it that don't exist, the outermost first. */
  readonly missing: readonly string[];
  /** What a hard link is to share. */
  readonly source: Entry | undefined;
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
  if (entry.kind === 'link' && want.state !== 'hard')
    return { ...failure, hint: 'Set `follow: true` to manage what the link leads to.' };
  if (want.state === 'link' || want.state === 'hard') {
    return { ...failure, hint: 'Set `force: true` to replace a file or an empty directory by the link.' };
  }
  return failure;
}

/** New attributes of what is there. What a followed link leads to has another path. */
export function changed(what: string, change: AttributeChange, { path, follow }: PathWant): Change {
  const made = asChange(what, path, change);
  return follow ? { ...made, leaves: [{ path, kind: 'anything' }] } : made;
}

/** What to call it: `directory /srv`. */
export function label(kind: Entry['kind'], path: string): string {
  return kind === 'directory' || kind === 'link' ? `${kind} ${path}` : `file ${path}`;
}

/** A plan of one change. */
export function one(change: Change): Plan {
  return { changes: [change] };
}
