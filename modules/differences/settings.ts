// What the firewall and the host's settings mean otherwise than Ansible's.
import type { Difference } from '../../engine/module/difference.ts';

export const SETTINGS: Readonly<Record<string, readonly Difference[]>> = {
  ufw: [
    {
      key: 'whole-firewall',
      parameters: [
        'rule',
        'direction',
        'from_ip',
        'from_port',
        'to_ip',
        'to_port',
        'proto',
        'name',
        'interface',
        'interface_in',
        'interface_out',
        'route',
        'log',
        'comment',
        'delete',
      ],
      ansible: 'A task is one command of ufw: a rule, a policy, the logging or the state.',
      vrun: 'A task is the firewall: its state, policies, logging and rules. The firewall is enabled when the task doesn’t say otherwise, and what isn’t given has ufw’s own default.',
      instead: 'Write it in an entry of `rules`: rules: [{ rule: allow, to_port: 22, proto: tcp }].',
    },
    {
      key: 'policies',
      parameters: ['default', 'policy'],
      ansible: 'One policy, for the traffic that `direction` names.',
      vrun: 'A map of the policies of incoming, outgoing and routed traffic.',
      instead: 'Write default: { incoming: deny }.',
    },
    {
      key: 'order',
      parameters: ['insert', 'insert_relative_to'],
      ansible: 'The place of a rule by its number.',
      vrun: 'Rules decide in the order in which they are written; what is there is moved where that matters.',
      instead: 'Write the rules in the order in which they are to decide.',
    },
    {
      key: 'states',
      parameters: ['state'],
      ansible: '`reloaded` and `reset` act in every run.',
      vrun: 'It is enabled or disabled, and loaded anew where its rules aren’t in the kernel; `exclusive: true` removes all other rules.',
    },
    {
      key: 'logging-on',
      parameters: ['logging'],
      ansible: '`on` leaves the level as it is.',
      vrun: 'A level is named, or `off`.',
    },
    {
      key: 'delete-alike',
      parameters: ['delete'],
      ansible: 'A rule goes by the same words, its comment among them.',
      vrun: 'A rule goes whatever its comment; one with another action, or with logging, stays.',
    },
    {
      key: 'lockout',
      ansible: 'A firewall that would refuse the next login is made.',
      vrun: 'It is refused, unless `allow_lockout: true` says that it is meant.',
    },
    {
      key: 'services',
      parameters: ['to_port', 'name'],
      ansible: 'A service may be named as in /etc/services, and a profile is looked for by ufw.',
      vrun: 'Ports are numbers, and a profile that isn’t there is refused beforehand.',
    },
    {
      key: 'aliases',
      parameters: ['from', 'src', 'to', 'dest', 'port', 'protocol', 'app', 'if', 'if_in', 'if_out'],
      ansible: 'Other names of from_ip, to_ip, to_port, proto, name, interface, interface_in and interface_out.',
      vrun: 'Each has one name.',
      instead:
        'Write from_ip, to_ip, to_port, proto, name, interface, interface_in or interface_out, in an entry of `rules`.',
    },
  ],
  sysctl: [
    {
      key: 'file',
      parameters: ['sysctl_file'],
      ansible: 'The line is in /etc/sysctl.conf, or in a file of the task’s choice.',
      vrun: 'It is in /etc/sysctl.d/99-vrun.conf, which has the last word at boot; `persist: false` leaves it out.',
      instead: 'Leave it out; lines of other files are for lineinfile.',
    },
    {
      key: 'running-value',
      parameters: ['reload', 'sysctl_set', 'ignoreerrors'],
      ansible:
        'The running value comes with the reload of the whole file after a change of it, or with `sysctl_set`; what fails may be ignored.',
      vrun: 'The running value is part of what is wanted, and set alone.',
      instead:
        'Leave it out: the running value is always set; for a failure that may pass write `ignore_errors: true` on the task.',
    },
    {
      key: 'values',
      parameters: ['value'],
      ansible: 'yes, no, on and off become 1 and 0.',
      vrun: 'Numbers are written as the kernel shows them; what it would refuse or show otherwise is refused.',
    },
  ],
  hostname: [
    {
      key: 'strategy',
      parameters: ['use'],
      ansible: 'A way to set it by the host’s system.',
      vrun: '/etc/hostname and the running name, on Debian and Ubuntu.',
      instead: 'Leave it out.',
    },
    {
      key: 'names',
      parameters: ['name'],
      ansible: 'Any text of up to 64 characters.',
      vrun: 'Names as DNS has them: letters, digits and hyphens, apart by dots.',
    },
    {
      key: 'pretty-name',
      ansible: 'The pretty name of hostnamectl is set, too.',
      vrun: 'It is left alone.',
    },
  ],
  timezone: [
    {
      key: 'hardware-clock',
      parameters: ['hwclock', 'rtc'],
      ansible: 'Whether the hardware clock is in UTC.',
      vrun: 'It has no such parameter.',
      instead: 'Use a command: timedatectl set-local-rtc 0.',
    },
    {
      key: 'debian-file',
      ansible: 'With systemd /etc/timezone is neither looked at nor written.',
      vrun: 'Where it is there it names the same zone.',
    },
    {
      key: 'name-needed',
      parameters: ['name'],
      ansible: 'The zone may be left out.',
      vrun: 'It is needed.',
    },
  ],
};
