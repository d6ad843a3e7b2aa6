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

export type Said =
  | { readonly of: 'ready' }
  | { readonly of: 'begun' | 'done' | 'given up'; readonly run: string; readonly unit: string; readonly hosts: number }
  | { readonly of: 'problem'; readonly error: ProblemError }
  | { readonly of: 'waiting'; readonly error: ProblemError };
