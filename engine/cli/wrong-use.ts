// Options that can't mean anything as they are given: told before any host is contacted.
import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Problem } from '../language/problem.ts';
import { unansweredPauses } from './ask.ts';
import type { Environment } from './environment.ts';
import type { Gathered } from './gather.ts';
import type { RunOptions } from './run-options.ts';

/** What is wrong with the options of a run, whose runbooks were found good. */
export async function wrongUse(
  options: RunOptions,
  { runbooks }: Pick<Gathered, 'runbooks'>,
  environment: Environment,
): Promise<readonly Problem[]> {
  return [
    ...(environment.stdin.isTTY === true ? [] : unasked(options)),
    ...(options.check ? [] : unansweredPauses(runbooks, environment)),
    ...(await unreadableKey(options, environment)),
  ];
}

function unasked({ askBecomePass }: RunOptions): readonly Problem[] {
  if (!askBecomePass) return [];
  return [
    {
      code: 'usage',
      summary: 'there is no terminal to ask at',
      detail: '-K asks for the sudo password, and standard input is no terminal.',
      hint: 'Run it at a terminal, or set ansible_become_password in the inventory, as a secret.',
    },
  ];
}

async function unreadableKey({ privateKey }: RunOptions, { cwd }: Environment): Promise<readonly Problem[]> {
  if (privateKey === undefined) return [];
  try {
    await access(resolve(cwd, privateKey), constants.R_OK);
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [{ code: 'usage', summary: `--private-key ‹${privateKey}› can't be read`, detail: why }];
  }
}
