// A run's events on their way into its record. When they can't be written any more, nothing more is changed on any host.
import type { RunRecord } from '../../audit/record.ts';
import { incomplete, noLongerRecorded } from '../../audit/unwritable.ts';
import type { Event } from '../../event/event.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import { Interrupted } from '../../run/session/interrupted.ts';
import { failureOf } from '../../run/task/report.ts';
import { EXIT } from '../shared/exit.ts';

export interface Keeping {
  /** Ends the run as the first Ctrl-C does. */
  readonly halt: (why: ProblemError) => void;
  /** Where events go once they are recorded. */
  readonly show: (event: Event) => void;
}

export class KeptRecord {
  readonly #record: RunRecord;
  readonly #keeping: Keeping;
  #failure: { readonly error: unknown } | undefined;
  /** True once the first event is on disk: from then on hosts may have been contacted. */
  begun = false;

  constructor(record: RunRecord, keeping: Keeping) {
    this.#record = record;
    this.#keeping = keeping;
  }

  /** Where the run's files are in the record. */
  get directory(): string {
    return this.#record.directory;
  }

  /** What is wrong with the record, once the run has ended; undefined while all is well. */
  get problem(): Problem | undefined {
    return this.#failure && incomplete(this.#failure.error, this.#record.run);
  }

  /**
   * Records an event, which must be redacted, and shows it. Once that has failed events are only shown.
   * @throws Interrupted for steps that can't be recorded: they aren't sent
   * @throws what writing the first event threw
   */
  async emit(event: Event): Promise<void> {
    const first = event.type === 'run.started' || event.type === 'run.resumed';
    const steps = event.type.endsWith('.applying');
    if (this.#failure === undefined) {
      try {
        await this.#record.emit(event, { durable: steps || first, soon: isDecisive(event) });
        this.begun = true;
      } catch (error) {
        if (first) throw error;
        this.#lose(error, event);
      }
    }
    if (steps && this.#failure !== undefined) throw new Interrupted();
    this.#keeping.show(event);
  }

  /** Ends the record by `seal`; undefined when it isn't whole. */
  async end<T>(seal: () => Promise<T>): Promise<T | undefined> {
    if (this.#failure !== undefined) return undefined;
    try {
      return await seal();
    } catch (error) {
      this.#failure = { error };
      return undefined;
    }
  }

  /** The exit status of a run that would have ended with `status`. */
  exitStatus(status: number): number {
    if (this.#failure === undefined) return status;
    return status === EXIT.unreachable || status === EXIT.failedAndUnreachable
      ? EXIT.failedAndUnreachable
      : EXIT.failed;
  }

  #lose(error: unknown, { run, check }: Event): void {
    if (this.#failure !== undefined) return; // several hosts may have waited for the same disk
    this.#failure = { error };
    const problem = noLongerRecorded(error);
    this.#keeping.halt(new ProblemError([problem]));
    this.#keeping.show({ type: 'warning', run, check, host: null, problem: failureOf(problem) });
  }
}

/** Whether a run that is resumed goes by it: what isn't signed by then counts for nothing. */
function isDecisive(event: Event): boolean {
  if (event.type === 'host.through' || event.type === 'host.failed' || event.type === 'play.stopped') return true;
  return 'status' in event && (event.status === 'failed' || event.status === 'unreachable');
}
