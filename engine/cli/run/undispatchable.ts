// What of a run workers can't do: told before anything is begun.
import { LOCALHOST } from '../../inventory/model/inventory.ts';
import type { Problem } from '../../language/problem/problem.ts';
import type { Runbook, Task } from '../../language/runbook/runbook.ts';
import { tasksOf } from '../../language/runbook/task-tree.ts';
import type { Module } from '../../module/index.ts';
import type { RunOptions } from './options.ts';

/** @returns a Problem for each task, and for each option, that means this machine where a worker would act */
export function undispatchable(
  runbooks: readonly Runbook[],
  { privateKey }: Pick<RunOptions, 'privateKey'>,
  moduleOf: (name: string) => Pick<Module, 'params'>,
): readonly Problem[] {
  const tasks = runbooks.flatMap(({ plays }) => plays.flatMap(tasksOf));
  return [
    ...(privateKey === undefined ? [] : [ownKeys()]),
    ...tasks.filter(isDelegatedHere).map(delegatedHere),
    ...tasks.filter(({ module }) => bringsHere(moduleOf(module))).map(brought),
  ];
}

function isDelegatedHere({ delegation }: Task): boolean {
  return delegation?.to.kind === 'literal' && LOCALHOST.includes(String(delegation.to.value));
}

/** Whether it puts files down on the controller. */
function bringsHere({ params }: Pick<Module, 'params'>): boolean {
  return JSON.stringify(params).includes('"local-target"');
}

function delegatedHere({ title, at }: Task): Problem {
  return {
    code: 'usage',
    summary: 'workers don’t reach this machine',
    detail: `‹${title}› is delegated to it, and with --dispatch another machine performs the play.`,
    hint: 'Give it a play of its own, with `hosts: localhost`, which is performed here; or leave out --dispatch.',
    at,
  };
}

function brought({ title, module, at }: Task): Problem {
  return {
    code: 'usage',
    summary: `${module} brings files to this machine, which workers don’t reach`,
    detail: `With --dispatch another machine performs ‹${title}›.`,
    hint: 'Run this part without --dispatch: choose it with -t, or leave it out with --skip-tags.',
    at,
  };
}

function ownKeys(): Problem {
  return {
    code: 'usage',
    summary: 'workers log in with their own keys',
    detail: '--private-key names a file of this machine, and with --dispatch its keys aren’t used.',
    hint: 'Leave it out, and have the workers’ ssh configuration name their keys.',
  };
}
