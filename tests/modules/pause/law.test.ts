// pause on a real host: the time passes in a run and never in a dry run, and what was read before it is read again.
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeLab } from '../../lab/describe-lab.ts';
import { exec } from '../../lab/lab-api.js';
import { lent } from '../../lab/lent.ts';
import { openProject, vrun } from '../../law/law.ts';

describeLab('the law of the dry run: pause', () => {
  const lab = lent();

  const statuses = (said: Awaited<ReturnType<typeof vrun>>) =>
    said.tasks.map(({ name, status }) => `${name} ${status}`);
  /** Seconds by the host's clock between the two files. */
  const between = async () =>
    Number((await exec(lab.host, 'echo $(($(stat -c %Y /srv/b) - $(stat -c %Y /srv/a)))')).stdout);

  test('from absent and from drifted, what comes after it is changed that much later', async () => {
    const project = openProject(`
- name: Before
  copy: { dest: /srv/a, content: a }
- name: Wait
  pause: { seconds: 2.5 }
- name: After
  copy: { dest: /srv/b, content: b }
`);
    for (const given of ['rm -f /srv/a /srv/b', 'echo x >/srv/a; echo x >/srv/b']) {
      await exec(lab.host, given);
      const all = ['Before changed', 'Wait ok', 'After changed'];
      expect(statuses(await vrun(project, lab.inventory, '--check'))).toEqual(all);
      expect((await exec(lab.host, 'cat /srv/a /srv/b')).stdout).not.toBe('ab');
      expect(statuses(await vrun(project, lab.inventory))).toEqual(all);
      expect((await exec(lab.host, 'cat /srv/a /srv/b')).stdout).toBe('ab');
      expect(await between()).toBeGreaterThanOrEqual(2);
    }
    // One message before the pause, one after it.
    const again = await vrun(project, lab.inventory);
    expect([...statuses(again), again.messages]).toEqual(['Before ok', 'Wait ok', 'After ok', 2]);
    const dry = await vrun(project, lab.inventory, '--check');
    expect([...statuses(dry), dry.messages]).toEqual(['Before ok', 'Wait ok', 'After ok', 1]);
    rmSync(project, { recursive: true });
  });

  test('a dry run does not wait, nor ask', async () => {
    const project = openProject(`
- name: A day
  pause: { seconds: 86400 }
- name: A person
  pause: { prompt: Does it look well? }
`);
    expect(statuses(await vrun(project, lab.inventory, '--check'))).toEqual(['A day ok', 'A person ok']);
    rmSync(project, { recursive: true });
  });

  test('what changes on the host meanwhile is seen', async () => {
    const project = openProject(`
- name: Somebody else
  command: { argv: [systemd-run, --quiet, --on-active=1, --timer-property=AccuracySec=100ms, rm, /srv/kept] }
- name: Wait
  pause: { seconds: 4 }
- name: Kept
  copy: { dest: /srv/kept, content: kept }
`);
    await exec(lab.host, 'printf kept >/srv/kept; chmod 0644 /srv/kept');
    expect(statuses(await vrun(project, lab.inventory))).toEqual(['Somebody else changed', 'Wait ok', 'Kept changed']);
    expect((await exec(lab.host, 'cat /srv/kept')).stdout).toBe('kept');
    rmSync(project, { recursive: true });
  });

  test('without a terminal nobody can be asked, and no host is contacted', async () => {
    const project = openProject(`
- name: Never
  command: { argv: [touch, /srv/never] }
- name: A person
  pause: { prompt: Does it look well? }
`);
    const said = await vrun(project, lab.inventory);
    expect(said.status, said.output).toBe(1);
    expect(said.output).toContain('there is no terminal to ask at');
    expect((await exec(lab.host, 'test -e /srv/never')).status).toBe(1);
    rmSync(project, { recursive: true });
  });
});
