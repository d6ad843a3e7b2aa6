// What a task's `timeout` leaves for its steps, and what is said when it was over.
import type { Position } from '../../language/problem/position.ts';
import type { Problem } from '../../language/problem/problem.ts';
import type { Budget } from '../../transport/channel/connection.ts';
import type { ReadyItem } from '../list/bound.ts';
import type { ProbeReading } from './probes.ts';

/** Seconds that steps have where a task's `timeout` is nearly over already. */
const LEAST_BUDGET = 0.1;

/** What is left of the task's `timeout` after its probe, for its steps together. */
export function budgetOf({ timeout }: ReadyItem, reading: ProbeReading | undefined): Budget | undefined {
  if (timeout === undefined) return undefined;
  const spent = reading?.probe.items.length === 1 ? reading.seconds : 0;
  return { seconds: Math.max(LEAST_BUDGET, timeout - spent) };
}

/** The failure of a probe that didn't end in time. */
export function readTooLong({ timeout }: ReadyItem, at: Position): Problem {
  const limit = timeout === undefined ? 'did not end in time' : `took longer than its ‹timeout› of ${timeout} s`;
  return {
    code: 'timed-out',
    summary: 'reading the host took too long',
    detail: `The probe of this task ${limit} and was stopped. Nothing was changed by it.`,
    at,
  };
}

/** The failure of a task that waits for longer than it may. */
export function waitedTooLong({ timeout }: ReadyItem, at: Position): Problem {
  const limit = timeout === undefined ? 'longer than it was told to' : `longer than its ‹timeout› of ${timeout} s`;
  return { code: 'timed-out', summary: 'the wait took too long', detail: `The task waited ${limit}.`, at };
}
