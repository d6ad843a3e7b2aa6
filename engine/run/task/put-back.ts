// After a step that failed: takes back what its change had done before, newest first, and says how far the changes came.
import type { Position } from '../../language/problem/position.ts';
import type { Change, Output } from '../../module/index.ts';
import type { Frame } from '../../transport/channel/connection.ts';
import type { ReadyItem } from '../list/bound.ts';
import type { PreparedStep } from '../message/steps.ts';
import type { Site } from '../session/host-access.ts';
import { forgetWrites } from '../session/leftovers.ts';
import { noteProblem } from '../session/notes.ts';
import type { Route } from '../session/session.ts';
import { madeUntil } from './made.ts';
import { stepProblem } from './outcome.ts';
import type { Applied } from './run.ts';

/** Seconds for a script of the engine's own. */
const OWN_TIMEOUT = 60;

/** A message of which one step failed: `bad` counts them from 0, and is negative where what goes before them failed. */
export interface FailedMessage {
  readonly run: string;
  readonly changes: readonly Change[];
  readonly steps: readonly (PreparedStep & { readonly change: Change })[];
  readonly bad: number;
  readonly outputs: readonly Output[];
  readonly route: Route;
  readonly site: Site;
  readonly item: ReadyItem;
  readonly at: Position;
}

export async function putBack(message: FailedMessage): Promise<Applied> {
  const { run, changes, steps, bad, outputs, route, site, item, at } = message;
  const failed = steps[bad];
  const output = outputs[bad];
  const ended = { bad, timedOut: output?.timedOut ?? false, putBack: false };
  if (!failed || !output)
    return { outputs, failure: noteProblem(at), reading: undefined, progress: madeUntil(changes, ended) };
  const hint = 'run' in failed.step ? failed.step.hint : undefined;
  const terms = { timeout: item.timeout, seconds: failed.frame.timeout, hint };
  const problem = stepProblem(failed.change, output, at, terms);
  const own = (text: string) => ownFrame(text, { accept: 'any' }, route.user);
  const tidy = tidied(steps, { run, user: route.user });
  const reverts = steps
    .slice(0, bad)
    .filter(({ change }) => change === failed.change)
    .toReversed()
    .flatMap(({ revert }) => (revert ? [own(revert.text)] : []));
  const frames = [...reverts, ...tidy];
  const applied = { outputs: outputs.slice(0, bad + 1), reading: undefined };
  if (frames.length === 0) return { ...applied, failure: problem, progress: madeUntil(changes, ended) };
  const answers = await site.changing(() => site.session.send(route.shell, frames)).catch(() => undefined);
  const isBack = answers?.every(({ status }) => status === 0) ?? false;
  const progress = madeUntil(changes, { ...ended, putBack: isBack && reverts.length > 0 });
  if (reverts.length === 0) return { ...applied, failure: problem, progress };
  const told = isBack ? 'What the change had done before was put back.' : 'Not everything could be put back.';
  return { ...applied, failure: { ...problem, detail: `${problem.detail ?? ''}\n${told}` }, progress };
}

/** What goes behind steps that were done or put back: what was only kept for that, and the notes of it, are removed. */
export function tidied(
  steps: readonly PreparedStep[],
  { run, user }: { readonly run: string; readonly user: string | undefined },
): readonly Frame[] {
  const forget = forgetWrites(run, steps);
  return [
    ...steps.flatMap(({ cleanup }) => (cleanup ? [ownFrame(cleanup.text, { accept: 'any' }, user)] : [])),
    ...(forget ? [ownFrame(forget.text, { accept: 'any' })] : []),
  ];
}

/** A script that the engine itself needs beside the steps. */
export function ownFrame(script: string, step: NonNullable<Frame['step']>, user?: string): Frame {
  return { script, step, user, timeout: OWN_TIMEOUT };
}
