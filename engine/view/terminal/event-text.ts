// Which events are worth telling a person, and in which words.
import type { Event, FailureData, HostRecovered, RunStarted } from '../../event/event.ts';
import { hostsText } from '../summary/group-outcomes.ts';
import { stopLines, stopTitle } from '../summary/stopped-play.ts';
import type { RunSummary, TaskOutcome } from '../summary/summary.ts';
import { count, duration, oneLine, placeText } from '../text/phrases.ts';
import { outcomeBlock, problemBody, type Telling, type TextBlock } from './event-block.ts';

/**
 * The block for `event`, which `summary` holds already; `kept` is the outcome that it kept of it. Undefined where
 * there is nothing to tell. With `verbose` also what is ok, skipped, connected or being applied.
 */
export function narrate(
  event: Event,
  kept: TaskOutcome | undefined,
  summary: RunSummary,
  telling: Telling,
): TextBlock | undefined {
  switch (event.type) {
    case 'run.started':
      return { host: null, word: 'run', colour: 'bold', title: runTitle(event), note: '', body: [runOrigin(event)] };
    case 'run.resumed': {
      const body = event.inFlight.map(({ host, task, item, at }) =>
        oneLine(`in flight when it died: ${host}: ${task}${item === undefined ? '' : ` (${item})`}, ${at}`),
      );
      const title = `${oneLine(event.run)} of ${summary.runbooks.map(oneLine).join(', ')}, by ${oneLine(event.operator)}`;
      return { host: null, word: 'resumed', colour: 'bold', title, note: '', body };
    }
    case 'play.started': {
      const note = `${count(event.hosts.length, 'host')}, ${count(event.tasks, 'task')}`;
      return { host: null, word: 'play', colour: 'bold', title: oneLine(event.play), note, body: [] };
    }
    case 'host.connected': {
      if (!telling.verbose) return undefined;
      const title = `${oneLine(event.user)}@${oneLine(event.address)}`;
      const note = event.hostKey ? `${oneLine(event.hostKey.fingerprint)}, ${duration(event.ms)}` : duration(event.ms);
      return { host: event.host, word: 'connected', colour: 'dim', title, note, body: [] };
    }
    case 'host.recovered':
      return { host: event.host, word: 'recovered', colour: 'cyan', title: recovery(event), note: '', body: [] };
    case 'host.restarted': {
      const title = `${oneLine(event.play)} begins here again: whoever was at work on it is gone`;
      return { host: event.host, word: 'restarted', colour: 'yellow', title, note: '', body: [] };
    }
    case 'task.applying':
    case 'handler.applying': {
      if (!telling.verbose) return undefined;
      const title = oneLine(event.task.name);
      return { host: event.host, word: 'applying', colour: 'dim', title, note: placeText(event.task), body: [] };
    }
    case 'task.finished':
    case 'handler.finished': {
      if (kept) return outcomeBlock(event.host, kept, telling);
      const quiet = event.status === 'ok' || event.status === 'skipped';
      const outcome = { ...event, handler: event.type === 'handler.finished' };
      return telling.verbose && quiet ? outcomeBlock(event.host, outcome, telling) : undefined;
    }
    case 'host.failed': {
      // Where a task's failure says it already, the host has none of its own.
      if (summary.hosts.get(event.host)?.failure !== event.failure) return undefined;
      const word = event.unreachable ? 'unreachable' : 'failed';
      return problemBlock(event.host, word, 'red', event.failure, telling);
    }
    case 'warning':
      return problemBlock(event.host, 'warning', 'yellow', event.problem, telling);
    case 'batch.started': {
      const title = `${event.batch} of ${event.batches}`;
      return { host: null, word: 'batch', colour: 'bold', title, note: hostsText(event.hosts, []), body: [] };
    }
    case 'play.stopped':
      return { host: null, word: 'stopped', colour: 'red', title: stopTitle(event), note: '', body: stopLines(event) };
    case 'task.started':
    case 'task.transferring':
    case 'task.withdrawn':
    case 'host.through':
    case 'checklist.changed':
    case 'play.finished':
    case 'run.finished':
      return undefined;
  }
}

function problemBlock(
  host: string | null,
  word: string,
  colour: TextBlock['colour'],
  problem: FailureData,
  telling: Telling,
): TextBlock {
  return { host, word, colour, title: oneLine(problem.summary), note: '', body: problemBody(problem, telling) };
}

function runTitle(event: RunStarted): string {
  const mode = event.check ? 'dry run of ' : '';
  return `${mode}${event.runbooks.map(oneLine).join(', ')} on ${count(event.hosts.length, 'host')}`;
}

function runOrigin(event: RunStarted): string {
  const inventory =
    event.inventory.length > 0 ? `inventory ${event.inventory.map(oneLine).join(', ')}` : 'no inventory';
  return `${inventory}, by ${oneLine(event.operator)}, vrun ${oneLine(event.version)}, run ${oneLine(event.run)}`;
}

function recovery({ handlers, staleLock }: HostRecovered): string {
  const parts = [];
  if (handlers.length > 0) parts.push(`an earlier run left ${handlers.map(oneLine).join(', ')} to run`);
  if (staleLock !== null) parts.push(`took over a lock that was left behind (${oneLine(staleLock)})`);
  return parts.join('; ');
}
