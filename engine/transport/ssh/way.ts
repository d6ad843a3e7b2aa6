// The way to where a host's sshd listens: straight, or through a jump host.
import type { Duplex } from 'node:stream';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Target } from '../channel/connection.ts';
import type { ConnectContext } from './context.ts';
import { dial, unreachable } from './dial.ts';
import { type JumpLogins, jumpHostOf, lostWith, notOpened, serverAt } from './jump-host.ts';
import type { SshLogin } from './login.ts';
import type { Route } from './route.ts';

export interface Way {
  /** Where it leads to, for telling one server from another. */
  readonly end: string;
  /** Opens a connection. @throws ProblemError `unreachable` */
  open(signal: AbortSignal): Promise<Duplex>;
  /** Why what was opened has ended, where that is the way's fault. */
  lost(): Promise<Problem | undefined>;
}

/**
 * The way to a host; the jump host on it is logged in to, which all hosts behind it share.
 * @throws ProblemError whatever the login on a jump host may throw
 */
export async function wayTo(
  route: Route,
  target: Target,
  {
    context,
    logIn,
    signal,
  }: {
    readonly context: ConnectContext;
    readonly logIn: JumpLogins<SshLogin>['logIn'];
    readonly signal: AbortSignal;
  },
): Promise<Way> {
  const { host, address, port, jump } = route;
  const where = `${address}:${port}`;
  if (jump === undefined) {
    return {
      end: where,
      open: (opening) =>
        dial(route, opening).catch((error) => failed(error, opening, () => unreachable(error, host, where))),
      lost: async () => undefined,
    };
  }
  const logins = { transport: 'ssh', shared: context.cache.jumps.ssh, logIn } as const;
  const via = await jumpHostOf(jump, target, { context, logins, signal });
  return {
    end: serverAt(where, via),
    open: (opening) =>
      via.login
        .forward(address, port, opening)
        .catch((error) => failed(error, opening, () => notOpened(host, via.name, `${where}: ${refusalOf(error)}`))),
    lost: () => lostWith(via, host),
  };
}

function failed(error: unknown, signal: AbortSignal, problem: () => Problem): never {
  signal.throwIfAborted();
  throw error instanceof ProblemError ? error : new ProblemError([problem()]);
}

/** Why a channel isn't opened, by number (RFC 4254, 5.1). */
const REASONS = ['administratively prohibited', 'connect failed', 'unknown channel type', 'resource shortage'];

function refusalOf(error: unknown): string {
  const message = error instanceof Error ? error.message.replace('(SSH) Channel open failure: ', '') : String(error);
  const reason = error instanceof Error && 'reason' in error && typeof error.reason === 'number' ? error.reason : 0;
  return [REASONS[reason - 1], message].filter((part) => part !== undefined).join(': ');
}
