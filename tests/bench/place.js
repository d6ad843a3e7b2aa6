// Where the benchmark and what it measures lie.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** This directory. */
export const BENCH = fileURLToPath(new URL('.', import.meta.url));

/** What is measured. */
export const VRUN = join(ROOT, 'dist/vrun.js');

/** What the last run measured. */
export const LATEST = join(BENCH, 'results/latest.json');

/** The page, and the directory of its charts and of the results that it was made from. */
export const PAGE = join(ROOT, 'docs/benchmark.md');
export const PAGE_FILES = join(ROOT, 'docs/benchmark');
