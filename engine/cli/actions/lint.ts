// `vrun lint RUNBOOK…`: every problem at once, with positions; nothing is connected to.

import { lintRunbook } from '../../language/check/lint.ts';
import type { Problem } from '../../language/problem/problem.ts';
import type { Secret } from '../../language/value/secret.ts';
import { leftSealed } from '../../language/yaml/age.ts';
import { Sources } from '../../run/controller/sources.ts';
import { prepare } from '../../run/prepare/prepare.ts';
import type { Environment } from '../shared/environment.ts';
import { EXIT } from '../shared/exit.ts';
import { inOrder, isError, reportProblems } from '../shared/problems.ts';
import { modulesOf, openProject, readInventory, readRunbooks } from '../shared/project.ts';

/** @param given  sources of the inventory; where there are none, those of vrun.yml */
export async function lint(
  files: readonly string[],
  given: readonly string[],
  environment: Environment,
): Promise<number> {
  const problems: Problem[] = [];
  const opened: Secret[] = [];
  const secrets = leftSealed((secret) => opened.push(secret));
  const project = await openProject(environment);
  const registry = await modulesOf(project, environment);
  const runbooks = await readRunbooks(files, { registry, secrets, problems });
  const inventoryProblems: Problem[] = [];
  const inventory =
    given.length + project.config.inventory.length === 0
      ? undefined
      : await readInventory(given, {
          project,
          environment,
          runbooks,
          secrets,
          problems: inventoryProblems,
          signal: new AbortController().signal,
        });
  const sources = new Sources(project.config.root, environment.cwd);
  const prepared = await prepare({
    runbooks,
    // Against one that couldn't be read every host would be unknown.
    inventory: inventoryProblems.some(isError) ? undefined : inventory,
    limit: undefined,
    extra: new Map(),
    registry,
    sources,
    opened,
  });
  problems.push(...inventoryProblems);
  // Inputs are given when a runbook is run.
  problems.push(...prepared.problems.filter(({ code }) => code !== 'missing-param'));
  for (const runbook of runbooks) problems.push(...lintRunbook(runbook, registry));
  reportProblems(inOrder(problems), environment);
  const errors = problems.filter(isError).length;
  if (errors > 0) return EXIT.usage;
  const warnings =
    problems.length === 0 ? '' : `, ${problems.length} ${problems.length === 1 ? 'warning' : 'warnings'}`;
  environment.stdout.write(`${files.length} ${files.length === 1 ? 'runbook' : 'runbooks'}: no errors${warnings}\n`);
  return EXIT.ok;
}
