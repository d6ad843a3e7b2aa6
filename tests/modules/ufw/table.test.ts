import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wouldLockOut } from '../../../modules/ufw/lockout.ts';
import {
  longRule,
  matchKey,
  parseTuple,
  ruleLabel,
  ruleWords,
  shortRule,
  type UfwRule,
} from '../../../modules/ufw/rule.ts';
import ufw from '../../../modules/ufw/ufw.ts';
import type { UfwState } from '../../../modules/ufw/want.ts';
import { bind, output } from '../harness/bind.ts';
import { table } from '../harness/table.ts';
import { firewallParams, firewallRules } from './firewalls.ts';
import { changedBy } from './model.ts';

const tuples = (...texts: string[]) => texts.map(parseTuple);
const four = (rule: string) => `${rule.replaceAll('ANY', '0.0.0.0/0')}`;
const six = (rule: string) => `${rule.replaceAll('ANY', '::/0')}`;
const both = (...texts: string[]) => ({ 4: tuples(...texts.map(four)), 6: tuples(...texts.map(six)) });
const SSH = 'allow tcp 22 ANY any ANY in';
const HTTP = 'allow tcp 80 ANY any ANY in';

const LOGIN = { port: 22, server: '10.0.0.2', client: '10.0.0.1', interface: 'eth0' };

const off: UfwState = {
  hidden: false,
  enabled: false,
  loaded: false,
  logging: 'low',
  ipv6: true,
  policies: { incoming: 'DROP', outgoing: 'ACCEPT', routed: 'DROP' },
  rules: { 4: [], 6: [] },
  connection: LOGIN,
};
const on: UfwState = { ...off, enabled: true, loaded: true, rules: both(SSH, HTTP) };

table(ufw, [
  {
    title: 'a bare host: rules first, then the firewall',
    params: { allow: ['22/tcp', '443,80/tcp'] },
    have: off,
    changes: [
      '+ ufw rule allow 22/tcp',
      '  $ ufw allow in proto tcp from any to any port 22',
      '+ ufw rule allow 80,443/tcp',
      '  $ ufw allow in proto tcp from any to any port 80,443',
      '~ ufw firewall: off → on',
      '  $ ufw --force enable',
    ],
  },
  {
    title: 'as it should be',
    params: { allow: ['22/tcp', '80/tcp'] },
    have: on,
    changes: [],
    result: { enabled: true, rules: 2 },
  },
  { title: 'other rules stay', params: { allow: ['22/tcp'] }, have: on, changes: [] },
  {
    title: 'unless the list is exclusive; both families go by one command',
    params: { allow: ['22/tcp'], exclusive: true },
    have: { ...on, rules: both(SSH, HTTP, 'deny udp 53 ANY any ANY in_eth0') },
    changes: [
      '- ufw rule deny on eth0 53/udp',
      '  $ ufw --force delete deny in on eth0 proto udp from any to any port 53',
      '- ufw rule allow 80/tcp',
      '  $ ufw --force delete allow in proto tcp from any to any port 80',
    ],
  },
  {
    title: 'a stranger in one family, a route, a profile and a log',
    params: { allow: ['22/tcp'], exclusive: true },
    have: {
      ...on,
      rules: {
        4: tuples(
          four(SSH),
          'route:allow any any 0.0.0.0/0 any 0.0.0.0/0 in_eth0!out_eth1',
          'allow_log tcp 80,443 0.0.0.0/0 any 0.0.0.0/0 Nginx%20Full - in',
        ),
        6: tuples(six(SSH), 'allow any any ::/0 any 2001:db8::/32 in'),
      },
    },
    changes: [
      '- ufw rule route allow on eth0 out eth1 everything',
      '  $ ufw --force route delete allow in on eth0 out on eth1 from 0.0.0.0/0 to 0.0.0.0/0',
      '- ufw rule allow log Nginx Full',
      "  $ ufw --force delete allow in log from 0.0.0.0/0 to 0.0.0.0/0 app 'Nginx Full'",
      '- ufw rule allow from 2001:db8::/32 to any',
      '  $ ufw --force delete allow in from 2001:db8::/32 to any',
    ],
  },
  {
    title: 'rules that are taken away: as they are written, and no other',
    params: {
      allow: ['22/tcp'],
      rules: [
        { rule: 'allow', to_port: 80, proto: 'tcp', delete: true },
        { rule: 'deny', to_port: 25, proto: 'tcp', delete: true },
        { rule: 'allow', route: true, from_ip: '10.0.0.0/8', delete: true },
        { rule: 'allow', to_port: 443, proto: 'tcp', delete: true },
      ],
    },
    have: {
      ...on,
      rules: both(
        SSH,
        `${HTTP} comment=61`,
        'allow tcp 25 ANY any ANY in',
        'route:allow any any ANY any 10.0.0.0/8 in',
      ),
    },
    changes: [
      '- ufw rule allow 80/tcp',
      '  $ ufw --force delete allow in proto tcp from any to any port 80',
      '- ufw rule route allow from 10.0.0.0/8 to any',
      '  $ ufw --force route delete allow from 10.0.0.0/8 to any',
    ],
  },
  {
    title: 'the rule that lets us in is not taken away',
    params: { rules: [{ rule: 'allow', to_port: 22, proto: 'tcp', delete: true }] },
    have: on,
    changes: [],
    failure: 'would lock this connection out',
  },
  {
    title: 'rules for what is routed, by source port and by profile, logged',
    params: {
      allow: ['22/tcp'],
      rules: [
        { rule: 'allow', route: true, interface_in: 'eth0', interface_out: 'eth1', to_ip: '10.0.0.0/8' },
        { rule: 'deny', interface_out: 'eth1', proto: 'udp', from_port: 68, to_port: 67, log: true },
        { rule: 'limit', name: 'Nginx Full' },
        { rule: 'allow', proto: 'igmp' },
      ],
    },
    have: { ...on, profiles: ['Nginx Full'] },
    changes: [
      '+ ufw rule route allow on eth0 out eth1 from any to 10.0.0.0/8',
      '  $ ufw route allow in on eth0 out on eth1 from any to 10.0.0.0/8',
      '+ ufw rule deny log out on eth1 from any port 68 to any port 67/udp',
      '  $ ufw deny out on eth1 log proto udp from any port 68 to any port 67',
      '+ ufw rule limit Nginx Full',
      "  $ ufw limit in from any to any app 'Nginx Full'",
      '+ ufw rule allow proto igmp',
      '  $ ufw allow in proto igmp from any to any',
    ],
  },
  {
    title: 'a rule that IPv6 lacks',
    params: { allow: ['22/tcp'] },
    have: { ...on, rules: { 4: tuples(four(SSH)), 6: [] } },
    changes: [
      '~ ufw rule allow 22/tcp: not everywhere in its place → in its place',
      '  $ ufw allow in proto tcp from any to any port 22',
    ],
  },
  {
    title: 'on a host without IPv6',
    params: { allow: ['22/tcp'] },
    have: { ...on, ipv6: false, rules: { 4: tuples(four(SSH)), 6: [] } },
    changes: [],
  },
  {
    title: 'a rule in full, normalized',
    params: {
      allow: '22/tcp',
      rules: [
        { rule: 'reject', from_ip: '10.1.2.3/8', to_port: '2000:2010,99', proto: 'udp', comment: 'noise' },
        { rule: 'deny', to_ip: '2001:DB8:0::1', direction: 'out', interface: 'eth0' },
      ],
    },
    have: { ...on, rules: both(SSH) },
    changes: [
      '+ ufw rule reject from 10.0.0.0/8 to any port 99,2000:2010/udp: noise',
      '  $ ufw prepend reject in proto udp from 10.0.0.0/8 to any port 99,2000:2010 comment noise',
      '+ ufw rule deny out on eth0 from any to 2001:db8::1',
      '  $ ufw deny out on eth0 from any to 2001:db8::1',
    ],
  },
  {
    title: 'a port that was denied is allowed where it stands, and what is denied now comes before it',
    params: { allow: '22/tcp', deny: '25/tcp' },
    have: { ...on, rules: both('deny tcp 22 ANY any ANY in') },
    changes: [
      '+ ufw rule deny 25/tcp',
      '  $ ufw prepend deny in proto tcp from any to any port 25',
      '~ ufw rule allow 22/tcp: deny 22/tcp → allow 22/tcp',
      '  $ ufw allow in proto tcp from any to any port 22',
    ],
  },
  {
    title: 'the rule by which we are let in is put in before the wider ones are moved behind it',
    params: {
      rules: [
        { rule: 'allow', from_ip: '10.0.0.1', to_port: 22, proto: 'tcp' },
        { rule: 'deny', from_ip: '10.0.0.0/8' },
      ],
      allow: '22/tcp',
    },
    have: { ...on, rules: both(SSH) },
    changes: [
      '+ ufw rule allow from 10.0.0.1 to any port 22/tcp',
      '  $ ufw allow in proto tcp from 10.0.0.1 to any port 22',
      '+ ufw rule deny from 10.0.0.0/8 to any',
      '  $ ufw deny in from 10.0.0.0/8 to any',
      '~ ufw rule allow 22/tcp: not everywhere in its place → in its place',
      '  $ ufw --force delete allow in proto tcp from any to any port 22',
      '  revert ufw allow in proto tcp from any to any port 22',
      '  $ ufw allow in proto tcp from any to any port 22',
    ],
  },
  {
    title: 'a rule that moves keeps its comment, and goes from each family as it is there',
    params: { deny: '80/tcp', allow: '22/tcp' },
    have: {
      ...on,
      rules: {
        4: tuples(four(SSH), `${four('deny tcp 80 ANY any ANY in')} comment=6b657074`),
        6: tuples(six(SSH), six(HTTP)),
      },
    },
    changes: [
      '~ ufw rule deny 80/tcp: not everywhere in its place → in its place',
      '  $ ufw --force delete deny in proto tcp from 0.0.0.0/0 to 0.0.0.0/0 port 80',
      '  revert ufw deny in proto tcp from 0.0.0.0/0 to 0.0.0.0/0 port 80 comment kept',
      '  $ ufw --force delete allow in proto tcp from ::/0 to ::/0 port 80',
      '  revert ufw allow in proto tcp from ::/0 to ::/0 port 80',
      '  $ ufw prepend deny in proto tcp from any to any port 80 comment kept',
    ],
  },
  {
    title: 'a changed action takes the old rule’s place',
    params: { allow: '22/tcp', deny: '80/tcp' },
    have: { ...on, rules: both(HTTP, SSH) },
    changes: [
      '~ ufw rule deny 80/tcp: allow 80/tcp → deny 80/tcp',
      '  $ ufw deny in proto tcp from any to any port 80',
    ],
  },
  {
    title: 'order matters where one lets in and the other keeps out',
    params: {
      allow_lockout: true,
      rules: [
        { rule: 'allow', from_ip: '10.0.0.5' },
        { rule: 'deny', from_ip: '10.0.0.0/8' },
      ],
    },
    have: {
      ...on,
      ipv6: false,
      rules: {
        4: tuples('deny any any 0.0.0.0/0 any 10.0.0.0/8 in', 'allow any any 0.0.0.0/0 any 10.0.0.5 in'),
        6: [],
      },
    },
    changes: [
      '~ ufw rule allow from 10.0.0.5 to any: not everywhere in its place → in its place',
      '  $ ufw --force delete allow in from 10.0.0.5 to any',
      '  revert ufw allow in from 10.0.0.5 to any',
      '  $ ufw prepend allow in from 10.0.0.5 to any',
    ],
  },
  {
    title: 'policies and logging',
    params: { allow: '22/tcp', default: { outgoing: 'reject', routed: 'allow' }, logging: 'off' },
    have: on,
    changes: [
      '~ ufw default routed: deny → allow',
      '  $ ufw default allow routed',
      '~ ufw default outgoing: allow → reject',
      '  $ ufw default reject outgoing',
      '~ ufw logging: low → off',
      '  $ ufw logging off',
    ],
  },
  { title: 'off', params: { state: 'disabled' }, have: on, changes: ['~ ufw firewall: on → off', '  $ ufw disable'] },
  {
    title: 'on, but its rules are not in the kernel',
    params: {},
    have: { ...on, loaded: false },
    changes: ['~ ufw firewall: not loaded → on', '  $ ufw disable && ufw --force enable'],
  },
  {
    title: 'without root',
    params: {},
    have: { ...off, hidden: true },
    changes: [],
    failure: "only root may read ufw's rules",
  },
  {
    title: 'nobody is let in',
    params: { allow: ['80/tcp'] },
    have: off,
    changes: [],
    failure: 'would lock this connection out',
  },
  {
    title: 'ssh is taken away',
    params: { allow: ['80/tcp'], exclusive: true },
    have: on,
    changes: [],
    failure: 'would lock this connection out',
  },
  {
    title: 'ssh is denied',
    params: { deny: ['22/tcp'] },
    have: on,
    changes: [],
    failure: 'would lock this connection out',
  },
  {
    title: 'ssh came by IPv6, which ufw would shut altogether',
    params: { allow: ['22/tcp'] },
    have: { ...off, ipv6: false, connection: { ...LOGIN, client: '2001:db8::1', server: '2001:db8::2' } },
    changes: [],
    failure: 'would lock this connection out',
  },
  {
    title: 'ssh is on another port',
    params: { allow: ['22/tcp'] },
    have: { ...off, connection: { ...LOGIN, port: 2222 } },
    changes: [],
    failure: 'would lock this connection out',
  },
  {
    title: 'as it is meant',
    params: { deny: ['22/tcp'], allow_lockout: true },
    have: on,
    changes: [
      '~ ufw rule deny 22/tcp: allow 22/tcp → deny 22/tcp',
      '  $ ufw deny in proto tcp from any to any port 22',
    ],
  },
  {
    title: 'a profile that the host has no words for',
    params: { allow: ['22/tcp', 'Openssh'] },
    have: { ...on, profiles: ['Nginx Full', 'OpenSSH'] },
    changes: [],
    failure: 'ufw knows no application profile Openssh',
  },
  {
    title: 'on the console there is nothing to lock out',
    params: {},
    have: { ...off, connection: undefined },
    changes: ['~ ufw firewall: off → on', '  $ ufw --force enable'],
  },
]);

describe('whether a login still gets through', () => {
  const connection = { port: 22, server: '10.0.0.2', client: '10.0.0.1', interface: 'eth0' };
  const rule = (text: string): UfwRule => parseTuple(four(text));
  test.each([
    [[], 'DROP', true],
    [[], 'ACCEPT', false],
    [['allow any any ANY any ANY in'], 'DROP', false],
    [['limit tcp 20:30 ANY any ANY in'], 'DROP', false],
    [['allow tcp 80,22,443 ANY any ANY in'], 'DROP', false],
    [['allow udp 22 ANY any ANY in'], 'DROP', true],
    [['allow tcp 22 ANY any ANY out'], 'DROP', true],
    [['route:allow tcp 22 ANY any ANY in'], 'DROP', true],
    [['allow tcp 22 ANY any 10.0.0.0/24 in'], 'DROP', false],
    [['allow tcp 22 ANY any 10.0.1.0/24 in'], 'DROP', true],
    [['allow tcp 22 10.0.0.3 any ANY in'], 'DROP', true],
    [['allow tcp 22 ANY any ANY in_eth1'], 'DROP', true],
    [['allow tcp 22 ANY any ANY in_eth0'], 'DROP', false],
    [['allow tcp any ANY 22 ANY in'], 'DROP', true],
    [['allow tcp 22 ANY any ANY OpenSSH - in'], 'DROP', false],
    [['deny any any ANY any 10.0.0.1 in', 'allow tcp 22 ANY any ANY in'], 'DROP', true],
    [['allow tcp 22 ANY any ANY in', 'deny any any ANY any 10.0.0.1 in'], 'DROP', false],
    [['deny any any ANY any 10.0.0.9 in'], 'ACCEPT', false],
  ])('%j, then %s', (rules, incoming, locked) => {
    expect(wouldLockOut(connection, rules.map(rule), incoming)).toBe(locked);
  });

  test('what the host could not tell counts against us', () => {
    const vague = { port: 22, server: undefined, client: undefined, interface: undefined };
    expect(wouldLockOut(vague, [rule('allow tcp 22 ANY any 10.0.0.0/24 in')], 'DROP')).toBe(true);
    expect(wouldLockOut(vague, [rule('deny tcp 22 ANY any 10.0.0.0/24 in')], 'ACCEPT')).toBe(true);
    expect(wouldLockOut(vague, [rule('allow tcp 22 ANY any ANY in')], 'DROP')).toBe(false);
  });

  test('loopback is always let in', () => {
    expect(wouldLockOut({ ...connection, client: '127.0.0.1' }, [], 'DROP')).toBe(false);
  });
});

describe('the steps on a model of ufw', () => {
  const client = '10.0.0.1';
  const host = fc.record({
    rules: firewallRules(client, '10.0.0.0/8'),
    ipv6: fc.constantFrom(true, true, false),
    incoming: fc.constantFrom('DROP', 'ACCEPT'),
    from: fc.constantFrom(client, client, '2001:db8::1', undefined),
  });

  test('one run is enough, and our own login is never shut out in between', () => {
    let whole = 0;
    fc.assert(
      fc.property(host, firewallParams(client, '10.0.0.0/8'), ({ rules, ipv6, incoming, from }, wanted) => {
        const six = from?.includes(':') === true;
        const connection = { ...LOGIN, client: from, server: six ? '2001:db8::2' : '10.0.0.2' };
        const policies = { ...on.policies, incoming };
        const have: UfwState = { ...on, ipv6, connection, policies, rules: ipv6 ? rules : { ...rules, 6: [] } };
        let want: unknown;
        try {
          want = bind(ufw, wanted);
        } catch (error) {
          expect(String(error)).toMatch('contradict');
          return;
        }
        const { changes, failure } = ufw.plan(have, want);
        const shut = (now: UfwState) =>
          (six && !ipv6) || wouldLockOut(connection, now.rules[six ? 6 : 4], now.policies.incoming);
        let now = have;
        let opened = !shut(now);
        for (const { script, after } of changedBy(have, changes)) {
          now = after;
          expect(!shut(now) || !opened, `shut out by ${script}`).toBe(true);
          opened ||= !shut(now);
        }
        if (failure) return;
        whole += 1;
        const again = ufw.plan(now, want);
        expect(again.changes.flatMap(({ what, from: old, to }) => `${what}: ${old} → ${to}`)).toEqual([]);
      }),
      { seed: 20260102, numRuns: 2000 },
    );
    expect(whole).toBeGreaterThan(400);
  });
});

describe('tuples', () => {
  test.each([
    'allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in',
    'deny_log-all any any 10.0.0.0/8 5 ::/0 out_eth0',
    'route:reject udp 1:2 0.0.0.0/0 any 1.2.3.4 in_eth0!out_eth1 comment=6974',
  ])('%s', (text) => {
    const rule = parseTuple(text);
    expect(ruleLabel(rule)).not.toBe('');
    expect(ruleWords(rule)).toContain(rule.action);
  });

  test.each(['', 'allow', 'permit tcp 22 0.0.0.0/0 any 0.0.0.0/0 in', 'allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 sideways'])(
    '%j is an error',
    (text) => {
      expect(() => parseTuple(text)).toThrow("can't be understood");
    },
  );

  test('a wanted rule and the one that ufw wrote down are the same', () => {
    const pairs = [
      [shortRule('allow', '443,80/tcp'), 'allow tcp 80,443 0.0.0.0/0 any 0.0.0.0/0 in'],
      [shortRule('allow', 'Nginx Full'), 'allow tcp 80,443 ::/0 any ::/0 Nginx%20Full - in'],
      [
        longRule({ rule: 'deny', proto: 'any', direction: 'out', from_ip: '::ffff:1.2.3.4' }),
        'deny any any ::/0 any ::ffff:102:304 out',
      ],
      [
        longRule({ rule: 'limit', proto: 'tcp', direction: 'in', to_port: 22, from_ip: '0.0.0.0/0' }),
        'limit tcp 22 0.0.0.0/0 any 0.0.0.0/0 in',
      ],
    ] as const;
    for (const [want, text] of pairs) expect(want && matchKey(want)).toBe(matchKey(parseTuple(text)));
  });
});

describe('what the host said', () => {
  const parse = (stdout: string) => ufw.parse(output({ stdout }), [bind(ufw, {})])[0];
  const said = (kernel: string, ssh: string, addresses = '') =>
    `@settings\nENABLED=yes\nLOGLEVEL=medium\nIPV6=yes\nDEFAULT_INPUT_POLICY="REJECT"\n@kernel\n${kernel}@rules\n/etc/ufw/user.rules:### tuple ### ${four(SSH)}\n@ssh\n${ssh}@addresses\n${addresses}@end\n`;
  const row = (local: string, remote: string, inode: number) =>
    `   3: ${local} ${remote} 01 0:0 00:0 0 0 0 ${inode} 1 0 0\n`;

  test('settings, rules and the login', () => {
    const ssh = `sshd\n${row('0200000A:1F90', '0300000A:0050', 10)}${row('0200000A:08AE', '0100000A:C350', 8)}`;
    const addresses =
      '1: lo    inet 127.0.0.1/8 scope host lo\n2: eth0    inet 10.0.0.2/24 brd 10.0.0.255 scope global eth0\n';
    expect(parse(said('ipv6\nufw\nloaded\n', ssh, addresses))).toMatchObject({
      enabled: true,
      loaded: true,
      logging: 'medium',
      ipv6: true,
      policies: { incoming: 'REJECT', outgoing: 'ACCEPT', routed: 'DROP' },
      rules: { 4: [{ action: 'allow', port: '22' }], 6: [] },
      connection: { port: 2222, server: '10.0.0.2', client: '10.0.0.1', interface: 'eth0' },
    });
  });

  test('IPv6, and IPv4 in it', () => {
    const six = row('B80D0120000000000000000002000000:0016', 'B80D0120000000000000000001000000:C350', 8);
    expect(parse(said('ufw\n', `sshd\n${six}`))).toMatchObject({
      connection: { port: 22, server: '2001:db8::2', client: '2001:db8::1', interface: undefined },
    });
    const mapped = row('0000000000000000FFFF00000200000A:0016', '0000000000000000FFFF00000100000A:C350', 8);
    expect(parse(said('ufw\n', `sshd\n${mapped}`))).toMatchObject({ connection: { client: '10.0.0.1' } });
  });

  test('a login that the host knows no port of', () => {
    expect(parse(said('ufw\n', 'sshd\n'))).toMatchObject({ connection: { port: 22, client: undefined } });
    expect(parse(said('ufw\n', ''))).toMatchObject({ connection: undefined });
  });

  test('a line that ufw would not write is an error', () => {
    expect(() => parse(said('ufw\n', '').replace('### tuple', '###'))).toThrow("can't be understood");
  });

  test('no ufw', () => {
    expect(parse('@settings\n@kernel\n@rules\n\n@ssh\n@addresses\n@end\n')).toMatchObject({
      needs: ['package:ufw'],
      fresh: { enabled: false, policies: { incoming: 'DROP' } },
    });
  });

  test('half an answer is an error', () => {
    expect(() => parse('@settings\n@kernel\nufw\n@rules\n')).toThrow('before its end');
  });
});

describe('what is refused', () => {
  test.each([
    [{ allow: ['ssh'] }, '‹ssh› is no port'],
    [{ allow: ['80,443'] }, 'is no port'],
    [{ allow: ['22/sctp'] }, 'is no port'],
    [{ allow: ['70000/tcp'] }, 'is no port'],
    [{ allow: ['22/tcp; reboot'] }, 'is no port'],
    [{ rules: [{ rule: 'allow', from_ip: '10.0.0.300' }] }, 'no such rule'],
    [{ rules: [{ rule: 'allow', to_port: '1:5' }] }, 'no such rule'],
    [{ rules: [{ rule: 'allow', comment: "it's" }] }, 'no such comment'],
    [{ rules: [{ rule: 'allow', to_port: 22, proto: 'gre' }] }, 'no such rule'],
    [{ rules: [{ rule: 'allow', from_ip: '10.0.0.1', to_ip: '2001:db8::1' }] }, 'no such rule'],
    [{ rules: [{ rule: 'allow', interface: '..' }] }, 'no such rule'],
    [{ rules: [{ rule: 'allow', interface_in: 'eth0', interface_out: 'eth1' }] }, 'no such rule'],
    [{ rules: [{ rule: 'allow', interface: 'eth0', interface_in: 'eth1' }] }, 'no such rule'],
    [{ rules: [{ rule: 'allow', route: true, direction: 'out' }] }, 'no such rule'],
    [{ rules: [{ rule: 'allow', name: 'OpenSSH', to_port: 22 }] }, 'no such rule'],
    [{ rules: [{ rule: 'allow', proto: 'igmp', from_ip: '2001:db8::1' }] }, 'no such rule'],
    [{ rules: [{ rule: 'allow', from_port: '1,2' }] }, 'no such rule'],
    [{ allow: ['22/tcp'], rules: [{ rule: 'allow', to_port: 22, proto: 'tcp', delete: true }] }, 'contradict'],
    [{ allow: ['30:20/tcp'] }, 'is no port'],
    [{ allow: ['1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16/tcp'] }, 'is no port'],
    [{ allow: ['80/tcp', '22/tcp'], deny: ['80/tcp'] }, '‹allow 80/tcp› and ‹deny 80/tcp› contradict each other'],
    [{ allow: ['22/tcp'], rules: [{ rule: 'limit', to_port: 22, proto: 'tcp' }] }, 'contradict'],
  ])('%j', (params, words) => {
    expect(() => bind(ufw, params)).toThrow(words);
  });
});
