// A record to test with: real keys, real files, small runs.
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { openSigner, type Signer } from '../../engine/audit/chain/signer.ts';
import { newRunId, RunRecord } from '../../engine/audit/record.ts';
import { opening, taskEvents, totals } from './run-data.ts';

export { opening, taskEvents, totals };

/** A directory that goes when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'vrun-audit-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A new record's directory and its signer, whose key is made there. */
export async function newRecord(): Promise<{ root: string; signer: Signer }> {
  const root = path.join(temporaryDirectory(), '.vrun');
  return { root, signer: await openSigner({ directory: root, operator: 'ops@test' }) };
}

/** A whole run: `tasks` tasks on one host, a report, and the seal. */
export async function recordRun(root: string, signer: Signer, tasks = 3, check = false): Promise<string> {
  const record = await RunRecord.open(root, signer, opening(newRunId(), check));
  for (let task = 0; task < tasks; task++) {
    const [applying, finished] = taskEvents(record.run, 'web1', `task-${task}`);
    await record.emit(applying, { durable: true });
    await record.emit(finished);
  }
  await writeFile(path.join(record.directory, 'report.md'), '# Report\n');
  await mkdir(path.join(record.directory, 'fetched'));
  await writeFile(path.join(record.directory, 'fetched', 'a b.txt'), 'x');
  await record.seal('ok', { web1: totals });
  return record.run;
}
