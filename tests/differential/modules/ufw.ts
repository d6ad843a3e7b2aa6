import fc from 'fast-check';
import type { Subject, Task } from '../trial.ts';
import { few, optional, rare, task } from './parts.ts';

/** Ansible's task is one rule or one setting, ours says the firewall's state: what is not said stays as it is. */
function translate({ ufw: params, ...rest }: Task): Task {
  const {
    rule,
    port,
    to_port: toPort = port,
    proto,
    from_ip: from,
    to_ip: to,
    direction,
    interface: face,
    comment,
    ...others
  } = Object(params);
  const delete_ = others.delete === true ? { state: 'absent' } : {};
  const entries = {
    rule,
    to_port: toPort,
    proto,
    from_ip: from,
    to_ip: to,
    direction,
    interface: face,
    comment,
    ...delete_,
  };
  const given = Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
  const { policy, default: chosen = policy, state, logging } = others;
  return {
    ...rest,
    ufw: {
      ...(rule === undefined ? {} : { rules: [given] }),
      ...(chosen === undefined ? {} : { default: { [direction ?? 'incoming']: chosen } }),
      ...(state === undefined ? {} : { state }),
      ...(logging === undefined ? {} : { logging }),
    },
  };
}

export const ufw: Subject = {
  module: 'ufw',
  translate,
  reset:
    'ufw --force reset >/dev/null; rm -f /etc/ufw/*.rules.*; ufw allow 22/tcp >/dev/null; ufw logging low >/dev/null; ufw --force enable >/dev/null',
  commands: ['ufw status verbose', 'ufw show added'],
  share: 0.15,
  trials: fc.record({
    given: fc
      .subarray([
        'ufw allow 80/tcp >/dev/null',
        'ufw deny from 10.9.0.0/16 >/dev/null',
        'ufw limit 443/tcp >/dev/null',
        'ufw default deny outgoing >/dev/null',
      ])
      .map((lines) => lines.join('\n')),
    tasks: few(
      fc.oneof(
        {
          weight: 4,
          arbitrary: task('ufw', {
            rule: fc.constantFrom('allow', 'deny', 'reject', 'limit'),
            port: fc.constantFrom('80', '443', '8000:8010', '53'),
            proto: fc.constantFrom('tcp', 'udp', 'tcp'),
            from_ip: rare(fc.constantFrom('10.9.0.0/16', '192.0.2.7')),
            to_ip: rare(fc.constant('192.0.2.1')),
            direction: rare(fc.constantFrom('in', 'out')),
            comment: rare(fc.constant('said')),
            delete: rare(fc.boolean(), 4),
          }),
        },
        {
          weight: 1,
          arbitrary: task('ufw', {
            default: fc.constantFrom('deny', 'allow', 'reject'),
            direction: fc.constantFrom('incoming', 'outgoing'),
          }),
        },
        {
          weight: 1,
          arbitrary: task('ufw', {
            logging: optional(fc.constantFrom('on', 'off', 'full')),
            state: fc.constantFrom('enabled', 'disabled'),
          }),
        },
      ),
    ),
  }),
};
