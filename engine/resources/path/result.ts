// What `register` sees of a path that a task manages, in Ansible's words: as it is, or in a dry run as changes will leave it.
import { Type } from 'typebox';
import { Unknown, type Value } from '../../language/value/value.ts';
import type { Change } from '../../module/change.ts';
import { type PathEffect, pathEffects } from '../../module/effect.ts';
import { type Entry, isNumeric } from '../file/state.ts';

const text = (description: string) => Type.Optional(Type.String({ description }));
const number = (description: string) => Type.Optional(Type.Integer({ description }));

/** For `results`. */
export const pathResults = {
  state: text('What is there: file, directory, link, hard (a file with several names) or absent'),
  owner: text('Its owner by name, or by number where there is no such user'),
  group: text('Its group by name, or by number where there is no such group'),
  mode: text('Its permissions in octal, with a zero before them'),
  uid: number('Its owner, by number'),
  gid: number('Its group, by number'),
  size: number('Bytes'),
};

type Fields = Readonly<Record<keyof typeof pathResults, Value>>;

/** @param changes those of the task's plan; none once it is as it should be */
export function pathResult(
  path: string,
  entry: Entry | undefined,
  changes: readonly Change[],
): Fields | Pick<Fields, 'state'> {
  const own = pathEffects(changes.flatMap(({ effects = [] }) => effects)).findLast((effect) => effect.path === path);
  const left = together(entry?.foreseen, own);
  if (left === undefined) return entry === undefined ? { state: 'absent' } : read(entry);
  return left.kind === 'nothing' ? { state: 'absent' } : foretold(left, entry);
}

/** What an earlier task's pending change leaves, and then this one's. */
function together(before: Entry['foreseen'], own: PathEffect | undefined): PathEffect | undefined {
  if (before === undefined || own?.kind !== 'same') return own ?? before;
  const { mode = before.mode, owner = before.owner, group = before.group } = own;
  return { ...before, mode, owner, group };
}

function read(entry: Entry): Fields {
  const { kind, hardLinks, uid, gid, owner = `${uid}`, group = `${gid}`, size } = entry;
  const isFile = kind !== 'directory' && kind !== 'link';
  const state = isFile ? (hardLinks > 1 ? 'hard' : 'file') : kind;
  return { state, owner, group, mode: octal(entry.mode), uid, gid, size };
}

/** Names and numbers of owners as the change has them: which go together only the host knows. */
function foretold(left: Exclude<PathEffect, { kind: 'nothing' }>, entry: Entry | undefined): Fields {
  const later = new Unknown('apply', `what is at ${left.path}`);
  const unknown = { state: later, owner: later, group: later, mode: later, uid: later, gid: later, size: later };
  if (left.kind === 'anything') return unknown;
  const base: Fields = left.kind === 'same' && entry ? read(entry) : { ...unknown, ...made(left) };
  const { owner, group, mode } = left;
  return {
    ...base,
    ...(owner === undefined
      ? {}
      : { owner: isNumeric(owner) ? later : owner, uid: isNumeric(owner) ? Number(owner) : later }),
    ...(group === undefined
      ? {}
      : { group: isNumeric(group) ? later : group, gid: isNumeric(group) ? Number(group) : later }),
    ...(mode === undefined ? {} : { mode: octal(mode) }),
  };
}

function made(left: Exclude<PathEffect, { kind: 'nothing' | 'anything' }>): Partial<Fields> {
  if (left.kind === 'file') return { state: 'file', size: left.content.size };
  return left.kind === 'link' ? { state: 'link', mode: octal(0o777) } : { state: left.kind };
}

/** As Ansible writes it: three digits at least, behind a zero. */
function octal(mode: number): string {
  return `0${mode.toString(8).padStart(3, '0')}`;
}
