// What a converged run and one change cost, counted where the bytes are written.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../describe-lab.ts';
import { borrow, exec, inventoryFile } from '../lab-api.js';
import { LabProject } from './project.ts';

const tasks = Array.from(
  { length: 300 },
  (_, index) =>
    `    - name: file ${index}\n      file: { path: "/srv/many/${index}", state: directory, mode: "0750" }\n`,
).join('');

describeLab('300 file tasks', () => {
  const project = new LabProject({ 'site.yml': `- name: Many\n  hosts: all\n  become: true\n  tasks:\n${tasks}` });
  let host = '';
  let release = () => {};
  let inventory = '';
  beforeAll(async () => {
    const loan = await borrow(1);
    [host = ''] = loan.names;
    release = loan.release;
    inventory = await inventoryFile(loan.names);
    await exec(host, 'mkdir -p /srv/many; cd /srv/many; for n in $(seq 0 299); do mkdir -m 750 $n; done');
  }, LAB_START_MS);
  afterAll(() => {
    release();
    project.remove();
  });

  test('converged they are one message', async () => {
    const run = await project.json('site.yml', '-i', inventory);
    expect(run.totals(host)).toMatchObject({ ok: 300, changed: 0, messages: 1 });
  });

  test('one change in the middle costs two', async () => {
    await exec(host, 'chmod 700 /srv/many/150');
    const run = await project.json('site.yml', '-i', inventory);
    expect(run.named(host, 'changed')).toEqual(['file 150']);
    expect(run.totals(host)).toMatchObject({ ok: 299, changed: 1, messages: 2 });
    expect((await exec(host, 'stat -c %a /srv/many/150')).stdout).toBe('750\n');
  });
});
