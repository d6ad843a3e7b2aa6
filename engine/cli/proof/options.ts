// The options of `vrun proof` as its commands get them.
import { stat } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { fail } from '../../language/problem/problem.ts';
import type { GateResult } from '../../proof/build-record.ts';

export interface SignOptions {
  readonly key?: string;
  readonly commit?: string;
  readonly lockfile?: string | undefined;
  readonly gate: readonly GateResult[];
  readonly gates?: string | undefined;
  readonly ignore: readonly string[];
  readonly builtAt?: string;
  readonly start?: string;
}

export interface ProofVerifyOptions {
  readonly allowedSigners?: string;
  readonly commit?: string;
  readonly gates: readonly string[];
  readonly lockfile: string;
  readonly output: 'text' | 'json';
}

/** @throws InvalidArgumentError for another word than passed, failed and not-run */
export function gateResult(name: string, result: unknown): GateResult {
  if (name !== '' && result === 'not-run') return { name, ran: false };
  if (name !== '' && (result === 'passed' || result === 'failed')) {
    return { name, ran: true, passed: result === 'passed' };
  }
  throw new InvalidArgumentError('A gate is NAME=passed, NAME=failed or NAME=not-run.');
}

/** @throws ProblemError unless it is a directory, or a link to one */
export async function requireDirectory(build: string, hint: string): Promise<void> {
  if ((await stat(build).catch(() => undefined))?.isDirectory()) return;
  fail({ code: 'file-missing', summary: `${build} is no directory`, hint });
}
