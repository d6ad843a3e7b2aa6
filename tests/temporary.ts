// What the tests write for a while lies in one directory, which is gone when they are: also where one was cut off.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

/** Makes it the temporary directory of the project's tests. @returns what removes it */
export default function setup(project: TestProject): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-tests-'));
  chmodSync(directory, 0o711); // some tests run scripts as other users
  project.config.env = { ...project.config.env, TMPDIR: directory };
  return () => rmSync(directory, { recursive: true, force: true });
}
