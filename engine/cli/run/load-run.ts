// Everything a run needs, read and checked. All problems at once; nothing is connected to.
import { isAbsolute, join } from 'node:path';
import type { Inventory } from '../../inventory/model/inventory.ts';
import { readLimit } from '../../inventory/pattern/select.ts';
import { didYouMean } from '../../language/problem/did-you-mean.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Runbook } from '../../language/runbook/runbook.ts';
import { Sources } from '../../run/controller/sources.ts';
import { type Prepared, prepare } from '../../run/prepare/prepare.ts';
import { SPECIAL_TAGS, selectTasks, tagsOf } from '../../run/prepare/select-tasks.ts';
import { startAt } from '../../run/prepare/start-at.ts';
import type { Environment } from '../shared/environment.ts';
import { inOrder, isError, refuse } from '../shared/problems.ts';
import { modulesOf, openProject, type Project, readInventory, readRunbooks } from '../shared/project.ts';
import { readExtraVars } from './extra-vars.ts';
import type { RunOptions } from './options.ts';

export interface LoadedRun {
  readonly project: Project;
  readonly runbooks: readonly Runbook[];
  readonly inventory: Inventory;
  readonly prepared: Prepared;
  readonly sources: Sources;
}

/** @throws ProblemError with everything that is wrong; warnings are written to standard error */
export async function loadRun(
  files: readonly string[],
  options: RunOptions,
  environment: Environment,
  signal: AbortSignal,
  open: (environment: Environment) => Promise<Project> = openProject,
): Promise<LoadedRun> {
  const opened = await open(environment);
  const registry = await modulesOf(opened, environment);
  const project = { ...opened, registry };
  const { secrets, config, read: noted } = project;
  const problems: Problem[] = [];
  const read = await readRunbooks(files, {
    registry,
    secrets,
    problems,
    read: noted,
    locate: locator(project, environment),
  });
  const inventory = await readInventory(options.inventory, {
    project,
    environment,
    runbooks: read,
    secrets,
    problems,
    signal,
  });
  const extra = await readExtraVars(options.extraVars, { cwd: environment.cwd, secrets, problems, read: noted });
  const limit =
    options.limit === undefined ? undefined : await readLimit(options.limit, environment.cwd, problems, noted);
  // A runbook or an inventory that couldn't be read whole would make every name in it look undefined.
  if (problems.some((problem) => isError(problem) && UNREADABLE.has(problem.code))) throw new ProblemError(problems);
  const chosen = read.map((runbook) => selectTasks(runbook, { tags: options.tags, skip: options.skipTags }));
  const { startAtTask } = options;
  const { runbooks, problem } = startAtTask === undefined ? { runbooks: chosen } : startAt(chosen, startAtTask);
  if (problem) problems.push(problem);
  problems.push(...tagsOfNothing(options, read));
  const sources = new Sources(config.root, environment.cwd, noted, project.base);
  const prepared = await prepare({
    runbooks,
    whole: read,
    inventory,
    limit,
    extra,
    registry,
    sources,
    opened: project.known,
  });
  const found = [...problems, ...prepared.problems];
  refuse(inOrder(found.some(isError) ? found : [...found, ...nobody(prepared, options)]), environment);
  return { project, runbooks, inventory, prepared, sources };
}

/** This process need not be in the working directory, nor have its files begin at the root. */
function locator({ base }: Project, { cwd }: Environment): (name: string) => string {
  return base === '' ? (name) => name : (name) => (isAbsolute(name) ? `${base}${name}` : join(cwd, name));
}

const UNREADABLE = new Set<Problem['code']>([
  'file-missing',
  'file-unreadable',
  'yaml-syntax',
  'runbook-empty',
  'inventory-empty',
]);

/** Tags that no task has: as in Ansible nothing is chosen by them, and most likely that isn't what was meant. */
function tagsOfNothing({ tags, skipTags }: RunOptions, runbooks: readonly Runbook[]): readonly Problem[] {
  const there = new Set([...SPECIAL_TAGS, ...runbooks.flatMap(tagsOf)]);
  return [...new Set([...tags, ...skipTags])]
    .filter((tag) => !there.has(tag))
    .map((tag) => ({
      code: 'usage',
      severity: 'warning',
      summary: `no task has the tag ‹${tag}›`,
      hint: didYouMean(tag, there) ?? 'With --list-tags all tags are listed.',
    }));
}

/** A run without any host is wrong use: a mistyped limit must not look like success. */
function nobody({ hosts }: Prepared, { limit }: RunOptions): readonly Problem[] {
  if (hosts.size === 0 || [...hosts.values()].some((names) => names.length > 0)) return [];
  const detail =
    limit === undefined
      ? 'No play selects any host of the inventory.'
      : `No host is both in a play and in -l ${limit}.`;
  return [{ code: 'unknown-host-pattern', summary: 'no hosts to run on', detail }];
}
