import { laws } from './law.ts';

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
]);
