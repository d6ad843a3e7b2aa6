// What tags and --start-at-task leave out of a run, and what then isn't there.
import { afterAll, expect, test } from 'vitest';
import { Directory } from './terminal.ts';

const directory = new Directory({
  'site.yml': `- hosts: all
  tasks:
    - { name: ask, command: { argv: [echo, x] }, read_only: true, register: asked, tags: ask }
    - name: told
      tags: tell
      block:
        - { name: asks itself, debug: { msg: "{{ asked.stdout }}" }, when: has(vars.asked) }
        - { name: maybe, debug: { msg: "{{ asked.stdout }}" }, when: inventory_hostname == 'h2' }
      rescue:
        - { name: rescued, debug: { msg: "{{ asked.stdout }}" } }
    - { name: needs it, debug: { msg: "{{ asked.stdout }}" }, tags: need }
  handlers:
    - { name: Handler, debug: { msg: "{{ asked.stdout }}" } }
`,
  hosts: 'h1 ansible_connection=local\n',
});
afterAll(() => directory.remove());

const run = (...argv: readonly string[]) => directory.vrun(['site.yml', '-i', 'hosts', '--check', ...argv]);

test('handlers, a rescue and what is guarded may name what a task would set that is left out', async () => {
  const { status, stderr, stdout } = await run('-t', 'tell');
  expect(stderr).toBe('');
  expect(stdout).toContain('nothing to change on 1 host');
  expect(status).toBe(0);
});

test.each([
  ['-t', 'need'],
  ['--start-at-task', 'needs it'],
])('with %s %s what would surely miss it is refused, with the task that sets it', async (...argv) => {
  const { status, stderr } = await run(...argv);
  expect(stderr).toMatch(/Undefined variable ‹asked›\n.*site.yml:11:/);
  expect(stderr).toMatch(/‹ask› would set it \(line 3 of .*site.yml\), and this run leaves that task out/);
  expect(status).toBe(1);
});

test('a tag that no task has is warned of, and chooses nothing', async () => {
  const { status, stderr } = await run('-t', 'tel');
  expect(stderr).toMatch(/warning: no task has the tag ‹tel›\n.*Did you mean ‹tell›/);
  expect(status).toBe(0);
  expect((await run('--skip-tags', 'always,untagged', '-t', 'ask')).stderr).toBe('');
});
