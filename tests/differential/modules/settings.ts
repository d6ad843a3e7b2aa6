// Settings of the host as a whole.
import fc from 'fast-check';
import { any, ending, leaving, where } from '../rules.ts';
import type { Subject } from '../trial.ts';
import { few, optional, rare, task } from './parts.ts';

export const hostname: Subject = {
  module: 'hostname',
  settled: true,
  announced: [{ key: 'pretty-name', is: any(leaving(/pretty/), ending('ok', 'changed')) }],
  reset: 'hostnamectl set-hostname before.lab.test',
  commands: ['hostname', 'cat /etc/hostname', 'hostnamectl --static; hostnamectl --pretty'],
  share: 0.2,
  trials: fc.record({
    given: fc.constantFrom(':', 'hostname other', 'echo other >/etc/hostname'),
    tasks: few(
      task('hostname', {
        name: fc.constantFrom('web1', 'web1.example.com', 'before.lab.test', 'UPPER', 'other'),
        use: rare(fc.constant('systemd')),
      }),
    ),
  }),
};

export const timezone: Subject = {
  module: 'timezone',
  settled: true,
  announced: [{ key: 'debian-file', is: any(ending('changed', 'ok'), leaving(/^cat \/etc\/timezone/)) }],
  reset: 'ln -sf ../usr/share/zoneinfo/Etc/UTC /etc/localtime; echo Etc/UTC >/etc/timezone',
  commands: ['readlink /etc/localtime', 'cat /etc/timezone', 'date +%Z'],
  share: 0.2,
  trials: fc.record({
    // What runs of systemd-timedated remembers the old zone.
    given: fc
      .constantFrom(
        ':',
        'echo Europe/Paris >/etc/timezone',
        'ln -sf ../usr/share/zoneinfo/Europe/Paris /etc/localtime',
        'rm -f /etc/timezone',
      )
      .map((lines) => `${lines}\nsystemctl stop systemd-timedated`),
    tasks: few(
      task('timezone', {
        name: fc.constantFrom('Europe/Berlin', 'Etc/UTC', 'UTC', 'Nowhere/Town', 'Europe/Paris'),
        hwclock: rare(fc.constant('UTC'), 20),
      }),
    ),
  }),
};

const NAMES = ['net.ipv4.ip_forward', 'net.ipv4.conf.all.rp_filter', 'net.ipv4.ip_local_port_range'];
const FILES = '/etc/sysctl.conf /etc/sysctl.d/99-vrun.conf /etc/sysctl.d/99-sysctl.conf /etc/sysctl.d/50-d.conf';

export const sysctl: Subject = {
  module: 'sysctl',
  settled: true,
  announced: [
    { key: 'file', is: any(ending('changed', 'ok'), leaving(/99-vrun/)) },
    /** Ansible loads the other lines of the file, too. */
    {
      key: 'running-value',
      is: where(
        /ip_forward.*>\/etc\/sysctl/,
        leaving(/^sysctl /, ({ reload }) => reload !== false),
      ),
    },
  ],
  reset: [
    'rm -f /etc/sysctl.d/99-vrun.conf /etc/sysctl.d/50-d.conf; : >/etc/sysctl.conf',
    "sysctl -q -w net.ipv4.ip_forward=0 net.ipv4.conf.all.rp_filter=0 'net.ipv4.ip_local_port_range=32768 60999'",
  ].join('\n'),
  /** Which file a setting stands in is announced; what will hold after a reboot is what counts. */
  commands: [`sysctl ${NAMES.join(' ')}`, `cat ${FILES} 2>/dev/null | sed -n 's/ *= */=/p' | sort -u`],
  share: 0.4,
  trials: fc.record({
    given: fc.constantFrom(
      ':',
      'echo net.ipv4.ip_forward=1 >/etc/sysctl.conf',
      'echo "net.ipv4.ip_forward = 0" >/etc/sysctl.conf',
      'sysctl -q -w net.ipv4.ip_forward=1',
      'echo net.ipv4.ip_forward=1 >/etc/sysctl.d/50-d.conf',
    ),
    tasks: few(
      fc.oneof(
        task('sysctl', {
          name: fc.constantFrom('net.ipv4.ip_forward', 'net.ipv4.conf.all.rp_filter'),
          value: fc.constantFrom<unknown>('1', 1, '0', 2),
          state: optional(fc.constantFrom('present', 'absent')),
          sysctl_set: rare(fc.boolean(), 2),
          reload: rare(fc.boolean()),
          sysctl_file: rare(fc.constant('/etc/sysctl.d/50-d.conf')),
          ignoreerrors: rare(fc.boolean(), 20),
        }),
        task('sysctl', {
          name: fc.constant('net.ipv4.ip_local_port_range'),
          value: fc.constantFrom('20000 60000', '20000\t60000'),
          sysctl_set: fc.constant(true),
        }),
      ),
    ),
  }),
};
