// From runbook files to the typed Runbook, with every problem at once.

import { stripCollection } from '../keywords/module-names.ts';
import type { Position } from '../problem/position.ts';
import type { Problem } from '../problem/problem.ts';
import type { Play, Runbook } from '../runbook/runbook.ts';
import type { YamlMap, YamlNode } from '../yaml/yaml.ts';
import { Fields } from './fields.ts';
import { fileNamed, isCircle } from './include.ts';
import { sortEntries, unknownKeyword } from './keyword-entries.ts';
import { readPlay } from './play.ts';
import { createReading, type ReadContext, type Reading } from './reading.ts';

export type { ReadContext } from './reading.ts';

/** What was read. With an error among `problems` the runbook must not be run; it is there for further checks. */
export interface ReadRunbook {
  readonly runbook: Runbook | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Reads a runbook and all that it includes and imports. Never throws for what stands in the files: `problems` has all
 * of it, in the order of the lines. `runbook` is undefined only when the file can't be read or isn't a list of plays.
 */
export async function readRunbook(file: string, context: ReadContext): Promise<ReadRunbook> {
  const reading = createReading(context);
  const plays = await readPlays(file, undefined, { chain: [file], tags: [] }, reading);
  const runbook = plays && { file, files: reading.files, plays };
  return { runbook, problems: inOrder(reading.problems) };
}

interface ImportPlace {
  readonly chain: readonly string[];
  readonly tags: readonly string[];
}

async function readPlays(
  file: string,
  from: Position | undefined,
  place: ImportPlace,
  reading: Reading,
): Promise<Play[] | undefined> {
  const root = await reading.files.yaml(file, from);
  if (!root) return undefined;
  if (root.kind !== 'list' || root.items.length === 0) {
    reading.problems.push(notPlays(file, root));
    return undefined;
  }
  const plays: Play[] = [];
  // In order, so that ids and problems follow the reading order.
  for (const item of root.items) {
    if (!reading.room(item.at)) break;
    if (item.kind === 'map') plays.push(...(await readItem(item, file, place, reading)));
    else reading.problems.push(notAPlay(item));
  }
  return plays;
}

async function readItem(node: YamlMap, file: string, place: ImportPlace, reading: Reading): Promise<Play[]> {
  const imported = node.entries.some(({ key }) => stripCollection(key) === 'import_playbook');
  if (imported) return readImport(node, file, place, reading);
  const play = await readPlay(node, file, place.tags, reading);
  return play ? [play] : [];
}

async function readImport(node: YamlMap, from: string, place: ImportPlace, reading: Reading): Promise<Play[]> {
  const { keywords, others } = sortEntries(node, 'import');
  reading.problems.push(...others.map((entry) => unknownKeyword(entry, 'import')));
  const fields = new Fields(keywords, node.at, reading);
  const tags = [...new Set([...place.tags, ...fields.words('tags')])];
  const file = fileNamed(fields, 'import_playbook', from);
  if (!file || isCircle(file, place.chain, reading)) return [];
  return (await readPlays(file.path, file.at, { chain: [...place.chain, file.path], tags }, reading)) ?? [];
}

function notPlays(file: string, root: YamlNode): Problem {
  return {
    code: 'runbook-shape',
    summary: 'Not a runbook',
    detail: `A runbook is a list of plays, and ‹${file}› ${root.kind === 'list' ? 'is an empty list' : root.kind === 'map' ? 'is a map' : 'is a single value'}.`,
    hint: 'Begin each play with ‹- name: …›, its other keywords below.',
    at: { ...root.at, line: 1, column: 1 },
  };
}

function notAPlay(node: YamlNode): Problem {
  return {
    code: 'runbook-shape',
    summary: 'Not a play',
    detail: 'A play is a map: ‹hosts›, ‹tasks› and other keywords.',
    hint: 'Begin it with ‹- name: …›.',
    at: node.at,
  };
}

/**
 * In the order of the files and their lines. A file that is included twice has its problems once, and of what the YAML
 * reader left out for a problem of its own nothing more is said.
 */
function inOrder(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(problems.map(({ at }) => at?.file))];
  const place = ({ at }: Problem) => JSON.stringify([at?.file, at?.line, at?.column]);
  const unread = new Set(problems.filter(({ code }) => code.startsWith('yaml-')).map(place));
  const seen = new Set<string>();
  return problems
    .filter((problem) => {
      if (problem.code === 'bad-value' && unread.has(place(problem))) return false;
      const key = JSON.stringify([problem.code, problem.summary, problem.detail, place(problem)]);
      return !seen.has(key) && seen.add(key);
    })
    .sort(
      (a, b) =>
        files.indexOf(a.at?.file) - files.indexOf(b.at?.file) ||
        (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
        (a.at?.column ?? 0) - (b.at?.column ?? 0),
    );
}
