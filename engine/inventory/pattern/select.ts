// Host patterns: `web:&prod:!web3` → the hosts that are meant, in the inventory's order.

import { resolve } from 'node:path';
import type { FilesRead } from '../../base/files-read.ts';
import { MOST_PATTERN_STEPS } from '../../base/limits.ts';
import { NotPlain, readPlain, textOf } from '../../base/plain-file.ts';
import { didYouMean } from '../../language/problem/did-you-mean.ts';
import { locateInLine } from '../../language/problem/locate.ts';
import type { Position } from '../../language/problem/position.ts';
import type { Problem } from '../../language/problem/problem.ts';
import { TooSlow } from '../../pattern/bounded.ts';
import { PatternFault } from '../../pattern/python/pattern.ts';
import { hostsOf, type Inventory, LOCALHOST } from '../model/inventory.ts';
import { isWild, nameMatcher, type PatternPart, patternParts, pick, readSubscript, splitNames } from './parse.ts';

const HINT =
  'Behind ‹~› stands what Python’s ‹re› takes. A colon ends it, unless patterns are separated by commas: ‹~(?i:WEB),›.';

export interface Selection {
  /** Each once, in the order in which the pattern names them, and of a group in the inventory's. */
  readonly hosts: readonly string[];
  readonly problems: readonly Problem[];
}

export interface SelectOptions {
  /** `-l`: only hosts that this selects too. From {@link readLimit}. */
  readonly limit?: readonly string[] | undefined;
  /** Where the pattern stands, for Problems. */
  readonly at?: Position | undefined;
}

/**
 * The hosts that `pattern` selects. A name that is neither a host nor a group is a Problem with the nearest names, and
 * so is a bad regular expression or a subscript beyond the group; a glob that is only taken away may match nothing.
 * No hosts at all is no Problem by itself: the limit may exclude a whole play. Source: Ansible's InventoryManager.
 */
export function selectHosts(
  inventory: Inventory,
  pattern: string | readonly string[],
  options: SelectOptions = {},
): Selection {
  const selector = new Selector(inventory, options.at);
  const parts = (typeof pattern === 'string' ? [pattern] : pattern).flatMap((each) => splitNames(each));
  const selected = selector.evaluate(patternParts(parts));
  if (options.limit === undefined) return { hosts: selected, problems: selector.problems };
  const limiter = new Selector(inventory, undefined);
  const kept = new Set(limiter.evaluate(patternParts(options.limit)));
  return { hosts: selected.filter((host) => kept.has(host)), problems: [...selector.problems, ...limiter.problems] };
}

/** Reads `-l`: its patterns, with each `@file` replaced by the file's lines. A missing file is a Problem. */
export async function readLimit(
  limit: string,
  cwd: string,
  problems: Problem[],
  read?: FilesRead,
): Promise<readonly string[]> {
  const patterns: string[] = [];
  for (const part of splitNames(limit)) {
    if (!part.startsWith('@')) {
      patterns.push(part);
      continue;
    }
    const path = resolve(cwd, part.slice(1));
    try {
      const bytes = await readPlain(path);
      read?.file(path, bytes);
      const lines = textOf(bytes)
        .split('\n')
        .map((line) => line.trim());
      patterns.push(...lines.filter((line) => line !== ''));
    } catch (error) {
      problems.push({
        code: error instanceof NotPlain ? 'file-unreadable' : 'file-missing',
        summary: 'The file of the limit can’t be read',
        detail: `‹-l ${part}›: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
  return patterns;
}

class Selector {
  readonly #inventory: Inventory;
  readonly #at: Position | undefined;
  readonly problems: Problem[] = [];

  constructor(inventory: Inventory, at: Position | undefined) {
    this.#inventory = inventory;
    this.#at = at;
  }

  evaluate(parts: readonly PatternPart[]): readonly string[] {
    let selected = new Set<string>();
    for (const part of parts) {
      const matched = this.#match(part);
      if (part.join === 'add') for (const host of matched) selected.add(host);
      else {
        const those = new Set(matched);
        selected = new Set([...selected].filter((host) => those.has(host) === (part.join === 'keep')));
      }
    }
    return [...selected];
  }

  #match(part: PatternPart): readonly string[] {
    const { text } = part;
    if (this.#inventory.hosts.has(text)) return [text];
    const subscript = readSubscript(text);
    const found = this.#enumerate(subscript?.name ?? text);
    if (found === undefined) return [];
    if (found.hosts.length === 0) {
      if (!found.isGroup && !(part.join === 'drop' && isWild(text))) this.#unknown(subscript?.name ?? text);
      return [];
    }
    if (!subscript) return found.hosts;
    const picked = pick(found.hosts, subscript);
    if (picked.length === 0) {
      this.#problem(
        'This subscript is beyond the end',
        `‹${text}›: ‹${subscript.name}› has ${found.hosts.length} hosts, numbered from 0.`,
        undefined,
      );
    }
    return picked;
  }

  /** The hosts of the groups that match, and those that match themselves. Undefined after a Problem. */
  #enumerate(text: string): { readonly hosts: readonly string[]; readonly isGroup: boolean } | undefined {
    const { groups, hosts } = this.#inventory;
    let named: { readonly groups: readonly string[]; readonly hosts: readonly string[] };
    try {
      const matches = nameMatcher(text);
      named = { groups: [...groups.keys()].filter(matches), hosts: [...hosts.keys()].filter(matches) };
    } catch (error) {
      this.#badExpression(text, error);
      return undefined;
    }
    const matching = named.groups;
    const found = new Set(matching.flatMap((group) => hostsOf(groups, group)));
    if (matching.length === 0 || isWild(text) || text.includes('.')) {
      for (const host of named.hosts) found.add(host);
    }
    if (found.size === 0 && LOCALHOST.includes(text)) found.add(text);
    return { hosts: [...found], isGroup: matching.length > 0 };
  }

  #badExpression(text: string, error: unknown): void {
    if (error instanceof TooSlow) {
      const hint = 'It tries too many ways to match: repeat nothing that is repeated already.';
      this.#problem(
        'This regular expression takes too long',
        `‹${text}› was given up after ${MOST_PATTERN_STEPS / 1_000_000} million steps.`,
        hint,
      );
      return;
    }
    if (!(error instanceof PatternFault)) throw error;
    const { message, start, end } = error;
    const at = this.#at && locateInLine(text, this.#at)(start + 1, Math.max(start + 2, end + 1));
    const detail = `‹${text}›, character ${start + 1} of it: ${message}.`;
    this.#problem('This is no regular expression of Python’s', detail, HINT, at);
  }

  #unknown(text: string): void {
    const { groups, hosts } = this.#inventory;
    const what = isWild(text) ? 'No host or group matches' : 'There is no host or group';
    this.#problem(
      `${what} ‹${text}›`,
      undefined,
      didYouMean(text, [...groups.keys(), ...hosts.keys()]) ?? 'See what there is:\n    vrun inventory --graph',
    );
  }

  #problem(summary: string, detail: string | undefined, hint: string | undefined, at = this.#at): void {
    this.problems.push({
      code: 'unknown-host-pattern',
      summary,
      ...(detail && { detail }),
      ...(hint && { hint }),
      ...(at && { at }),
    });
  }
}
