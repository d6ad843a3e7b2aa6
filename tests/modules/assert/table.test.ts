import { describe, expect, test } from 'vitest';
import assert from '../../../modules/assert/assert.ts';

/** What the engine makes of `that`: each expression with its outcome. */
const plan = (outcomes: Readonly<Record<string, boolean | 'unknown'>>, fail_msg?: string) =>
  assert.plan(undefined, {
    that: Object.entries(outcomes).map(([source, outcome]) => ({ source, outcome })),
    ...(fail_msg === undefined ? {} : { fail_msg }),
  });

describe('assert', () => {
  test('all hold', () => {
    expect(plan({ 'a == 1': true, 'b > 2': true })).toEqual({ changes: [] });
  });

  test('what does not hold is named, and only that', () => {
    const { failure, result } = plan({ 'a == 1': true, 'b > 2': false });
    expect(failure).toEqual({ summary: 'an assertion does not hold', detail: 'This is not true:\n  b > 2' });
    expect(result).toEqual({ assertion: ['b > 2'] });
  });

  test('in the words of the runbook', () => {
    expect(plan({ 'a == 1': false }, 'a must be 1').failure?.summary).toBe('a must be 1');
  });

  test('what is not known is no success; as a check it is unknown while changes are pending', () => {
    expect(plan({ 'r.rc == 0': 'unknown' }).failure?.detail).toContain('r.rc == 0  (not known yet)');
    expect(assert.check).toBe(true);
  });
});
