import { laws } from '../../law/law.ts';

const UNITS = '/etc/systemd/system';
const OWN = '/home/ops/.config/systemd/user';
const CTL = 'XDG_RUNTIME_DIR=/run/user/$(id -u ops)';
const asOps = (command: string) => `su ops -c '${CTL.replace('$(id -u ops)', '$(id -u)')} systemctl --user ${command}'`;
const TICK = `[Timer]
OnActiveSec=1s
AccuracySec=1ms
OnUnitActiveSec={{ every }}

[Install]
WantedBy=timers.target
`;
const mine = (seconds: number) => `
- name: File
  become: false
  copy: { dest: ${OWN}/mine.service, content: "[Service]\\nExecStart=/bin/sleep ${seconds}\\nExecReload=/bin/true\\n[Install]\\nWantedBy=default.target\\n" }
- name: At login
  become: false
  systemd: { unit: mine, scope: user, enabled: true }
- name: Now
  become_user: ops
  systemd: { unit: mine, scope: user, state: started, settle: 1 }
`;

laws('timers, sockets, units of a user', [
  {
    title: 'a timer and the service that it starts',
    tasks: `
- name: Service
  systemd: { unit: tick, content: "[Service]\\nType=oneshot\\nExecStart=/bin/touch /run/ticked\\n" }
- name: Timer
  systemd: { unit: tick.timer, template: tick.timer.hbs, enabled: true, state: started, restart_on_change: true }
  vars: { every: 1h }
`,
    files: { 'templates/tick.timer.hbs': TICK },
    situations: [
      { title: 'from absent', changed: ['Service', 'Timer'] },
      { title: 'from stopped', given: 'systemctl -q stop tick.timer', changed: ['Timer'] },
      { title: 'from disabled', given: 'systemctl -q disable tick.timer', changed: ['Timer'] },
      {
        title: 'from edited',
        given: `sed -i s/1h/1d/ ${UNITS}/tick.timer; systemctl daemon-reload`,
        changed: ['Timer'],
      },
    ],
    observe:
      'systemctl is-active tick.timer; systemctl is-enabled tick.timer; for i in 1 2 3 4 5 6 7 8; do [ -e /run/ticked ] || sleep 0.5; done; ls /run/ticked 2>&1; systemctl show -p TimersMonotonic tick.timer | grep -o "OnUnitActiveUSec=[0-9a-z]*"',
    observed: 'active\nenabled\n/run/ticked\nOnUnitActiveUSec=1h\n',
  },
  {
    title: 'a socket and the service that it starts, which is not enabled itself',
    tasks: `
- name: Service
  systemd: { unit: "echo@.service", content: "[Service]\\nExecStart=/bin/echo hello\\nStandardOutput=socket\\n" }
- name: Socket
  systemd: { unit: echo.socket, content: "[Socket]\\nListenStream=127.0.0.1:7777\\nAccept=yes\\n[Install]\\nWantedBy=sockets.target\\n", enabled: true, state: started }
`,
    situations: [
      { title: 'from absent', changed: ['Service', 'Socket'] },
      { title: 'from stopped', given: 'systemctl -q stop echo.socket', changed: ['Socket'] },
    ],
    observe:
      'systemctl is-active echo.socket; systemctl is-enabled echo.socket; bash -c "cat </dev/tcp/127.0.0.1/7777" 2>/dev/null',
    observed: 'active\nenabled\nhello\n',
  },
  {
    title: 'a path, asked for without waiting',
    tasks: `
- name: Path
  systemd: { unit: tock.path, content: "[Path]\\nPathExists=/none\\nUnit=tick.service\\n[Install]\\nWantedBy=paths.target\\n", enabled: true }
- name: Asked for
  systemd: { unit: tock.path, state: started, no_block: true }
`,
    situations: [{ title: 'from absent', changed: ['Path', 'Asked for'] }],
    observe: 'sleep 0.5; systemctl is-active tock.path; systemctl is-enabled tock.path',
    observed: 'active\nenabled\n',
  },
  {
    title: 'the manager reads again what was changed under it, once',
    tasks: '- name: Read\n  systemd: { daemon_reload: true }',
    situations: [
      { title: 'from read', changed: [] },
      { title: 'from changed', given: `sleep 1; echo >>${UNITS}/tock.path`, changed: ['Read'] },
    ],
    observe: 'systemctl show -p NeedDaemonReload --value tock.path cron',
    observed: 'no\n\nno\n',
  },
  {
    title: "a unit of the user's own manager",
    tasks: mine(500),
    situations: [
      {
        title: 'from absent',
        // By systemd-run: since version 256 logind refuses who came past it, as exec does.
        given: `systemd-run -q --wait loginctl enable-linger ops; until [ -S /run/user/$(id -u ops)/systemd/private ]; do sleep 0.1; done
for d in /home/ops/.config /home/ops/.config/systemd ${OWN}; do install -d -o ops -g ops $d; done`,
        changed: ['File', 'At login', 'Now'],
      },
      { title: 'from stopped', given: asOps('stop mine'), changed: ['Now'] },
      { title: 'from disabled', given: asOps('-q disable mine'), changed: ['At login'] },
    ],
    observe: `${asOps('is-active mine')}; ${asOps('is-enabled mine')}`,
    observed: 'active\nenabled\n',
  },
  {
    title: 'a restart and a reload of it are acts',
    tasks: `
- name: Restart
  become: false
  systemd: { unit: mine, scope: user, state: restarted }
- name: Reload
  become: false
  systemd: { unit: mine, scope: user, state: reloaded }
`,
    situations: [{ title: 'each time', changed: ['Restart', 'Reload'] }],
    acts: ['Restart', 'Reload'],
    observe: asOps('is-active mine'),
    observed: 'active\n',
  },
  {
    title: 'stopped, disabled and masked',
    tasks:
      '- name: Off\n  become: false\n  systemd: { unit: nobodys, scope: user, state: stopped, enabled: false, masked: true }\n- name: Down\n  become: false\n  systemd: { unit: mine, scope: user, state: stopped, enabled: false }',
    situations: [{ title: 'from running', changed: ['Off', 'Down'] }],
    observe: `${asOps('is-active mine')}; ${asOps('is-enabled mine')}; ${asOps('is-enabled nobodys')}`,
    observed: 'inactive\ndisabled\nmasked\n',
  },
]);
