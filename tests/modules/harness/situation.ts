// A situation on a lab host and what a module is asked for in it: `npm run lab -- capture` records what its probe prints.
import type { Locals, Params } from './bind.ts';

export interface Situation {
  /** Of its transcript, `MODULE/transcripts/bookworm/NAME.json`. */
  readonly name: string;
  readonly title: string;
  /** A shell script, run as root, that brings a clean host there. */
  readonly given?: string;
  /** Whose shell the probe runs in; root's when not given. */
  readonly as?: 'ops';
  /** What neighbouring tasks ask for, as in a runbook. */
  readonly wants: readonly Params[];
  /** What `src` and `template` find on the controller. */
  readonly local?: Locals;
  /** How the host's tools say what it rightly refuses; any other failure of a step is a mistake of ours. */
  readonly refuses?: RegExp;
  /** The tasks say `read_only: true`. */
  readonly readOnly?: true;
}

/** The situations of one module: the file's name is the module's. */
export type Situations = readonly Situation[];
