// One host's account: what its events say became of its tasks. The run's own totals and those of every view are counted here.
import type { Happening, HostTotals, Status, TaskFinished } from './event.ts';

/** The figures that follow from a host's events alone. */
export type TaskCounts = Omit<HostTotals, 'messages' | 'outcome'>;

/** What was counted in one play. */
interface PlayCounts {
  counts: Counts;
  rescued: number;
  /** Tasks and handlers that have changed something; and those of them that come again, since the play began again. */
  readonly changed: string[];
  again: string[];
}

export class HostAccount {
  /** By the place of each among the run's plays. */
  readonly #plays = new Map<number, PlayCounts>();
  #play = this.#enter(0);
  #acted = 0;
  #foreseen = 0;
  #halfWay = 0;
  #inFlight = 0;
  #unreachable = false;
  /** Tasks, with the item of a loop, whose steps were sent and of which it isn't told yet what became of them. */
  #sent: string[] = [];
  /** The same of those from before the play began again, until they come again: a handler needn't. */
  readonly #lost = new Set<string>();
  /** The failure with which its last task left the host. */
  #failed: string | undefined;
  /** True once a task broke off because the run was interrupted. */
  interrupted = false;

  /** What comes next is of this play: its place among the run's plays. */
  enter(play: number): void {
    this.#play = this.#enter(play);
  }

  /** Takes an event of the host. */
  see(event: Happening): void {
    switch (event.type) {
      case 'host.restarted':
        this.#again();
        return;
      case 'task.applying':
      case 'handler.applying':
        this.#sent.push(sentKey(event));
        return;
      case 'task.withdrawn':
        this.#told(event);
        return;
      case 'task.finished':
      case 'handler.finished':
        this.#told(event);
        // The items of a loop count once, with their task.
        if (event.item === undefined) this.#finished(event);
        return;
      case 'host.failed':
        if (event.unreachable) this.#unreachable = true;
        else if (event.failure.summary !== this.#failed) this.#play.counts.failed += 1;
        return;
      default:
        return;
    }
  }

  /** What is sent and has no outcome yet counts as in flight. */
  get counts(): TaskCounts {
    const inFlight = this.#inFlight + this.#sent.length + this.#lost.size;
    const plays = [...this.#plays.values()];
    const rescued = plays.reduce((sum, play) => sum + play.rescued, 0);
    return {
      ...plays.reduce((sum, { counts }) => added(sum, counts), NONE),
      ...(rescued > 0 ? { rescued } : {}),
      ...(this.#acted > 0 ? { acted: this.#acted } : {}),
      ...(this.#foreseen > 0 ? { foreseen: this.#foreseen } : {}),
      ...(this.#halfWay > 0 ? { halfWay: this.#halfWay } : {}),
      ...(inFlight > 0 ? { inFlight } : {}),
      unreachable: this.#unreachable,
    };
  }

  #enter(number: number): PlayCounts {
    const play = this.#plays.get(number) ?? { counts: { ...NONE }, rescued: 0, changed: [], again: [] };
    this.#plays.set(number, play);
    return play;
  }

  /** What was changed was changed, and counts once; all else of the play comes again. */
  #again(): void {
    for (const sent of this.#sent) this.#lost.add(sent);
    this.#sent = [];
    this.interrupted = false;
    const { counts, changed } = this.#play;
    this.#play.counts = { ...NONE, changed: counts.changed };
    this.#play.rescued = 0;
    this.#play.again = [...changed];
  }

  #told(event: Sent): void {
    this.#lost.delete(sentKey(event));
    const at = this.#sent.indexOf(sentKey(event));
    if (at >= 0) this.#sent.splice(at, 1);
  }

  #finished(event: Omit<TaskFinished, 'run' | 'check'>): void {
    const { status, rescued, effect, failure, checkMode } = event;
    this.#failed = status === 'failed' && !rescued ? failure?.summary : undefined;
    if (!this.#isCounted(event)) {
      this.#count(status, rescued === true);
      if (status === 'changed' && checkMode === false) this.#acted += 1;
      if (status === 'changed' && checkMode === true) this.#foreseen += 1;
    }
    if (effect === 'half-way') this.#halfWay += 1;
    else if (effect === 'in flight') this.#inFlight += 1;
    if (failure?.code === 'interrupted') this.interrupted = true;
  }

  /** True for a task that has changed something before the play began again, and has nothing to do now, or did it once more. */
  #isCounted(event: Omit<TaskFinished, 'run' | 'check'>): boolean {
    const { changed, again } = this.#play;
    const key = `${event.type}\0${sentKey(event)}`;
    const at = again.indexOf(key);
    if (at >= 0) again.splice(at, 1);
    else if (event.status === 'changed') changed.push(key);
    return at >= 0 && (event.status === 'changed' || event.status === 'ok' || event.status === 'skipped');
  }

  #count(status: Status, rescued: boolean): void {
    if (status === 'unreachable') this.#unreachable = true;
    else if (rescued) this.#play.rescued += 1;
    else this.#play.counts[status] += 1;
  }
}

type Counts = { [status in Exclude<Status, 'unreachable'>]: number };

const NONE: Readonly<Counts> = { ok: 0, changed: 0, unknown: 0, skipped: 0, failed: 0, ignored: 0 };

function added(one: Readonly<Counts>, other: Readonly<Counts>): Counts {
  return {
    ok: one.ok + other.ok,
    changed: one.changed + other.changed,
    unknown: one.unknown + other.unknown,
    skipped: one.skipped + other.skipped,
    failed: one.failed + other.failed,
    ignored: one.ignored + other.ignored,
  };
}

type Sent = Pick<TaskFinished, 'task' | 'item'>;

function sentKey({ task, item }: Sent): string {
  return `${task.name}\0${task.file}:${task.line}\0${item ?? ''}`;
}
