// What a variable, a parameter or a result can be.
import type { Float } from './float.ts';
import type { Secret } from './secret.ts';

/**
 * A value that isn't known yet. `apply`: known after apply, since a pending change of a dry run would make it.
 * `later`: known once an earlier task, or another host, has come so far (the look-ahead then waits).
 */
export class Unknown {
  readonly until: 'apply' | 'later';
  /** What would make it known, for people: "the result of ‹Make the key›". */
  readonly reason: string;

  constructor(until: 'apply' | 'later', reason: string) {
    this.until = until;
    this.reason = reason;
  }
}

/** Anything that an evaluated variable, parameter or result can hold. Numbers are doubles, as in JSON; a Float also knows its text. */
export type Value = null | boolean | number | Float | string | Secret | Unknown | readonly Value[] | ValueMap;
export interface ValueMap {
  readonly [key: string]: Value;
}

/** Where names get their values. `undefined` means that the name isn't defined. */
export interface Scope {
  lookup(name: string): Value | undefined;
  /** All names, for suggestions. */
  names(): readonly string[];
}
