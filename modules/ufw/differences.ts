// What ufw means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
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
];
