import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../../lab/describe-lab.ts';
import { borrow, exec, inventoryFile } from '../../lab/lab-api.js';
import { laws, openProject, vrun } from '../../law/law.ts';

laws('cron', [
  {
    title: "a user's crontab",
    tasks: `
- name: Backup
  cron: { name: nightly backup, minute: 30, hour: "2", job: "/usr/local/bin/backup --all >/dev/null 2>&1" }
- name: Boot
  cron: { name: at boot, special_time: reboot, user: ops, job: "echo it's up", disabled: true }
- name: Old
  cron: { name: old job, state: absent }
`,
    situations: [
      { title: 'from absent', changed: ['Backup', 'Boot'] },
      {
        title: 'from drifted, with lines of others and of Ansible',
        given: `printf '%s\\n' 'MAILTO=x' '#Ansible: nightly backup' '1 1 * * * old' '#Ansible: old job' '* * * * * gone' '5 5 * * * kept' | crontab -; crontab -u ops -r`,
        changed: ['Backup', 'Boot', 'Old'],
      },
    ],
    observe: `crontab -l | grep -v 'MAILTO\\|kept'; crontab -u ops -l`,
    observed: [
      '#vrun: nightly backup',
      '30 2 * * * /usr/local/bin/backup --all >/dev/null 2>&1',
      '#vrun: at boot',
      "#@reboot echo it's up",
      '',
    ].join('\n'),
  },
  {
    title: 'a file in /etc/cron.d',
    tasks: `
- name: Rotate
  cron: { name: rotate, cron_file: vantus, user: ops, special_time: daily, job: rotate }
- name: Report
  cron: { name: report, cron_file: vantus, user: root, weekday: mon-fri, hour: "*/2", minute: "0", job: report }
- name: Gone
  cron: { name: gone, cron_file: vantus-old, state: absent }
`,
    situations: [
      { title: 'from absent', changed: ['Rotate', 'Report'] },
      {
        title: 'from drifted',
        given: `sed -i 's/^@daily/@weekly/' /etc/cron.d/vantus
printf '#vrun: gone\\n@daily root gone\\n' > /etc/cron.d/vantus-old`,
        changed: ['Rotate', 'Gone'],
      },
      {
        title: 'from a file that cron would not take',
        given: `sed -i '/report/d' /etc/cron.d/vantus; chown ops:ops /etc/cron.d/vantus; chmod 666 /etc/cron.d/vantus`,
        changed: ['Rotate', 'Report'],
      },
    ],
    observe: `cd /etc/cron.d; stat -c '%n %A %U:%G' vantus vantus-old; cat vantus`,
    observed: [
      'vantus -rw-r--r-- root:root',
      '#vrun: rotate',
      '@daily ops rotate',
      '#vrun: report',
      '0 */2 * * mon-fri root report',
      "stat: cannot statx 'vantus-old': No such file or directory",
      '',
    ].join('\n'),
  },
  {
    title: 'a line that somebody wrote, and variables',
    tasks: `
- name: Backup
  cron: { name: backup, minute: 30, hour: "2", job: /usr/local/bin/backup }
- name: Mail
  cron: { name: MAILTO, env: true, job: ops@example.com }
- name: Path
  cron: { name: PATH, env: true, value: "/usr/local/bin:/usr/bin:/bin", insertafter: MAILTO, backup: true }
- name: Shell
  cron: { name: SHELL, env: true, state: absent }
`,
    situations: [
      {
        title: 'from written by hand',
        given: `printf '%s\\n' 'SHELL=/bin/bash' 'MAILTO=root' '30 2 *  * * /usr/local/bin/backup' | crontab -; rm -f /root/crontab.*`,
        changed: ['Backup', 'Mail', 'Path', 'Shell'],
      },
    ],
    observe: `crontab -l; stat -c %a /root/crontab.*~ 2>/dev/null`,
    observed: `${[
      'MAILTO="ops@example.com"',
      'PATH="/usr/local/bin:/usr/bin:/bin"',
      '#vrun: backup',
      '30 2 * * * /usr/local/bin/backup',
      '600',
    ].join('\n')}\n`,
  },
]);

describeLab('a crontab that outlived its user', () => {
  test(
    'is foreseen, and taken into use by the new one',
    async () => {
      const loan = await borrow(1);
      const [host = ''] = loan.names;
      const inventory = await inventoryFile([host]);
      const project = openProject(`
- name: User
  user: { name: back, uid: 3001 }
- name: Same job
  cron: { name: report, user: back, special_time: daily, job: report }
- name: Other job
  cron: { name: other, user: back, state: absent }
`);
      try {
        await exec(
          host,
          `useradd -u 3000 back; printf '%s\\n' '#vrun: report' '@daily report' '#vrun: other' '@daily x' | crontab -u back -; userdel back`,
        );
        const dry = await vrun(project, inventory, '--check');
        expect(
          dry.tasks.map(({ status }) => status),
          dry.output,
        ).toEqual(['changed', 'unknown', 'changed']);
        const run = await vrun(project, inventory);
        expect(
          run.tasks.map(({ status }) => status),
          run.output,
        ).toEqual(['changed', 'changed', 'changed']);
        expect((await exec(host, 'crontab -u back -l; stat -c %u /var/spool/cron/crontabs/back')).stdout).toBe(
          '#vrun: report\n@daily report\n3001\n',
        );
        const again = await vrun(project, inventory);
        expect(
          again.tasks.map(({ status }) => status),
          again.output,
        ).toEqual(['ok', 'ok', 'ok']);
      } finally {
        rmSync(project, { recursive: true });
        loan.release();
      }
    },
    LAB_START_MS,
  );
});
