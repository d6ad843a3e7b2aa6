// A rule of ufw: as a task writes it, as /etc/ufw/user.rules keeps it, and as the words of a ufw command.
import { formatNetwork, parseNetwork } from './address.ts';

export type Action = 'allow' | 'deny' | 'reject' | 'limit';

export interface UfwRule {
  readonly action: Action;
  /** `log`, `log-all` or nothing. */
  readonly log: string;
  readonly route: boolean;
  readonly direction: 'in' | 'out';
  /** `in_eth0`'s interface; for a route with two, ufw's own text. */
  readonly interface: string;
  readonly proto: string;
  /** Port, `80,443`, `1000:2000`, `any`, or undefined where a profile says it. */
  readonly port: string;
  readonly sourcePort: string;
  /** Normalized network, or `any`. */
  readonly from: string;
  readonly to: string;
  /** Name of an application profile that says the port; empty without one. */
  readonly profile: string;
  /** The same for the port that it comes from. */
  readonly sourceProfile: string;
  readonly comment: string;
}

const PLAIN: UfwRule = {
  action: 'allow',
  log: '',
  route: false,
  direction: 'in',
  interface: '',
  proto: 'any',
  port: 'any',
  sourcePort: 'any',
  from: 'any',
  to: 'any',
  profile: '',
  sourceProfile: '',
  comment: '',
};

const PORTS = /^\d{1,5}(:\d{1,5})?(,\d{1,5}(:\d{1,5})?)*$/;

/** `22/tcp`, `80,443/tcp`, `53` or an application profile (`OpenSSH`). Undefined for what is none. */
export function shortRule(action: Action, text: string): UfwRule | undefined {
  const [, ports, proto = 'any'] = /^([\d,:]+)(?:\/(tcp|udp))?$/.exec(text) ?? [];
  if (ports !== undefined) return arePorts(ports, proto) ? { ...PLAIN, action, port: sorted(ports), proto } : undefined;
  return PROFILE.test(text) ? { ...PLAIN, action, profile: text } : undefined;
}

/** An entry of `rules`. */
export interface LongRule {
  readonly rule: Action;
  readonly to_port?: string | number | undefined;
  readonly from_port?: string | number | undefined;
  /** An application profile in the place of `to_port`. */
  readonly name?: string | undefined;
  readonly proto?: string | undefined;
  readonly from_ip?: string | undefined;
  readonly to_ip?: string | undefined;
  readonly direction?: 'in' | 'out' | undefined;
  readonly interface?: string | undefined;
  readonly interface_in?: string | undefined;
  readonly interface_out?: string | undefined;
  readonly route?: boolean | undefined;
  readonly log?: boolean | undefined;
  readonly delete?: boolean | undefined;
  readonly comment?: string | undefined;
}

/** The same rule in one way of writing; undefined for what ufw has no rule for. */
export function longRule(given: LongRule): UfwRule | undefined {
  const { rule: action, to_port: port, from_port: sourcePort, name = '', proto = 'any', comment = '' } = given;
  const addresses = [given.from_ip, given.to_ip].map((text) =>
    text === undefined || text === 'any' ? 'any' : network(text),
  );
  const [from, to] = addresses;
  if (from === undefined || to === undefined) return undefined;
  if (from !== 'any' && to !== 'any' && from.includes(':') !== to.includes(':')) return undefined;
  if (ONLY_IPV4.includes(proto) && addresses.some((text) => text?.includes(':'))) return undefined;
  const way = wayOf(given);
  if (way === undefined) return undefined;
  if ([port, sourcePort].some((ports) => ports !== undefined && !arePorts(`${ports}`, proto))) return undefined;
  // A profile says port and protocol.
  if (name !== '' && (port !== undefined || proto !== 'any' || !PROFILE.test(name))) return undefined;
  return {
    ...PLAIN,
    ...way,
    action,
    log: given.log === true ? 'log' : '',
    route: given.route === true,
    proto,
    port: port === undefined ? 'any' : sorted(`${port}`),
    sourcePort: sourcePort === undefined ? 'any' : sorted(`${sourcePort}`),
    from,
    to,
    profile: name,
    comment,
  };
}

/** Direction and interface, or for what is routed the two of them, as ufw keeps them. */
function wayOf(given: LongRule): Pick<UfwRule, 'direction' | 'interface'> | undefined {
  const { interface: one, interface_in: inward, interface_out: outward, route = false } = given;
  if ([one, inward, outward].some((name) => name !== undefined && /^\.\.?$/.test(name))) return undefined;
  if (inward === undefined && outward === undefined) {
    const { direction = 'in' } = given;
    // Routed traffic has a direction only at an interface.
    return route && one === undefined && direction === 'out' ? undefined : { direction, interface: one ?? '' };
  }
  if (one !== undefined || given.direction !== undefined) return undefined;
  if (inward === undefined) return { direction: 'out', interface: outward ?? '' };
  if (outward === undefined) return { direction: 'in', interface: inward };
  return route ? { direction: 'in', interface: `${inward}!out_${outward}` } : undefined;
}

const PROFILE = /^[A-Z][A-Za-z0-9 ._+-]*$/;
const ONLY_IPV4 = ['ipv6', 'igmp'];

function network(text: string): string | undefined {
  const parsed = parseNetwork(text);
  if (!parsed) return undefined;
  return parsed.prefix === 0 ? 'any' : formatNetwork(parsed);
}

/** ufw wants a protocol where there is more than one port, and takes none for one without ports; iptables takes fifteen. */
function arePorts(text: string, proto: string): boolean {
  const numbers = text.split(/[,:]/).map(Number);
  if (!PORTS.test(text) || numbers.length > 15 || numbers.some((port) => port < 1 || port > 65_535)) return false;
  const ranges = text.split(',').map((part) => part.split(':').map(Number));
  if (ranges.some(([low = 0, high]) => high !== undefined && low >= high)) return false;
  return proto === 'tcp' || proto === 'udp' || (proto === 'any' && numbers.length === 1);
}

function sorted(ports: string): string {
  return ports
    .split(',')
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .join(',');
}

const TUPLE =
  /^(route:)?(allow|deny|reject|limit)(?:_(log|log-all))? (\S+) (\S+) (\S+) (\S+) (\S+)(?: (\S+) (\S+))? (in|out)(?:_(\S+))?(?: comment=([0-9a-f]*))?$/;

/** The text after `### tuple ###`. @throws Error for what ufw doesn't write */
export function parseTuple(text: string): UfwRule {
  const found = TUPLE.exec(text);
  if (!found) throw new Error(`ufw's rules hold a line that can't be understood: ${text}`);
  const [, route, action, log = '', proto = '', port = '', to = '', sourcePort = '', from = ''] = found;
  const [dapp = '-', sapp = '-'] = [found[9], found[10]];
  const [profile = '', sourceProfile = ''] = [dapp, sapp].map((name) =>
    name === '-' ? '' : name.replaceAll('%20', ' '),
  );
  return {
    action: ACTIONS[action ?? ''] ?? 'allow',
    log,
    route: route !== undefined,
    direction: found[11] === 'out' ? 'out' : 'in',
    interface: found[12] ?? '',
    proto: profile === '' && sourceProfile === '' ? proto : 'any',
    port: profile === '' ? port : 'any',
    sourcePort: sourceProfile === '' ? sourcePort : 'any',
    from: network(from) ?? from,
    to: network(to) ?? to,
    profile,
    sourceProfile,
    comment: Buffer.from(found[13] ?? '', 'hex').toString('utf8'),
  };
}

const ACTIONS: Readonly<Record<string, Action>> = { allow: 'allow', deny: 'deny', reject: 'reject', limit: 'limit' };

/** Equal for rules that ufw takes for the same match, whatever their action. */
export function matchKey(rule: UfwRule): string {
  const { action: _, log: _log, comment: _comment, ...match } = rule;
  return JSON.stringify(match);
}

/** The first of those that ufw takes for the same match. */
export function distinct(rules: readonly UfwRule[]): readonly UfwRule[] {
  const keys = rules.map(matchKey);
  return rules.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

/** Equal for rules that do the same; a comment counts only where one is wanted. */
export function sameRule(have: UfwRule, want: UfwRule): boolean {
  return (
    matchKey(have) === matchKey(want) &&
    have.action === want.action &&
    have.log === want.log &&
    (want.comment === '' || have.comment === want.comment)
  );
}

/** Whether it lets in what it matches. */
export function lets({ action }: UfwRule): boolean {
  return action === 'allow' || action === 'limit';
}

/** Which of the two sets of tables it is in. */
export function familiesOf(rule: UfwRule): readonly (4 | 6)[] {
  if (ONLY_IPV4.includes(rule.proto)) return [4];
  const family = [rule.from, rule.to].map((text) => parseNetwork(text)?.family).find((one) => one !== undefined);
  return family === undefined ? [4, 6] : [family];
}

/** The words of a ufw command after the verb: `allow in on eth0 proto tcp from any to any port 22`. */
export function ruleWords(rule: UfwRule, family?: 4 | 6): readonly string[] {
  const {
    action,
    direction,
    interface: name,
    log,
    proto,
    from,
    to,
    port,
    sourcePort,
    profile,
    sourceProfile,
    comment,
  } = rule;
  const any = family === undefined ? 'any' : family === 4 ? '0.0.0.0/0' : '::/0';
  const [own, other] = name.split('!');
  return [
    action,
    ...(rule.route && name === '' ? [] : [direction]),
    ...(own ? ['on', own] : []),
    ...(other ? [other.startsWith('out_') ? 'out' : 'in', 'on', other.replace(/^(out|in)_/, '')] : []),
    ...(log ? [log] : []),
    ...(proto === 'any' ? [] : ['proto', proto]),
    ...['from', from === 'any' ? any : from],
    ...(sourceProfile ? ['app', sourceProfile] : sourcePort === 'any' ? [] : ['port', sourcePort]),
    ...['to', to === 'any' ? any : to],
    ...(profile ? ['app', profile] : port === 'any' ? [] : ['port', port]),
    ...(comment ? ['comment', comment] : []),
  ];
}

/** For people: `allow 22/tcp`, `deny from 10.0.0.0/8 to any port 53/udp`. */
export function ruleLabel(rule: UfwRule): string {
  const {
    action,
    log,
    route,
    direction,
    interface: name,
    proto,
    from,
    to,
    port,
    sourcePort,
    profile,
    sourceProfile,
  } = rule;
  const service = profile || (port === 'any' ? '' : `${port}${proto === 'any' ? '' : `/${proto}`}`);
  const protocol = profile === '' && port === 'any' && proto !== 'any' ? [`proto ${proto}`] : [];
  const source = sourceProfile || (sourcePort === 'any' ? '' : sourcePort);
  const simple = from === 'any' && to === 'any' && source === '';
  return [
    ...(route ? ['route'] : []),
    action,
    ...(log ? [log] : []),
    ...(direction === 'out' ? ['out'] : []),
    ...(name ? [`on ${name.replace('!', ' ').replaceAll('_', ' ')}`] : []),
    ...(simple
      ? [service || protocol[0] || 'everything']
      : [
          `from ${from}${source === '' ? '' : ` port ${source}`} to ${to}`,
          ...(service ? [`port ${service}`] : protocol),
        ]),
  ].join(' ');
}
