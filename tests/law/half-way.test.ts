// What fails half-way on a real host, and what was in flight: told as it is, on the screen, in the events and in the record.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeLab } from '../lab/describe-lab.ts';
import { exec } from '../lab/lab-api.js';
import { lent } from '../lab/lent.ts';
import { openProject, vrun } from './law.ts';

const UNIT =
  '[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/bin/false\\n[Install]\\nWantedBy=multi-user.target\\n';

describeLab('half-way on a real host', () => {
  const lab = lent();

  test.each([
    {
      title: 'an account is changed, and its new home can’t be made',
      given: 'useradd --create-home half',
      task: 'user: { name: half, home: /proc/nowhere, create_home: true }',
      there: 'getent passwd half',
      shows: '/proc/nowhere',
      event: { status: 'failed', effect: 'half-way' },
      made: ['partly'],
      says: 'failed half-way: partly: user half',
    },
    {
      title: 'a unit is enabled, and doesn’t start',
      given: `printf '${UNIT}' >/etc/systemd/system/half.service && systemctl daemon-reload`,
      task: 'systemd: { unit: half.service, enabled: true, state: started }',
      there: 'systemctl is-enabled half.service',
      shows: 'enabled',
      event: { status: 'failed', effect: 'half-way' },
      made: ['done', 'failed'],
      says: 'failed half-way: done: unit half.service (disabled → enabled); failed: unit half.service',
    },
    {
      title: 'the connection is cut while a command is at work',
      given: 'rm -f /root/flight',
      task: `shell: "touch /root/flight; pkill -KILL -f '[s]shd(-session)?: .*(priv|notty)'; sleep 5"`,
      there: 'ls /root/flight',
      shows: '/root/flight',
      event: { status: 'unreachable', effect: 'in flight' },
      made: ['not known'],
      says: 'was in flight: not known whether it changed: run',
    },
  ])('$title', async ({ given, task, there, shows, event, made, says }) => {
    expect((await exec(lab.host, given)).status).toBe(0);
    const project = openProject(
      `- { name: Half, ${task}, checklist: Half }\n- { name: After, debug: { msg: x }, checklist: After }`,
    );
    try {
      const { output } = await vrun(project, lab.inventory);
      expect((await exec(lab.host, there)).stdout).toContain(shows);
      const events = output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
      const finished = events.find(({ type }) => type === 'task.finished');
      expect(finished, output).toMatchObject(event);
      expect(finished.changes.map((change: { made: string }) => change.made)).toEqual(made);
      const [run = ''] = readdirSync(join(project, '.vrun/runs'));
      const report = readFileSync(join(project, '.vrun/runs', run, 'report.md'), 'utf8');
      expect(report).toContain(says);
      expect(report).not.toMatch(/nothing changed/i);
      expect(report).toMatch(/\[!\] Half \(failed on .*\)\n\[ \] After/);
    } finally {
      rmSync(project, { recursive: true });
    }
  });
});
