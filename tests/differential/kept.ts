// What came of each module when it was last tried in full: docs/differential.md is made of all of them, so that a module can be tried alone.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Counts } from './report.ts';

/** What the page says of a module. */
export interface Report {
  readonly module: string;
  readonly counts: Counts;
  /** `module/key` and how often. */
  readonly announced: readonly (readonly [string, number])[];
  readonly unannounced: readonly string[];
}

/** What came of inventories or patterns. */
export interface Compared {
  readonly title: string;
  readonly tried: number;
  readonly announced: number;
  readonly unannounced: number;
}

const DIRECTORY = fileURLToPath(new URL('../../node_modules/.cache/vrun-differential/', import.meta.url));

export function keep(name: string, what: Report | readonly Compared[]): void {
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(`${DIRECTORY}${name}.json`, JSON.stringify(what));
}

/** Undefined where it was never tried in full in this working copy. */
export function kept<T extends Report | readonly Compared[]>(name: string): T | undefined {
  try {
    return JSON.parse(readFileSync(`${DIRECTORY}${name}.json`, 'utf8'));
  } catch {
    return undefined;
  }
}
