// Warnings: what is allowed and most likely not meant.

import type { Dynamic } from '../dynamic/dynamic.ts';
import type { Problem } from '../problem/problem.ts';
import type { ModuleCatalog } from '../runbook/catalog.ts';
import type { Play, Runbook, Task } from '../runbook/runbook.ts';
import { mainTasks, tasksOf } from '../runbook/task-tree.ts';

/** The warnings about a runbook that was read without errors. */
export function lintRunbook(runbook: Runbook, catalog: ModuleCatalog): Problem[] {
  return runbook.plays.flatMap((play) => [
    ...unusedHandlers(play),
    ...tasksOf(play).flatMap((task) => lintTask(task, catalog)),
    // What is in a rescue acts because something has failed, a handler because it was notified.
    ...mainTasks(play.tasks)
      .filter((task) => isCommand(task, catalog) && !task.readOnly && !isGuarded(task))
      .map(unguarded),
  ]);
}

function isCommand(task: Task, catalog: ModuleCatalog): boolean {
  return catalog.get(task.module)?.command ?? false;
}

function lintTask(task: Task, catalog: ModuleCatalog): Problem[] {
  const found: Problem[] = [];
  if (task.name.at === task.at && task.module !== 'meta') found.push(unnamed(task));
  if (isCommand(task, catalog) && task.readOnly) found.push(...writes(task));
  if (task.ignoreErrors?.kind === 'literal' && task.ignoreErrors.value === true && task.register === undefined) {
    found.push(ignored(task));
  }
  if (task.until && !task.retries) found.push(untilOnce(task));
  return found;
}

function warning(task: Pick<Task, 'at'>, summary: string, detail: string, hint: string): Problem {
  return { code: 'lint', severity: 'warning', summary, detail, hint, at: task.at };
}

function unnamed(task: Task): Problem {
  return warning(
    task,
    'A task without a name',
    `Screen, record and ‹--start-at-task› will call it ‹${task.title}›.`,
    'Add ‹name: …› that says what it is for.',
  );
}

/** Does something tell when the command has nothing to do, or what it did? */
function isGuarded(task: Task): boolean {
  const guards = ['creates', 'removes', 'unless'];
  return task.changedWhen.length > 0 || task.args.entries.some(({ key }) => guards.includes(key));
}

function unguarded(task: Task): Problem {
  return warning(
    task,
    'A command that acts every time',
    `‹${task.title}› runs and counts as changed in every run, since nothing tells vrun that it is done already.`,
    'Add ‹creates›, ‹removes› or ‹unless›; ‹read_only: true› if it only reads; or ‹changed_when›.',
  );
}

/** Commands that plainly write, and redirections into files. */
const WRITING =
  /(^|[\s;&|(])(rm|mv|cp|mkdir|rmdir|touch|tee|dd|chmod|chown|ln|truncate|install|kill|reboot|shutdown|useradd|userdel|usermod|apt-get|dpkg\s+-i|sed\s+-i|systemctl\s+(start|stop|restart|reload|enable|disable|mask))(\s|$)|(^|[^0-9&>])>>?\s*(?!\/dev\/(null|stdout|stderr))[A-Za-z_~/."'${]/;

function writes(task: Task): Problem[] {
  const texts = task.args.entries.flatMap(({ key, value }) => (['cmd', 'argv'].includes(key) ? [textOf(value)] : []));
  const written = texts.map((text) => WRITING.exec(text)?.[0].trim()).find((text) => text !== undefined);
  if (written === undefined) return [];
  return [
    warning(
      task,
      'A read-only command that writes',
      `‹read_only: true› promises that ‹${task.title}› only reads, and it has ‹${written}›. It runs in dry runs too, maybe more than once.`,
      'Remove ‹read_only›, or what writes.',
    ),
  ];
}

function textOf(value: Dynamic): string {
  if (value.kind === 'list') return value.items.map(textOf).join(' ');
  if (value.kind === 'template') return value.template.source;
  return value.kind === 'literal' ? String(value.value) : '';
}

function ignored(task: Task): Problem {
  return warning(
    task,
    'A failure that nobody looks at',
    `‹${task.title}› ignores its errors and keeps no result.`,
    'Say with ‹failed_when› what is a failure, or ‹register› the result and look at it.',
  );
}

function untilOnce(task: Task): Problem {
  return warning(
    task,
    '‹until› without ‹retries›',
    `‹${task.title}› doesn't say how often it tries.`,
    'Add ‹retries› and ‹delay›.',
  );
}

function unusedHandlers(play: Play): Problem[] {
  const notes = tasksOf(play).flatMap((task) => task.notify);
  if (notes.some((note) => note.kind !== 'literal')) return [];
  const notified = new Set(notes.map((note) => (note.kind === 'literal' ? String(note.value) : '')));
  return play.handlers
    .filter((handler) => !notified.has(handler.title))
    .map((handler) =>
      warning(
        handler,
        'A handler that nobody notifies',
        `No task has ‹notify: ${handler.title}›.`,
        'Remove it, or notify it.',
      ),
    );
}
