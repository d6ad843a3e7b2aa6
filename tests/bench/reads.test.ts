// The benchmark's floor is made by the engine itself, which changes: that it still can be is seen without a host.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readsOf } from './reads.ts';

test('the reads of the benchmark’s runbook, for each of its hosts', async () => {
  const inventory = join(mkdtempSync(join(tmpdir(), 'bench-')), 'hosts.yml');
  writeFileSync(
    inventory,
    'web: { vars: { ansible_user: ops, ansible_become: true, server: web }, hosts: { web1: {}, web2: {} } }\n',
  );
  const scripts = await readsOf(process.cwd(), { runbook: 'tests/bench/server.yml', inventory });
  expect([...scripts.keys()].toSorted()).toEqual(['web1', 'web2']);
  // Of its first task and of its last: all of it is one message.
  for (const script of scripts.values()) {
    expect(script).toContain('dpkg-query');
    expect(script).toContain('curl');
  }
});
