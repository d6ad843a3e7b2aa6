import { expect, test } from 'vitest';
import { undispatchable } from '../../../engine/cli/run/undispatchable.ts';
import { shipped } from '../../../engine/cli/shared/shipped.ts';
import { readRunbook } from '../../../engine/language/read/runbook.ts';
import { secretOpener } from '../../../engine/language/yaml/age.ts';

async function found(tasks: string, privateKey?: string) {
  const { runbook } = await readRunbook('site.yml', {
    catalog: shipped,
    secrets: secretOpener([], () => undefined),
    readFile: async () => Buffer.from(`- hosts: all\n  tasks:\n${tasks}`),
  });
  if (!runbook) throw new Error('unreadable');
  return undispatchable([runbook], { privateKey }, (name) => shipped.module(name));
}

test.each([
  [
    '    - { name: read, command: { argv: [cat, x] }, delegate_to: localhost, read_only: true }\n',
    'workers don’t reach this machine',
    3,
  ],
  [
    '    - { name: a, debug: { msg: x } }\n    - { name: get, fetch: { src: /etc/hosts, dest: got/ } }\n',
    'fetch brings files to this machine',
    4,
  ],
])('%s', async (tasks, summary, line) => {
  expect(await found(tasks)).toMatchObject([{ summary: expect.stringContaining(summary), at: { line } }]);
});

test('another delegate, and what workers can do, is fine; a key of this machine isn’t', async () => {
  const tasks =
    '    - { name: a, debug: { msg: x }, delegate_to: web2 }\n    - { name: b, copy: { dest: /x, content: y } }\n';
  expect(await found(tasks)).toEqual([]);
  expect(await found(tasks, 'key')).toMatchObject([{ summary: 'workers log in with their own keys' }]);
});
