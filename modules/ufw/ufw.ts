// The firewall of Debian and Ubuntu, ufw(8): its rules, its policies, and whether it runs.

import { defineModule, OneOf, Strings, Type } from '../../engine/module/index.ts';
import { hasControl } from '../../engine/resources/file/path.ts';
import { DIFFERENCES } from './differences.ts';
import { planUfw } from './plan.ts';
import {
  type Action,
  distinct,
  type LongRule,
  longRule,
  matchKey,
  ruleLabel,
  shortRule,
  type UfwRule,
} from './rule.ts';
import { parseUfw, probeUfw } from './state.ts';
import type { UfwWant } from './want.ts';

const ACTIONS = ['allow', 'deny', 'reject', 'limit'] as const;
const POLICIES = ['allow', 'deny', 'reject'] as const;
const NO_RULES: readonly string[] = [];

/** Of lists of one direction the narrow ones come first: what is denied stays denied. */
const ORDER = ['deny', 'reject', 'limit', 'allow'] as const;

const policy = (chain: string, fallback: (typeof POLICIES)[number]) =>
  OneOf(POLICIES, { default: fallback, description: `What happens to ${chain} traffic that no rule matches` });
const ports = (verb: string) =>
  Type.Unsafe<string | readonly string[]>({
    ...Strings({
      description: `Ports to ${verb}: 22/tcp, 80,443/tcp, 6000:6007/udp, 53, or an application profile such as OpenSSH`,
    }),
    default: [],
  });

const nic = (description: string) => Type.String({ pattern: '^[A-Za-z0-9._-]{1,15}$', description });

export default defineModule({
  name: 'ufw',
  summary: 'Manage the firewall',
  example: `
- name: Firewall
  ufw:
    state: enabled
    default: { incoming: deny }
    allow: [22/tcp, 80/tcp, 443/tcp]

- name: The database for its clients only, and no longer for all
  ufw:
    allow: [22/tcp]
    rules:
      - { rule: allow, from_ip: 192.0.2.0/24, to_port: 5432, proto: tcp, comment: clients }
      - { rule: allow, to_port: 5432, proto: tcp, delete: true }
`,
  params: Type.Object({
    state: OneOf(['enabled', 'disabled'], {
      default: 'enabled',
      description: 'Whether the firewall runs, now and after a reboot',
    }),
    default: Type.Object(
      {
        incoming: policy('incoming', 'deny'),
        outgoing: policy('outgoing', 'allow'),
        routed: policy('routed', 'deny'),
      },
      { default: {}, description: 'Policies' },
    ),
    allow: ports('open'),
    deny: ports('close without an answer'),
    reject: ports('close with an answer'),
    limit: ports('open for at most six connections in thirty seconds from one address'),
    rules: Type.Array(
      Type.Object({
        rule: OneOf(ACTIONS, { description: 'What happens to traffic that matches' }),
        to_port: Type.Optional(
          Type.Union([Type.Integer({ minimum: 1, maximum: 65_535 }), Type.String()], {
            description: 'Port, list or range',
          }),
        ),
        from_port: Type.Optional(
          Type.Union([Type.Integer({ minimum: 1, maximum: 65_535 }), Type.String()], {
            description: 'Port, list or range that it comes from',
          }),
        ),
        name: Type.Optional(Type.String({ description: 'Application profile in the place of port and protocol' })),
        proto: OneOf(['any', 'tcp', 'udp', 'ah', 'esp', 'gre', 'ipv6', 'igmp'], {
          default: 'any',
          description: 'Protocol',
        }),
        from_ip: Type.Optional(Type.String({ description: 'Address or network that it comes from' })),
        to_ip: Type.Optional(Type.String({ description: 'Address or network that it goes to' })),
        direction: Type.Optional(
          OneOf(['in', 'out'], { description: 'Whether it comes in (when not given) or goes out' }),
        ),
        interface: Type.Optional(nic('Network interface that it comes in by, or goes out by')),
        interface_in: Type.Optional(nic('In place of direction and interface: the one that it comes in by')),
        interface_out: Type.Optional(nic('The one that it goes out by; with interface_in for what is routed')),
        route: Type.Boolean({ default: false, description: 'A rule for traffic that the host routes' }),
        log: Type.Boolean({ default: false, description: 'Log what matches' }),
        delete: Type.Boolean({ default: false, description: 'Take this rule away' }),
        comment: Type.Optional(Type.String({ description: 'What the rule is for' })),
      }),
      {
        default: [],
        description: 'Rules in full; of those that match the first decides, and they come before the lists',
      },
    ),
    exclusive: Type.Boolean({ default: false, description: 'Remove all other rules' }),
    logging: OneOf(['off', 'low', 'medium', 'high', 'full'], { default: 'low', description: 'How much is logged' }),
    allow_lockout: Type.Boolean({
      default: false,
      description: 'Go on even when a new login like this one would be refused',
    }),
  }),

  results: Type.Object({
    enabled: Type.Boolean({ description: 'Whether the firewall is to run, as it was before the task' }),
    rules: Type.Integer({ description: 'How many rules there were for IPv4' }),
  }),
  manual: {
    reads:
      'ufw’s own files of settings and rules, whether they are loaded, and by which connection vrun came: ufw itself takes long to start.',
    changes:
      'One command of ufw for each rule: doors are opened before others are shut, and the firewall starts last. What would refuse a new login like this one is refused.',
    dryRun: 'Everything, also before ufw is installed.',
    needs: 'ufw.',
    tried: 'Debian 12: ufw 0.36.2, iptables 1.8.9.',
  },
  differences: DIFFERENCES,

  checkParams: (params) => {
    const short = ACTIONS.flatMap((action) =>
      words(params[action]).flatMap((text) =>
        typeof text !== 'string' || shortRule(action, text) ? [] : [{ parameter: action, ...badPort(text) }],
      ),
    );
    const long = (Array.isArray(params.rules) ? params.rules : []).flatMap((rule: unknown, index) => {
      if (!isRule(rule)) return [];
      const { comment = '' } = rule;
      return [
        ...(longRule(rule)
          ? []
          : [
              {
                parameter: `rules.${index}`,
                summary: 'ufw has no such rule',
                hint: 'Addresses are of one family and written as 192.0.2.0/24; a range of ports rises, and needs proto tcp or udp; `name` stands in the place of port and proto; two interfaces are for `route: true`.',
              },
            ]),
        ...(hasControl(comment) || comment.includes("'")
          ? [
              {
                parameter: `rules.${index}.comment`,
                summary: 'ufw takes no such comment',
                hint: 'Leave out quotes and line breaks.',
              },
            ]
          : []),
      ];
    });
    return [...short, ...long, ...contradictions(params)];
  },

  prepare: (params): UfwWant => ({
    state: params.state,
    policies: params.default,
    rules: distinct([
      ...params.rules.filter((rule) => !rule.delete).flatMap((rule) => longRule(rule) ?? []),
      ...ORDER.flatMap((action) => words(params[action]).flatMap((text) => rulesOf(action, text))),
    ]),
    gone: params.rules.filter((rule) => rule.delete).flatMap((rule) => longRule({ ...rule, comment: '' }) ?? []),
    exclusive: params.exclusive,
    logging: params.logging,
    allowLockout: params.allow_lockout,
  }),

  probe: ({ rules }) => probeUfw(rules),
  parse: parseUfw,
  looksAt: () => ['word:iptables', 'word:nft'],
  about: () => ['firewall:ufw', 'path:/etc/ufw/'],
  plan: planUfw,
});

function words(given: unknown): readonly unknown[] {
  return typeof given === 'string' ? [given] : Array.isArray(given) ? given : NO_RULES;
}

function rulesOf(action: Action, text: unknown): readonly UfwRule[] {
  const rule = typeof text === 'string' ? shortRule(action, text) : undefined;
  return rule ? [rule] : [];
}

/** ufw keeps one rule for the same traffic: the later would take the place of the earlier, in every run again. */
function contradictions(params: Readonly<Record<string, unknown>>) {
  const written = words(params.rules).filter(isRule);
  const gone = written.filter((rule) => rule.delete).flatMap((rule) => longRule(rule) ?? []);
  const rules = [
    ...written.filter((rule) => !rule.delete).flatMap((rule) => longRule(rule) ?? []),
    ...ACTIONS.flatMap((action) => words(params[action]).flatMap((text) => rulesOf(action, text))),
  ];
  return [...rules, ...gone].flatMap((rule, index) => {
    const other = rules
      .slice(0, index)
      .find((one) => matchKey(one) === matchKey(rule) && index >= rules.length === (one.action === rule.action));
    if (!other) return [];
    return [
      {
        parameter: undefined,
        summary: `‹${ruleLabel(other)}› and ‹${ruleLabel(rule)}› contradict each other`,
        hint: 'Keep one of them.',
      },
    ];
  });
}

function badPort(text: string) {
  return {
    summary: `‹${text}› is no port`,
    hint: /^[a-z]/.test(text)
      ? 'Write services by number: 22/tcp for ssh, 80/tcp for http, 443/tcp for https.'
      : 'Write 22/tcp, 6000:6007/udp or 80,443/tcp; a list or range needs its protocol, and has fifteen ports at most.',
  };
}

function isRule(rule: unknown): rule is LongRule {
  return (
    typeof rule === 'object' &&
    rule !== null &&
    'rule' in rule &&
    Object.values(rule).every((one) => ['string', 'number', 'boolean'].includes(typeof one))
  );
}
