// Options that can't mean anything as they are given: told before any host is contacted.

import { resolve } from 'node:path';
import { openPlain } from '../../base/plain-file.ts';
import type { Problem } from '../../language/problem/problem.ts';
import type { Environment } from '../shared/environment.ts';
import { unansweredPauses } from './ask.ts';
import type { LoadedRun } from './load-run.ts';
import type { RunOptions } from './options.ts';
import { undispatchable } from './undispatchable.ts';

/** What is wrong with the options of a run, whose runbooks were found good. */
export async function wrongUse(
  options: RunOptions,
  { runbooks, project }: Pick<LoadedRun, 'runbooks' | 'project'>,
  environment: Environment,
): Promise<readonly Problem[]> {
  return [
    ...(environment.stdin.isTTY === true ? [] : unasked(options)),
    ...(options.check ? [] : unansweredPauses(runbooks, environment)),
    ...(await unreadableKey(options, environment)),
    ...(options.dispatch === undefined
      ? []
      : undispatchable(runbooks, options, (name) => project.registry.module(name))),
  ];
}

/** Nobody is there to be asked. */
function unasked({ askBecomePass, step }: RunOptions): readonly Problem[] {
  const problem = (detail: string, hint: string): Problem => ({
    code: 'usage',
    summary: 'there is no terminal to ask at',
    detail: `${detail}, and standard input is no terminal.`,
    hint,
  });
  return [
    ...(askBecomePass
      ? [
          problem(
            '-K asks for the sudo password',
            'Run it at a terminal, or set ansible_become_password in the inventory, as a secret.',
          ),
        ]
      : []),
    ...(step ? [problem('--step asks before each task', 'Run it at a terminal, or choose tasks with -t.')] : []),
  ];
}

async function unreadableKey({ privateKey }: RunOptions, { cwd }: Environment): Promise<readonly Problem[]> {
  if (privateKey === undefined) return [];
  try {
    await (await openPlain(resolve(cwd, privateKey))).close();
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [{ code: 'usage', summary: `--private-key ‹${privateKey}› can't be read`, detail: why }];
  }
}
