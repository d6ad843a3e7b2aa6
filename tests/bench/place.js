// Where the benchmark and what it measures lie.
import { fileURLToPath } from 'node:url';

/** The project. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** This directory. */
export const BENCH = fileURLToPath(new URL('.', import.meta.url));

/** What is measured, relative to the project. */
export const RUNBOOK = 'tests/bench/server.yml';
