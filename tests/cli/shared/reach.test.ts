// What a host is reached by: what the inventory and the play say, and nothing that came back from a host.
import { rmSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { openProject, vrun } from '../../docs/project.ts';

let directory = '';
afterEach(() => rmSync(directory, { recursive: true }));

const run = (site: string) => {
  directory = openProject({ 'site.yml': site, 'hosts.yml': 'all: { hosts: { here: { connection: local } } }\n' });
  return vrun(directory, 'site.yml', '-i', 'hosts.yml');
};

test('a play may say it by its own variables', async () => {
  const { status, stderr } = await run(`
- hosts: all
  connection: "{{ way }}"
  defaults: { way: local }
  tasks: [{ name: Say, debug: { msg: hello } }]
`);
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('error')]);
});

test('what a host has said is no connection variable of the next play', async () => {
  const { status, stdout, stderr } = await run(`
- hosts: all
  tasks:
    - name: Said
      command: { argv: [echo, elsewhere.example] }
      read_only: true
      register: ansible_user
    - name: Set
      set-fact: { ansible_host: "{{ ansible_user.stdout }}", ansible_connection: ssh }
- hosts: all
  tasks:
    - name: Still data
      assert: { that: [ansible_host == 'elsewhere.example'] }
`);
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  expect(stdout).toContain('ok');
});
