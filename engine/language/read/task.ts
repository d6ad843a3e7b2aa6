// One task: its keywords, its module and its parameters.

import type { Dynamic, DynamicMap } from '../dynamic/dynamic.ts';
import type { Task } from '../runbook/runbook.ts';
import type { YamlEntry, YamlMap } from '../yaml/yaml.ts';
import { mainParameter, readArgs } from './args.ts';
import { readBecomeUser } from './become.ts';
import { readDelegation } from './delegation.ts';
import { readEnvironment } from './environment.ts';
import { Fields } from './fields.ts';
import { findModule } from './find-module.ts';
import { sortEntries } from './keyword-entries.ts';
import { readLoop } from './loop.ts';
import type { Reading } from './reading.ts';
import type { TaskPlace } from './tasks.ts';
import { checkName } from './variable-name.ts';

/** Reads the task at `node`; undefined when it has no module that one could speak of. */
export function readTask(node: YamlMap, place: TaskPlace, reading: Reading): Task | undefined {
  const { problems } = reading;
  const { keywords, others } = sortEntries(node, 'task');
  const fields = new Fields(keywords, node.at, reading);
  const found = findModule(others, node.at, reading);
  const id = reading.nextId();
  const args: DynamicMap = found
    ? readArgs(found, place.moduleDefaults, reading)
    : { kind: 'map', entries: [], at: node.at };
  const title = readTitle(fields, found?.name, found?.syntax && mainParameter(found.syntax, args));
  if (place.handler && !fields.has('name')) problems.push(handlerWithoutName(node));
  const task: Task = {
    kind: 'task',
    id,
    ...title,
    module: found?.name ?? '',
    args,
    at: node.at,
    when: fields.conditions('when'),
    loop: readLoop(fields),
    register: readRegister(fields),
    notify: fields.texts('notify'),
    become: fields.boolean('become') ?? place.inherited.become,
    becomeUser: readBecomeUser(fields, place.become || fields.has('become')) ?? place.inherited.becomeUser,
    vars: fields.variables('vars'),
    environment: [...place.inherited.environment, ...readEnvironment(fields)],
    delegation: readDelegation(fields, place.inherited.delegation),
    timeout: fields.number('timeout', 1, true),
    outputLimit: fields.number('output_limit', 1, true),
    tags: [...new Set([...place.tags, ...fields.words('tags')])],
    retries: fields.number('retries', 1, true),
    delay: fields.number('delay', 0),
    until: fields.condition('until'),
    readOnly: fields.flag('read_only') ?? false,
    changedWhen: fields.conditions('changed_when'),
    failedWhen: fields.conditions('failed_when'),
    ignoreErrors: fields.boolean('ignore_errors') ?? place.inherited.ignoreErrors,
    ignoreUnreachable: fields.flag('ignore_unreachable') ?? false,
    checkMode: fields.flag('check_mode'),
    diff: fields.flag('diff'),
    noLog: fields.boolean('no_log'),
    runOnce: fields.flag('run_once') ?? false,
    throttle: fields.number('throttle', 1, true),
    provides: readProvides(fields),
    checklist: fields.plainText('checklist') ?? place.checklist,
  };
  if (found?.name === 'meta' && fields.has('delegate_to')) problems.push(metaDelegated(fields));
  if (found?.name === 'meta' && place.handler && !isReset(args)) problems.push(metaAmongHandlers(found.entry));
  checkReadOnly(task, fields, found?.syntax?.command ?? true);
  return found ? task : undefined;
}

function readTitle(fields: Fields, module: string | undefined, main: string | undefined): Pick<Task, 'name' | 'title'> {
  const name = fields.text('name');
  if (name?.kind === 'literal') return { name, title: String(name.value) };
  if (name?.kind === 'template') return { name, title: name.template.source };
  const title = `${module ?? 'task'}${main === undefined ? '' : ` ${main}`}`;
  return { name: name ?? { kind: 'literal', value: title, at: fields.at }, title };
}

function metaDelegated(fields: Fields) {
  return {
    code: 'bad-value',
    summary: '‹meta› is not delegated',
    detail: 'It acts on the run and the host itself, and not by another one.',
    hint: 'Remove ‹delegate_to›.',
    at: fields.entry('delegate_to')?.keyAt ?? fields.at,
  } as const;
}

function isReset({ entries }: DynamicMap): boolean {
  return entries.some(({ value }) => value.kind === 'literal' && value.value === 'reset_connection');
}

function metaAmongHandlers({ keyAt }: YamlEntry) {
  return {
    code: 'bad-value',
    summary: 'A handler that steers the play',
    detail:
      '‹meta› acts on the tasks of the play, and handlers run beside them; a handler can only ‹reset_connection›.',
    hint: 'Put it among the tasks.',
    at: keyAt,
  } as const;
}

/** The Problem of a handler that nobody could notify. */
export function handlerWithoutName(node: YamlMap) {
  return {
    code: 'missing-parameter',
    summary: 'A handler without a name',
    detail: 'A handler is notified by its name.',
    hint: 'Add ‹name: …›.',
    at: node.at,
  } as const;
}

function readRegister(fields: Fields): string | undefined {
  const name = fields.plainText('register');
  if (name === undefined) return undefined;
  return checkName(name, fields.entry('register')?.value.at ?? fields.at, fields.reading) ? name : undefined;
}

/** What a `provides` names; the kinds are those of engine/module/resource.ts. */
const PROVIDED = /^(path|user|group|package|unit|command):./s;

function readProvides(fields: Fields): Dynamic[] {
  const provides = fields.texts('provides');
  for (const { kind, at, ...rest } of provides) {
    if (kind !== 'literal' || !('value' in rest) || PROVIDED.test(String(rest.value))) continue;
    fields.reading.problems.push({
      code: 'bad-value',
      summary: 'Not something that a task can provide',
      detail: `‹${String(rest.value)}› doesn't say what kind of thing it is.`,
      hint: 'Write ‹path:/x›, ‹user:x›, ‹group:x›, ‹package:x›, ‹unit:x.service› or ‹command:x›.',
      at,
    });
  }
  return provides;
}

function checkReadOnly(task: Task, fields: Fields, command: boolean): void {
  if (!task.readOnly || command) return;
  fields.reading.problems.push({
    code: 'bad-value',
    summary: '‹read_only› is for commands',
    detail: `‹${task.module}› reads by itself what it needs, and says what it would change.`,
    hint: 'Remove it. To keep a task from changing anything, write ‹check_mode: true›.',
    at: fields.entry('read_only')?.keyAt ?? task.at,
  });
}
