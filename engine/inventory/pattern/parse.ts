// Host patterns as text: split into their parts, and each part as something that matches names.

import { LONGEST_PATTERN } from '../../base/limits.ts';
import { globMatcher } from '../../pattern/glob.ts';
import { compilePattern, newEffort, Subject } from '../../pattern/python/pattern.ts';
import { parseAddress } from './address.ts';

export type PatternPart = {
  /** How the part joins what stands before it: added, intersected (`&`), taken away (`!`). */
  readonly join: 'add' | 'keep' | 'drop';
  /** As written, without `&` or `!`. */
  readonly text: string;
};

/**
 * The parts of a pattern in the order in which they apply: additions, then `&`, then `!`; without an addition all hosts
 * are the start. `names` are from {@link splitNames}. Source: Ansible's `order_patterns`.
 */
export function patternParts(names: readonly string[]): readonly PatternPart[] {
  const parts = names.map((text): PatternPart => {
    if (text.startsWith('!')) return { join: 'drop', text: text.slice(1) };
    if (text.startsWith('&')) return { join: 'keep', text: text.slice(1) };
    return { join: 'add', text };
  });
  const of = (join: PatternPart['join']) => parts.filter((part) => part.join === join);
  const added = of('add');
  return [...(added.length > 0 ? added : [{ join: 'add', text: 'all' } as const]), ...of('keep'), ...of('drop')];
}

/**
 * Splits a pattern at commas; else at colons, unless the whole is one address such as `::1` or one name with a range.
 * Source: Ansible's `split_host_pattern`.
 */
export function splitNames(pattern: string): readonly string[] {
  const parts = pattern.includes(',')
    ? pattern.split(',')
    : pattern.length > LONGEST_PATTERN || parseAddress(pattern)
      ? [pattern]
      : (pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? []);
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** `web[0]`, `web[1:3]`, `web[2:]`, `web[-1]`: the name, and the first and last index (`undefined`: to the end). */
export interface Subscript {
  readonly name: string;
  readonly first: number;
  readonly last: number | undefined;
}

/** Source: Ansible's PATTERN_WITH_SUBSCRIPT. Undefined where there is no subscript, and in a regular expression. */
export function readSubscript(text: string): Subscript | undefined {
  if (text.startsWith('~')) return undefined;
  const match = /^(.+)\[(?:(-?[0-9]+)|([0-9]+)[:-]([0-9]*))\]$/.exec(text);
  if (!match?.[1]) return undefined;
  const [, name, index, first, last] = match;
  if (index !== undefined) return { name, first: Number(index), last: Number(index) };
  return { name, first: Number(first), last: last === '' ? undefined : Number(last) };
}

/** The hosts that a subscript picks; both ends are in. */
export function pick<T>(items: readonly T[], { first, last }: Subscript): readonly T[] {
  const from = first < 0 ? items.length + first : first;
  const to = last === undefined ? items.length - 1 : last < 0 ? items.length + last : last;
  return from < 0 ? [] : items.slice(from, to + 1);
}

/** Whether `text` stands for several names: a regular expression or a glob. */
export function isWild(text: string): boolean {
  return text.startsWith('~') || /[*?[]/.test(text);
}

/**
 * What matches names: `~` and a regular expression of Python's that must match from the start, or a glob as fnmatch(3) of
 * Python has it that must match the whole name, case and all. Throws a PatternFault for a bad regular expression; asking a
 * good one throws TooSlow once it has taken too long for all names together.
 */
export function nameMatcher(text: string): (name: string) => boolean {
  if (!text.startsWith('~')) return globMatcher(text, 'fnmatch');
  const expression = compilePattern(text.slice(1));
  const effort = newEffort();
  return (name) => expression.begins(new Subject(name), effort);
}
