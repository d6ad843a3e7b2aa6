// What the runs of these tests are made of.
import { newRunId, type RunOpening } from '../../engine/audit/record.ts';
import type { HostTotals, TaskApplying, TaskFinished } from '../../engine/event/event.ts';

export function opening(run: string = newRunId(), check = false): RunOpening {
  return {
    run,
    check,
    operator: 'ops@test',
    version: '0.1.0',
    runbooks: [{ file: 'site.yml', sha256: 'a'.repeat(64) }],
    commit: null,
    inventory: { sources: ['inventory/lab'], sha256: 'b'.repeat(64) },
    // Texts that a reader with sed could take for parts of the entry.
    files: [
      { name: 'file:log/00000001.json', sha256: 'c'.repeat(64) },
      { name: 'file:a"},{"sha256":"b"},"name":"log/x', sha256: 'd'.repeat(64) },
    ],
    given: {
      options: [{ option: '--check' }, { option: '--limit', value: 'a,"signer":"b","prev":"c",\n{"sha256":"' }],
      extraVars: [
        { name: 'signer', value: '","signer":"' },
        { name: 'n', json: '{"prev":"0","x":1}' },
      ],
      sudoUser: 'alice',
    },
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
export function taskEvents(run: string, host: string, name: string): [TaskApplying, TaskFinished] {
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
