// Where a host is and who we are there: the inventory's words first, then ssh's configuration, then the defaults.
import { fail } from '../language/problem.ts';
import type { Target } from './connection.ts';
import { type ConnectContext, sshKnownHosts } from './context.ts';
import { defaultIdentityFiles, type Identities } from './identities.ts';
import { knownName } from './known-hosts.ts';
import { type SshOptions, sshOptions } from './ssh-config.ts';

/** One login, ready to be dialled. */
export interface Route {
  /** The inventory's name, or the jump host's as written; for messages. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** The name in known_hosts. */
  readonly name: string;
  readonly identities: Identities;
  readonly knownHosts: readonly string[];
  /** The jump hosts before it, as ssh's -J; the last one is next to the host. */
  readonly jump: string | undefined;
}

/** Works out the route to a target, from its own words and ssh's configuration. */
export async function routeTo(target: Target, context: ConnectContext): Promise<Route> {
  const options = await sshOptions(context, target.address, { user: target.user, port: target.port });
  if (options.proxyCommand !== undefined && target.jump === undefined) {
    fail({
      code: 'config',
      summary: `${target.name} is configured with a ProxyCommand`,
      detail: `ssh's configuration reaches it by: ${options.proxyCommand}`,
      hint: 'Use a ProxyJump, or the stock client: ansible_connection=openssh.',
    });
  }
  const address = options.hostname ?? target.address;
  const port = target.port ?? options.port ?? 22;
  const jump = target.jump === 'none' ? undefined : (target.jump ?? options.proxyJump);
  return {
    host: target.name,
    address,
    port,
    name: options.hostKeyAlias?.toLowerCase() ?? knownName(address, port),
    identities: identitiesFor(target, options, context),
    knownHosts: [...target.knownHosts, ...ownKnownHosts(options, context)],
    jump,
  };
}

function identitiesFor(target: Target, options: SshOptions, context: ConnectContext): Identities {
  const defaults = defaultIdentityFiles(context.home);
  // `ssh -G` lists ssh's own defaults when none is configured.
  const configured = options.identityFiles?.filter(
    (file) => !/\/\.ssh\/id_(rsa|dsa|xmss|(ecdsa|ed25519)(_sk)?)$/.test(file),
  );
  const named = target.identityFile === undefined ? (configured ?? []) : [target.identityFile];
  const agent = options.identityAgent ?? context.agent;
  return {
    user: target.user ?? options.user ?? context.localUser,
    files: named.length > 0 ? named : defaults,
    named: named.length > 0,
    agent: agent === 'none' || (options.identitiesOnly === true && named.length > 0) ? undefined : agent,
  };
}

function ownKnownHosts(options: SshOptions, context: ConnectContext): readonly string[] {
  if (options.userKnownHosts === undefined && options.globalKnownHosts === undefined) return sshKnownHosts(context);
  return [...(options.userKnownHosts ?? []), ...(options.globalKnownHosts ?? [])];
}

/**
 * The last hop of a list of jump hosts as a target, and the hops before it. `[user@]host[:port]` or `ssh://…`.
 * @throws ProblemError `config` for a hop that can't be read
 */
export function lastHop(jump: string, target: Target): Target {
  const hops = jump.split(',').map((hop) => hop.trim().replace(/^ssh:\/\//, ''));
  const last = hops.pop() ?? '';
  const found = /^(?:([^@]+)@)?(\[[^\]]+\]|[^:[\]@]+)(?::(\d+))?\/?$/.exec(last);
  const [, user, host, port] = found ?? [];
  if (host === undefined)
    fail({ code: 'config', summary: `The jump host '${last}' cannot be understood`, hint: 'Write user@host:port.' });
  return {
    ...target,
    name: last,
    transport: 'ssh',
    address: host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? undefined : Number(port),
    user,
    jump: hops.length > 0 ? hops.join(',') : undefined,
  };
}
