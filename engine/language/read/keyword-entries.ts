// Sorting the keys of a play, a task, a block or an include: its keywords, and everything else.

import { type KeywordPlace, keywordsOf } from '../keywords/keywords.ts';
import { stripCollection } from '../keywords/module-names.ts';
import { didYouMean } from '../problem/did-you-mean.ts';
import { foreignHint } from '../problem/foreign-words.ts';
import type { Problem } from '../problem/problem.ts';
import type { YamlEntry, YamlMap } from '../yaml/yaml.ts';

export interface SortedEntries {
  readonly keywords: ReadonlyMap<string, YamlEntry>;
  /** Keys that are no keyword here: in a task one of them is its module. */
  readonly others: readonly YamlEntry[];
}

/** Sorts the entries of `node`. */
export function sortEntries(node: YamlMap, place: KeywordPlace): SortedEntries {
  const known = keywordsOf(place);
  const keywords = new Map<string, YamlEntry>();
  const others: YamlEntry[] = [];
  for (const entry of node.entries) {
    const keyword = known.get(entry.key) ?? known.get(stripCollection(entry.key));
    if (keyword) keywords.set(keyword.name, entry);
    else others.push(entry);
  }
  return { keywords, others };
}

/** The Problem of a word that the language has and this version hasn't. */
export function notBuilt({ key, keyAt }: Pick<YamlEntry, 'key' | 'keyAt'>): Problem {
  return {
    code: 'not-built',
    summary: 'Not built yet',
    detail: `‹${key}› is a word of the language, but it isn't built yet in this version of vrun.`,
    hint: 'Do without it for now. Nothing is ever accepted and ignored.',
    at: keyAt,
  };
}

/** The Problem of a key that is no keyword of `place` (nor, with `more`, one of these names). */
export function unknownKeyword(entry: YamlEntry, place: KeywordPlace, more: readonly string[] = []): Problem {
  const elsewhere = PLACES.find((other) => other !== place && keywordsOf(other).has(entry.key));
  const hint =
    foreignHint(stripCollection(entry.key)) ??
    didYouMean(entry.key, [...keywordsOf(place).keys(), ...more]) ??
    (elsewhere ? `It is a keyword of ${NAMES[elsewhere]}.` : undefined);
  return {
    code: 'unknown-keyword',
    summary: 'Unknown keyword',
    detail: `‹${entry.key}› is no keyword of ${NAMES[place]}.`,
    ...(hint ? { hint } : {}),
    at: entry.keyAt,
  };
}

const PLACES: readonly KeywordPlace[] = ['play', 'task', 'block', 'include', 'import'];

const NAMES: Readonly<Record<KeywordPlace, string>> = {
  play: 'a play',
  task: 'a task',
  block: 'a block',
  include: 'an include',
  import: 'an import',
};
