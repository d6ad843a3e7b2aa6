// What the module file will find at a path once the pending changes of a dry run are made.
import type { Foreseen } from '../../engine/module/define.ts';
import type { PathEffect } from '../../engine/module/effect.ts';
import { NEW_FILE, resolveMode } from '../../engine/module/mode.ts';
import { Missing, type Resource, stateIfThere } from '../../engine/module/resource.ts';
import type { Ownership } from '../../engine/resources/file/attributes.ts';
import { ancestors, cleanPath } from '../../engine/resources/file/path.ts';
import { isGone, pendingEntry, pendingFile, untold, withAttributes } from '../../engine/resources/file/pending.ts';
import { type Entry, isNumeric, UNREAD } from '../../engine/resources/file/state.ts';
import { linkAsWritten } from '../../engine/resources/path/link-sources.ts';
import { follows, type PathState, type PathWant, wantsAttributes } from '../../engine/resources/path/state.ts';
import { type TreeEntry, treeFits } from '../../engine/resources/path/tree-state.ts';

const NEW_ROOT: Entry = { ...UNREAD, kind: 'directory' };

/** Of a file that isn't there yet. */
const NO_INODE = -1;

/** The state as it will be; Missing where what it needs goes, or where it can't be told. */
export function pendingPath(
  have: PathState | Missing<PathState>,
  given: PathWant,
  foreseen: Foreseen,
): PathState | Missing<PathState> {
  const known = stateIfThere(have);
  const isLed = known?.at !== undefined;
  const over = foreseen.at(given.path);
  // Where it is then, only their making tells.
  if (isLed && over !== undefined && over.kind !== 'same') return untold(given.path);
  if (given.state === 'hard' && (over?.kind === 'directory' || over?.kind === 'link')) return untold(given.path);
  if (follows(given) && over?.kind === 'link') return untold(given.path);
  if (known === undefined) return attributesOnly(have, given, foreseen);
  const want = { ...given, path: known.at ?? given.path };
  const { path, state } = want;
  const own = foreseen.at(path);
  const source = state === 'hard' ? sourceThen(have, want, foreseen) : undefined;
  const aim = known.aim && wantsAttributes(want) ? aimThen(known.aim, want, foreseen) : known.aim;
  const isMade = known.entry?.kind !== 'link' || known.entry.target !== want.src;
  if (source === 'untold' || (aim === 'untold' && !isMade)) return untold(path);
  // What is in a directory counts as well.
  if (want.recurse && foreseen.isChangedBelow(path)) return pendingTree(have, want, foreseen);
  const isNew = known.entry === undefined;
  if (want.recurse && own !== undefined) return isNew ? have : untold(path);
  if (own?.kind === 'nothing' && state === 'file') return new Missing<PathState>({ needs: [`path:${path}`] });
  const then = pendingFile(have, { path, ...compared(want) }, foreseen);
  const foreseenState = then instanceof Missing ? then.fresh : then;
  if (foreseenState === undefined) return then;
  const fresh: PathState = {
    ...foreseenState,
    ...(source ? { source } : {}),
    ...(aim ? { aim: aim === 'untold' ? undefined : aim } : {}),
    missing: foreseenState.entry
      ? []
      : ancestors(path).filter((directory) => isAbsent(directory, foreseenState, foreseen)),
    full: own === undefined ? (foreseenState.full ?? false) : false,
  };
  const needs = needsThen(then instanceof Missing ? then.needs : [], want, foreseen);
  return needs.length === 0 ? fresh : new Missing({ needs, fresh });
}

/** What a link leads to then, as far as its attributes are wanted. */
function aimThen(
  aim: NonNullable<PathState['aim']>,
  want: PathWant,
  foreseen: Foreseen,
): NonNullable<PathState['aim']> | 'untold' {
  const entry = pendingEntry(aim.entry, aim.path, want, foreseen);
  return entry === 'unknown' ? 'untold' : { ...aim, entry };
}

/**
 * A directory in which pending changes leave something. It is certain to be changed where one of these has other
 * attributes than all of it shall have, and not to be where all of them, and all that is there now, are as wanted.
 */
function pendingTree(
  have: PathState | Missing<PathState>,
  want: PathWant,
  foreseen: Foreseen,
): PathState | Missing<PathState> {
  const { path } = want;
  const known = stateIfThere(have);
  const own = foreseen.at(path);
  const root = own === undefined ? known?.entry : own.kind === 'directory' ? withAttributes(NEW_ROOT, own) : undefined;
  if (!known || root?.kind !== 'directory') return untold(path);
  const below = foreseen.below(path);
  const other = below.flatMap((left) => treeEntry(left, want) ?? []);
  const fits = treeFits(known.tree, want) && below.every((left) => isAsWanted(left, want));
  if (other.length === 0 && !fits) return untold(path);
  const then = { ...known, entry: root, missing: [], tree: [...known.tree, ...other] };
  const needs = have instanceof Missing ? have.needs.filter((need) => !need.startsWith('path:')) : [];
  return needs.length === 0 ? then : new Missing({ needs, fresh: then });
}

/** What is left, where an attribute of it is told and is not as wanted. */
function treeEntry(left: PathEffect, want: PathWant): TreeEntry | undefined {
  if (left.kind === 'nothing' || left.kind === 'anything' || !comparison(left, want).includes('other'))
    return undefined;
  const kind = left.kind === 'link' || left.kind === 'directory' ? left.kind : 'file';
  return { ...withAttributes({ ...UNREAD, kind }, left), kind };
}

function isAsWanted(left: PathEffect, want: PathWant): boolean {
  if (left.kind === 'nothing') return true;
  return left.kind !== 'anything' && comparison(left, want).every((one) => one === 'same');
}

/** Each wanted attribute held against what is left, as far as that is told. */
function comparison(
  left: Exclude<PathEffect, { kind: 'nothing' | 'anything' }>,
  { mode, owner, group }: PathWant,
): readonly ('same' | 'other' | 'untold')[] {
  const named = ([wanted, told]: readonly [string | undefined, string | undefined]) => {
    if (wanted === undefined || wanted === told) return 'same';
    return told !== undefined && isNumeric(wanted) === isNumeric(told) ? 'other' : 'untold';
  };
  const bits = () => {
    if (mode === undefined || left.kind === 'link') return 'same';
    if (left.mode === undefined) return 'untold';
    return resolveMode(mode, left.mode, left.kind === 'directory') === left.mode ? 'same' : 'other';
  };
  return [bits(), named([owner, left.owner]), named([group, left.group])];
}

/** What a hard link is to share: a file that is written again is none that anything shares yet. */
function sourceThen(
  have: PathState | Missing<PathState>,
  { src = '' }: PathWant,
  foreseen: Foreseen,
): Entry | undefined | 'untold' {
  const now = have instanceof Missing ? have.fresh?.source : have.source;
  const left = foreseen.at(cleanPath(src));
  if (left === undefined || left.kind === 'same') return now;
  if (left.kind !== 'file') return 'untold';
  return { ...UNREAD, kind: 'file', mode: left.mode ?? NEW_FILE, inode: NO_INODE };
}

/** Attributes of what isn't there yet: what a pending change makes of it. */
function attributesOnly(
  have: PathState | Missing<PathState>,
  want: PathWant,
  foreseen: Foreseen,
): PathState | Missing<PathState> {
  if ((want.state ?? 'file') !== 'file' || foreseen.at(want.path) === undefined) return have;
  const nothing: PathState = { entry: undefined, missing: [], source: undefined, tree: [] };
  const then = pendingFile(nothing, want, foreseen);
  return then instanceof Missing || then.entry ? then : have;
}

/** The attributes that matter: a link has no mode, and what goes needs none. */
function compared({ state, follow, owner, group, mode }: PathWant): Ownership {
  if (state === 'absent' || (state === 'link' && follow)) return {};
  return state === 'link' ? { owner, group } : { owner, group, mode };
}

/** Directories are made with those above them, and what goes needs none; a link needs what it leads to. */
function needsThen(needs: readonly Resource[], want: PathWant, foreseen: Foreseen): readonly Resource[] {
  if (want.state === 'absent') return [];
  if (want.state === 'directory') return needs.filter((need) => !need.startsWith('path:'));
  if (want.state !== 'link' || want.src === undefined) return needs;
  const aim = linkAsWritten(want.path, want.src);
  const source: Resource = `path:${aim}`;
  const loses = !want.force && !needs.includes(source) && isGone(aim, foreseen);
  return loses ? [...needs, source] : needs;
}

function isAbsent(directory: string, have: PathState, foreseen: Foreseen): boolean {
  const kind = foreseen.at(directory)?.kind;
  return kind === undefined || kind === 'same' ? have.missing.includes(directory) : kind === 'nothing';
}
