// The hosts that a command is about outside of any run, and how they are reached.
import { selectHosts } from '../../inventory/pattern/select.ts';
import type { Problem } from '../../language/problem/problem.ts';
import { hostVariables } from '../../run/host/hosts.ts';
import type { Target } from '../../transport/channel/connection.ts';
import type { Environment } from './environment.ts';
import { refuse } from './problems.ts';
import { openProject, readInventory } from './project.ts';
import { reachOf } from './reach.ts';

export interface TargetOptions {
  readonly inventory: readonly string[];
  readonly user?: string;
  readonly privateKey?: string;
}

/** The ways to the hosts that a pattern selects, in the inventory's order. @throws ProblemError with everything that is wrong */
export async function targetsOf(
  pattern: string,
  options: TargetOptions,
  context: { readonly environment: Environment; readonly signal: AbortSignal },
): Promise<readonly Target[]> {
  const { environment, signal } = context;
  const problems: Problem[] = [];
  const project = await openProject(environment);
  const { config, secrets } = project;
  const reading = { project, environment, runbooks: 'none', secrets, problems, signal } as const;
  const inventory = await readInventory(options.inventory, reading);
  const selection = selectHosts(inventory, pattern);
  problems.push(...selection.problems);
  const { user, privateKey } = options;
  const reach = { user, privateKey, become: false, becomePassword: undefined };
  const targets = [...hostVariables(inventory, selection.hosts).values()].map(
    (variables) => reachOf(variables, undefined, reach, { config, environment, problems }).target,
  );
  refuse(problems, environment);
  return targets;
}
