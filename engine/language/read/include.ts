// `include_tasks`: the file's tasks, in place, with what the include says about all of them.

import { dirname, isAbsolute, join, resolve } from 'node:path';
import { DEEPEST_INCLUDES } from '../../base/limits.ts';
import type { Position } from '../problem/position.ts';
import type { Include } from '../runbook/runbook.ts';
import type { YamlMap } from '../yaml/yaml.ts';
import { Fields } from './fields.ts';
import { sortEntries, unknownKeyword } from './keyword-entries.ts';
import { readLoop } from './loop.ts';
import type { Reading } from './reading.ts';
import { handlerWithoutName } from './task.ts';
import { readTaskNodes, type TaskPlace } from './tasks.ts';

/** Reads the include at `node` and the file that it names. Undefined when the file can't be told. */
export async function readInclude(node: YamlMap, place: TaskPlace, reading: Reading): Promise<Include | undefined> {
  const { problems } = reading;
  const { keywords, others } = sortEntries(node, 'include');
  problems.push(...others.map((entry) => unknownKeyword(entry, 'include')));
  const fields = new Fields(keywords, node.at, reading);
  if (place.handler && !fields.has('name')) problems.push(handlerWithoutName(node));
  const tags = [...new Set([...place.tags, ...fields.words('tags')])];
  const checklist = fields.plainText('checklist') ?? place.checklist;
  const include = {
    kind: 'include',
    title: titleOf(fields),
    at: node.at,
    vars: fields.variables('vars'),
    when: fields.conditions('when'),
    loop: readLoop(fields),
    tags,
    checklist,
  } as const;
  const file = fileNamed(fields, 'include_tasks', place.file);
  if (!file) return undefined;
  // Among handlers it is the include that is notified: what it names are tasks like others.
  const tasks = await readFileTasks(file, { ...place, tags, checklist, handler: false }, reading);
  return tasks && { ...include, tasks };
}

function titleOf(fields: Fields): string | undefined {
  const name = fields.text('name');
  if (name?.kind === 'template') return name.template.source;
  return name?.kind === 'literal' ? String(name.value) : undefined;
}

/** The file that keyword `name` gives, relative to the file `from`, with the position where it is named. */
export function fileNamed(fields: Fields, name: string, from: string): NamedFile | undefined {
  const path = fields.plainText(name);
  const at = fields.entry(name)?.value.at;
  if (path === undefined || !at) return undefined;
  if (path.includes('{{')) {
    fields.reading.problems.push({
      code: 'bad-value',
      summary: 'A file name that is not fixed',
      detail: `‹${name}› is read before the first connection, when no host's variables are known yet: its file can't be a template.`,
      hint: 'Name each file, and choose with ‹when›.',
      at,
    });
    return undefined;
  }
  return { path: isAbsolute(path) ? path : join(dirname(from), path), at };
}

export interface NamedFile {
  readonly path: string;
  readonly at: Position;
}

/** True, and a Problem, when `file` is being read already, or too many that name one another are. */
export function isCircle(file: NamedFile, chain: readonly string[], reading: Reading): boolean {
  const start = chain.findIndex((open) => resolve(open) === resolve(file.path));
  if (start < 0) {
    if (chain.length <= DEEPEST_INCLUDES) return false;
    reading.problems.push({
      code: 'runbook-shape',
      summary: `Files that name one another more than ${DEEPEST_INCLUDES} deep`,
      detail: `${chain.slice(0, 3).join(' → ')} → … → ${file.path}`,
      hint: 'Name the files in one list, or use ‹loop›.',
      at: file.at,
    });
    return true;
  }
  const circle = [...chain.slice(start), file.path];
  reading.problems.push({
    code: 'runbook-shape',
    summary: 'A file that includes itself',
    detail: circle.join(' → '),
    hint: 'Use ‹loop› to do something several times.',
    at: file.at,
  });
  return true;
}

async function readFileTasks(
  file: NamedFile,
  place: TaskPlace,
  reading: Reading,
): Promise<Include['tasks'] | undefined> {
  if (isCircle(file, place.chain, reading)) return undefined;
  const root = await reading.files.yaml(file.path, file.at);
  if (!root) return undefined;
  const first = root.kind === 'list' ? root.items[0] : undefined;
  const play = first?.kind === 'map' ? first.entries.find(({ key }) => key === 'hosts') : undefined;
  if (root.kind !== 'list' || play) {
    reading.problems.push({
      code: 'runbook-shape',
      summary: 'Not a list of tasks',
      detail: `‹${file.path}› is included as tasks, and it ${play ? 'is a runbook: its entries are plays' : 'holds no list'}.`,
      hint: play
        ? 'Use ‹import_playbook› for it, beside the plays.'
        : 'A file of tasks is a list: each task begins with ‹- ›.',
      at: play?.keyAt ?? root.at,
    });
    return undefined;
  }
  return readTaskNodes(root, 'tasks', { ...place, file: file.path, chain: [...place.chain, file.path] }, reading);
}
