// In what two sides differ.
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../engine/event/event.ts';
import type { Refusal, Tried } from './pair.ts';
import { PHASES, type PhaseName, type Subject, type Task } from './trial.ts';

/** `task` is undefined where it can't be told which one's doing it is. */
export type Difference =
  | { readonly kind: 'refused'; readonly task: Task; readonly refusal: Refusal; readonly ansible: string }
  | {
      readonly kind: 'status' | 'result';
      readonly phase: PhaseName;
      readonly task: Task;
      readonly index: number;
      /** `status`, or the path in the result. */
      readonly of: string;
      readonly vrun: Json;
      readonly ansible: Json;
      readonly why: string;
    }
  | {
      readonly kind: 'state';
      readonly phase: PhaseName;
      readonly of: string;
      readonly vrun: Json;
      readonly ansible: Json;
    };

/** Fields that are no two times the same, or the engine's own. */
const VOLATILE = new Set([
  ...['changed', 'failed', 'skipped', 'msg', 'diff', 'start', 'end', 'delta', 'warnings', 'attempts'],
  ...['inode', 'dev', 'atime', 'mtime', 'ctime', 'backup_file', 'results'],
]);

export function differencesOf(subject: Subject, { refused, tasks, ansible, vrun }: Tried): readonly Difference[] {
  const refusals = refused.flatMap((refusal): Difference[] => {
    const { dry, run } = refusal.ansible;
    if (run.status === 'failed') return [];
    return [{ kind: 'refused', task: refusal.task, refusal, ansible: `${dry.status}, then ${run.status}` }];
  });
  const others = PHASES.flatMap((phase) => [
    ...tasks.flatMap((task, index) => outcomeDifferences({ ansible, vrun }, phase, task, index)),
    ...stateDifferences(subject, { ansible, vrun }, phase),
  ]);
  return [...refusals, ...others];
}

function outcomeDifferences(
  sides: Pick<Tried, 'ansible' | 'vrun'>,
  phase: PhaseName,
  task: Task,
  index: number,
): readonly Difference[] {
  const ours = sides.vrun[phase].outcomes[index];
  const theirs = sides.ansible[phase].outcomes[index];
  if (!ours || !theirs) throw new Error(`no outcome of task ${index}`);
  const at = { phase, task, index };
  const why = `${ours.why ?? ''} | ${typeof theirs.result.msg === 'string' ? theirs.result.msg : ''}`;
  if (ours.status !== theirs.status) {
    return [{ kind: 'status', ...at, of: 'status', vrun: ours.status, ansible: theirs.status, why }];
  }
  if (ours.status === 'failed') return [];
  return resultDifferences(ours.result, theirs.result, '').map(({ of, vrun, ansible }) => ({
    ...({ kind: 'result', ...at, of, vrun, ansible, why } as const),
  }));
}

/** Fields of the same name, those of maps one by one; lists of what is at paths are compared whatever their order. */
function resultDifferences(vrun: Json, ansible: Json, of: string): { of: string; vrun: Json; ansible: Json }[] {
  if (isMap(vrun) && isMap(ansible)) {
    return Object.keys(vrun).flatMap((key) => {
      if (VOLATILE.has(key) || !(key in ansible)) return [];
      return resultDifferences(vrun[key] ?? null, ansible[key] ?? null, of === '' ? key : `${of}.${key}`);
    });
  }
  if (isRows(vrun) && isRows(ansible) && vrun.length === ansible.length) {
    const [ours, theirs] = [byPath(vrun), byPath(ansible)];
    return ours.flatMap((row, index) => resultDifferences(row, theirs[index] ?? null, of));
  }
  return isDeepStrictEqual(vrun, ansible) ? [] : [{ of, vrun, ansible }];
}

type Row = { readonly [key: string]: Json };

function isRows(value: Json): value is readonly Row[] {
  return Array.isArray(value) && value.every((one) => isMap(one) && typeof one.path === 'string');
}

function byPath(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((one, other) => (String(one.path) < String(other.path) ? -1 : 1));
}

function isMap(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function stateDifferences(
  { unseen = [], alike = (text) => text }: Subject,
  { ansible, vrun }: Pick<Tried, 'ansible' | 'vrun'>,
  phase: PhaseName,
): readonly Difference[] {
  const [ours, theirs] = [vrun[phase].seen, ansible[phase].seen];
  const shown = (entry: Json | undefined): Json => {
    const seen = isMap(entry ?? null) ? without(entry, unseen) : (entry ?? null);
    return JSON.parse(alike(JSON.stringify(seen)));
  };
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((of): Difference[] => {
    const [mine, its] = [shown(ours.get(of)), shown(theirs.get(of))];
    return isDeepStrictEqual(mine, its) ? [] : [{ kind: 'state', phase, of, vrun: mine, ansible: its }];
  });
}

function without(entry: Json | undefined, fields: readonly string[]): Json {
  return Object.fromEntries(Object.entries(entry ?? {}).filter(([field]) => !fields.includes(field)));
}
