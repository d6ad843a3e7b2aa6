// `vrun resume RUN`: a run whose process is gone goes on, as the record has it.
import { findDeadRun } from '../../audit/dead-run.ts';
import { findRun } from '../../audit/show.ts';
import { fail } from '../../language/problem/problem.ts';
import { readConfig } from '../shared/config.ts';
import type { Environment } from '../shared/environment.ts';
import { reportProblems } from '../shared/problems.ts';
import { runFiles } from './command.ts';
import { optionsAgain, type ResumeOptions } from './given-again.ts';

/**
 * Goes on with a run; resolves with its exit status, as `runFiles` does. `wanted` is its id, the beginning of it, or `last`.
 * @throws ProblemError where it can't be gone on with: no host was contacted
 */
export async function resumeRun(wanted: string, given: ResumeOptions, environment: Environment): Promise<number> {
  const { cwd, home } = environment;
  const { record } = await readConfig(cwd, home);
  const found = await findRun(record, wanted);
  if (!found)
    fail({ code: 'audit', summary: `no run ‹${wanted}› in the record`, hint: 'vrun audit list shows them all.' });
  const dead = await findDeadRun(record, found.run);
  if (dead.unseen !== undefined) reportProblems([unseen(found.run, dead.unseen)], environment);
  return runFiles(dead.open.runbooks, await optionsAgain(dead.open, given, cwd), environment, dead);
}

function unseen(run: string, machine: string) {
  return {
    code: 'audit',
    severity: 'warning',
    summary: `nobody here can see whether ‹${run}› is still going on`,
    detail: `Its process was on ${machine}. If it is there, it holds the locks of its hosts, and they are refused.`,
  } as const;
}
