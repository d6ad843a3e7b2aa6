// One play: its keywords, its tasks, its handlers, and whether they fit together.

import { TRANSPORTS } from '../../base/transports.ts';
import type { Dynamic } from '../dynamic/dynamic.ts';
import type { Handler, Play, TaskNode } from '../runbook/runbook.ts';
import type { YamlMap } from '../yaml/yaml.ts';
import { readBecomeUser } from './become.ts';
import { readEnvironment } from './environment.ts';
import { Fields } from './fields.ts';
import { sortEntries, unknownKeyword } from './keyword-entries.ts';
import { readModuleDefaults } from './module-defaults.ts';
import { notifyProblems } from './notify.ts';
import { readPercentage, readSerial } from './pace.ts';
import { readParams } from './params.ts';
import type { Reading } from './reading.ts';
import { readTaskList, type TaskPlace } from './tasks.ts';

export const ORDERS = ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'] as const;

/** Reads a play that stands in `file`. `tags` are those of the import that it came by. */
export async function readPlay(
  node: YamlMap,
  file: string,
  tags: readonly string[],
  reading: Reading,
): Promise<Play | undefined> {
  const { keywords, others } = sortEntries(node, 'play');
  reading.problems.push(...others.map((entry) => unknownKeyword(entry, 'play')));
  const fields = new Fields(keywords, node.at, reading);
  const hosts = readHosts(fields);
  const place: TaskPlace = {
    file,
    chain: [file],
    become: fields.has('become'),
    tags: [...new Set([...tags, ...fields.words('tags')])],
    checklist: undefined,
    handler: false,
    inherited: {
      become: undefined,
      becomeUser: undefined,
      ignoreErrors: undefined,
      environment: readEnvironment(fields),
      delegation: undefined,
    },
    moduleDefaults: readModuleDefaults(fields.entry('module_defaults'), reading),
  };
  const name = fields.plainText('name');
  const vars = fields.variables('vars');
  const defaults = fields.variables('defaults');
  const params = readParams(fields.entry('params'), reading);
  const becomeUser = readBecomeUser(fields, place.become);
  const tasks = await readTaskList(fields.entry('tasks'), place, reading);
  const handlers = await readHandlers(fields, place);
  reading.problems.push(...notifyProblems(tasks, handlers));
  return {
    name: name ?? (hosts ? hostsText(hosts) : '(a play)'),
    at: node.at,
    file,
    hosts: hosts ?? { kind: 'literal', value: '', at: node.at },
    become: fields.boolean('become'),
    becomeUser,
    remoteUser: fields.text('remote_user'),
    connection: readConnection(fields),
    order: fields.oneOf('order', ORDERS) ?? 'inventory',
    defaults,
    vars,
    varsFiles: fields.texts('vars_files'),
    params,
    tags: place.tags,
    serial: readSerial(fields),
    maxFailPercentage: readPercentage(fields),
    anyErrorsFatal: fields.flag('any_errors_fatal') ?? false,
    forceHandlers: fields.flag('force_handlers') ?? false,
    tasks,
    handlers,
  };
}

function readHosts(fields: Fields): Dynamic | undefined {
  const entry = fields.entry('hosts');
  if (!entry) {
    const tasksLike = !fields.has('tasks');
    fields.reading.problems.push({
      code: 'runbook-shape',
      summary: 'A play without hosts',
      detail: 'A play says with ‹hosts› on which hosts its tasks are to hold.',
      hint: tasksLike
        ? 'A file that is a list of tasks isn’t a runbook: use it with ‹include_tasks›.'
        : 'Add ‹hosts: all›, or a group of the inventory.',
      at: fields.at,
    });
    return undefined;
  }
  if (entry.value.kind !== 'list') return fields.text('hosts');
  const items = fields.texts('hosts');
  if (items.length > 0) return { kind: 'list', items, at: entry.value.at };
  fields.reading.problems.push({
    code: 'bad-value',
    summary: 'A play for no host',
    detail: '‹hosts› is an empty list.',
    at: entry.value.at,
  });
  return undefined;
}

function hostsText(hosts: Dynamic): string {
  if (hosts.kind === 'list') return hosts.items.map(hostsText).join(',');
  if (hosts.kind === 'literal') return String(hosts.value);
  return hosts.kind === 'template' ? hosts.template.source : hosts.at.text.trim();
}

function readConnection(fields: Fields): Dynamic | undefined {
  const connection = fields.text('connection');
  return connection?.kind === 'literal' && fields.oneOf('connection', TRANSPORTS) === undefined
    ? undefined
    : connection;
}

async function readHandlers(fields: Fields, place: TaskPlace): Promise<Handler[]> {
  const { reading } = fields;
  const nodes = await readTaskList(fields.entry('handlers'), { ...place, handler: true }, reading);
  const handlers = nodes.filter(isHandler);
  const seen = new Map<string, Handler>();
  for (const handler of handlers) {
    const first = seen.get(handler.title);
    if (first) {
      reading.problems.push({
        code: 'duplicate-handler',
        summary: 'Two handlers of one name',
        detail: `‹${handler.title}› is already the handler at line ${first.at.line} of ${first.at.file}: a handler is known by its name.`,
        hint: 'Give it another name.',
        at: handler.kind === 'task' ? handler.name.at : handler.at,
      });
    } else seen.set(handler.title, handler);
  }
  return handlers;
}

/** Blocks are told of where they are read, and an include without a name as well. */
function isHandler(node: TaskNode): node is Handler {
  return node.kind === 'task' || (node.kind === 'include' && node.title !== undefined);
}
