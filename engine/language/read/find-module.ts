// Which of a task's keys is its module, and what the others were meant to be.

import { keywordsOf } from '../keywords/keywords.ts';
import { isDocumentedModule, plainModuleName, stripCollection } from '../keywords/module-names.ts';
import { didYouMean, nearest } from '../problem/did-you-mean.ts';
import { foreignHint } from '../problem/foreign-words.ts';
import type { Position } from '../problem/position.ts';
import type { Problem } from '../problem/problem.ts';
import type { ModuleSyntax } from '../runbook/catalog.ts';
import type { YamlEntry } from '../yaml/yaml.ts';
import { notBuilt, unknownKeyword } from './keyword-entries.ts';
import type { Reading } from './reading.ts';

export interface FoundModule {
  /** Our name of it. */
  readonly name: string;
  readonly entry: YamlEntry;
  /** Undefined for a module that this build doesn't have: the Problem is reported already. */
  readonly syntax: ModuleSyntax | undefined;
}

/** The module among the keys that are no keywords. Reports whatever is wrong with them. */
export function findModule(others: readonly YamlEntry[], task: Position, reading: Reading): FoundModule | undefined {
  const { catalog, problems } = reading;
  const candidates = others.map((entry): FoundModule => {
    const name = plainModuleName(entry.key, catalog);
    return { name, entry, syntax: catalog.get(name) };
  });
  const modules = candidates.filter(({ name, syntax }) => syntax || isDocumentedModule(name));
  const [first, second] = modules;
  if (second && first) problems.push(twoModules(first, second));
  for (const { entry, syntax } of modules.slice(0, 1)) if (!syntax) problems.push(notBuilt(entry));
  const unknown = candidates.filter((candidate) => !modules.includes(candidate));
  if (first) {
    problems.push(...unknown.map(({ entry }) => unknownKeyword(entry, 'task')));
    return first;
  }
  problems.push(...unknown.map(({ entry }) => unknownWord(entry, reading)));
  if (unknown.length === 0) problems.push(noModule(task));
  return unknown[0];
}

function twoModules(first: FoundModule, second: FoundModule): Problem {
  return {
    code: 'two-modules',
    summary: 'Two modules in one task',
    detail: `‹${first.entry.key}› (line ${first.entry.keyAt.line}) and ‹${second.entry.key}› are both modules, and a task does one thing.`,
    hint: 'Make two tasks of it.',
    at: second.entry.keyAt,
  };
}

function noModule(at: Position): Problem {
  return {
    code: 'no-module',
    summary: 'A task without a module',
    detail: 'A task says with a module what is to hold: ‹file›, ‹template›, ‹apt› …',
    hint: '‹vrun doc› lists them all.',
    at,
  };
}

/** A key in a task that has no module: a mistyped keyword, or more likely the mistyped module. */
function unknownWord(entry: YamlEntry, reading: Reading): Problem {
  const modules = reading.catalog.names();
  const [near] = nearest(plainModuleName(entry.key, reading.catalog), modules);
  const [nearKeyword] = nearest(entry.key, keywordsOf('task').keys());
  if (!near && nearKeyword) return unknownKeyword(entry, 'task', modules);
  const hint =
    foreignHint(stripCollection(entry.key)) ?? didYouMean(entry.key, [...modules, ...keywordsOf('task').keys()]);
  return {
    code: 'unknown-module',
    summary: 'Unknown module',
    detail: `‹${entry.key}› is neither a module nor a keyword of a task.`,
    hint: hint ?? '‹vrun doc› lists all modules.',
    at: entry.keyAt,
  };
}
