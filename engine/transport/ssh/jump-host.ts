// The jump host before a host: which it is, logged in to once a run, and what its failure means to each host behind it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transport } from '../../base/transports.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Login } from '../channel/channel.ts';
import type { Target } from '../channel/connection.ts';
import { type Deadline, unlessAborted } from '../channel/deadline.ts';
import type { JumpHosts } from '../channel/jump-hosts.ts';
import { logInByTries } from '../channel/tries.ts';
import type { ConnectContext } from './context.ts';
import { hostCheckFor, identitiesFor, jumpOf, lastHop, optionsFor } from './route.ts';

/** Milliseconds within which a jump host's connection is known to be gone once one that went through it is. */
const SOON = 200;

/** A jump host that is logged in to. */
export interface JumpHost<L extends Login> {
  /** As it was written. */
  readonly name: string;
  /** The same for all that have this very way. */
  readonly key: string;
  readonly login: L;
}

/** How a transport has and makes its logins on jump hosts. */
export interface JumpLogins<L extends Login> {
  readonly transport: Transport;
  readonly shared: JumpHosts<L>;
  readonly logIn: (target: Target, context: ConnectContext, deadline: Deadline) => Promise<L>;
}

/**
 * Logs in on the last of the jump hosts before `target`, or waits for whoever does so already. It has tries and a time of
 * its own; `signal` ends the waiting alone.
 * @throws ProblemError why nobody gets past it, told to each host behind it; `config` where jump hosts go in a circle
 */
export async function jumpHostOf<L extends Login>(
  jump: string,
  target: Target,
  {
    context,
    logins,
    signal,
  }: {
    readonly context: ConnectContext;
    readonly logins: JumpLogins<L>;
    readonly signal: AbortSignal;
  },
): Promise<JumpHost<L>> {
  const { tempo } = context.cache;
  const { transport, shared, logIn } = logins;
  const via = { ...lastHop(jump, target), transport };
  const key = await keyOf(via, context);
  const login = shared.login(key, (end) =>
    logInByTries(via, { signal: end, tempo }, (deadline) => logIn(via, context, deadline)),
  );
  try {
    return { name: via.name, key, login: await unlessAborted(login, signal, () => undefined) };
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ProblemError ? behind(error, target.name, via.name) : error;
  }
}

/** Where a server listens, as a name for it: the same address may be another's behind a jump host. */
export function serverAt(where: string, via: JumpHost<Login> | undefined): string {
  return via === undefined ? where : `${where} from ${via.key}`;
}

/** What is wrong with a host behind a jump host that is lost; undefined while that one is there. */
export async function lostWith({ name, login }: JumpHost<Login>, host: string): Promise<Problem | undefined> {
  const lost = await Promise.race([login.closed.then((error) => ({ error })), sleep(SOON)]);
  if (lost === undefined) return undefined;
  const why = lost.error === undefined ? '' : `: ${lost.error.message}`;
  return {
    code: 'unreachable',
    summary: `${host} cannot be reached`,
    detail: `The connection to the jump host ${name}, which it is behind, was lost${why}.`,
  };
}

/** A host that a jump host opens no connection to. `why` is in OpenSSH's words: what failed, and what the jump host says of it. */
export function notOpened(host: string, via: string, why: string): Problem {
  const problem = {
    code: 'unreachable',
    summary: `The jump host ${via} opens no connection to ${host}`,
    detail: why,
  } as const;
  if (!/administratively prohibited/.test(why)) return problem;
  return {
    ...problem,
    hint: 'Its sshd forbids it: see AllowTcpForwarding and PermitOpen in its sshd_config, and the options of your line in authorized_keys.',
    retry: 'never',
  };
}

/**
 * All that makes a difference to a login on a host, with all before it.
 * @throws ProblemError `config` where jump hosts go in a circle
 */
async function keyOf(via: Target, context: ConnectContext): Promise<string> {
  const options = await optionsFor(via, context);
  const { hostname, port, user, ...others } = options;
  const jump = jumpOf(via, options);
  return JSON.stringify([
    [hostname ?? via.address, via.port ?? port ?? 22],
    [identitiesFor(via, options, context), hostCheckFor(via, options, context), others],
    jump === undefined ? [] : [await keyOf(lastHop(jump, via), context)],
  ]);
}

/** Whoever tells that a jump host can't be passed has tried often enough. */
function behind({ problems }: ProblemError, host: string, name: string): ProblemError {
  const told = `${host} is behind the jump host ${name}.`;
  return new ProblemError(
    problems.map((problem) => ({
      ...problem,
      detail: problem.detail === undefined ? told : `${problem.detail}\n${told}`,
      retry: 'never' as const,
    })),
  );
}
