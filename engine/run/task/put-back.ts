// After a step that failed: takes back what its change had done before, newest first, and says how far the changes came.

import type { Output } from '../../module/index.ts';
import type { HostAccess } from '../session/host-access.ts';
import { noteProblem } from '../session/notes.ts';
import type { ShellUse } from '../session/session.ts';
import { madeUntil } from './made.ts';
import { stepProblem } from './outcome.ts';
import { type ChangeStep, type ItemChanges, ownFrame, type Part, tidied } from './parts.ts';
import type { Applied } from './run.ts';

/** A message that stopped at `failed`. */
export interface FailedMessage {
  readonly run: string;
  /** Whose step it was, or whose notes; the first of all where it was for all of them. */
  readonly of: ItemChanges;
  readonly failed: Part;
  /** What the steps of `of` printed. */
  readonly outputs: readonly Output[];
  /** The steps of the whole message. */
  readonly steps: readonly ChangeStep[];
  readonly route: ShellUse;
  readonly site: HostAccess;
}

export async function putBack(message: FailedMessage): Promise<Applied> {
  const { run, of, outputs, route, site } = message;
  const { item, steps } = of;
  const { changes } = of.plan;
  const { at } = of.task.instance.task;
  const failed = message.failed.purpose === 'step' ? message.failed.step : undefined;
  const bad = failed ? steps.indexOf(failed) : message.failed.purpose === 'before' ? -1 : steps.length;
  const output = outputs[bad];
  const ended = { bad, timedOut: output?.timedOut ?? false, putBack: false };
  if (!failed || !output)
    return { outputs, failure: noteProblem(at), reading: undefined, progress: madeUntil(changes, ended) };
  const hint = 'run' in failed.step ? failed.step.hint : undefined;
  const terms = { timeout: item.timeout, seconds: failed.frame.timeout, hint };
  const problem = stepProblem(failed.change, output, at, terms);
  const own = (text: string) => ownFrame(text, { accept: 'any' }, route.user);
  const tidy = tidied(message.steps, { run, user: route.user });
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
