// How to reach the hosts of a run: connection variables over the command line's defaults, one ssh context for all.

import { resolve } from 'node:path';
import type { RunOpening } from '../../audit/record.ts';
import { fingerprint } from '../../base/digest.ts';
import { isTransport, type Transport } from '../../base/transports.ts';
import { connectionOf } from '../../inventory/connection/variables.ts';
import type { Dynamic } from '../../language/dynamic/dynamic.ts';
import { evaluate } from '../../language/dynamic/evaluate.ts';
import type { Problem } from '../../language/problem/problem.ts';
import type { Play } from '../../language/runbook/runbook.ts';
import type { Secret } from '../../language/value/secret.ts';
import type { Scope } from '../../language/value/value.ts';
import type { Reach } from '../../run/host/hosts.ts';
import type { HostVariables } from '../../run/host/variables.ts';
import type { Target } from '../../transport/channel/connection.ts';
import { entriesFor } from '../../transport/known-hosts/known-hosts.ts';
import { type ConnectContext, newConnectCache } from '../../transport/ssh/context.ts';
import { knownHostsGroups } from '../../transport/ssh/host-check.ts';
import { hostCheckFor, optionsFor } from '../../transport/ssh/route.ts';
import type { Config } from './config.ts';
import type { Environment } from './environment.ts';
import { askSecret } from './prompt.ts';

export interface ReachOptions {
  readonly user: string | undefined;
  readonly privateKey: string | undefined;
  readonly becomePassword: Secret | undefined;
  readonly become: boolean;
}

/** The way to one host, as a play wants it. Ill-typed connection variables are added to `problems`. */
export function reachOf(
  variables: HostVariables,
  play: Play | undefined,
  options: ReachOptions,
  context: { readonly config: Config; readonly environment: Environment; readonly problems: Problem[] },
): Reach {
  const { config, environment, problems } = context;
  const own = variables.connectionScope(play);
  const connection = connectionOf(
    variables.host,
    variables.connectionScope(undefined),
    {
      transport: transportOf(play?.connection, own),
      user: textOf(play?.remoteUser, own) ?? options.user,
      identityFile: options.privateKey === undefined ? undefined : resolve(environment.cwd, options.privateKey),
      knownHosts: config.knownHosts,
      becomePassword: options.becomePassword,
      cwd: environment.cwd,
      home: environment.home,
    },
    problems,
  );
  const { become, ...target } = connection;
  return {
    target: { ...target, become: { password: become.password } },
    become: { on: become.enabled ?? options.become, user: become.user ?? 'root', own: become.enabled },
  };
}

function textOf(dynamic: Dynamic | undefined, scope: Scope): string | undefined {
  if (dynamic === undefined) return undefined;
  const value = evaluate(dynamic, scope);
  return typeof value === 'string' ? value : undefined;
}

function transportOf(dynamic: Dynamic | undefined, scope: Scope): Transport | undefined {
  const text = textOf(dynamic, scope);
  return text === undefined || isTransport(text) ? text : 'ssh';
}

/** What all connections of a run share. */
export function connectContext(environment: Environment, signal: AbortSignal): ConnectContext {
  return {
    home: environment.home,
    localUser: environment.user,
    agent: environment.variables.SSH_AUTH_SOCK,
    variables: environment.variables,
    ask: (prompt) => askSecret(environment, 'passphrase', prompt, signal),
    cache: newConnectCache(),
  };
}

/** The keys that are pinned for each target, as the open entry has them. */
export async function pinnedKeys(targets: readonly Target[], context: ConnectContext): Promise<RunOpening['hosts']> {
  return Promise.all(
    targets.map(async (target) => {
      if (target.transport === 'local') return { name: target.name, keys: [] };
      // A configuration that ssh refuses is told at the login.
      const options = await optionsFor(target, context).catch(() => ({}));
      const check = hostCheckFor(target, options, context);
      const groups = await knownHostsGroups(check, context);
      const known = check.names.map((name) => entriesFor(groups, name));
      const keys = known.map((one) => [...one.keys, ...one.foreign]).find(({ length }) => length > 0) ?? [];
      return { name: target.name, keys: keys.map(({ key, type }) => ({ type, fingerprint: fingerprint(key) })) };
    }),
  );
}
