// The message that makes the changes of an item, and of its neighbours: who gets it, its steps, and the notes that go with them.

import type { Transferring } from '../../event/event.ts';
import type { HostState } from '../host/state.ts';
import type { BoundItem, BoundTask } from '../list/bound.ts';
import type { Upcoming } from '../message/reader.ts';
import { isJudgedLater, prepareSteps } from '../message/steps.ts';
import { budgetOf } from '../message/time-limit.ts';
import type { Things } from '../predict/things.ts';
import type { HeldNote } from '../session/notes.ts';
import type { ShellName, ShellUse } from '../session/session.ts';
import type { PlayServices } from '../together/services.ts';
import { neighboursOf } from './neighbours.ts';
import { type ChangeMessage, type ItemChanges, partsOf } from './parts.ts';
import type { Planned } from './planned.ts';
import { type TaskContext, transferringEvent } from './report.ts';
import { Transfer } from './transfer.ts';

export interface MessageOptions {
  readonly host: HostState;
  readonly services: PlayServices;
  readonly context: TaskContext;
  /** What comes after an item, bound as far as it can be. */
  readonly after: (task: BoundTask, item: BoundItem) => Upcoming;
  readonly things: (task: BoundTask, item: BoundItem) => Things;
}

/** The changes of `planned`, and of what can go with them, for `target`, which is logged in. */
export function messageOf(planned: Planned, target: HostState, options: MessageOptions): ChangeMessage {
  const { host, services, context } = options;
  const route = target.session.route(planned.item.place);
  const first = withSteps(planned, target, route, options);
  const neighbours = beside(planned, route, options).map((one) => withSteps(one, target, route, options));
  const { task, steps } = first;
  const isWhole = context.kind === 'handler' && task.instance.order.length === 1 && !task.looped;
  const isDone = target === host && isWhole && !steps.some(isJudgedLater);
  const handler = isDone ? task.instance.task.title : undefined;
  const parts = partsOf([first, ...neighbours], { handler, user: route.user, witnessed: target.witnessed }, services);
  return { first, neighbours, target, route, parts, handler };
}

function beside(planned: Planned, route: ShellUse, options: MessageOptions): readonly Planned[] {
  const { host, services, context, after, things } = options;
  // A person who is asked before each task sees what became of the one before it.
  if (context.kind === 'handler' || services.person.step) return [];
  const isBeside = ({ place }: BoundItem) => {
    const other = place.delegate === undefined ? host.session.route(place) : undefined;
    return other?.shell === route.shell && other.user === route.user;
  };
  const known = (item: BoundItem) => host.reader.known(item);
  return neighboursOf(planned, after(planned.task, planned.item), { known, isBeside, things });
}

function withSteps(
  { task, item, plan }: Planned,
  target: HostState,
  route: ShellUse,
  options: MessageOptions,
): ItemChanges {
  const { host, services, context } = options;
  const { exports, outputLimit } = item;
  const own = { exports, budget: budgetOf(item, host.reader.known(item)), outputLimit };
  const tell = (so: Transferring): void => {
    // Where it can't be kept, the next event that must be says so.
    void services.events.happen(transferringEvent({ task, item }, so, context)).catch(() => undefined);
  };
  const transfer = new Transfer(tell);
  const steps = plan.changes.flatMap((change) =>
    prepareSteps(change, route.user, own).map((step) => {
      const frame = { ...step.frame, stdin: transfer.sent(step.frame.stdin) };
      return { change, ...step, frame };
    }),
  );
  return { task, item, plan, steps, notes: target === host ? notesOf(task, route.shell, options) : [], transfer };
}

/** The notes of the handlers that the task may notify; the host holds them from now on. */
export function notesOf(task: BoundTask, shell: ShellName, { host, services }: MessageOptions): readonly HeldNote[] {
  const notes = task.notify.map((handler) => ({
    runbook: services.runbookKey,
    handler,
    run: services.run.id,
    shell,
  }));
  host.notes = [...host.notes, ...notes];
  return notes;
}
