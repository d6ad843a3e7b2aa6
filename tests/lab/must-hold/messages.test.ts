// What a converged run and one change cost, counted where the bytes are written.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../describe-lab.ts';
import { exec } from '../lab-api.js';
import { lent } from '../lent.ts';
import { LabProject } from './project.ts';

const tasks = Array.from(
  { length: 300 },
  (_, index) =>
    `    - name: file ${index}\n      file: { path: "/srv/many/${index}", state: directory, mode: "0750" }\n`,
).join('');

describeLab('300 file tasks', () => {
  const project = new LabProject({ 'site.yml': `- name: Many\n  hosts: all\n  become: true\n  tasks:\n${tasks}` });
  const lab = lent();
  beforeAll(async () => {
    await exec(lab.host, 'mkdir -p /srv/many; cd /srv/many; for n in $(seq 0 299); do mkdir -m 750 $n; done');
  }, LAB_START_MS);
  afterAll(() => {
    project.remove();
  });

  test('converged they are one message', async () => {
    const run = await project.json('site.yml', '-i', lab.inventory);
    expect(run.totals(lab.host)).toMatchObject({ ok: 300, changed: 0, messages: 1 });
  });

  test('one change in the middle costs two', async () => {
    await exec(lab.host, 'chmod 700 /srv/many/150');
    const run = await project.json('site.yml', '-i', lab.inventory);
    expect(run.named(lab.host, 'changed')).toEqual(['file 150']);
    expect(run.totals(lab.host)).toMatchObject({ ok: 299, changed: 1, messages: 2 });
    expect((await exec(lab.host, 'stat -c %a /srv/many/150')).stdout).toBe('750\n');
  });
});
