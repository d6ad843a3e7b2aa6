import { afterAll, expect, test } from 'vitest';
import { Directory } from '../terminal.ts';

const directory = new Directory({
  'site.yml': `- hosts: nowhere
  tasks:
    - { name: One, debug: { msg: "{{ undefinedname }}" } }
    - { name: Two, copy: { dest: /a, src: none.txt } }
    - { name: Three, debug: { msgg: x } }
`,
  hosts: 'h1 ansible_connection=local\n',
});
afterAll(() => directory.remove());

const places = (stderr: string) => [...stderr.matchAll(/site\.yml:(\d+):/g)].map(([, line]) => Number(line));

test('every problem at once, in the order of the file', async () => {
  const { status, stderr } = await directory.vrun(['lint', 'site.yml', '-i', 'hosts']);
  expect(places(stderr)).toEqual([1, 4, 5]);
  expect(status).toBe(1);
});

test('without -i it is held against the inventory of vrun.yml, as a run is', async () => {
  const project = new Directory({
    'site.yml': '- hosts: all\n  tasks:\n    - { name: One, debug: { msg: "{{ undefinedname }}" } }\n',
    hosts: 'h1 ansible_connection=local\n',
    'vrun.yml': 'inventory: hosts\n',
  });
  const { status, stderr } = await project.vrun(['lint', 'site.yml']);
  expect(stderr).toContain('Undefined variable ‹undefinedname›');
  expect(status).toBe(1);
  project.remove();
});

test('an inventory that cannot be read is one problem, and its hosts none', async () => {
  const { status, stderr } = await directory.vrun(['lint', 'site.yml', '-i', 'none']);
  expect(stderr).toContain('The inventory is missing');
  expect(places(stderr)).toEqual([4, 5]);
  expect(status).toBe(1);
});
