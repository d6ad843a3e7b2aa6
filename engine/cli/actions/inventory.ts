// `vrun inventory`: what the inventory says, as ansible-inventory prints it, and where each value came from.

import { type Explanation, explainHost } from '../../inventory/explain.ts';
import { graphText, listHost, listInventory, listText } from '../../inventory/list.ts';
import { findHost } from '../../inventory/model/inventory.ts';
import { didYouMean } from '../../language/problem/did-you-mean.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import { place } from '../../language/problem/render.ts';
import { visible } from '../../language/problem/visible.ts';
import { leftSealed } from '../../language/yaml/age.ts';
import type { Environment } from '../shared/environment.ts';
import { EXIT } from '../shared/exit.ts';
import { refuse } from '../shared/problems.ts';
import { openProject, readInventory } from '../shared/project.ts';

export interface InventoryQuestion {
  readonly inventory: readonly string[];
  readonly list?: boolean;
  readonly graph?: boolean;
  readonly host?: string;
  readonly explain?: boolean;
}

export async function showInventory(options: InventoryQuestion, environment: Environment): Promise<number> {
  const problems: Problem[] = [];
  const project = await openProject(environment);
  const signal = new AbortController().signal;
  const context = {
    project,
    environment,
    runbooks: 'none',
    secrets: leftSealed(() => undefined),
    problems,
    signal,
  } as const;
  const inventory = await readInventory(options.inventory, context);
  refuse(problems, environment);
  environment.stdout.write(textOf(options, inventory, environment.cwd));
  return EXIT.ok;
}

function textOf(options: InventoryQuestion, inventory: Awaited<ReturnType<typeof readInventory>>, cwd: string): string {
  if (options.host !== undefined) {
    const host = findHost(inventory, options.host);
    if (!host) throw new ProblemError([unknownHost(options.host, [...inventory.hosts.keys()])]);
    if (options.explain)
      return explainHost(host)
        .map((explanation) => explained(explanation, cwd))
        .join('');
    return listText(listHost(inventory, options.host) ?? {});
  }
  if (options.explain) {
    const problem: Problem = {
      code: 'usage',
      summary: '--explain goes with --host',
      hint: 'vrun inventory --host NAME --explain',
    };
    throw new ProblemError([problem]);
  }
  return options.graph ? (graphText(inventory) ?? '') : listText(listInventory(inventory));
}

function explained({ name, winner, beaten }: Explanation, cwd: string): string {
  const line = (value: Explanation['winner']) =>
    `${JSON.stringify(value.value)}  (${value.from}, ${place(value.at, cwd)})`;
  const lines = [`${name} = ${line(winner)}`, ...beaten.map((value) => `    over ${line(value)}`)];
  return `${lines.map(visible).join('\n')}\n`;
}

function unknownHost(name: string, names: readonly string[]): Problem {
  const hint = didYouMean(name, names);
  return { code: 'unknown-host-pattern', summary: `no host ‹${name}› in the inventory`, ...(hint ? { hint } : {}) };
}
