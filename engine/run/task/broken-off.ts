// What broke off in the middle: because the run was interrupted, or because the connection was lost.
import type { Position } from '../../language/problem/position.ts';
import type { Problem } from '../../language/problem/problem.ts';
import type { BoundItem } from '../list/bound.ts';
import { Interrupted } from '../session/interrupted.ts';
import { problemOf } from './outcome.ts';

const BROKEN_OFF = {
  code: 'interrupted',
  summary: 'the run was interrupted, and the connection dropped',
  detail: 'What was sent may or may not have been done.',
  hint: 'Run again: what is as it should be stays, and the rest is done.',
} as const;

/** True for what is thrown where the run ends: before a message, or in the middle of one. */
export function isInterruption(error: unknown): boolean {
  return error instanceof Interrupted || (error instanceof Error && error.name === 'AbortError');
}

/** Why a message with steps didn't come back whole; with an interrupted run it is that, whatever the connection says. */
export function breakOf(error: unknown, at: Position, { module }: BoundItem): Problem {
  return isInterruption(error) ? { ...BROKEN_OFF, at } : problemOf(error, at, module.name);
}

/** True where the message may have come to work; otherwise it was never sent. */
export function mayHaveActed({ code }: Problem): boolean {
  return code === 'connection-lost' || code === 'interrupted' || code === 'timed-out' || code === 'fenced';
}
