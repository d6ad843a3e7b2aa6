// How to reach a host, from its variables: what Ansible calls connection variables, checked.
import { TRANSPORTS, type Transport } from '../../base/transports.ts';
import type { Problem } from '../../language/problem/problem.ts';
import type { Secret } from '../../language/value/secret.ts';
import type { Scope } from '../../language/value/value.ts';
import type { Host } from '../model/inventory.ts';
import { ConnectionReader } from './reader.ts';
import { readSshArguments } from './ssh-arguments.ts';

/** The fields of the transport's `Target`, and what the inventory says of `become`. */
export interface ConnectionVariables {
  readonly name: string;
  readonly transport: Transport;
  readonly address: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  /** Absolute. */
  readonly identityFile: string | undefined;
  /** `user@host:port`, comma separated for several hops; `none` for none, whatever ssh's configuration says. */
  readonly jump: string | undefined;
  /** Absolute, the inventory's own first. */
  readonly knownHosts: readonly string[];
  readonly become: {
    readonly enabled: boolean | undefined;
    readonly user: string | undefined;
    readonly password: Secret | undefined;
  };
  /** Seconds. */
  readonly connectTimeout: number;
}

/** What holds where neither the inventory nor the play says otherwise: from the command line and `vrun.yml`. */
export interface ConnectionDefaults {
  readonly transport?: Transport | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly identityFile?: string | undefined;
  /** Asked after the inventory's. */
  readonly knownHosts?: readonly string[] | undefined;
  readonly becomePassword?: Secret | undefined;
  readonly connectTimeout?: number | undefined;
  /** Absolute: where relative paths start that no inventory set. */
  readonly cwd: string;
  /** Absolute: what `~` stands for. */
  readonly home: string;
}

/** What each may be called: its own name, and Ansible's. */
const TRANSPORT_NAMES: Readonly<Record<string, Transport>> = {
  ...Object.fromEntries(TRANSPORTS.map((name) => [name, name])),
  smart: 'ssh',
  'ansible.builtin.ssh': 'ssh',
  'ansible.builtin.local': 'local',
};

/** Seconds to wait for a connection unless set. */
const CONNECT_SECONDS = 10;

/**
 * The connection variables of `host`. `scope` has its variables without anything that came back from a host. An
 * `ansible_…` name counts wherever it is set, a plain name (`port`) only in the inventory. Ill-typed values, options
 * that aren't read, and values that would be taken for an option of ssh add Problems.
 */
export function connectionOf(
  host: Host,
  scope: Scope,
  defaults: ConnectionDefaults,
  problems: Problem[],
): ConnectionVariables {
  const read = new ConnectionReader(host, scope, defaults, problems);
  read.refuseOthers();
  const fromArguments = readSshOptions(read);
  const connection = read.word('connection');
  const transport = connection === undefined ? undefined : TRANSPORT_NAMES[connection];
  if (connection !== undefined && transport === undefined) {
    read.problem('connection', `There is no connection ‹${connection}›`, 'There are ssh, openssh and local.');
  }
  const jump =
    read.withoutPassword('jump', read.word('jump')) ?? read.withoutPassword('ssh_common_args', fromArguments.jump);
  return {
    name: host.name,
    transport: transport ?? defaults.transport ?? 'ssh',
    address: read.address() ?? host.name,
    port: read.port() ?? defaults.port,
    user: read.word('user') ?? defaults.user,
    identityFile: read.path('identity_file') ?? defaults.identityFile,
    jump,
    knownHosts: [...read.paths('known_hosts'), ...fromArguments.knownHosts, ...(defaults.knownHosts ?? [])],
    become: {
      enabled: read.boolean('become'),
      user: read.word('become_user'),
      password: read.secret('become_password') ?? defaults.becomePassword,
    },
    connectTimeout: read.seconds('connect_timeout') ?? defaults.connectTimeout ?? CONNECT_SECONDS,
  };
}

function readSshOptions(read: ConnectionReader): { jump: string | undefined; knownHosts: readonly string[] } {
  const text = read.text('ssh_common_args');
  if (text === undefined) return { jump: undefined, knownHosts: [] };
  const { jump, knownHosts, faults } = readSshArguments(text);
  for (const fault of faults) read.problem('ssh_common_args', fault.summary, fault.hint);
  if (jump?.startsWith('-')) read.problem('ssh_common_args', `‹${jump}› can’t be a host`, 'Write -J user@host:port.');
  return { jump, knownHosts: knownHosts.map((file) => read.absolute('ssh_common_args', file)) };
}
