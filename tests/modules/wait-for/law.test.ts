// wait-for on a real host: a service that opens its port late, one that never does, and a path that goes.
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeLab } from '../../lab/describe-lab.ts';
import { exec } from '../../lab/lab-api.js';
import { lent } from '../../lab/lent.ts';
import { openProject, vrun } from '../../law/law.ts';

/** A service that begins to listen three seconds after it was started. */
const SLOW = `[Service]
ExecStart=/bin/sh -c 'sleep 3; exec systemd-socket-activate -l 127.0.0.1:4500 /bin/cat'
`;

describeLab('the law of the dry run: wait-for', () => {
  const lab = lent();

  test('a service that takes its time', async () => {
    const project = openProject(
      `
- name: Service
  systemd: { unit: slow.service, src: slow.service, state: started }
- name: It listens
  wait-for: { port: 4500, timeout: 60 }
- name: From outside it does not
  wait-for: { port: 4500, host: "{{ inventory_hostname }}.lab.test", state: stopped }
`,
      { 'files/slow.service': SLOW },
    );
    const statuses = async (...options: readonly string[]) =>
      (await vrun(project, lab.inventory, ...options)).tasks.map(({ name, status }) => `${name} ${status}`);
    expect(await statuses('--check')).toEqual(['Service changed', 'It listens unknown', 'From outside it does not ok']);
    expect(await statuses()).toEqual(['Service changed', 'It listens ok', 'From outside it does not ok']);
    expect((await exec(lab.host, 'ss -Hltn sport = 4500')).stdout).toContain('127.0.0.1:4500');
    const again = await vrun(project, lab.inventory);
    expect(again.tasks.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    expect(again.messages).toBe(1);
    expect(await statuses('--check')).toEqual(['Service ok', 'It listens ok', 'From outside it does not ok']);
    rmSync(project, { recursive: true });
  });

  test('what never comes is told, in a dry run at once', async () => {
    const project = openProject('- name: Never\n  wait-for: { port: 4999, timeout: 2 }\n');
    const run = await vrun(project, lab.inventory);
    expect(run.status).toBe(2);
    expect(run.tasks[0]?.failure).toBe('127.0.0.1:4999 is not open, after 2 s');
    const dry = await vrun(project, lab.inventory, '--check');
    expect(dry.tasks[0]?.failure).toBe('127.0.0.1:4999 is not open');
    rmSync(project, { recursive: true });
  });
});
