// What all readers of a runbook share: the modules, the files, the problems so far, and how values are made.

import { MOST_TASKS } from '../../base/limits.ts';
import type { Dynamic } from '../dynamic/dynamic.ts';
import { toDynamic } from '../dynamic/evaluate.ts';
import { compileExpression, type Expression } from '../expression/expression.ts';
import { wrongType } from '../parameters/sentences.ts';
import type { Position } from '../problem/position.ts';
import { type Problem, ProblemError } from '../problem/problem.ts';
import type { ModuleCatalog } from '../runbook/catalog.ts';
import { isTemplate } from '../template/template.ts';
import type { SecretOpener } from '../yaml/age.ts';
import type { YamlNode, YamlScalar } from '../yaml/yaml.ts';
import { fromDisk, RunbookFiles } from './files.ts';

/** What reading a runbook needs from outside. */
export interface ReadContext {
  readonly catalog: ModuleCatalog;
  /** What becomes of its `!secret` values. */
  readonly secrets: SecretOpener;
  /** Reads a file; from disk unless given. */
  readonly readFile?: (path: string) => Promise<Uint8Array>;
}

export interface Reading {
  readonly catalog: ModuleCatalog;
  readonly files: RunbookFiles;
  readonly problems: Problem[];
  /** The value of a node. What is broken is reported and stands as a template without names. */
  readonly dynamic: (node: YamlNode) => Dynamic;
  /** The expression at a node of keyword or parameter `name`; undefined, and a Problem, when it is none. */
  readonly condition: (node: YamlNode, name: string) => Expression | undefined;
  /** A number that no other task of the runbook has. */
  readonly nextId: () => number;
  /** Counts a play, a task, a block or an include. False, and once a Problem, when there are too many. */
  readonly room: (at: Position) => boolean;
}

/** A fresh reading: no file read, no problem found. */
export function createReading({ catalog, secrets, readFile = fromDisk }: ReadContext): Reading {
  const problems: Problem[] = [];
  const files = new RunbookFiles({ secrets, readFile }, problems);
  let id = 0;
  let count = 0;
  const room = (at: Position) => {
    count += 1;
    if (count === MOST_TASKS + 1) problems.push(tooMany(at));
    return count <= MOST_TASKS;
  };
  return {
    catalog,
    files,
    problems,
    dynamic: (node) => dynamic(node, files, problems),
    condition: (node, name) => condition(node, name, problems),
    nextId: () => id++,
    room,
  };
}

function tooMany(at: Position): Problem {
  return {
    code: 'runbook-shape',
    summary: `A runbook with more than ${MOST_TASKS} tasks`,
    detail:
      'Plays, tasks, blocks and includes count, those of a file once for each time that it is included or imported.',
    hint: 'Files that include one file twice, which includes another one twice, multiply: use ‹loop›. Or make two runbooks of it.',
    at,
  };
}

function dynamic(node: YamlNode, files: RunbookFiles, problems: Problem[]): Dynamic {
  const { at } = node;
  if (node.kind === 'list')
    return { kind: 'list', items: node.items.map((item) => dynamic(item, files, problems)), at };
  if (node.kind === 'map') {
    const entries = node.entries.map((entry) => ({ ...entry, value: dynamic(entry.value, files, problems) }));
    return { kind: 'map', entries, at };
  }
  const before = problems.length;
  const made = toDynamic(node, problems, files);
  return problems.length === before ? made : broken(node);
}

/** Stands for what was reported already, so that nothing else is said about it. */
function broken({ at, raw }: YamlScalar): Dynamic {
  return { kind: 'template', template: { source: raw, at, paths: [], single: undefined, nodes: [] }, at };
}

function condition(node: YamlNode, name: string, problems: Problem[]): Expression | undefined {
  if (node.kind !== 'scalar' || node.tag === '!secret' || !['string', 'boolean'].includes(typeof node.value)) {
    const { path: _, ...fault } = wrongType([name], `‹${name}›`, [{ type: 'string' }], plainValue(node));
    problems.push({ ...fault, hint: 'Write an expression, such as ‹facts.os.family == "debian"›.', at: node.at });
    return undefined;
  }
  const source = String(node.value);
  if (isTemplate(source)) {
    problems.push(templateInCondition(node, name));
    return undefined;
  }
  try {
    return compileExpression(source, node.at, node.locate);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function templateInCondition(node: YamlScalar, name: string): Problem {
  const text = String(node.value).trim();
  const inner = text.startsWith('{{') && text.endsWith('}}') ? text.slice(2, -2).trim() : undefined;
  return {
    code: 'expression-syntax',
    summary: 'A template where an expression stands',
    detail: `‹${name}› is an expression already: names in it need no braces.`,
    hint: inner === undefined ? 'Remove the ‹{{ }}›.' : `Write ‹${name}: ${inner}›.`,
    at: node.at,
  };
}

/** Enough of a value for a sentence about its type. */
export function plainValue(node: YamlNode): unknown {
  if (node.kind === 'list') return [];
  if (node.kind === 'map') return {};
  return node.tag === '!secret' ? '(a secret)' : node.value;
}
