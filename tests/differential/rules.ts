// What predicates of announced differences are put together from.
import { isDeepStrictEqual } from 'node:util';
import type { Difference } from './compare.ts';
import type { Tried } from './pair.ts';
import type { Announced, Status, Task } from './trial.ts';

type Is = Announced['is'];

/** vrun refuses a task, in these words, before the first connection. */
export function refusing(said: RegExp): Is {
  return (difference) =>
    difference.kind === 'refused' &&
    difference.refusal.problems.every(({ summary, detail = '' }) => said.test(`${summary}: ${detail}`));
}

/** A task ends otherwise, and what either says of it fits. */
export function ending(vrun: Status, ansible: Status, said = /(?:)/): Is {
  return (difference) =>
    difference.kind === 'status' &&
    difference.vrun === vrun &&
    difference.ansible === ansible &&
    said.test(difference.why);
}

/** These fields of a result are others. */
export function giving(...fields: readonly string[]): Is {
  return (difference) => difference.kind === 'result' && fields.includes(difference.of);
}

/** What a tool printed. */
export const OUTPUT: Announced = { key: 'output', is: giving('stdout', 'stderr', 'stdout_lines', 'stderr_lines') };

/** What is there afterwards is something else where any task of the trial is one of these. */
export function leaving(where: RegExp, by: (params: Readonly<Record<string, unknown>>) => boolean = () => true): Is {
  return (difference, { tasks }) =>
    difference.kind === 'state' && where.test(difference.of) && tasks.some((task) => by(paramsOf(task)));
}

/** What is there has other attributes afterwards, and is the same besides. */
export const owning = besides(({ owner, group, mode, ...rest }) => rest);

/** It was changed at another time, and is the same besides. */
export const dated = besides(({ modified, ...rest }) => rest);

/** Its last line has a line break afterwards, or has none, and it is the same besides. */
export const ended = besides(({ content, modified, ...rest }) => ({
  ...rest,
  content: String(content).replace(/\n$/, ''),
}));

/** Its mode has set-id bits afterwards, or has none, and it is the same besides. */
export const setId = besides(({ mode, ...rest }) => ({ ...rest, mode: Number(mode) & 0o1777 }));

/** What is there is the same afterwards but for what `rest` leaves out, and a task of the trial is one of these. */
function besides(rest: (entry: Readonly<Record<string, unknown>>) => object) {
  return (by: (params: Readonly<Record<string, unknown>>, path: string) => boolean = () => true): Is =>
    (difference, { tasks }) => {
      if (difference.kind !== 'state' || !tasks.some((task) => by(paramsOf(task), difference.of))) return false;
      const [ours, theirs] = [rest(Object(difference.vrun)), rest(Object(difference.ansible))];
      return isDeepStrictEqual(ours, theirs);
    };
}

/** Only of tasks with such parameters. */
export function of(by: (params: Readonly<Record<string, unknown>>) => boolean, is: Is): Is {
  return (difference, tried) => 'task' in difference && by(paramsOf(difference.task)) && is(difference, tried);
}

/** Only in trials with such a task. */
export function beside(by: (params: Readonly<Record<string, unknown>>) => boolean, is: Is): Is {
  return (difference, tried) => tried.tasks.some((task) => by(paramsOf(task))) && is(difference, tried);
}

/** Only where the hosts had this before. */
export function where(had: RegExp, is: Is): Is {
  return (difference, tried) => had.test(tried.given) && is(difference, tried);
}

/** Only in the second run. */
export function again(is: Is): Is {
  return (difference, tried) => difference.kind !== 'refused' && difference.phase === 'again' && is(difference, tried);
}

export function any(...all: readonly Is[]): Is {
  return (difference: Difference, tried: Tried) => all.some((is) => is(difference, tried));
}

/** The parameters of a task, whatever its module. */
export function paramsOf(task: Task): Readonly<Record<string, unknown>> {
  const [params] = Object.values(task);
  return typeof params === 'object' && params !== null ? { ...params } : {};
}
