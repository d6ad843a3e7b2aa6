// The figures of one host in a run, and how it came out of it.

export interface HostTotals {
  readonly ok: number;
  readonly changed: number;
  readonly unknown: number;
  readonly skipped: number;
  readonly failed: number;
  readonly ignored: number;
  /** Failures that a block's `rescue` took care of, which `failed` doesn't count. Left out where there is none. */
  readonly rescued?: number;
  /** Of what is counted in `changed`, what was done in a dry run all the same (`check_mode: false`). */
  readonly acted?: number;
  /** Of what is counted in `changed`, what a run only foresaw (`check_mode: true`). */
  readonly foreseen?: number;
  /** Failures, be they rescued or ignored, that changed something all the same. Left out where there is none. */
  readonly halfWay?: number;
  /** Failures of which nobody knows whether they changed something. Left out where there is none. */
  readonly inFlight?: number;
  /** How the host came out of the run; only entries of earlier versions lack it. */
  readonly outcome?: HostOutcome;
  readonly unreachable: boolean;
  /** What was sent after the shells were open, the most of any one shell of the host. */
  readonly messages: number;
}

/** `stopped`: before it had done all that it should have, since others failed. `not begun`: no play began there. */
export type HostOutcome = 'done' | 'failed' | 'unreachable' | 'stopped' | 'interrupted' | 'not begun';
