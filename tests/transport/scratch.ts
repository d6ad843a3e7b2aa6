// Temporary directories that are gone when the tests of a file are.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const root = mkdtempSync(join(tmpdir(), 'vrun-transport-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A new empty directory. */
export function scratch(): string {
  return mkdtempSync(join(root, 'd-'));
}
