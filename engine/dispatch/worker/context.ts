// What a worker is given, and what it says.
import type { ProblemError } from '../../language/problem/problem.ts';
import type { Secret } from '../../language/value/secret.ts';
import type { AllowedSigners } from '../../signature/allowed-signers.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { GetPiece } from '../bundle/unpack.ts';
import type { WorkersRun } from './run-unit.ts';

/** A run as it is read here, and what takes away its files. */
export interface OpenRun extends WorkersRun {
  close(): Promise<void>;
}

export interface WorkerContext {
  readonly name: string;
  readonly region: string;
  readonly version: string;
  /** Opens the keys of runs. */
  readonly identity: Secret;
  /** Who may begin runs. */
  readonly operators: AllowedSigners;
  /** Units at a time. */
  readonly slots: number;
  /** Reads a run. `stop` is aborted when its hosts are to be given up. */
  readonly openRun: (bundle: Bundle<unknown>, piece: GetPiece, stop: AbortSignal) => Promise<OpenRun>;
  /** Told of what happens, for a log. */
  readonly say: (what: Said) => void;
  /** Aborted once: no more units are taken, and those in hand are finished. */
  readonly stop: AbortSignal;
  /** Aborted once those in hand are to be given up, too: another worker takes them on. */
  readonly abort: AbortSignal;
}

/** A unit, as a log tells it. */
export interface UnitSaid {
  readonly run: string;
  readonly unit: number;
  readonly hosts: number;
}

/**
 * What happens to a worker. Each unit that is `begun` ends as `done` or `given up`: because its lease was lost, the worker was told to
 * stop, or of a problem, which is said, too. `host done`: a host was brought through its play here. `run read`: a run's bundle was.
 */
export type Said =
  | { readonly of: 'ready' }
  | ({ readonly of: 'begun' | 'done' } & UnitSaid)
  | ({ readonly of: 'given up'; readonly why: 'lease lost' | 'stopped' | 'problem' } & UnitSaid)
  | { readonly of: 'host done'; readonly run: string; readonly unit: number; readonly host: string }
  | { readonly of: 'run read'; readonly run: string }
  | { readonly of: 'problem'; readonly error: ProblemError }
  | { readonly of: 'waiting'; readonly error: ProblemError };
