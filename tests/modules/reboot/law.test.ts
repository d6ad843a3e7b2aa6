// reboot on a real host: another boot is proved, what comes after it works, and a host that stays away is told.
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeLab } from '../../lab/describe-lab.ts';
import { exec } from '../../lab/lab-api.js';
import { lent } from '../../lab/lent.ts';
import { openProject, vrun } from '../../law/law.ts';

describeLab('the law of the dry run: reboot', () => {
  const lab = lent();

  /** When process 1 of the host was started: field 22 of its stat. */
  const booted = async () => (await exec(lab.host, `cut -d' ' -f22 /proc/1/stat`)).stdout.trim();
  const statuses = (said: Awaited<ReturnType<typeof vrun>>) =>
    said.tasks.map(({ name, status }) => `${name} ${status}`);

  test('the host is booted anew, and the tasks after it find what is there then', async () => {
    const project = openProject(`
- name: In memory
  copy: { dest: /run/before, content: x }
- name: On disk
  copy: { dest: /etc/before, content: x }
- name: Boot
  reboot: { timeout: 60 }
- name: What was in memory
  command: { argv: [test, -e, /run/before] }
  read_only: true
  register: memory
  failed_when: memory.rc == 0
- name: On disk still
  copy: { dest: /etc/before, content: x }
- name: Who
  command: { argv: [id, -un] }
  read_only: true
  register: who
- name: Root again
  assert: { that: who.stdout.trim() == 'root' }
`);
    const before = await booted();
    const dry = await vrun(project, lab.inventory, '--check');
    expect(statuses(dry).slice(0, 3), dry.output).toEqual(['In memory changed', 'On disk changed', 'Boot changed']);
    expect(await booted(), 'a dry run boots nothing').toBe(before);

    const run = await vrun(project, lab.inventory);
    expect(run.status, run.output).toBe(0);
    expect(statuses(run)).toEqual([
      'In memory changed',
      'On disk changed',
      'Boot changed',
      'What was in memory ok',
      'On disk still ok',
      'Who ok',
      'Root again ok',
    ]);
    expect(await booted()).not.toBe(before);
    expect((await exec(lab.host, 'ls -d /run/vrun.lock')).status, 'the lock is free again').not.toBe(0);
    rmSync(project, { recursive: true });
  });

  test('only where it is required', async () => {
    const project = openProject('- name: Boot\n  reboot: { when_required: true, timeout: 60 }\n');
    const before = await booted();
    expect(statuses(await vrun(project, lab.inventory))).toEqual(['Boot ok']);
    await exec(lab.host, 'touch /run/reboot-required');
    expect(statuses(await vrun(project, lab.inventory, '--check'))).toEqual(['Boot changed']);
    expect(await booted()).toBe(before);
    const run = await vrun(project, lab.inventory);
    expect(statuses(run), run.output).toEqual(['Boot changed']);
    expect(await booted()).not.toBe(before);
    expect(statuses(await vrun(project, lab.inventory))).toEqual(['Boot ok']);
    rmSync(project, { recursive: true });

    const after = openProject(`
- name: File
  file: { path: /etc/some, state: touch }
- name: Boot
  reboot: { when_required: true }
`);
    expect(statuses(await vrun(after, lab.inventory, '--check'))).toEqual(['File changed', 'Boot unknown']);
    rmSync(after, { recursive: true });
  });

  test('a host that does not come back', async () => {
    await exec(lab.host, 'systemctl disable --quiet ssh.service ssh.socket');
    const project = openProject(
      '- name: Boot\n  reboot: { timeout: 6 }\n- name: Never\n  command: { argv: ["true"] }\n',
    );
    const run = await vrun(project, lab.inventory);
    expect(run.status, run.output).toBe(4);
    expect(run.tasks).toEqual([
      { name: 'Boot', status: 'unreachable', failure: `${lab.host} did not come back within 6 s` },
    ]);
    rmSync(project, { recursive: true });
  });
});
