// Where a host is and who we are there: the inventory's words first, then ssh's configuration, then the defaults.
import { fail } from '../../language/problem/problem.ts';
import type { Target } from '../channel/connection.ts';
import { knownNames } from '../known-hosts/known-hosts.ts';
import { sshOptions } from './config.ts';
import { type ConnectContext, sshKnownHosts } from './context.ts';
import type { HostCheck } from './host-check.ts';
import { defaultIdentityFiles, type Identities } from './identities.ts';
import type { SshOptions } from './options.ts';

/** One login, ready to be dialled. */
export interface Route {
  /** The inventory's name, or the jump host's as written; for messages. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** What ssh's configuration says of how to dial. */
  readonly family: 4 | 6 | undefined;
  readonly bindAddress: string | undefined;
  readonly identities: Identities;
  readonly check: HostCheck;
  readonly algorithms: Pick<SshOptions, 'kexAlgorithms' | 'ciphers' | 'macs'>;
  /** The jump hosts before it, as ssh's -J; the last one is next to the host. */
  readonly jump: string | undefined;
}

/**
 * Works out the route to a target, from its own words and ssh's configuration.
 * @throws ProblemError `config` where that needs the stock client
 */
export async function routeTo(target: Target, context: ConnectContext): Promise<Route> {
  const options = await optionsFor(target, context);
  const jump = jumpOf(target, options);
  for (const [name, value] of [
    ['ProxyCommand', target.jump === undefined ? options.proxyCommand : undefined],
    ['KnownHostsCommand', options.knownHostsCommand],
    ['BindInterface', options.bindInterface],
  ] as const) {
    if (value !== undefined) needsStockClient(target.name, name, value);
  }
  return {
    host: target.name,
    address: options.hostname ?? target.address,
    port: target.port ?? options.port ?? 22,
    family: options.addressFamily,
    bindAddress: options.bindAddress,
    identities: identitiesFor(target, options, context),
    check: hostCheckFor(target, options, context),
    algorithms: options,
    jump,
  };
}

/** What ssh's configuration says about a target. */
export function optionsFor(target: Target, context: ConnectContext): Promise<SshOptions> {
  return sshOptions(context, target.address, { user: target.user, port: target.port });
}

/** The jump hosts before a target. `none`, in the inventory, is for none whatever ssh's configuration says. */
export function jumpOf(target: Target, options: SshOptions): string | undefined {
  const jump = target.jump ?? options.proxyJump;
  return jump === 'none' ? undefined : jump;
}

/** How the host's key is to be checked. */
export function hostCheckFor(target: Target, options: SshOptions, context: ConnectContext): HostCheck {
  const port = target.port ?? options.port ?? 22;
  return {
    names: knownNames(options.hostname ?? target.address, port, options.hostKeyAlias),
    port,
    pins: target.knownHosts,
    own: sshKnownHosts(context, options),
    algorithms: options.hostKeyAlgorithms,
    revokedKeys: options.revokedHostKeys ?? [],
    leastRsaBits: options.requiredRsaSize ?? 0,
    checkAddress: options.checkHostIp === true && jumpOf(target, options) === undefined,
    lenient: options.lenient ?? [],
  };
}

function needsStockClient(host: string, name: string, value: string): never {
  fail({
    code: 'config',
    summary: `${host} is configured with a ${name}`,
    detail: `ssh's configuration says: ${name} ${value}`,
    hint:
      name === 'ProxyCommand'
        ? 'Use a ProxyJump, or the stock client: ansible_connection=openssh.'
        : 'That needs the stock client: ansible_connection=openssh.',
  });
}

/** What a target is logged in to with. */
export function identitiesFor(target: Target, options: SshOptions, context: ConnectContext): Identities {
  const { identityFile, spareIdentityFile } = target;
  const configured = options.identityFiles;
  const named = [...(identityFile === undefined ? [] : [identityFile]), ...(configured ?? [])];
  const isNamed = identityFile !== undefined || configured !== undefined;
  const files = isNamed ? named : (options.usualIdentityFiles ?? defaultIdentityFiles(context.home));
  const spare = spareIdentityFile === undefined ? [] : [spareIdentityFile];
  return {
    user: target.user ?? options.user ?? context.localUser,
    files: [...new Set([...files, ...spare])],
    named: isNamed,
    agent: agentOf(options.identityAgent, context),
    only: options.identitiesOnly === true,
    algorithms: options.pubkeyAlgorithms,
    leastRsaBits: options.requiredRsaSize ?? 0,
    without: options.withoutKeys,
    foreign: [
      ...(options.certificateFiles ?? []).map((file) => `${file}: a certificate, ${onlyStock}`),
      ...(options.pkcs11Provider === undefined ? [] : [`the keys of ${options.pkcs11Provider}, ${onlyStock}`]),
    ],
  };
}

const onlyStock = 'which only ansible_connection=openssh can use';

/** The agent's socket: ssh_config(5), IdentityAgent. */
function agentOf(configured: string | undefined, context: ConnectContext): string | undefined {
  if (configured === undefined || configured === 'SSH_AUTH_SOCK') return context.agent;
  if (configured === 'none') return undefined;
  const variable = /^\$(\w+)$/.exec(configured)?.[1];
  return variable === undefined ? configured : context.variables?.[variable] || undefined;
}

/**
 * The last hop of a list of jump hosts as a target, and the hops before it. `[user@]host[:port]` or `ssh://…`. As with ssh it
 * is logged in to with its own keys; the inventory's key for the target is only tried after them, where the inventory has
 * the jump host too.
 * @throws ProblemError `config` for a hop that can't be read, or that is gone through already
 */
export function lastHop(jump: string, target: Target): Target {
  const hops = jump.split(',').map((hop) => hop.trim().replace(/^ssh:\/\//, ''));
  const last = hops.pop() ?? '';
  const found = /^(?:([^@]+)@)?(\[[^\]]+\]|[^:[\]@]+)(?::(\d+))?\/?$/.exec(last);
  const [, user, host, port] = found ?? [];
  if (host === undefined)
    fail({ code: 'config', summary: `The jump host '${last}' cannot be understood`, hint: 'Write user@host:port.' });
  const behind = [...(target.behind ?? []), jump];
  if (target.behind?.includes(jump)) {
    fail({
      code: 'config',
      summary: `The jump hosts of ${target.name} go in a circle`,
      detail: `ssh's configuration says: ${behind.join(', behind ')}`,
      hint: 'Say ProxyJump none for the jump host itself.',
    });
  }
  const inInventory = target.jump !== undefined;
  return {
    ...target,
    name: last,
    transport: 'ssh',
    address: host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? undefined : Number(port),
    user,
    identityFile: undefined,
    spareIdentityFile: inInventory ? (target.identityFile ?? target.spareIdentityFile) : undefined,
    jump: hops.length > 0 ? hops.join(',') : undefined,
    behind,
  };
}
