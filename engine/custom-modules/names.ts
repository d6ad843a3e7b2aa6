// Which names a module of a project may have.
import { keywordsOf } from '../language/keywords/keywords.ts';
import type { Problem } from '../language/problem/problem.ts';
import type { Registry } from '../module/registry.ts';

/** Why a module can't have this name; undefined where it can. `overridden`: what vrun.yml says that it may stand in for. */
export function nameFault(
  name: string,
  registry: Registry,
  overridden: ReadonlySet<string>,
): Pick<Problem, 'summary' | 'detail' | 'hint'> | undefined {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    const plain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    return {
      summary: `‹${name}› can't be the name of a module`,
      detail:
        'Names of modules are of lower-case letters, digits and single hyphens; a runbook may write them with _ too.',
      hint: `Call it ${plain}.`,
    };
  }
  if (keywordsOf('task').has(name)) {
    return {
      summary: `‹${name}› can't be the name of a module`,
      detail: 'It is a keyword of tasks.',
      hint: 'Give it another name.',
    };
  }
  if (registry.get(name) !== undefined && !overridden.has(name)) {
    return {
      summary: `vrun has a module ‹${name}› of its own`,
      detail: 'A module of a project takes its place only where vrun.yml says so.',
      hint: `Give it another name, or say in vrun.yml that it is meant:\n  override_modules: [${name}]`,
    };
  }
  return undefined;
}
