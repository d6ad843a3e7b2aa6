// One host's account: what its events say became of its tasks. The run's own totals and those of every view are counted here.
import type { Happening, HostTotals, Status, TaskFinished } from './event.ts';

/** The figures that follow from a host's events alone. */
export type TaskCounts = Omit<HostTotals, 'messages' | 'outcome'>;

export class HostAccount {
  #counts: Counts = { ok: 0, changed: 0, unknown: 0, skipped: 0, failed: 0, ignored: 0 };
  #rescued = 0;
  /** The play that it is in, and what was counted before. */
  #play:
    | { readonly name: string; readonly before: Counts; readonly rescued: number; readonly inFlight: number }
    | undefined;
  #acted = 0;
  #foreseen = 0;
  #halfWay = 0;
  #inFlight = 0;
  #unreachable = false;
  /** Tasks, with the item of a loop, whose steps were sent and of which it isn't told yet what became of them. */
  #sent: string[] = [];
  /** The failure with which its last task left the host. */
  #failed: string | undefined;
  /** True once a task broke off because the run was interrupted. */
  interrupted = false;

  /** Takes an event of the host. */
  see(event: Happening): void {
    if ('play' in event && event.play !== this.#play?.name) {
      this.#play = { name: event.play, before: { ...this.#counts }, rescued: this.#rescued, inFlight: this.#inFlight };
    }
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
        else if (event.failure.summary !== this.#failed) this.#counts.failed += 1;
        return;
      default:
        return;
    }
  }

  /** What is sent and has no outcome yet counts as in flight. */
  get counts(): TaskCounts {
    const inFlight = this.#inFlight + this.#sent.length;
    return {
      ...this.#counts,
      ...(this.#rescued > 0 ? { rescued: this.#rescued } : {}),
      ...(this.#acted > 0 ? { acted: this.#acted } : {}),
      ...(this.#foreseen > 0 ? { foreseen: this.#foreseen } : {}),
      ...(this.#halfWay > 0 ? { halfWay: this.#halfWay } : {}),
      ...(inFlight > 0 ? { inFlight } : {}),
      unreachable: this.#unreachable,
    };
  }

  /** What was changed was changed; all else of the play comes again. */
  #again(): void {
    this.#sent = [];
    if (!this.#play) return;
    this.#counts = { ...this.#play.before, changed: this.#counts.changed };
    this.#rescued = this.#play.rescued;
    this.#inFlight = this.#play.inFlight;
    this.interrupted = false;
  }

  #told(event: Sent): void {
    const at = this.#sent.indexOf(sentKey(event));
    if (at >= 0) this.#sent.splice(at, 1);
  }

  #finished({ status, rescued, effect, failure, checkMode }: Omit<TaskFinished, 'run' | 'check' | 'type'>): void {
    this.#count(status, rescued === true);
    this.#failed = status === 'failed' && !rescued ? failure?.summary : undefined;
    if (status === 'changed' && checkMode === false) this.#acted += 1;
    if (status === 'changed' && checkMode === true) this.#foreseen += 1;
    if (effect === 'half-way') this.#halfWay += 1;
    else if (effect === 'in flight') this.#inFlight += 1;
    if (failure?.code === 'interrupted') this.interrupted = true;
  }

  #count(status: Status, rescued: boolean): void {
    if (status === 'unreachable') this.#unreachable = true;
    else if (rescued) this.#rescued += 1;
    else this.#counts[status] += 1;
  }
}

type Counts = { [status in Exclude<Status, 'unreachable'>]: number };

type Sent = Pick<TaskFinished, 'task' | 'item'>;

function sentKey({ task, item }: Sent): string {
  return `${task.name}\0${task.file}:${task.line}\0${item ?? ''}`;
}
