import { laws } from '../../law/law.ts';

const UNIT = `[Unit]
Description={{ what }}

[Service]
ExecStart=/bin/sleep {{ seconds }}

[Install]
WantedBy=multi-user.target
`;
const service = (seconds: number, more = '') => `
- name: Service
  systemd: { unit: napping, template: napping.service.hbs, enabled: true, state: started, restart_on_change: true, settle: 1${more} }
  vars: { what: A nap, seconds: ${seconds} }
`;
const SHOW = `systemctl is-active napping; systemctl is-enabled napping; systemctl show -p NeedDaemonReload --value napping
tr '\\0' ' ' </proc/$(systemctl show -p MainPID --value napping)/cmdline; echo; stat -c '%A %U:%G' /etc/systemd/system/napping.service`;
const shown = (seconds: number) => `active\nenabled\nno\n/bin/sleep ${seconds} \n-rw-r--r-- root:root\n`;
const FILE = '/etc/systemd/system/napping.service';

laws('systemd', [
  {
    title: 'a unit with its file',
    tasks: service(1000),
    files: { 'templates/napping.service.hbs': UNIT },
    situations: [
      { title: 'from absent', changed: ['Service'] },
      { title: 'from stopped and disabled', given: 'systemctl -q disable --now napping', changed: ['Service'] },
      {
        title: 'from changed by hand, and running what was there before',
        given: `sed -i s/1000/2000/ ${FILE}; systemctl daemon-reload; systemctl restart napping`,
        changed: ['Service'],
      },
      {
        title: 'from a file of wrong mode and owner',
        given: `chmod 600 ${FILE}; chown ops ${FILE}`,
        changed: ['Service'],
      },
      {
        title: 'from a run that was cut off before the restart',
        given: `sleep 3; sed -i s/1000/3000/ ${FILE}; systemctl daemon-reload; systemctl restart napping; sleep 3; sed -i s/3000/1000/ ${FILE}`,
        changed: ['Service'],
      },
    ],
    observe: SHOW,
    observed: shown(1000),
  },
  {
    title: 'a manager that has not read the file again is no change',
    tasks: '- name: Runs\n  systemd: { unit: napping, state: started }',
    situations: [{ title: 'from a touched file', given: `touch ${FILE}; echo >>${FILE}`, changed: [] }],
    observe: 'systemctl is-active napping',
    observed: 'active\n',
  },
  {
    title: 'stopped and started again: the dry run sees that it will have stopped by then',
    tasks: `
- name: Down
  systemd: { unit: napping, state: stopped, enabled: false }
- name: Up
  systemd: { unit: napping, state: started, enabled: true }
- name: Still up
  systemd: { unit: napping, state: started, enabled: true }
`,
    situations: [{ title: 'from running', changed: ['Down', 'Up'] }],
    acts: ['Down', 'Up'],
    observe: 'systemctl is-active napping; systemctl is-enabled napping',
    observed: 'active\nenabled\n',
  },
  {
    title: 'a drop-in, and the unit restarted for it',
    tasks: `
- name: Limits
  systemd: { unit: napping.service, drop_in: { limits: "[Service]\\nLimitNOFILE=4321\\n" }, restart_on_change: true }
`,
    situations: [
      { title: 'from absent', changed: ['Limits'] },
      { title: 'from drifted', given: `sed -i s/4321/1234/ ${FILE}.d/limits.conf`, changed: ['Limits'] },
    ],
    observe: "grep 'open files' /proc/$(systemctl show -p MainPID --value napping)/limits | tr -s ' '",
    observed: 'Max open files 4321 4321 files \n',
  },
  {
    title: 'masked and stopped, whatever it was',
    tasks: '- name: Off\n  systemd: { unit: cron, state: stopped, enabled: false, masked: true }',
    situations: [
      { title: 'from running', changed: ['Off'] },
      { title: 'from unmasked', given: 'systemctl -q unmask cron; systemctl -q enable --now cron', changed: ['Off'] },
    ],
    observe: 'systemctl is-active cron; systemctl is-enabled cron',
    observed: 'inactive\nmasked\n',
  },
  {
    title: 'a restart is an act, and makes a new invocation',
    tasks: '- name: Restart\n  systemd: { unit: napping, state: restarted }',
    situations: [
      {
        title: 'each time',
        given: 'systemctl show -p InvocationID --value napping >/run/invocation',
        changed: ['Restart'],
      },
    ],
    observe: 'systemctl is-active napping; [ -s /run/invocation ] && echo known',
    observed: 'active\nknown\n',
    acts: ['Restart'],
  },
]);
