// `--step`: a person says of each task whether it is to be done, as Ansible asks: once for all hosts, never for `meta`.
import type { Task } from '../../language/runbook/runbook.ts';
import type { HostState } from '../host/state.ts';
import { type PlayServices, proceed } from '../together/services.ts';
import { apart } from './waits.ts';

/** What the task says that was left out. */
export const LEFT_OUT = 'it was not wanted';

/** True where somebody is to be asked before the task. */
export function isAsked({ module }: Task, { person: { step } }: PlayServices): boolean {
  return step && module !== 'meta';
}

/** Asks once for all hosts of the batch; `key` names the task's turn. */
export async function isWanted(task: Task, key: string, host: HostState, services: PlayServices): Promise<boolean> {
  if (!isAsked(task, services)) return true;
  const question = { of: 'step', text: task.title } as const;
  const wanted = await apart(services, () => services.together.ask(host.name, `step/${key}`, question));
  proceed(services);
  return wanted;
}
