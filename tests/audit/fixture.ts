// A record to test with: real keys, real files, small runs.
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { newRunId, type RunOpening, RunRecord } from '../../engine/audit/record.ts';
import { openSigner, type Signer } from '../../engine/audit/signer.ts';
import type { Event, HostTotals } from '../../engine/event/event.ts';

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

export function opening(run: string = newRunId(), check = false): RunOpening {
  return {
    run,
    check,
    operator: 'ops@test',
    version: '0.1.0',
    runbooks: [{ file: 'site.yml', sha256: 'a'.repeat(64) }],
    commit: null,
    inventory: { sources: ['inventory/lab'], sha256: 'b'.repeat(64) },
    hosts: [{ name: 'web1', keys: [{ type: 'ssh-ed25519', fingerprint: 'SHA256:x' }] }],
  };
}

export const totals: HostTotals = {
  ok: 1,
  changed: 1,
  unknown: 0,
  skipped: 0,
  failed: 0,
  ignored: 0,
  unreachable: false,
  messages: 1,
};

/** The events of a task that changes something on `host`: about to be sent, and done. */
export function taskEvents(run: string, host: string, name: string): [Event, Event] {
  const task = { name, module: 'file', file: 'site.yml', line: 3 };
  const common = {
    run,
    check: false,
    host,
    play: 'Prepare',
    task,
    changes: [{ op: '+', what: `/etc/${name}` }],
  } as const;
  return [
    { type: 'task.applying', ...common, steps: [{ run: `mkdir /etc/${name}` }] },
    { type: 'task.finished', ...common, status: 'changed', ms: 3 },
  ];
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
