// The types of events as values: for whoever reads events back from text.
import type { Event } from './event.ts';

const types: Readonly<Record<Event['type'], true>> = {
  'run.started': true,
  'run.resumed': true,
  'play.started': true,
  'host.connected': true,
  'host.recovered': true,
  'host.restarted': true,
  'task.started': true,
  'task.applying': true,
  'handler.applying': true,
  'task.transferring': true,
  'task.withdrawn': true,
  'task.finished': true,
  'handler.finished': true,
  'host.through': true,
  'host.failed': true,
  'checklist.changed': true,
  warning: true,
  'batch.started': true,
  'play.stopped': true,
  'play.finished': true,
  'run.finished': true,
};

/** True for the type of an event. */
export function isEventType(type: unknown): type is Event['type'] {
  return typeof type === 'string' && Object.hasOwn(types, type);
}
