// Rules of a firewall as hosts have them and tasks want them, drawn so that they meet: few ports, addresses and
// interfaces, and our own login among them.
import fc from 'fast-check';
import { distinct, familiesOf, longRule, shortRule, type UfwRule } from '../../../modules/ufw/rule.ts';
import type { Params } from '../harness/bind.ts';

const ACTIONS = ['allow', 'deny', 'reject', 'limit'] as const;
const action = fc.constantFrom(...ACTIONS);

/** Without what is undefined. */
const given = (params: Params): Params =>
  Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));

function parts(client: string, network: string, profile: string) {
  const port = fc.constantFrom('22/tcp', '22/tcp', '25/tcp', '22,25/tcp', '20:30/tcp', '53', 'OpenSSH', profile);
  const rarely = fc.constantFrom(undefined, undefined, undefined, true);
  const every = fc.record({
    rule: action,
    to_port: fc.constantFrom(undefined, 22, 22, '20:30'),
    from_ip: fc.constantFrom(undefined, undefined, client, network, '192.0.2.7', '2001:db8::/32'),
    direction: fc.constantFrom('in' as const, 'in' as const, 'in' as const, 'out' as const),
    interface: fc.constantFrom(undefined, undefined, 'eth0', 'eth1'),
    comment: fc.constantFrom(undefined, undefined, 'why not'),
    proto: fc.constant('tcp'),
    route: rarely,
    log: rarely,
  });
  const rule = every.filter((one) => longRule(one) !== undefined);
  const short = fc.tuple(action, port);
  return { rule, short, rarely };
}

/** Parameters of the module ufw; some of them contradict themselves. */
export function firewallParams(client: string, network: string, profile = 'Samba'): fc.Arbitrary<Params> {
  const { rule, short, rarely } = parts(client, network, profile);
  const entry = fc.tuple(rule, rarely).map(([one, gone]) => ({ ...one, delete: gone }));
  return fc
    .record({
      rules: fc.array(entry, { maxLength: 5 }),
      ports: fc.array(short, { maxLength: 4 }),
      exclusive: fc.boolean(),
      incoming: fc.constantFrom('deny', 'allow', 'reject'),
    })
    .map(({ rules, ports, exclusive, incoming }) => ({
      ...{ rules: rules.map(given), exclusive, default: { incoming } },
      ...Object.fromEntries(ACTIONS.map((one) => [one, ports.filter(([own]) => own === one).map(([, text]) => text)])),
    }));
}

/** The rules of a host in both families, often the same. */
export function firewallRules(
  client: string,
  network: string,
  profile = 'Samba',
): fc.Arbitrary<{ readonly 4: readonly UfwRule[]; readonly 6: readonly UfwRule[] }> {
  const { rule, short } = parts(client, network, profile);
  const one = fc.oneof(
    rule.map((params) => longRule(params)),
    short.map(([verb, text]) => shortRule(verb, text)),
  );
  const list = fc.array(one, { maxLength: 6 }).map((rules) => distinct(rules.flatMap((known) => known ?? [])));
  return fc.record({ 4: list, 6: list, alike: fc.constantFrom(true, true, false) }).map(({ alike, ...lists }) => ({
    4: lists[4].filter((known) => familiesOf(known).includes(4)),
    6: (alike ? lists[4] : lists[6]).filter((known) => familiesOf(known).includes(6)),
  }));
}
