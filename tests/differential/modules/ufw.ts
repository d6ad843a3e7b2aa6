import fc from 'fast-check';
import { any, ending, of, refusing } from '../rules.ts';
import type { Subject, Task } from '../trial.ts';
import { few, optional, rare, task } from './parts.ts';

/** Ansible's task is one command of ufw, ours the firewall. */
function translate({ ufw: params, ...rest }: Task): Task {
  const { rule, port, policy, default: chosen = policy, direction, state, logging, ...others } = Object(params);
  const entry = { rule, to_port: port, ...others, ...(direction === undefined ? {} : { direction }) };
  return {
    ...rest,
    ufw: {
      ...(rule === undefined ? {} : { rules: [entry] }),
      ...(chosen === undefined ? {} : { default: { [direction ?? 'incoming']: chosen } }),
      ...(state === undefined ? {} : { state }),
      ...(logging === undefined ? {} : { logging }),
    },
  };
}

const rules = task('ufw', {
  rule: fc.constantFrom('allow', 'deny', 'reject', 'limit'),
  port: fc.constantFrom('80', '443', '8000:8010', '53'),
  proto: fc.constantFrom('tcp', 'udp', 'tcp'),
  from_ip: rare(fc.constantFrom('10.9.0.0/16', '192.0.2.7')),
  to_ip: rare(fc.constant('192.0.2.1')),
  direction: rare(fc.constantFrom('in', 'out')),
  comment: rare(fc.constant('said')),
  delete: rare(fc.boolean(), 4),
});
const policies = task('ufw', {
  default: fc.constantFrom('deny', 'allow', 'reject'),
  direction: fc.constantFrom('incoming', 'outgoing'),
});
const states = task('ufw', {
  logging: optional(fc.constantFrom('on', 'off', 'full')),
  state: fc.constantFrom('enabled', 'disabled'),
});

export const ufw: Subject = {
  module: 'ufw',
  announced: [
    { key: 'logging-on', is: refusing(/‹logging›/) },
    {
      key: 'delete-alike',
      is: of(({ delete: gone }) => gone === true, any(ending('changed', 'ok'), ending('ok', 'changed'))),
    },
  ],
  translate,
  reset:
    'ufw --force reset >/dev/null; rm -f /etc/ufw/*.rules.*; ufw default deny incoming >/dev/null; ufw default allow outgoing >/dev/null; ufw allow 22/tcp >/dev/null; ufw logging low >/dev/null; ufw --force enable >/dev/null',
  commands: ['ufw status verbose', 'ufw show added'],
  share: 0.15,
  trials: fc.record({
    given: fc
      .subarray(['ufw allow 80/tcp >/dev/null', 'ufw deny from 10.9.0.0/16 >/dev/null', 'ufw limit 443/tcp >/dev/null'])
      .map((lines) => lines.join('\n')),
    /** A setting stands alone: what a later task doesn't say has ufw's own default here, and stays as it is there. */
    tasks: fc.oneof(
      { weight: 4, arbitrary: few(rules) },
      { weight: 1, arbitrary: fc.tuple(policies) },
      { weight: 1, arbitrary: fc.tuple(states) },
    ),
  }),
};
