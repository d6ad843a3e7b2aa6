// From bound items to the frames of one message, and from its answers to states. Neighbours of one module whose
// scripts can be shared become one frame.
import { fail } from '../../language/problem/problem.ts';
import { lines, type Output } from '../../module/index.ts';
import type { Answer, Frame } from '../../transport/channel/connection.ts';
import type { ReadyItem } from '../list/bound.ts';
import { readTooMuch } from './output-limit.ts';

/** Seconds that a probe may take in its turn, and read ahead: one that exceeds it there, on a host that is busy or because it hangs, is read again in its turn. */
const PROBE_TIMEOUT = 120;
const AHEAD_TIMEOUT = 30;

/** How many tasks may share one script: bounds its length and what one crash can take with it. */
const SHARED_AT_MOST = 500;

/** One probe frame and the items that it answers for. */
export interface Probe {
  readonly items: readonly ReadyItem[];
  readonly frame: Frame;
}

/** What was read for one item, still as text: parsed when its turn comes, so that a bug hits its own task only. */
export interface ProbeReading {
  readonly probe: Probe;
  readonly index: number;
  readonly output: Output;
  /** Seconds that it took; shared by all the items of its probe. */
  readonly seconds: number;
}

/** The probes of `items`, in order; items that read nothing have none. `frameUser` is resolved by the caller. */
export function probesFor(
  items: readonly { readonly item: ReadyItem; readonly frameUser: string | undefined; readonly ahead: boolean }[],
): readonly Probe[] {
  const probes: Probe[] = [];
  let group: (typeof items)[number][] = [];
  const flush = () => {
    const [first] = group;
    const script = first?.item.module.probe(group.map(({ item }) => item.want));
    if (first && script) {
      const ahead = group.every((one) => one.ahead);
      const { module, exports, timeout, outputLimit } = first.item;
      probes.push({
        items: group.map(({ item }) => item),
        frame: {
          script: lines(exports, script).text,
          stdin: module.input(group.map(({ item }) => item.want))?.outgoing(),
          user: first.frameUser,
          timeout: timeoutOf(timeout, ahead),
          outputLimit,
          // What a user wrote may look at what another such command is at.
          ...(module.command ? { alone: true } : module.costly && ahead ? { beside: true } : {}),
        },
      });
    }
    group = [];
  };
  for (const next of items) {
    const [first] = group;
    const joins =
      first !== undefined &&
      next.item.module.shared &&
      next.item.module === first.item.module &&
      next.frameUser === first.frameUser &&
      next.item.exports?.text === first.item.exports?.text &&
      next.item.timeout === first.item.timeout &&
      next.item.outputLimit === first.item.outputLimit &&
      group.length < SHARED_AT_MOST;
    if (!joins) flush();
    group.push(next);
  }
  flush();
  return probes;
}

/** A task's own limit holds in its turn, whatever it is. */
function timeoutOf(own: number | undefined, ahead: boolean): number {
  if (ahead) return Math.min(own ?? AHEAD_TIMEOUT, AHEAD_TIMEOUT);
  return own ?? PROBE_TIMEOUT;
}

/** Pairs each item with its part of the answers. A probe that ran out of time gives no item an answer. */
export function readingsOf(probes: readonly Probe[], answers: readonly Answer[]): ReadonlyMap<string, ProbeReading> {
  const readings = new Map<string, ProbeReading>();
  probes.forEach((probe, at) => {
    const answer = answers[at];
    if (answer === undefined || answer.skipped || answer.timedOut) return;
    const output = outputOf(answer);
    probe.items.forEach((item, index) => {
      readings.set(item.key, { probe, index, output, seconds: answer.seconds ?? 0 });
    });
  });
  return readings;
}

/** An answer as modules see it. */
export function outputOf(answer: Answer): Output {
  const decode = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return {
    status: answer.status,
    stdout: decode(answer.stdout),
    stderr: decode(answer.stderr),
    stdoutBytes: answer.stdout,
    truncated: answer.truncated,
    ...(answer.cut ? { cut: answer.cut } : {}),
    timedOut: answer.timedOut,
  };
}

/** True for the answer of a shared script that was cut off: one script for each of its items may say all of it. */
export function isCutShort({ probe, output }: ProbeReading): boolean {
  return output.truncated && probe.items.length > 1 && probe.items[0]?.module.takesCut !== true;
}

const parsed = new WeakMap<Output, readonly unknown[]>();

/** The state that was read for an item: a State of its module, or Missing. Shared scripts are parsed once. */
export function stateOf(item: ReadyItem, reading: ProbeReading | undefined): unknown {
  if (reading === undefined) return undefined;
  if (reading.output.truncated && !item.module.takesCut) fail(readTooMuch(item));
  let states = parsed.get(reading.output);
  if (states === undefined) {
    states = item.module.parse(
      reading.output,
      reading.probe.items.map(({ want }) => want),
    );
    parsed.set(reading.output, states);
  }
  return states[reading.index];
}
