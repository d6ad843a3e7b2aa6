// Wherever a file of this machine is named, only a plain one is read: a device has no end, a pipe nobody writes to.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Directory } from './terminal.ts';

const play = (lines: string) => `- hosts: all\n  ${lines.replaceAll('\n', '\n  ')}\n`;
const task = (line: string) => play(`tasks:\n  - ${line}`);

const directory = new Directory({
  hosts: 'h1 ansible_connection=local\n',
  'good.yml': task('debug: { msg: x }'),
  ...Object.fromEntries(
    ['fifo', 'zero', 'socket'].flatMap((kind) => [
      [`copy-${kind}.yml`, task(`copy: { src: ${kind}, dest: /tmp/x }`)],
      [`template-${kind}.yml`, task(`template: { src: ${kind}, dest: /tmp/x }`)],
      [`script-${kind}.yml`, task(`script: ./${kind}`)],
      [`sync-${kind}.yml`, task(`sync: { src: ${kind}, dest: /tmp/x }`)],
      [`unarchive-${kind}.yml`, task(`unarchive: { src: ${kind}, dest: /tmp/x }`)],
      [`vars-${kind}.yml`, play(`vars_files: ${kind}\ntasks: []`)],
      [`include-${kind}.yml`, task(`include_tasks: ${kind}`)],
      [`import-${kind}.yml`, `- import_playbook: ${kind}\n`],
    ]),
  ),
});
const server = createServer();

beforeAll(async () => {
  const at = (name: string) => join(directory.path, name);
  spawnSync('mkfifo', [at('fifo')]);
  spawnSync('ln', ['-s', '/dev/zero', at('zero')]);
  for (const name of ['build', 'inventory/group_vars']) mkdirSync(at(name), { recursive: true });
  spawnSync('cp', [at('hosts'), at('build/a.txt')]);
  spawnSync('cp', [at('hosts'), at('inventory/hosts')]);
  spawnSync('mkfifo', [at('inventory/group_vars/all')]);
  await directory.vrun(['audit', 'init']);
  await directory.vrun(['secrets', 'init']);
  await directory.vrun(['good.yml', '-i', 'hosts', '--check']);
  await new Promise<void>((done) => server.listen(at('socket'), done));
});
afterAll(() => {
  server.close();
  directory.remove();
});

const KINDS: readonly [string, RegExp][] = [
  ['fifo', /named pipe/],
  ['zero', /character device/],
  ['socket', /socket/],
];

describe.each(KINDS)('%s', (kind, said) => {
  test.each<[string, readonly string[]]>([
    ['a runbook', ['lint', join(directory.path, kind)]],
    ['copy', ['lint', `copy-${kind}.yml`]],
    ['template', ['lint', `template-${kind}.yml`]],
    ['script', ['lint', `script-${kind}.yml`]],
    ['sync', ['lint', `sync-${kind}.yml`]],
    ['unarchive', ['lint', `unarchive-${kind}.yml`]],
    ['vars_files', ['lint', `vars-${kind}.yml`]],
    ['include_tasks', ['lint', `include-${kind}.yml`]],
    ['import_playbook', ['lint', `import-${kind}.yml`]],
    ['an inventory', ['lint', 'good.yml', '-i', kind]],
    ['-e', ['good.yml', '-i', 'hosts', '--check', '-e', `@${kind}`]],
    ['-l', ['good.yml', '-i', 'hosts', '--check', '-l', `@${kind}`]],
    ['secrets list', ['secrets', 'list', kind]],
    ['secrets show', ['secrets', 'show', kind, 'x']],
    ['secrets rekey', ['secrets', 'rekey', kind]],
    ['gates of a build', ['proof', 'sign', 'build', '--key', '.vrun/key', '--gates', kind]],
    ['the key of a build', ['proof', 'sign', 'build', '--key', kind]],
    ['allowed signers of a build', ['proof', 'verify', 'build', '--allowed-signers', kind]],
    ['allowed signers of a record', ['audit', 'verify', '--allowed-signers', kind]],
    ['the key to log in with', ['good.yml', '-i', 'hosts', '--check', '--private-key', kind]],
    ['an entry of a worker', ['worker', 'add', kind]],
    ['a witness', ['audit', 'verify', '--witness', kind]],
  ])('%s', async (_, argv) => {
    const { status, stdout, stderr } = await directory.vrun(argv);
    expect(`${stdout}${stderr}`).toMatch(said);
    expect(`${stdout}${stderr}`).not.toMatch(/bug in vrun|^\s+at /m);
    expect(status).not.toBe(0);
  });
});

test('variables of a group', async () => {
  const { status, stderr } = await directory.vrun(['lint', 'good.yml', '-i', 'inventory']);
  expect(stderr).toMatch(/group_vars\/all›: it is a named pipe/);
  expect(status).toBe(1);
});
