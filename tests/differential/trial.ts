// What is tried on both sides: a few tasks about the same things, on hosts that were brought to the same beginning.
import type fc from 'fast-check';
import type { Json } from '../../engine/event/event.ts';
import type { Difference } from './compare.ts';
import type { Tried } from './pair.ts';

/** A task as it stands in a runbook and in a playbook: `{ file: { path: … } }`. */
export type Task = Readonly<Record<string, unknown>>;

/** Variables of the play, in both languages. */
export const VARIABLES = { greeting: 'hello there', port: 8080, names: ['anna', 'bob'], on: true } as const;

export interface Trial {
  /** Shell, as root: what the hosts have before. */
  readonly given: string;
  readonly tasks: readonly Task[];
  /** Files beside the runbook, by path: `files/x`, `templates/y.j2`. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A module that both sides have, and how to try it. */
export interface Subject {
  /** vrun's name of it. */
  readonly module: string;
  readonly trials: fc.Arbitrary<Trial>;
  /** Trees on the host that are compared. */
  readonly paths?: readonly string[];
  /** Fields of what is at these paths that aren't compared. */
  readonly unseen?: readonly string[];
  /** Commands whose output is compared. */
  readonly commands?: readonly string[];
  /** Shell, as root: takes away all that trials have left, before each. */
  readonly reset: string;
  /** Trees beside the runbook that are compared: what was brought here. */
  readonly brought?: readonly string[];
  /** What means the same in both, written as Ansible writes it. */
  readonly alike?: (text: string) => string;
  /** A playbook's task as it is written in a runbook, where the words differ. */
  readonly translate?: (task: Task) => Task;
  /** What is slow is tried less often: 1 unless it says otherwise. */
  readonly share?: number;
  /** Nothing unannounced is left: then the suite tries it, too. */
  readonly settled?: boolean;
  readonly announced?: readonly Announced[];
}

/** A difference that is meant, and what tells it. */
export interface Announced {
  /** As it stands in modules/NAME/differences.ts. */
  readonly key: string;
  readonly is: (difference: Difference, tried: Tried) => boolean;
}

export type Status = 'ok' | 'changed' | 'unknown' | 'skipped' | 'failed';

/** What became of a task. */
export interface Outcome {
  readonly status: Status;
  readonly result: Readonly<Record<string, Json>>;
  /** Why it failed or isn't known, for people. */
  readonly why?: string | undefined;
}

/** What was there afterwards: by path or command. */
export type Seen = ReadonlyMap<string, Json>;

export interface Phase {
  readonly outcomes: readonly Outcome[];
  readonly seen: Seen;
}

/** A dry run, a run, and the same run again. */
export const PHASES = ['dry', 'run', 'again'] as const;
export type PhaseName = (typeof PHASES)[number];
export type Side = Readonly<Record<PhaseName, Phase>>;
