// Any tasks one after the other, on a real host that remembers the ones before: what the dry run says happens.
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../lab/describe-lab.ts';
import { borrow, exec, inventoryFile } from '../lab/lab-api.js';
import { openProject, vrun } from './law.ts';

interface Scene {
  /** As they stand in a runbook. Few things, so that tasks get into each other's way. */
  readonly tasks: readonly string[];
  /** Files beside the runbook. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Brings the host to the beginning, as root. */
  readonly given?: string;
}

/** A suite that tries a dozen sequences of two to ten tasks. */
export function sequences(title: string, { tasks: all, files, given }: Scene): void {
  describeLab(`the law of the dry run, for tasks one after the other: ${title}`, () => {
    let host = '';
    let release = () => {};
    let inventory = '';
    beforeAll(async () => {
      const loan = await borrow(1);
      [host = ''] = loan.names;
      release = loan.release;
      inventory = await inventoryFile([host]);
      const { status, stderr } = await exec(host, given ?? 'true');
      expect(status, stderr).toBe(0);
    }, LAB_START_MS);
    afterAll(() => release());

    test('what the dry run says happens', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.constantFrom(...all), { minLength: 2, maxLength: 10 }), async (tasks) => {
          const project = openProject(tasks.map((task, index) => `- name: "${index}"\n  ${task}`).join('\n'), files);
          try {
            const dry = await vrun(project, inventory, '--check');
            const run = await vrun(project, inventory);
            for (const [index, { status }] of run.tasks.entries()) {
              if (status === 'failed') break; // a dry run goes on behind a failure that it can't know of
              expect(
                [status, 'unknown'],
                `task ${index}, ${tasks[index]}, of\n${tasks.join('\n')}\nwas ${status} (${dry.tasks[index]?.failure})`,
              ).toContain(dry.tasks[index]?.status);
            }
          } finally {
            rmSync(project, { recursive: true });
          }
        }),
        { numRuns: 12, endOnFailure: true },
      );
    });
  });
}
