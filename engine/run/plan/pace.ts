// How many hosts of a play are at work at a time, and how many of them may fail: `serial`, `max_fail_percentage`,
// `any_errors_fatal`.

import type { Dynamic } from '../../language/dynamic/dynamic.ts';
import { evaluate } from '../../language/dynamic/evaluate.ts';
import { layered } from '../../language/dynamic/variables.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import { type BatchSize, badPercentage, badSerial, batchSize, percentage } from '../../language/read/pace.ts';
import type { Play } from '../../language/runbook/runbook.ts';
import type { Scope } from '../../language/value/value.ts';

export interface Pace {
  /** Empty: all hosts are one batch. The last one repeats. */
  readonly sizes: readonly BatchSize[];
  /** The share of a batch's hosts, in percent, that may fail. Undefined: a failure stops nobody else. */
  readonly allowed: number | undefined;
}

/** The pace of a play. What is computed may use `-e`, and the play's own params, defaults and vars. */
export function paceOf(play: Play, extra: ReadonlyMap<string, Dynamic>, problems: Problem[]): Pace {
  const scope = beforehand(play, extra);
  const sizes = play.serial.flatMap((written) => settled(written, scope, problems, batchSizes, badSerial) ?? []);
  const share = play.maxFailPercentage;
  const written = share && settled(share, scope, problems, percentage, badPercentage);
  const allowed = written ?? (sizes.length > 0 ? 0 : undefined);
  return { sizes, allowed: play.anyErrorsFatal ? 0 : allowed };
}

/** What is known of a play before its hosts are: the same for all of them. */
function beforehand(play: Play, extra: ReadonlyMap<string, Dynamic>): Scope {
  const params = play.params.flatMap(({ name, default: value }) => (value ? [[name, value] as const] : []));
  const own = [...play.defaults.entries, ...play.vars.entries].map(({ key, value }) => [key, value] as const);
  const layers = [new Map([...params, ...own]), extra];
  return layered(layers.map((map) => ({ get: (name: string) => map.get(name), names: () => map.keys() })));
}

/** One entry of `serial`; a computed one may be a list of them. */
function batchSizes(value: unknown): readonly BatchSize[] | undefined {
  const sizes = (Array.isArray(value) ? value : [value]).map(batchSize);
  const known = sizes.filter((size) => size !== undefined);
  return known.length > 0 && known.length === sizes.length ? known : undefined;
}

function settled<T>(
  written: Dynamic,
  scope: Scope,
  problems: Problem[],
  read: (value: unknown) => T | undefined,
  bad: (written: Dynamic) => Problem,
): T | undefined {
  try {
    const value = read(evaluate(written, scope));
    if (value === undefined) problems.push(bad(written));
    return value;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** The hosts in their batches. A percentage is of all of them, rounded down, and at least one host. */
export function batchesOf<Host>(hosts: readonly Host[], sizes: readonly BatchSize[]): readonly (readonly Host[])[] {
  if (sizes.length === 0 || hosts.length === 0) return [hosts];
  const batches: (readonly Host[])[] = [];
  for (let taken = 0; taken < hosts.length; ) {
    const size = sizes[Math.min(batches.length, sizes.length - 1)];
    const count = size ? hostsIn(size, hosts.length) : hosts.length;
    batches.push(hosts.slice(taken, taken + count));
    taken += count;
  }
  return batches;
}

function hostsIn({ unit, number }: BatchSize, all: number): number {
  return unit === 'hosts' ? number : Math.max(1, Math.floor((all * number) / 100));
}

/** The failures of one batch. */
export class Failures {
  readonly #hosts: number;
  readonly #allowed: number | undefined;
  readonly #failed = new Set<string>();

  /** `allowed` is in percent of `hosts`, the number of hosts in the batch. */
  constructor(hosts: number, allowed: number | undefined) {
    this.#hosts = hosts;
    this.#allowed = allowed;
  }

  add(host: string): void {
    this.#failed.add(host);
  }

  get hosts(): readonly string[] {
    return [...this.#failed];
  }

  /** True when more have failed than may. */
  get tooMany(): boolean {
    return this.#allowed !== undefined && this.#failed.size * 100 > this.#allowed * this.#hosts;
  }
}
