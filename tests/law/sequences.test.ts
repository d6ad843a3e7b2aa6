// Any tasks of any modules one after the other, on a real host that remembers the ones before: what the dry run says happens.
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../lab/describe-lab.ts';
import { borrow, inventoryFile } from '../lab/lab-api.js';
import { openProject, vrun } from './law.ts';

/** Few things, so that tasks get into each other's way. */
const TASKS = [
  'user: { name: anna }',
  'user: { name: anna, groups: [crew], shell: /bin/sh }',
  'user: { name: anna, state: absent, remove: true }',
  'group: { name: crew }',
  'group: { name: crew, gid: 4242 }',
  'group: { name: crew, state: absent }',
  'authorized-key: { user: anna, key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA3dYmCVcxfRlI9bfWVy2QM63YvjpXkfZ8ZrNKEKmHn0 a" }',
  'file: { path: /srv/anna, state: directory, owner: anna, group: crew, mode: "0750" }',
  'file: { path: /srv/anna, state: absent }',
  'copy: { dest: /srv/anna/note, content: "one\\n", owner: anna }',
  'lineinfile: { path: /srv/anna/note, line: two, create: true }',
  'cron: { name: nightly, job: /bin/true, hour: "3" }',
  'cron: { name: nightly, job: /bin/true, hour: "4" }',
  'cron: { name: nightly, job: "", state: absent }',
  'cron: { name: nightly, job: /bin/true, user: anna }',
  'systemd: { unit: nap.service, content: "[Service]\\nExecStart=/bin/sleep 900\\n[Install]\\nWantedBy=multi-user.target\\n", restart_on_change: true }',
  'systemd: { unit: nap.service, content: "[Service]\\nExecStart=/bin/sleep 901\\n[Install]\\nWantedBy=multi-user.target\\n", restart_on_change: true }',
  'systemd: { unit: nap.service, state: started, enabled: true }',
  'systemd: { unit: nap.service, state: stopped }',
  'systemd: { unit: nap.service, state: restarted }',
  'systemd: { unit: nap.service, enabled: false }',
  'sysctl: { name: net.ipv4.ip_forward, value: "1" }',
  'sysctl: { name: net.ipv4.ip_forward, value: "0" }',
  'hostname: { name: "{{ inventory_hostname }}" }',
  'hostname: { name: other }',
  'timezone: { name: Europe/Vienna }',
  'timezone: { name: Etc/UTC }',
  'env-file: { path: /etc/default/anna, values: { A: "1" } }',
  'env-file: { path: /etc/default/anna, values: { A: "2", B: x }, generate: { KEY: {} } }',
  'env-file: { path: /etc/default/anna, values: {}, state: absent }',
  'ufw: { state: disabled, allow: [22/tcp, 80/tcp] }',
  'ufw: { state: disabled, allow: [22/tcp], exclusive: true }',
  'command: { argv: [touch, /srv/made], creates: /srv/made }',
  'command: { argv: [rm, /srv/made], removes: /srv/made }',
];

describeLab('the law of the dry run, for tasks one after the other', () => {
  let host = '';
  let release = () => {};
  let inventory = '';
  beforeAll(async () => {
    const loan = await borrow(1);
    [host = ''] = loan.names;
    release = loan.release;
    inventory = await inventoryFile([host]);
  }, LAB_START_MS);
  afterAll(() => release());

  test('what the dry run says happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...TASKS), { minLength: 2, maxLength: 10 }), async (tasks) => {
        const project = openProject(tasks.map((task, index) => `- name: "${index}"\n  ${task}`).join('\n'));
        try {
          const dry = await vrun(project, inventory, '--check');
          const run = await vrun(project, inventory);
          for (const [index, { status }] of run.tasks.entries()) {
            if (status === 'failed') break; // a dry run goes on behind a failure that it can't know of
            expect(
              [status, 'unknown'],
              `task ${index}, ${tasks[index]}, of\n${tasks.join('\n')}\nwas ${status} (${dry.tasks[index]?.failure})`,
            ).toContain(dry.tasks[index]?.status);
          }
        } finally {
          rmSync(project, { recursive: true });
        }
      }),
      { numRuns: 12, endOnFailure: true },
    );
  }, 120_000);
});
