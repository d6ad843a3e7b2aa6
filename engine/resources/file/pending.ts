// What will be at a path once the pending changes of a dry run are made: the entry that was read, as they leave it.
import type { Plan } from '../../module/change.ts';
import type { Foreseen } from '../../module/define.ts';
import type { PathEffect } from '../../module/effect.ts';
import { Missing, type Resource, stateIfThere } from '../../module/resource.ts';
import type { Ownership } from './attributes.ts';
import type { FileState } from './managed.ts';
import { ancestors, parentOf } from './path.ts';
import { type Entry, isNumeric, UNREAD } from './state.ts';

/**
 * The entry as it will be: `undefined` when nothing is there. `unknown` where that can't be told, or where it can't be
 * compared with an attribute that is wanted.
 */
export function pendingEntry(
  have: Entry | undefined,
  path: string,
  want: Ownership,
  foreseen: Foreseen,
): Entry | undefined | 'unknown' {
  const left = foreseen.at(path);
  // What is made below makes the directories above it.
  if (left === undefined) return have === undefined && foreseen.isChangedBelow(path) ? 'unknown' : have;
  if (left.kind === 'nothing') return undefined;
  if (left.kind === 'anything' || !isComparable(left, want, have)) return 'unknown';
  if (left.kind === 'same') {
    const held = have?.held === 'mount' ? 'mount' : undefined;
    return have === undefined ? 'unknown' : { ...withAttributes(have, left), held, foreseen: left };
  }
  return { ...withAttributes({ ...UNREAD, ...ofKind(left) }, left), foreseen: left };
}

/** The state of a file as it will be; Missing where the directory above it goes, or where it can't be told. */
export function pendingFile<State extends FileState>(
  have: State | Missing<State>,
  want: Ownership & { readonly path: string },
  foreseen: Foreseen,
): State | Missing<State> {
  const known = stateIfThere(have);
  if (known === undefined) return have;
  const entry = pendingEntry(known.entry, want.path, want, foreseen);
  if (entry === 'unknown') return untold(want.path);
  const state = {
    ...known,
    entry,
    blocker: pendingBlocker(known.blocker, foreseen),
    shut: ancestors(want.path).some((above) => foreseen.at(above)) ? undefined : known.shut,
  };
  const parent: Resource = `path:${parentOf(want.path)}`;
  const needs = have instanceof Missing ? have.needs : [];
  const isThere = entry !== undefined;
  const lost = !isThere && !needs.includes(parent) && isGone(parentOf(want.path), foreseen);
  const left = [...needs.filter((need) => !(isThere && need === parent)), ...(lost ? [parent] : [])];
  return left.length === 0 ? state : new Missing({ needs: left, fresh: state });
}

/** A dry run can't tell what will be at the path: pending changes do. */
export function untold<State>(path: string): Missing<State> {
  return new Missing<State>({ needs: [`path:${path}`] });
}

/** Whether a pending change makes, writes or removes what is at one of the paths. */
export function isTouched(paths: readonly string[], foreseen: Foreseen): boolean {
  return paths.some((path) => (foreseen.at(path)?.kind ?? 'same') !== 'same');
}

/** A tree as it will be: one whose directory is only made then lacks all that it lacks now, and perhaps more. */
export function pendingTreeAt<State>(
  directory: string,
  have: State | Missing<State>,
  foreseen: Foreseen,
  plan: (have: State) => Plan,
): State | Missing<State> {
  const kind = foreseen.at(directory)?.kind ?? 'same';
  if (have instanceof Missing || (kind === 'same' && !foreseen.isChangedBelow(directory))) return have;
  const isMade = kind === 'directory' && !foreseen.isChangedBelow(directory) && plan(have).changes.length > 0;
  return isMade ? have : untold(directory);
}

/** Whether a directory that was there will be none. */
export function isGone(directory: string, foreseen: Foreseen): boolean {
  const kind = foreseen.at(directory)?.kind;
  return kind === 'nothing' || kind === 'file';
}

/** What stands in the place of a directory, unless a pending change takes it away. */
export function pendingBlocker(blocker: string | undefined, foreseen: Foreseen): string | undefined {
  return blocker !== undefined && foreseen.at(blocker) !== undefined ? undefined : blocker;
}

function ofKind(
  left: Extract<PathEffect, { kind: 'file' | 'directory' | 'link' }>,
): Partial<Entry> & Pick<Entry, 'kind'> {
  if (left.kind === 'directory') return { kind: 'directory' };
  if (left.kind === 'link') return { kind: 'link', target: left.target };
  const { sha256, size } = left.content;
  return { kind: 'file', sha256, size, text: left.content.text() };
}

/** The entry with what is known of its attributes then. */
export function withAttributes(
  entry: Entry,
  { mode, owner, group }: Exclude<PathEffect, { kind: 'nothing' | 'anything' }>,
): Entry {
  return {
    ...entry,
    ...(mode === undefined ? {} : { mode }),
    ...(owner === undefined ? {} : isNumeric(owner) ? { uid: Number(owner), owner: undefined } : { uid: -1, owner }),
    ...(group === undefined ? {} : isNumeric(group) ? { gid: Number(group), group: undefined } : { gid: -1, group }),
  };
}

/** Whether each wanted attribute can be held against what is left: names against names, numbers against numbers. */
function isComparable(
  left: Exclude<PathEffect, { kind: 'nothing' | 'anything' }>,
  want: Ownership,
  have: Entry | undefined,
): boolean {
  if (left.kind === 'same' && have === undefined) return false;
  const kept = left.kind === 'same';
  const isTold = (wanted: string | undefined, known: string | undefined) =>
    wanted === undefined || (known === undefined ? kept : wanted === known || isNumeric(wanted) === isNumeric(known));
  return (
    isTold(want.owner, left.owner) &&
    isTold(want.group, left.group) &&
    (want.mode === undefined || left.kind === 'link' || kept || left.mode !== undefined)
  );
}
