// `run`: a run whose events are an async iterable. It is the same run, with the same record, as the command line's.
import { type Performed, performRun } from '../cli/run/perform.ts';
import { commitOf } from '../cli/run/record.ts';
import { wrongUse } from '../cli/run/wrong-use.ts';
import { listenToInterrupts } from '../cli/shared/interrupts.ts';
import { refuse } from '../cli/shared/problems.ts';
import type { Event, HostTotals } from '../event/event.ts';
import type { Problem } from '../language/problem/problem.ts';
import { EventQueue } from './event-queue.ts';
import { loadedOf } from './loaded.ts';
import { checkOptions, type Kinds } from './options.ts';
import type { LoadedRunbook } from './runbook.ts';
import { asProblems, quietEnvironment } from './surroundings.ts';

/** How a loaded runbook is run. */
export interface RunningOptions {
  /** Says what would change, and changes nothing. */
  readonly check?: boolean;
  /** Changes of files come with their texts before and after. */
  readonly diff?: boolean;
  /** Hosts at work at the same time. */
  readonly forks?: number;
  /** False: no record is written and no host is given a witness. Default: as vrun.yml says, in `.vrun/`. */
  readonly record?: boolean;
  /** Ends the run as the first Ctrl-C does: what is in flight is finished, and the record sealed. */
  readonly signal?: AbortSignal;
}

/** How a run ended. That hosts failed is a `status`, and nothing is thrown. */
export interface RunEnd {
  readonly id: string;
  readonly status: 'ok' | 'failed' | 'interrupted';
  readonly hosts: ReadonlyMap<string, HostTotals>;
  /** The directory of the run in the record, with its journal and report; undefined with `record: false`. */
  readonly record: string | undefined;
  /** Warnings, and why the record isn't whole where it isn't. */
  readonly problems: readonly Problem[];
}

/**
 * A run that is going on. Its events come redacted, each once it is recorded, and wait for whoever iterates; leaving the loop
 * before the end stops the run as `signal` does, and waits until it has stopped.
 */
export interface Run extends AsyncIterable<Event> {
  /** Rejects with a ProblemError where nothing could be run, or the record not be opened. */
  readonly result: Promise<RunEnd>;
}

const KINDS: Kinds<Required<RunningOptions>> = {
  check: 'true or false',
  diff: 'true or false',
  forks: 'a whole number from 1 to 9999',
  record: 'true or false',
  signal: 'an AbortSignal',
};

/** Runs a runbook, from now on. @throws ProblemError for what `loadRunbook` didn't make, and for options that there aren't */
export function run(runbook: LoadedRunbook, options: RunningOptions = {}): Run {
  checkOptions(options, KINDS, 'run');
  const { gathered, options: loadedOptions, whereabouts } = loadedOf(runbook);
  const left = new AbortController();
  const signals = options.signal === undefined ? [left.signal] : [left.signal, options.signal];
  const problems: Problem[] = [];
  const queue = new EventQueue<Event>();
  const perform = async (): Promise<RunEnd> => {
    const environment = quietEnvironment(whereabouts, { warnings: problems, signals });
    const { check = false, diff = false, forks, record = true } = options;
    const asked = { ...loadedOptions, check, diff, forks };
    const interrupts = listenToInterrupts(environment);
    try {
      refuse(await wrongUse(asked, gathered, environment), environment);
      return ended(
        await performRun(gathered, asked, {
          environment,
          interrupts,
          commit: commitOf(gathered.runbooks[0]?.file ?? '.'),
          password: undefined,
          record,
          begin: () => ({ show: (event) => queue.push(event), questions: undefined, close: () => undefined }),
          begun: () => undefined,
        }),
        problems,
      );
    } catch (error) {
      throw asProblems(error);
    } finally {
      interrupts.end();
    }
  };
  const result = perform();
  result.then(
    () => queue.end(),
    (error: unknown) => queue.fail(error),
  );
  return {
    result,
    [Symbol.asyncIterator]: () => ({
      next: () => queue.next(),
      return: async () => {
        left.abort();
        await result.catch(() => undefined);
        return { done: true, value: undefined };
      },
    }),
  };
}

function ended({ id, result, kept }: Performed, problems: readonly Problem[]): RunEnd {
  const status = kept?.problem === undefined ? result.status : 'failed';
  return { id, status, hosts: result.hosts, record: kept?.directory, problems };
}
