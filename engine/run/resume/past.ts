// How far a run that died had come, by the events of its journal: what hosts had done goes into the account, and who is out, who
// is through, and what the plays had come to is kept for going on.
import type { Event, Happening, Status, TaskFinished } from '../../event/event.ts';
import type { Play, Task } from '../../language/runbook/runbook.ts';
import { allTasks } from '../../language/runbook/task-tree.ts';
import { playsOf, type RunPlan } from '../plan/run-plan.ts';
import type { Account } from '../together/account.ts';
import { lineOfTask } from './lines.ts';

/** How a run_once task came out, and on which host. */
export interface Once {
  readonly host: string;
  readonly status: Status;
  readonly foreseen: boolean;
}

/** What one play had come to. */
export class PlayPast {
  readonly play: Play;
  /** In the play's order, when it began: the batches are made of them. */
  readonly hosts: readonly string[];
  readonly begun = new Set<string>();
  readonly through = new Set<string>();
  readonly failed = new Set<string>();
  /** Who has ended it for all: `meta: end_play`. */
  readonly endedBy = new Set<string>();
  /** More hosts had failed than may. */
  isStopped = false;
  /** run_once tasks, by their place. */
  readonly once = new Map<string, Once>();
  readonly #tasks: ReadonlyMap<string, Task>;

  constructor(play: Play, hosts: readonly string[]) {
    this.play = play;
    this.hosts = hosts;
    this.#tasks = new Map(allTasks(play.tasks).map((task) => [placeOf(task.at), task]));
  }

  /** The task at a place of a file. */
  task(place: string): Task | undefined {
    return this.#tasks.get(place);
  }
}

/** A task's place as events have it. */
export function placeOf({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${file}:${line}`;
}

export class Past {
  /** True once the run had begun, by its journal. */
  isStarted = false;
  /** Who has failed or couldn't be reached: they sit out what comes. */
  readonly out = new Set<string>();
  readonly #plays: readonly Play[];
  readonly #pasts = new Map<Play, PlayPast>();
  readonly #account: Account;
  #current: PlayPast | undefined;

  constructor(plan: RunPlan, account: Account) {
    this.#plays = playsOf(plan);
    this.#account = account;
  }

  /** What the play had come to; undefined where it hadn't begun. */
  of(play: Play): PlayPast | undefined {
    return this.#pasts.get(play);
  }

  /** True when a play was stopped, and nothing else of the run may begin. */
  get isStopped(): boolean {
    return [...this.#pasts.values()].some(({ isStopped }) => isStopped);
  }

  /** Takes an event of the journal. */
  see(event: Event): void {
    this.#account.see(event);
    if (event.type === 'run.started') this.isStarted = true;
    if (event.type === 'play.started') this.#enter(event);
    const past = this.#current;
    if (!past) return;
    if (event.type === 'play.stopped') past.isStopped = true;
    if ('host' in event && event.host !== null) this.#seeHost(past, event.host, event);
  }

  #enter({ number, hosts }: { readonly number: number; readonly hosts: readonly string[] }): void {
    const play = this.#plays[number - 1];
    this.#current = play && (this.#pasts.get(play) ?? new PlayPast(play, hosts));
    if (play && this.#current) this.#pasts.set(play, this.#current);
  }

  #seeHost(past: PlayPast, host: string, event: Happening): void {
    if ('play' in event) {
      past.begun.add(host);
      this.#account.note(past.play, host, { of: 'play begun' });
    }
    switch (event.type) {
      case 'host.restarted':
        past.through.delete(host);
        return;
      case 'host.through':
        this.#leave(past, host, event);
        return;
      case 'host.failed':
        this.#fail(past, host);
        return;
      case 'task.finished':
      case 'handler.finished':
        if (event.item === undefined) this.#finish(past, host, event);
        return;
      default:
        return;
    }
  }

  #finish(past: PlayPast, host: string, event: Omit<TaskFinished, 'run' | 'check'> & { check?: boolean }): void {
    const { status, rescued, failure, checkMode, check = false } = event;
    const place = placeOf(event.task);
    const task = event.type === 'task.finished' ? past.task(place) : undefined;
    const foreseen = checkMode ?? check;
    if (task?.runOnce && status !== 'skipped') past.once.set(place, { host, status, foreseen });
    if (task?.module === 'meta' && status === 'ok' && endsPlay(task)) past.endedBy.add(host);
    const line = task && lineOfTask(past.play, task);
    if (line !== undefined) this.#account.note(past.play, host, { of: 'line noted', line, status, foreseen });
    const failed = status === 'failed' && rescued !== true && failure?.code !== 'interrupted';
    if (failed || status === 'unreachable') this.#fail(past, host);
  }

  #fail(past: PlayPast, host: string): void {
    past.failed.add(host);
    this.out.add(host);
  }

  /** Also what another host did for this one. */
  #leave(past: PlayPast, host: string, event: { readonly ended?: true; readonly missed?: readonly string[] }): void {
    past.through.add(host);
    const { play, once } = past;
    for (const [place, { status, foreseen }] of once) {
      const task = past.task(place);
      const line = task && lineOfTask(play, task);
      if (line !== undefined) this.#account.note(play, host, { of: 'line noted', line, status, foreseen });
    }
    if (event.missed) this.#account.note(play, host, { of: 'lines missed', lines: event.missed });
    const how = event.ended ? 'ended' : 'through';
    this.#account.note(play, host, { of: 'tasks left', how });
    this.#account.note(play, host, { of: 'play left', how });
  }
}

function endsPlay({ args }: Task): boolean {
  return args.entries.some(({ value }) => value.kind === 'literal' && value.value === 'end_play');
}
