// Values that aren't known yet may hide deep inside others.
import { Float } from './float.ts';
import { Secret } from './secret.ts';
import { Unknown } from './value.ts';

/** The Unknown in `value`, however deep; one that waits for an earlier task before one that waits for an apply. */
export function findUnknown(value: unknown, seen = new Set<unknown>()): Unknown | undefined {
  if (value instanceof Unknown) return value;
  if (typeof value !== 'object' || value === null || value instanceof Secret || value instanceof Float)
    return undefined;
  // what is held twice is looked at once
  if (seen.has(value)) return undefined;
  seen.add(value);
  let found: Unknown | undefined;
  for (const member of Array.isArray(value) ? value : Object.values(value)) {
    const unknown = findUnknown(member, seen);
    if (unknown?.until === 'later') return unknown;
    found ??= unknown;
  }
  return found;
}

/** True when something in `value` waits for an earlier task, or another host. */
export function isLater(value: unknown): boolean {
  return findUnknown(value)?.until === 'later';
}
